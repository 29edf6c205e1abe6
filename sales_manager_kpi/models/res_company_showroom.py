from odoo import fields, models


class ResCompany(models.Model):
    """What samples cost, and for how long they are lent."""

    # The area of the showroom has files of its own.
    _inherit = "res.company"  # pylint: disable=consider-merging-classes-inherited

    sales_manager_kpi_sample_account_id = fields.Many2one(
        comodel_name="account.account",
        string="Account of Samples",
        check_company=True,
        help="What is cut off for samples is booked here, where stock is valued "
        "perpetually.",
    )

    def write(self, vals):
        result = super().write(vals)
        if "sales_manager_kpi_sample_account_id" in vals:
            self._follow_sample_account()
        return result

    def _follow_sample_account(self):
        """The places where samples are used up book on the account of the company."""
        for company in self:
            # sudo: places of the addon, for who sets the company up
            branches = self.env["sales.branch"].sudo()
            places = (
                branches.with_context(active_test=False)
                .search(
                    [
                        ("company_id", "=", company.id),
                        ("sample_location_id", "!=", False),
                    ]
                )
                .sample_location_id
            )
            places.valuation_account_id = company.sales_manager_kpi_sample_account_id
