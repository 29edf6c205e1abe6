from odoo import fields, models
from odoo.tools import SQL

from ..engine.scoring import ratio

ITEMS = "account.move.line"
SHIPMENTS = "sale.order.control.line"


class EvaluationCriterion(models.Model):
    """Control: customers that pay in time, and goods that leave in time."""

    # Every area that feeds the evaluation has its own measures file.
    _inherit = "evaluation.criterion"  # pylint: disable=consider-merging-classes-inherited

    measure = fields.Selection(
        selection_add=[
            ("payment_discipline", "Amounts due paid in time (share)"),
            ("shipment_on_time", "Order lines shipped as promised (share)"),
        ],
        ondelete={"payment_discipline": "cascade", "shipment_on_time": "cascade"},
    )

    # ------------------------------------------------------------------
    # Paid in time
    # ------------------------------------------------------------------

    def _measure_payment_discipline(self, period, users):
        """``{manager id: (paid in time, due, share, instalments)}``, company currency.

        Of what was due in the period on the invoices credited to a manager, by due
        date: what was paid by that day. What a credit note took off was never due. An
        amount due today or later does not count yet; without one there is no base.
        """
        self.env[ITEMS].flush_model()
        self.env["account.partial.reconcile"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT move.credited_user_id, SUM(part.in_time), SUM(part.due),
                       COUNT(*)
                  FROM account_move_line item
                  JOIN account_move move ON move.id = item.move_id
            CROSS JOIN LATERAL (%(part)s) AS part
                 WHERE item.company_id = %(company)s
                   AND item.display_type = 'payment_term'
                   AND item.parent_state = 'posted'
                   AND move.move_type = 'out_invoice'
                   AND move.credited_user_id = ANY(%(users)s)
                   AND item.date_maturity BETWEEN %(first)s AND %(last)s
                   AND item.date_maturity < %(today)s
              GROUP BY move.credited_user_id
                """,
                part=self._sql_paid_in_time(),
                company=period.company_id.id,
                users=users.ids,
                first=period.date_from,
                last=period.date_to,
                today=self._supply_today(period),
            )
        )
        found = {row[0]: row[1:] for row in rows}
        measured = {}
        for user in users:
            paid, due, count = found.get(user.id, (0, 0, 0))
            paid, due = float(paid), float(due)
            measured[user.id] = (paid, due or None, ratio(paid, due), count)
        return measured

    def _sql_paid_in_time(self):
        """What of ``item`` was due, and what of that was paid by its day."""
        return SQL(
            """
            SELECT item.balance - COALESCE(SUM(partial.amount)
                       FILTER (WHERE other.move_type = 'out_refund'), 0) AS due,
                   COALESCE(SUM(partial.amount)
                       FILTER (WHERE other.move_type <> 'out_refund'
                           AND line.date <= item.date_maturity), 0) AS in_time
              FROM account_partial_reconcile partial
              JOIN account_move_line line ON line.id = partial.credit_move_id
              JOIN account_move other ON other.id = line.move_id
             WHERE partial.debit_move_id = item.id
            """
        )

    def _evidence_payment_discipline(self, period, user):
        return self._evidences_payment_discipline(period, user)[user.id]["numerator"]

    def _evidences_payment_discipline(self, period, users):
        """The instalments; how much of each was paid in time its payments tell."""
        due = [
            *self._supply_days(period, "date_maturity"),
            ("date_maturity", "<", self._supply_today(period)),
            ("display_type", "=", "payment_term"),
            ("parent_state", "=", "posted"),
            ("move_id.move_type", "=", "out_invoice"),
        ]
        return {
            user.id: dict.fromkeys(
                ("numerator", "denominator"),
                (ITEMS, [*due, ("move_id.credited_user_id", "=", user.id)]),
            )
            for user in users
        }

    def _numerator_payment_discipline(self, records):
        partials = records.matched_credit_ids
        return sum(
            partial.amount
            for partial in partials
            if partial.credit_move_id.move_id.move_type != "out_refund"
            and partial.credit_move_id.date <= partial.debit_move_id.date_maturity
        )

    # ------------------------------------------------------------------
    # Shipped as promised
    # ------------------------------------------------------------------

    def _measure_shipment_on_time(self, period, users):
        """``{manager id: (in time, promised, share, in time)}`` in order lines.

        Of the lines promised for a day of the period, by whom the order is credited
        to: the customer's goods were complete by that day. A later day counts where it
        was agreed before the goods were late. What is promised for today or later
        does not count before it has left.
        """
        return self._supply_share(
            SHIPMENTS, self._shipment_on_time(period), "credited_user_id", users
        )

    def _shipment_on_time(self, period):
        promised = [
            *self._supply_days(period, "agreed_on"),
            "|",
            ("shipped_on", "!=", False),
            ("agreed_on", "<", self._supply_today(period)),
        ]
        return promised, [("is_on_time", "=", True)]

    def _evidence_shipment_on_time(self, period, user):
        return self._evidences_shipment_on_time(period, user)[user.id]["numerator"]

    def _evidences_shipment_on_time(self, period, users):
        return self._supply_evidences(
            SHIPMENTS, self._shipment_on_time(period), "credited_user_id", users
        )

    def _numerator_shipment_on_time(self, records):
        return len(records)
