from odoo import fields, models


class SalesPlanReason(models.TransientModel):
    """Why a plan is returned, agreed differently, revised or cancelled."""

    _name = "sales.plan.reason"
    _description = "Reason for a Plan Decision"

    plan_ids = fields.Many2many(comodel_name="sales.plan", required=True)
    kind = fields.Selection(
        selection=[
            ("return", "Return"),
            ("approve", "Approve"),
            ("revise", "Revise"),
            ("cancel", "Cancel"),
        ],
        required=True,
        default="return",
    )
    reason = fields.Text(required=True)

    def action_confirm(self):
        """Do what was asked for, with the reason.

        :raises UserError: where one of the plans may not go there; nothing is done then
        """
        self.ensure_one()
        if self.kind == "return":
            self.plan_ids.return_plans(self.reason)
        elif self.kind == "approve":
            self.plan_ids.approve_plans(self.reason)
        elif self.kind == "cancel":
            self.plan_ids.cancel_plans(self.reason)
        else:
            return self._open(self.plan_ids.revise(self.reason))
        return {"type": "ir.actions.act_window_close"}

    def _open(self, plans):
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.sales_plan_action_my"
        )
        if len(plans) == 1:
            action.update(res_id=plans.id, views=[(False, "form")])
        return {**action, "domain": [("id", "in", plans.ids)], "context": {}}
