from odoo import api, fields, models

from .sales_plan_line_outlook_mixin import LINE_INPUT
from .sales_plan_states import VALID_STATES


class SalesPlanOutlookMixin(models.AbstractModel):
    """What whoever approves sees of the outlook; it warns and never blocks."""

    _name = "sales.plan.outlook.mixin"
    _description = "Outlook of a Plan"

    supply_warning = fields.Text(compute="_compute_supply_warning")

    @api.depends(
        "user_id",
        "branch_id",
        "basis",
        "day_from",
        "day_to",
        *(f"line_ids.{name}" for name in LINE_INPUT if "." not in name),
    )
    @api.depends_context("lang")
    def _compute_supply_warning(self):
        self.line_ids.mapped("supply_warning")  # all lines at once
        for plan in self:
            plan.supply_warning = "\n".join(
                f"{line._label()}: {line.supply_warning}"
                for line in plan.line_ids
                if line.supply_warning
            )

    def action_explain(self):
        """Open the bridge from plan to fact."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.sales_plan_bridge_action"
        )
        return {**action, "params": {"plan_id": self.id}}

    @api.model
    def _valid_today(self, company):
        """The approved or running plans of today that the reader may see."""
        today = self.env["sales.branch"]._company_local_date(company)
        return self.search(
            [
                ("company_id", "=", company.id),
                ("state", "in", VALID_STATES),
                ("day_from", "<=", today),
                ("day_to", ">=", today),
            ]
        )
