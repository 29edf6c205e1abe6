from odoo import api, models
from odoo.tools import SQL


class BranchVisit(models.Model):
    """Mean waiting and serving: of visits that have come so far."""

    # Means have a file of their own.
    _name = "branch.visit"  # pylint: disable=consider-merging-classes-inherited
    _inherit = ["branch.visit", "sales.mean.mixin"]
    _means_of_known = ("waiting_minutes", "served_minutes")

    @api.model
    def _sql_known(self, name, query) -> SQL:
        """Waited until served or gone; served until gone."""
        served, ended = (
            self._field_to_sql(self._table, one, query)
            for one in ("served_at", "ended_at")
        )
        if name == "waiting_minutes":
            return SQL("COALESCE(%s, %s) IS NOT NULL", served, ended)
        return SQL("%s IS NOT NULL AND %s IS NOT NULL", served, ended)
