from odoo import api, models
from odoo.tools import SQL


class CustomerFigure(models.Model):
    """Mean figures of customers: of those that have one."""

    # Means have a file of their own.
    _name = "customer.figure"  # pylint: disable=consider-merging-classes-inherited
    _inherit = ["customer.figure", "sales.mean.mixin"]
    _means_of_known = ("days_since_order", "days_late", "completeness")

    @api.model
    def _sql_known(self, name, query) -> SQL:
        """Who ordered, of whom something fell due, of whom data are asked for."""
        if name == "days_since_order":
            return SQL("%s IS NOT NULL", self._column("last_order_on", query))
        if name == "days_late":
            return SQL("%s IS TRUE", self._column("was_due", query))
        return SQL("%s > 0", self._column("asked_weight", query))

    @api.model
    def _column(self, name, query) -> SQL:
        return self._field_to_sql(self._table, name, query)
