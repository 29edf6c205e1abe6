from odoo import api, fields, models


class ResPartner(models.Model):
    """The contracts of a customer."""

    # The area of contracts has files of its own.
    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    sales_contract_count = fields.Integer(
        string="Frame Contracts",
        compute="_compute_sales_contract_count",
        groups="sales_manager_kpi.group_manager",
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_sales_contract_count(self):
        counts = dict(
            self.env["sales.contract"]._read_group(
                [("partner_id", "in", self.commercial_partner_id.ids)],
                ["partner_id"],
                ["__count"],
            )
        )
        for partner in self:
            partner.sales_contract_count = counts.get(partner.commercial_partner_id, 0)

    def action_open_sales_contracts(self):
        """Open the contracts of this customer's company."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.sales_contract_action"
        )
        customer = self.commercial_partner_id
        return {
            **action,
            "domain": [("partner_id", "=", customer.id)],
            "context": {"default_partner_id": customer.id},
        }
