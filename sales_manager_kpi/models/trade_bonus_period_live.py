from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine.trade_bonus import ZERO, exact, outlook
from ..report.sales_fact_query import COUNTING

# "Just below a tier": so much of the tier's start is missing at most.
NEAR = exact(0.1)


class Live(NamedTuple):
    """How an open period stands now; figures in the currency of the agreement.

    :param base: turnover or units of the period so far
    :param position: what the tiers look at: with earlier periods where cumulated
    :param rate: of the tier reached, None below the first
    :param gap: to the next tier, None where there is none
    :param expected: the bonus if the period ended now, its conditions held
    :param failed: conditions that are not met, in words; empty where all are
    """

    base: object
    position: object
    rate: object
    gap: object
    next_start: object
    expected: object
    failed: str
    baseline: object


class TradeBonusPeriod(models.Model):
    """Open periods, computed from the documents whenever somebody looks."""

    # The area of trade bonuses has files of its own.
    _inherit = "trade.bonus.period"  # pylint: disable=consider-merging-classes-inherited

    live_base = fields.Float(
        string="So Far", digits=(16, 2), compute="_compute_live", compute_sudo=True
    )
    live_rate = fields.Char(
        string="Tier Reached", compute="_compute_live", compute_sudo=True
    )
    gap = fields.Float(
        string="To the Next Tier",
        digits=(16, 2),
        compute="_compute_live",
        compute_sudo=True,
        help="Nothing where the highest tier is reached.",
    )
    progress = fields.Float(
        string="Progress (%)", compute="_compute_live", compute_sudo=True
    )
    expected = fields.Monetary(
        string="Expected Bonus", compute="_compute_live", compute_sudo=True
    )
    guard_now = fields.Text(
        string="Conditions at Risk", compute="_compute_live", compute_sudo=True
    )
    calculation = fields.Char(compute="_compute_live", compute_sudo=True)
    days_left = fields.Integer(compute="_compute_days_left")
    near_tier = fields.Boolean(
        string="Just Below a Tier",
        compute="_compute_flags",
        search="_search_near_tier",
    )
    at_risk = fields.Boolean(
        string="Conditions Fail",
        compute="_compute_flags",
        search="_search_at_risk",
    )

    @api.depends("date_to")
    def _compute_days_left(self):
        today = fields.Date.context_today(self)
        for period in self:
            period.days_left = max((period.date_to - today).days, 0)

    @api.depends("state", "term_id", "partner_id", "date_from", "date_to")
    @api.depends_context("lang")
    def _compute_live(self):
        figures = self._live_figures()
        for period in self:
            live = figures.get(period.id)
            if live:
                period._show_live(live)
            else:
                period._show_kept()

    def _show_live(self, live):
        term = self.term_id
        start = live.next_start
        self.live_base = live.base
        self.live_rate = term._rate_words(live.rate) if live.rate is not None else ""
        self.gap = live.gap or 0.0
        self.progress = float(live.position / start * 100) if start else 100.0
        self.expected = live.expected
        self.guard_now = live.failed
        self.calculation = term._calculation_words(live.position, live.baseline)

    def _show_kept(self):
        self.live_base, self.expected = self.base, self.payable + self.postponed
        self.live_rate = self.calculation = ""
        self.gap, self.progress = 0.0, 100.0
        self.guard_now = self.guard_failed

    @api.depends("gap", "guard_now")
    def _compute_flags(self):
        figures = self._live_figures()
        for period in self:
            live = figures.get(period.id)
            period.near_tier = bool(live and _is_near(live))
            period.at_risk = bool(live and live.failed)

    @api.model
    def _search_near_tier(self, operator, value):
        return self._search_running(operator, value, _is_near)

    @api.model
    def _search_at_risk(self, operator, value):
        return self._search_running(operator, value, lambda live: bool(live.failed))

    @api.model
    def _search_running(self, operator, value, condition):
        """Periods of today that the user sees, of which ``condition`` holds now."""
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        running = self.search(
            [
                ("state", "=", "open"),
                ("agreement_state", "=", "active"),
                ("date_from", "<=", today),
                ("date_to", ">=", today),
            ]
        )
        # sudo: figures of what the user may read, see the search before
        figures = running.sudo()._live_figures()
        found = [key for key, live in figures.items() if condition(live)]
        domain = Domain("id", "in", found)
        return domain if True in value else ~domain

    # ------------------------------------------------------------------
    # For the other areas
    # ------------------------------------------------------------------

    @api.private
    def _live_figures(self, day=None):
        """How open periods that have begun stand now, in a few queries for all.

        :param day: as they stood then: what came later is left out of their bases, and
            their conditions are judged as of this day
        :return: ``{period id: Live}``
        """
        today = day or fields.Date.context_today(self)
        running = self._origin.filtered(
            lambda row: row.state == "open" and row.date_from <= today
        ).with_context(trade_bonus_until=day)
        if not running:
            return {}
        sums = running._live_sums()
        bases, late, _bought = running._kept_sums()
        bases.update({key: row[0] for key, row in sums.items()})
        bought = {key: row[1:] for key, row in sums.items()}
        failed = self.env["trade.bonus.guard"]._failed(running, bought, day)
        baselines, chains = running._baselines(), running._chains()
        return {
            period.id: period._live(
                chains[period], bases, late, baselines.get(period.id), failed
            )
            for period in running
        }

    def _live_sums(self, shift_years=0):
        """What counts now: ``{period id: (base, products, categories)}``, one query.

        Products and categories are counted where a term asks for some at least, and
        are 0 elsewhere.
        """
        if not self:
            return {}
        Query = self.env["trade.bonus.base.query"].with_context(fact_rows=COUNTING)
        Query._flush_facts()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT row.period_id, sum(row.value), %s, %s
                  FROM (%s) AS row
                 WHERE row.is_included
                 GROUP BY 1
                """,
                _sql_bought("product_id", any(self.term_id.mapped("min_products"))),
                _sql_bought("categ_id", any(self.term_id.mapped("min_categories"))),
                Query._sql_rows(self, shift_years),
            )
        )
        return {row[0]: (exact(row[1]), *row[2:]) for row in rows}

    def _live(self, chain, bases, late, baseline, failed):
        before = chain.filtered(lambda row: row.date_from < self.date_from)
        tariff = self.term_id._tariff()
        result = self._result(tariff, before, bases, late, baseline, self.id in failed)
        position = bases[self.id]
        if self.term_id.cumulative:
            position += sum(before._known_bases(bases, late).values(), ZERO)
        ahead = outlook(tariff, position, baseline)
        return Live(
            base=bases[self.id],
            position=position,
            rate=ahead.reached.rate if ahead.reached else None,
            gap=ahead.gap,
            next_start=None if ahead.gap is None else position + ahead.gap,
            expected=result.payable + result.postponed,
            failed=failed.get(self.id, ""),
            baseline=baseline,
        )


def _is_near(live):
    """Whether little is missing for the next tier, and something is there already."""
    return bool(
        live.gap is not None
        and live.position > 0
        and live.gap <= live.next_start * NEAR
    )


def _sql_bought(column, is_asked) -> SQL:
    """How many different ones were bought; counting them takes a sort of its own."""
    if not is_asked:
        return SQL("0")
    return SQL(
        "count(DISTINCT %s) FILTER (WHERE row.value > 0)",
        SQL.identifier("row", column),
    )
