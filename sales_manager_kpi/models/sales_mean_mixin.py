from odoo import api, models
from odoo.tools import SQL


class SalesMeanMixin(models.AbstractModel):
    """Means of what is known: a row without a figure counts for nothing, not for 0."""

    _name = "sales.mean.mixin"
    _description = "Means of What Is Known"
    # Fields whose mean is of some rows only (see `_sql_known`).
    _means_of_known = ()

    @api.model
    def _sql_known(self, name, query) -> SQL:
        """When ``name``, one of `_means_of_known`, is known of a row."""
        return SQL("%s IS NOT NULL", self._field_to_sql(self._table, name, query))

    def _read_group_select(self, aggregate_spec, query):
        name, _colon, function = aggregate_spec.partition(":")
        if function != "avg" or name not in self._means_of_known:
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "AVG(%s) FILTER (WHERE %s)",
            self._field_to_sql(self._table, name, query),
            self._sql_known(name, query),
        )

    @api.model
    @api.readonly
    def formatted_read_grouping_sets(self, *args, **kwargs):
        """What nobody knows is a blank cell in a pivot: no figure, not 0."""
        result = super().formatted_read_grouping_sets(*args, **kwargs)
        for group in (group for groups in result for group in groups):
            for name in self._means_of_known:
                mean = group.get(f"{name}:avg")
                if mean is None or mean is False:
                    group.pop(f"{name}:avg", None)
        return result
