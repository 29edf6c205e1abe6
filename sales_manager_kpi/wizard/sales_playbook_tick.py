from odoo import fields, models


class SalesPlaybookTick(models.TransientModel):
    """A step is ticked by hand: when, and how it was done."""

    _name = "sales.playbook.tick"
    _description = "Tick a Step"

    lead_id = fields.Many2one(comodel_name="crm.lead", required=True, readonly=True)
    step_id = fields.Many2one(
        comodel_name="sales.playbook.step", required=True, readonly=True
    )
    # with the rights of who ticks: of a step that they may read
    description = fields.Text(related="step_id.description", related_sudo=False)
    at = fields.Datetime(string="When", required=True, default=fields.Datetime.now)
    note = fields.Char(required=True, help="How it was done, and what came of it.")

    def action_confirm(self):
        """Tick the step, for good.

        :raise AccessError: for who may not work on the lead
        :raise UserError: where the step cannot be done now, or not by hand
        """
        self.ensure_one()
        self.lead_id._tick_by_hand(self.step_id, self.at, self.note)
        return {"type": "ir.actions.act_window_close"}
