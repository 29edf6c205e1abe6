from odoo import fields, models

from ..engine.trade_bonus import ZERO


class TradeBonusPeriod(models.Model):
    """What quotations and customers show of the periods that run."""

    # The area of trade bonuses has files of its own.
    _inherit = "trade.bonus.period"  # pylint: disable=consider-merging-classes-inherited

    def _begun(self, customers, company):
        """Open periods of active agreements that have begun, those the user sees.

        Also ended ones that nobody calculated yet: tiers over the whole agreement
        look at them. Nothing is asked of the database where none of these commercial
        entities has an active agreement.
        """
        active = self.env["trade.bonus.agreement"]._active_customers(company)
        ids = [key for key in customers._origin.ids if key in active]
        if not ids:
            return self.browse()
        return self.search_fetch(
            [
                ("partner_id", "in", ids),
                ("company_id", "=", company.id),
                ("state", "=", "open"),
                ("agreement_state", "=", "active"),
                ("date_from", "<=", fields.Date.context_today(self)),
                ("is_correction", "=", False),
            ]
        )

    def _running(self):
        """Those of these periods that last still."""
        today = fields.Date.context_today(self)
        return self.filtered(lambda period: period.date_from <= today <= period.date_to)

    # ------------------------------------------------------------------
    # In words
    # ------------------------------------------------------------------

    def _hints(self, customers, company):
        """``{commercial entity's id: what is missing for the next tier, in words}``."""
        begun = self._begun(customers, company)
        running = begun._running()
        if not running:
            return {}
        # sudo: figures of what the user may read, see the search before
        figures = begun.sudo()._live_figures()
        hints = {}
        # sudo: as above
        running = running.sudo().sorted(lambda row: (row.term_id.sequence, row.id))
        for customer, periods in running.grouped("partner_id").items():
            words = [period._hint(figures.get(period.id)) for period in periods]
            hints[customer.id] = "\n".join(filter(None, words)) or False
        return hints

    def _hint(self, live):
        """How far the next tier is and how long there is; None without a tier."""
        if live is None or (live.gap is None and live.rate is None):
            return None
        term = self.term_id
        if live.gap is None:
            words = self.env._(
                "Highest tier reached (%(rate)s), %(left)s",
                rate=term._rate_words(live.rate),
                left=self._left_words(),
            )
        else:
            words = self.env._(
                "%(gap)s to the next tier, %(left)s",
                gap=term._figure(live.gap),
                left=self._left_words(),
            )
        return f"{term.name}: {words}"

    def _left_words(self):
        days = self.days_left
        if days < 1:
            return self.env._("last day")
        if days == 1:
            return self.env._("1 day left")
        return self.env._("%(days)s days left", days=days)

    # ------------------------------------------------------------------
    # What tiers look at
    # ------------------------------------------------------------------

    def _positions(self):
        """Where these open periods stand: ``{period id: (position, baseline)}``.

        Decimals in the currency or unit of the term, in a few queries for all. The
        conditions of terms are not looked at: they are judged at the end.
        """
        sums, baselines = self._live_sums(), self._baselines()
        bases = {period.id: sums.get(period.id, (ZERO,))[0] for period in self}
        cumulated = self.filtered(lambda period: period.term_id.cumulative)
        before = cumulated._known_before(bases) if cumulated else {}
        return {
            key: (base + before.get(key, ZERO), baselines.get(key))
            for key, base in bases.items()
        }

    def _known_before(self, live):
        """``{period id: base of the periods before it in its chain}``.

        :param live: ``{period id: base}`` of those that are open
        """
        bases, late, _bought = self._kept_sums()
        bases.update(live)
        found = {}
        for period, chain in self._chains().items():
            before = chain.filtered(
                lambda row, period=period: row.date_from < period.date_from
            )
            found[period.id] = sum(before._known_bases(bases, late).values(), ZERO)
        return found
