from odoo import api, models
from odoo.tools import SQL


class PaymentPromise(models.Model):
    """Payments judge promises: kept at once, broken when the day is over."""

    # Judging has a file of its own.
    _inherit = "payment.promise"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _judge(self, document_ids=None):
        """Judge the open promises, of these journal entries' customers only if given.

        In company currency where a payment is in another one than was promised.
        """
        self.env.flush_all()
        rows = self.env.execute_query(self._sql_judged(document_ids))
        if not rows:
            return
        promises = self.browse([row[0] for row in rows])
        paid = {row[0]: row[1] for row in rows}
        for promise in promises:
            if promise.paid_amount != paid[promise.id]:
                promise.paid_amount = paid[promise.id]
        kept = promises.filtered(
            lambda p: p.currency_id.compare_amounts(p.paid_amount, p.amount) >= 0
        )
        kept._close("kept")
        (promises - kept).filtered(lambda p: p.promised_on < p._today())._close(
            "broken"
        )

    @api.model
    def _sql_judged(self, document_ids):
        """Open promises with what was paid from when they were made to their day."""
        customers = SQL("TRUE")
        if document_ids is not None:
            customers = SQL(
                """
                promise.partner_id IN (
                    SELECT commercial_partner_id FROM account_move
                     WHERE id = ANY(%(ids)s))
                """,
                ids=list(document_ids),
            )
        return SQL(
            """
            SELECT promise.id, ROUND(COALESCE(SUM(
                       CASE WHEN claim.currency_id = promise.currency_id
                            THEN partial.debit_amount_currency
                            ELSE partial.amount * COALESCE(rate.rate, 1) END),
                       0), MAX(currency.decimal_places))
              FROM payment_promise promise
              JOIN res_currency currency ON currency.id = promise.currency_id
         LEFT JOIN (
                   account_partial_reconcile partial
              JOIN account_move_line claim ON claim.id = partial.debit_move_id
               AND claim.display_type = 'payment_term'
              JOIN account_move invoice ON invoice.id = claim.move_id
              JOIN account_move_line money ON money.id = partial.credit_move_id
              JOIN account_journal journal ON journal.id = money.journal_id
               AND journal.type IN ('bank', 'cash', 'credit')
                   ) ON invoice.commercial_partner_id = promise.partner_id
               AND partial.company_id = promise.company_id
               AND money.date BETWEEN promise.made_on AND promise.promised_on
               AND (promise.order_id IS NULL OR EXISTS (
                       SELECT FROM account_move_line line
                         JOIN sale_order_line_invoice_rel rel
                           ON rel.invoice_line_id = line.id
                         JOIN sale_order_line sold ON sold.id = rel.order_line_id
                        WHERE line.move_id = invoice.id
                          AND sold.order_id = promise.order_id))
         LEFT JOIN LATERAL (
                   SELECT rate FROM res_currency_rate
                    WHERE currency_id = promise.currency_id
                      AND (company_id IS NULL OR company_id = promise.company_id)
                      AND name <= money.date
                 ORDER BY company_id, name DESC LIMIT 1) AS rate ON TRUE
             WHERE promise.state = 'open' AND %(customers)s
          GROUP BY promise.id
            """,
            customers=customers,
        )


class SaleOrderControl(models.Model):
    _inherit = "sale.order.control"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _after_money(self, document_ids):
        result = super()._after_money(document_ids)
        self.env["payment.promise"]._judge(document_ids)
        return result

    @api.model
    def _after_reconciled(self):
        self.env["payment.promise"]._judge()
        return super()._after_reconciled()


class SalesSubstitution(models.Model):
    """Deputies see the activities of their principal on promises."""

    # Control has files of its own.
    _inherit = "sales.substitution"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _models_with_activities(self):
        return [*super()._models_with_activities(), ("payment.promise", "orders")]
