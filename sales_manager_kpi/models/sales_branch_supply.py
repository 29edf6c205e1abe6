from odoo import fields, models


class SalesBranch(models.Model):
    """How a branch is stocked, and what it asks for."""

    # The area of supply has files of its own.
    _inherit = "sales.branch"  # pylint: disable=consider-merging-classes-inherited

    supply_history_weeks = fields.Integer(
        string="History (weeks)",
        default=8,
        required=True,
        help="Stocking is suggested from what was sold in these weeks.",
    )
    supply_lead_days = fields.Integer(
        string="Lead Time (working days)",
        default=5,
        required=True,
        help="From asking for stock to having it, in working days of the branch.",
    )
    supply_cover_days = fields.Integer(
        string="Cover (working days)",
        default=20,
        required=True,
        help="How long stock should last once it has come.",
    )
    supply_request_count = fields.Integer(compute="_compute_supply_request_count")

    _supply_history_positive = models.Constraint(
        "CHECK (supply_history_weeks BETWEEN 1 AND 104)",
        "Stocking is suggested from 1 to 104 weeks of history.",
    )
    _supply_days_positive = models.Constraint(
        "CHECK (supply_lead_days >= 0 AND supply_cover_days >= 0)",
        "Lead time and cover are zero or more working days.",
    )

    def _compute_supply_request_count(self):
        Request = self.env["supply.request"]
        counts = {}
        if Request.has_access("read"):
            counts = dict(
                Request._read_group(
                    [
                        ("branch_id", "in", self.ids),
                        ("state", "not in", ("done", "cancelled")),
                    ],
                    ["branch_id"],
                    ["__count"],
                )
            )
        for branch in self:
            branch.supply_request_count = counts.get(branch._origin, 0)

    def action_open_supply_requests(self):
        """Open what this branch asked for and has not got yet."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.supply_request_action"
        )
        action["domain"] = [("branch_id", "=", self.id)]
        action["context"] = {"search_default_open": 1, "default_branch_id": self.id}
        return action
