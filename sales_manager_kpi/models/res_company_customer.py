from odoo import fields, models

from ..engine.customer_life import LifeRules


class ResCompany(models.Model):
    """When a customer is asleep or lost, and what makes one an A."""

    # The customer base has files of its own.
    _inherit = "res.company"  # pylint: disable=consider-merging-classes-inherited

    sales_manager_kpi_fresh_months = fields.Integer(
        string="Months a Customer Is New",
        required=True,
        default=3,
        help="So long a customer is called new, or won back, after that purchase.",
    )
    sales_manager_kpi_dormant_months = fields.Integer(
        string="Months until Dormant",
        required=True,
        default=6,
        help="A customer who bought nothing for so many months is dormant.",
    )
    sales_manager_kpi_lost_months = fields.Integer(
        string="Months until Lost",
        required=True,
        default=12,
        help="A customer who bought nothing for so many months is lost. Who buys again "
        "after that is won back, unless the months of silence make it new.",
    )
    sales_manager_kpi_abc_a = fields.Integer(
        string="Share of A Customers",
        required=True,
        default=80,
        help="The largest customers are A until they make so many per cent of the "
        "turnover of twelve months.",
    )
    sales_manager_kpi_abc_b = fields.Integer(
        string="Share of A and B Customers",
        required=True,
        default=95,
        help="The next ones are B until so many per cent; the others are C.",
    )

    _sales_manager_kpi_life_range = models.Constraint(
        "CHECK (1 <= sales_manager_kpi_fresh_months "
        "AND sales_manager_kpi_fresh_months <= sales_manager_kpi_dormant_months "
        "AND sales_manager_kpi_dormant_months < sales_manager_kpi_lost_months "
        "AND sales_manager_kpi_lost_months <= 1200)",
        "A customer is new for at least a month, dormant no sooner than it stops being "
        "new, and lost later than dormant.",
    )
    _sales_manager_kpi_abc_range = models.Constraint(
        "CHECK (0 < sales_manager_kpi_abc_a "
        "AND sales_manager_kpi_abc_a <= sales_manager_kpi_abc_b "
        "AND sales_manager_kpi_abc_b <= 100)",
        "The shares of A and B customers lie between 1 and 100 per cent, and that of "
        "A and B together is not below that of A.",
    )

    def _life_rules(self):
        """The settings of `engine.customer_life.course`."""
        self.ensure_one()
        company = self.sudo()  # sudo: settings of the company, for any of its users
        return LifeRules(
            company.sales_manager_kpi_fresh_months,
            company.sales_manager_kpi_dormant_months,
            company.sales_manager_kpi_lost_months,
            company.sales_manager_kpi_new_customer_months,
        )
