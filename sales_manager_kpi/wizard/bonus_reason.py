from odoo import api, fields, models
from odoo.exceptions import UserError


class BonusReason(models.TransientModel):
    """Why a statement is reversed or an adjustment rejected."""

    _name = "bonus.reason"
    _description = "Reason of a Step of Pay"

    step = fields.Selection(
        selection=[("reverse", "Reverse"), ("reject", "Reject")],
        required=True,
        readonly=True,
    )
    statement_ids = fields.Many2many(comodel_name="bonus.statement")
    adjustment_ids = fields.Many2many(comodel_name="bonus.adjustment")
    reason = fields.Text(required=True)

    @api.model
    def _ask(self, records, step):
        """The action that asks for the reason."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.bonus_reason_action"
        )
        name = "statement_ids" if step == "reverse" else "adjustment_ids"
        action["context"] = {f"default_{name}": records.ids, "default_step": step}
        return action

    def action_confirm(self):
        """Do what was asked for, with the reason; the documents check who does.

        :raise UserError: where one of them may not go there; nothing is done then
        """
        self.ensure_one()
        if self.step == "reverse":
            self.statement_ids._reverse(self.reason)
        elif self.step == "reject":
            self.adjustment_ids._reject(self.reason)
        else:
            raise UserError(self.env._("Begin with the button of the document."))
        return {"type": "ir.actions.act_window_close"}
