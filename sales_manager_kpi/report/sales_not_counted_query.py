from odoo import models
from odoo.tools import SQL

from .sales_not_counted_parts import KIND_BASIS, KIND_FACT, KIND_ORDER


class SalesNotCountedQuery(models.AbstractModel):
    """Where the rows of ``sales.not.counted`` come from.

    Documents that have facts are read from the facts, so that both say the same; what
    has none yet (quotations, drafts, what is not invoiced) from the documents.
    """

    _name = "sales.not.counted.query"
    _inherit = ["sales.not.counted.orders", "sales.not.counted.moves"]
    _description = "Query of What Is Not Counted"

    def _sql_other_facts(self, basis) -> SQL:
        """Facts that do not count for who owned the customer on their day."""
        document = "order_id" if basis in ("order", "delivery") else "move_id"
        kind = KIND_BASIS[basis] + KIND_FACT
        kind += KIND_ORDER if document == "order_id" else 0
        fact_document = SQL.identifier("fact", document)
        columns = {
            "id": self._sql_id(
                fact_document, SQL("owner.user_id"), SQL("fact.date"), kind
            ),
            "basis": SQL("%s", basis),
            "reason": SQL("(array_agg(%s ORDER BY %s))[1]", *self._sql_fact_reason()),
            "credited_user_id": SQL(
                "(array_agg(fact.user_id ORDER BY %s) FILTER ("
                "WHERE NOT fact.is_excluded))[1]",
                self._sql_fact_order(),
            ),
            "user_id": SQL("owner.user_id"),
            "branch_id": SQL(
                "CASE WHEN owner.user_id IS NULL THEN min(fact.branch_id)"
                " ELSE min(owner.branch_id) END"
            ),
            "amount": SQL("sum(fact.amount)"),
            document: fact_document,
            **{
                name: SQL.identifier("fact", name)
                for name in (
                    "date",
                    "moment",
                    "company_id",
                    "currency_id",
                    "partner_id",
                )
            },
        }
        facts = self.env["sales.fact.report"].with_context(fact_bases=[basis])
        return SQL(
            """
            SELECT %(columns)s
              FROM (%(facts)s) AS fact
              LEFT JOIN customer_assignment AS owner
                     ON owner.partner_id = fact.partner_id
                    AND owner.company_id = fact.company_id
                    AND owner.date_from <= fact.date
                    AND (owner.date_to IS NULL OR owner.date_to >= fact.date)
             WHERE fact.basis = %(basis)s
               AND fact.partner_id IS NOT NULL
               AND (fact.is_excluded OR fact.user_id IS NULL
                    OR owner.user_id <> fact.user_id)
               AND (fact.reason IS NULL
                    OR fact.reason NOT IN ('other_month', 'vendor_document'))
          GROUP BY fact.company_id, fact.currency_id, fact.partner_id, fact.date,
                   fact.moment, owner.user_id, %(document)s
            HAVING sum(fact.amount) <> 0
            """,
            columns=self._sql_columns(columns),
            facts=facts._table_query,
            basis=basis,
            document=fact_document,
        )

    def _sql_fact_order(self) -> SQL:
        return SQL("abs(fact.amount) DESC, fact.id")

    def _sql_fact_reason(self):
        """The reason of a fact, and the order in which the largest part tells it."""
        reason = SQL(
            """
            CASE WHEN fact.is_excluded THEN fact.reason
                 WHEN fact.user_id IS NOT NULL THEN 'other_manager'
                 WHEN fact.reason = 'needs_owner' THEN 'needs_owner'
                 WHEN owner.user_id IS NULL THEN 'no_owner'
                 ELSE 'unassigned'
            END
            """
        )
        return reason, self._sql_fact_order()
