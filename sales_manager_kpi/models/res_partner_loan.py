from odoo import api, fields, models


class ResPartner(models.Model):
    """Samples that a customer has."""

    # Loans have files of their own.
    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    showroom_loan_count = fields.Integer(
        string="Loans of Samples",
        compute="_compute_showroom_loan_count",
        groups="sales_manager_kpi.group_manager",
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_showroom_loan_count(self):
        customers = self.commercial_partner_id
        counts = dict(
            self.env["showroom.loan"]._read_group(
                [("commercial_partner_id", "in", customers.ids)],
                ["commercial_partner_id"],
                ["__count"],
            )
        )
        for partner in self:
            partner.showroom_loan_count = counts.get(partner.commercial_partner_id, 0)

    def action_open_showroom_loans(self):
        """Open the loans of this customer's company."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.showroom_loan_action"
        )
        action["domain"] = [
            ("commercial_partner_id", "=", self.commercial_partner_id.id)
        ]
        action["context"] = {"default_partner_id": self.id}
        return action
