from datetime import date, datetime, timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..models.res_company import PLAN_BASIS
from .sales_fact_query import (
    KIND_DELIVERY_BILLED,
    KIND_DELIVERY_MOVE,
    KIND_ORDER_LINE,
    KIND_PAYMENT,
    KINDS,
    PAYMENTS,
    RANKS,
    WHOLE,
)

BASES = [basis for basis, _label in PLAN_BASIS]
# No place on earth is farther than 14 hours from UTC.
LOCAL_DAY = timedelta(days=1)
# What a discount on a document and the lines that it lowers have in common.
OF_DOCUMENTS = {
    "basis",
    "branch_id",
    "company_id",
    "currency_id",
    "date",
    "is_excluded",
    "moment",
    "partner_id",
    "status",
    "user_id",
}


class SalesFactSearch(models.AbstractModel):
    """Says what a condition on facts implies for columns that have an index.

    What is added follows from what was asked, so the result is the same.
    """

    _name = "sales.fact.search"
    _description = "Search on Facts"

    def _search(self, domain, *args, **kwargs):
        domain = Domain(domain)
        # PostgreSQL would drop the other basis too, but only after having read it.
        records = self.with_context(fact_bases=asked_bases(domain))
        return super(SalesFactSearch, records)._search(
            domain.map_conditions(self._with_implied), *args, **kwargs
        )

    def _read_group(
        self,
        domain,
        groupby=(),
        aggregates=(),
        having=(),
        offset=0,
        limit=None,
        order=None,
    ):
        # record rules may tell lines apart too, so not where they apply
        if self.env.su and not having and not order:
            domain = Domain(domain)
            if _of_documents(domain, groupby, aggregates):
                self = self.with_context(fact_documents=WHOLE)  # pylint: disable=self-cls-assignment
        return super()._read_group(
            domain, groupby, aggregates, having, offset, limit, order
        )

    def _with_implied(self, condition):
        """``condition`` and what follows from it, so with the same result."""
        if condition.field_expr == "status" and condition.operator in ("=", "in"):
            return self._implied_by_status(condition)
        if condition.field_expr == "date":
            return condition & self._implied_by_date(condition)
        if condition.field_expr == "id" and condition.operator in ("=", "in"):
            return condition & self._implied_by_id(condition.value)
        return condition

    def _implied_by_date(self, condition):
        """A day in some time zone lies within a day of the same day in UTC."""
        values = condition.value
        if isinstance(values, str | date):
            values = [values]
        try:
            days = [_to_day(value) for value in values]
        except (TypeError, ValueError):
            return Domain.TRUE
        # datetimes, since a date would be midnight where the reader lives
        implied = Domain.TRUE
        if condition.operator in (">", ">=", "=", "in") and days:
            implied &= Domain("moment", ">=", _midnight(min(days) - LOCAL_DAY))
        if condition.operator in ("<", "<=", "=", "in") and days:
            implied &= Domain("moment", "<", _midnight(max(days) + 2 * LOCAL_DAY))
        return Domain("basis", "in", ("invoice", "payment")) | implied

    def _implied_by_status(self, condition):
        """The same in terms of ``is_excluded`` and ``user_id``; see `_sql_status`."""
        values = condition.value
        values = {values} if isinstance(values, str) else set(values or ())
        included = Domain.custom(to_sql=_sql_is_included)
        owned = Domain("user_id", "!=", False)
        by_status = {
            "counted": included & owned,
            "unassigned": included & ~owned,
            "excluded": Domain("is_excluded", "=", True),
        }
        if not values <= by_status.keys():
            return condition
        return Domain.OR(by_status[status] for status in values)

    def _implied_by_id(self, ids):
        """Rows are found again by their document, not by computing all of them."""
        ids = [ids] if isinstance(ids, int) else ids
        if not isinstance(ids, list | tuple | set | frozenset) or not all(
            isinstance(row_id, int) and row_id for row_id in ids
        ):
            return Domain.TRUE
        moves, orders = self._documents_by_id(ids)
        return (
            Domain("basis", "in", ("invoice", "payment"))
            & Domain("move_id", "in", moves)
        ) | (
            Domain("basis", "in", ("order", "delivery"))
            & Domain("order_id", "in", orders)
        )

    @api.model
    def _documents_by_id(self, ids):
        """Ids of the moves and of the orders whose lines are in these row ids."""
        lines = {source: [] for source in ("item", "line", "moved", "billed")}
        for row_id in ids:
            kind, line_id = row_id % KINDS, row_id // (RANKS * KINDS)
            if kind >= KIND_PAYMENT:
                line_id //= PAYMENTS
            lines[_source(kind)].append(line_id)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT 'move', item.move_id
                  FROM account_move_line AS item WHERE item.id = ANY(%(item)s)
                 UNION
                SELECT 'order', line.order_id
                  FROM sale_order_line AS line WHERE line.id = ANY(%(line)s)
                 UNION
                SELECT 'order', line.order_id
                  FROM stock_move AS moved
                  JOIN sale_order_line AS line ON line.id = moved.sale_line_id
                 WHERE moved.id = ANY(%(moved)s)
                 UNION
                SELECT 'order', line.order_id
                  FROM sale_order_line_invoice_rel AS rel
                  JOIN sale_order_line AS line ON line.id = rel.order_line_id
                 WHERE rel.invoice_line_id = ANY(%(billed)s)
                """,
                **lines,
            )
        )
        return (
            [document_id for kind, document_id in rows if kind == "move"],
            [document_id for kind, document_id in rows if kind == "order"],
        )


def _sql_is_included(model, alias, query):
    """A plain NOT, unlike Odoo's IS NOT TRUE, is taken apart and reaches each table."""
    return SQL("NOT %s", model._field_to_sql(alias, "is_excluded", query))


def _source(kind):
    """What the number in a row's id is a number of."""
    if kind >= KIND_PAYMENT or kind < KIND_ORDER_LINE:
        return "item"
    if kind >= KIND_DELIVERY_BILLED:
        return "billed"
    return "moved" if kind >= KIND_DELIVERY_MOVE else "line"


def conjunction(domain):
    """The conditions that must all hold for ``domain`` to hold."""
    parts = domain.children if getattr(domain, "OPERATOR", "") == "&" else [domain]
    return [part for part in parts if hasattr(part, "field_expr")]


def _of_documents(domain, groupby, aggregates):
    """Whether amounts are added up without telling a document's lines apart."""
    asked = {spec.split(":")[0] for spec in groupby}
    asked.update(condition.field_expr for condition in domain.iter_conditions())
    return list(aggregates) == ["amount:sum"] and asked <= OF_DOCUMENTS


def asked_bases(domain):
    """Bases that ``domain`` can find, all of them unless it names some."""
    for condition in conjunction(domain):
        if condition.field_expr == "basis" and condition.operator in ("=", "in"):
            values = condition.value
            values = {values} if isinstance(values, str) else set(values or ())
            return [basis for basis in BASES if basis in values] or BASES
    return BASES


def _midnight(day):
    return datetime.combine(day, datetime.min.time())


def _to_day(value):
    """The date of a date, a datetime or an ISO string of either."""
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(value[:10])
