from odoo import models
from odoo.tools import SQL

from .sales_credited_mixin import Credit


class SalesCreditFill(models.AbstractModel):
    """Existing documents whose owner was absent follow the policy of that absence.

    A document that counted while a deputy stood in is given the credit that it would
    have got at once, had its owner been known then: a membership entered late must not
    undo what the director had decided.
    """

    _inherit = "sales.credit.fill"  # pylint: disable=consider-merging-classes-inherited

    def _fill_orders(self):
        orders = self._touched_by_substitutions(
            "sale.order", SQL("doc.state = 'sale'"), SQL("scope_orders")
        )
        count = super()._fill_orders()
        self._follow_substitutions(orders, "confirmed_by_id")
        return count

    def _fill_moves_without_order(self):
        moves = self._touched_by_substitutions(
            "account.move",
            SQL(
                """
                doc.state = 'posted'
                AND doc.move_type IN ('out_invoice', 'out_receipt')
                """
            ),
            SQL("scope_invoices"),
        )
        count = super()._fill_moves_without_order()
        # who posted is not kept; who made the draft is the nearest there is
        self._follow_substitutions(moves, "create_uid")
        return count

    def _touched_by_substitutions(self, model, condition, scope):
        """Documents without credit that were made or counted in some absence.

        Coarse, by a day around: the policy itself looks at moments and people.
        """
        documents = self.env[model]
        at = SQL("doc.date_order")
        if model == "account.move":
            at = SQL("COALESCE(doc.invoice_date, doc.date)::timestamp")
        rows = self.env.execute_query(
            SQL(
                """
                SELECT doc.id
                  FROM %(table)s AS doc
                 WHERE (doc.credit_kind IS NULL OR doc.credit_kind = 'unassigned')
                   AND %(condition)s
                   AND EXISTS (
                       SELECT
                         FROM sales_substitution AS away
                        WHERE away.company_id = doc.company_id
                          AND away.decision IN ('appointed', 'revoked')
                          AND away.%(scope)s
                          AND away.start_at < %(at)s + interval '2 days'
                          AND away.stop_at >
                              LEAST(doc.create_date, %(at)s - interval '1 day')
                   )
                """,
                table=SQL.identifier(documents._table),
                condition=condition,
                scope=scope,
                at=at,
            )
        )
        return documents.browse(row_id for (row_id,) in rows)

    def _follow_substitutions(self, documents, act):
        """Divide the credit of those of ``documents`` that have an owner by now.

        :param str act: the field with who confirmed or posted
        """
        # what the cache knows of them was written past it just now
        self.env.invalidate_all(flush=False)
        owned = documents.filtered(lambda document: document.credit_kind == "single")
        for company, some in owned.grouped("company_id").items():
            stamps = some._with_substitutions(
                company,
                {
                    document.id: Credit(
                        document.credited_user_id.id,
                        document.credited_branch_id.id,
                        "single",
                    )
                    for document in some
                },
                {document.id: document[act].id for document in some},
            )
            some._store_credit(
                {key: stamp for key, stamp in stamps.items() if stamp.substitution_id}
            )
