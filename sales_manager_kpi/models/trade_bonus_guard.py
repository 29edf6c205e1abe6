from odoo import api, fields, models
from odoo.tools import SQL


class TradeBonusGuard(models.AbstractModel):
    """Whether the conditions of terms hold, for many periods at once."""

    _name = "trade.bonus.guard"
    _description = "Conditions of Trade Bonuses"

    @api.model
    def _failed(self, periods, bought, day=None):
        """What is not met, in words.

        :param bought: ``{period id: (number of products, number of categories)}``
        :param day: judged as it was at the end of this day; today when not given
        :return: ``{period id: text}``, only of those where something is not met
        """
        day = day or fields.Date.context_today(self)
        overdue = self._days_overdue(
            periods.filtered(lambda row: row.term_id.limit_overdue), day
        )
        on_time = self._paid_on_time(
            periods.filtered(lambda row: row.term_id.limit_paid_on_time), day
        )
        free = periods.filtered(lambda row: row.term_id.no_open_claims)
        claims = self._open_claims(free.partner_id, day, free.company_id)
        found = {}
        for period in periods:
            words = [
                self._overdue_words(period, overdue),
                self._on_time_words(period, on_time),
                self._claim_words(period, claims),
                *self._assortment_words(period, bought),
            ]
            if any(words):
                found[period.id] = "\n".join(word for word in words if word)
        return found

    @api.model
    def _open_claims(self, partners, day, companies):
        """``{partner id: number of claims found unjustified and open on day}``.

        Of claims in ``companies``, judged by the end of that day.

        None until the area of claims says so: nothing is known, so nothing fails.
        """
        return None

    # ------------------------------------------------------------------
    # In words
    # ------------------------------------------------------------------

    def _overdue_words(self, period, overdue):
        days, term = overdue.get(period.id, 0), period.term_id
        if not term.limit_overdue or days <= term.max_overdue_days:
            return ""
        return self.env._(
            "An invoice is %(days)s days overdue; %(limit)s are allowed.",
            days=days,
            limit=term.max_overdue_days,
        )

    def _on_time_words(self, period, on_time):
        percent, term = on_time.get(period.id), period.term_id
        if not term.limit_paid_on_time or percent is None:
            return ""
        if percent >= term.min_paid_percent:
            return ""
        return self.env._(
            "%(percent).1f %% was paid on time; %(limit)g %% is asked.",
            percent=percent,
            limit=term.min_paid_percent,
        )

    def _claim_words(self, period, claims):
        if not period.term_id.no_open_claims or not claims:
            return ""
        count = claims.get(period.partner_id.id)
        return count and self.env._("%(count)s claims are open.", count=count)

    def _assortment_words(self, period, bought):
        products, categories = bought.get(period.id, (0, 0))
        term = period.term_id
        if products < term.min_products:
            yield self.env._(
                "%(count)s products bought; %(limit)s are asked.",
                count=products,
                limit=term.min_products,
            )
        if categories < term.min_categories:
            yield self.env._(
                "%(count)s categories bought; %(limit)s are asked.",
                count=categories,
                limit=term.min_categories,
            )

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    def _days_overdue(self, periods, day):
        """Days that the oldest open invoice of the customer was overdue on ``day``."""
        if not periods:
            return {}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT period.id, %(day)s::date - min(item.date_maturity)
                  FROM trade_bonus_period AS period
                  JOIN account_move AS move
                    ON move.commercial_partner_id = period.partner_id
                   AND move.company_id = period.company_id
                   AND move.move_type IN ('out_invoice', 'out_receipt')
                   AND move.state = 'posted'
                  JOIN account_move_line AS item ON item.move_id = move.id
                   AND item.display_type = 'payment_term'
                   AND item.date_maturity < %(day)s
                   AND %(residual)s > 0
                 WHERE period.id = ANY(%(ids)s)
                 GROUP BY period.id
                """,
                day=day,
                residual=self._sql_residual(day),
                ids=periods.ids,
            )
        )
        return dict(rows)

    def _sql_residual(self, day) -> SQL:
        """What of ``item`` was open on ``day``: what is, and what was settled since."""
        if day >= fields.Date.context_today(self):
            return SQL("item.amount_residual")
        return SQL(
            """(item.amount_residual + COALESCE((
                   SELECT sum(later.amount)
                     FROM account_partial_reconcile AS later
                    WHERE later.debit_move_id = item.id AND later.max_date > %s
               ), 0))""",
            day,
        )

    def _paid_on_time(self, periods, day):
        """Per cent, by amount, of what was due in the period until ``day`` and in time.

        What credit notes settled was never to be paid. None where nothing was due.
        """
        if not periods:
            return {}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT period.id,
                       sum(paid.in_time) * 100
                           / NULLIF(sum(item.debit - paid.credited), 0)
                  FROM trade_bonus_period AS period
                  JOIN account_move AS move
                    ON move.commercial_partner_id = period.partner_id
                   AND move.company_id = period.company_id
                   AND move.move_type IN ('out_invoice', 'out_receipt')
                   AND move.state = 'posted'
                  JOIN account_move_line AS item ON item.move_id = move.id
                   AND item.display_type = 'payment_term'
                   AND item.date_maturity
                       BETWEEN period.date_from AND LEAST(period.date_to, %(day)s)
                 CROSS JOIN LATERAL (%(paid)s) AS paid
                 WHERE period.id = ANY(%(ids)s)
                 GROUP BY period.id
                """,
                day=day,
                ids=periods.ids,
                paid=self._sql_paid(day),
            )
        )
        return {
            period_id: None if percent is None else float(percent)
            for period_id, percent in rows
        }

    def _sql_paid(self, day) -> SQL:
        """What of ``item`` money settled in time, and credit notes until ``day``."""
        is_money = self.env["sales.fact.report"]._sql_is_money("settling", "journal")
        return SQL(
            """
            SELECT COALESCE(sum(partial.amount) FILTER (
                       WHERE %(money)s AND partial.max_date <= item.date_maturity
                   ), 0) AS in_time,
                   COALESCE(sum(partial.amount) FILTER (WHERE NOT (%(money)s)), 0)
                       AS credited
              FROM account_partial_reconcile AS partial
              JOIN account_move_line AS settling ON settling.id = partial.credit_move_id
              JOIN account_journal AS journal ON journal.id = settling.journal_id
             WHERE partial.debit_move_id = item.id AND partial.max_date <= %(day)s
            """,
            money=is_money,
            day=day,
        )
