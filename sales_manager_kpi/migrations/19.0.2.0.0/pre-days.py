"""Plans made before there were days speak of their whole month, of movers as well."""

from odoo.tools.sql import column_exists, create_column


def migrate(cr, version):
    for name in ("day_from", "day_to"):
        if not column_exists(cr, "sales_plan", name):
            create_column(cr, "sales_plan", name, "date")
    cr.execute(
        """
        UPDATE sales_plan AS plan
           SET day_from = period.date_from, day_to = period.date_to
          FROM sales_period AS period
         WHERE period.id = plan.period_id
           AND (plan.day_from IS NULL OR plan.day_to IS NULL)
        """
    )
