from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    """From which month on a company closes its months."""

    _inherit = "res.company"  # pylint: disable=consider-merging-classes-inherited

    sales_manager_kpi_first_managed_month = fields.Date(
        string="First Managed Month",
        help="Months are closed one after the other from this one on. Earlier months "
        "are history and are never closed. Empty: no month is closed.",
    )

    _sales_manager_kpi_first_managed_month_first_day = models.Constraint(
        "CHECK (EXTRACT(day FROM sales_manager_kpi_first_managed_month) = 1)",
        "The first managed month is given by its first day.",
    )

    @api.constrains("sales_manager_kpi_first_managed_month")
    def _check_first_managed_month(self):
        # sudo: a closed month hinders whoever writes
        Period = self.env["sales.period"].sudo()
        for company, first in Period._read_group(
            [("company_id", "in", self.ids), ("state", "!=", "open")],
            ["company_id"],
            ["date_from:min"],
        ):
            if company.sales_manager_kpi_first_managed_month != first:
                raise ValidationError(
                    self.env._(
                        "Months of %(company)s are closed from %(month)s on, so this "
                        "stays the first one.",
                        company=company.name,
                        month=f"{first:%Y-%m}",
                    )
                )
