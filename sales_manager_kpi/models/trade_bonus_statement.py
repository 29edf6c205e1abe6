from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_amount, format_date

from .trade_bonus_base_line import REASONS

# What customers are told of: what was agreed with them, and stood.
STATED = ("active", "suspended", "closed")
# Reasons that name our own housekeeping are one to a customer.
OWN_REASONS = {
    *("other_unit", "intercompany", "other_line", "manual_entry"),
    *("vendor_document", "needs_owner"),
}
OTHER = "other"


class Progress(NamedTuple):
    """How a running period stands today, in words of the customer's language.

    :param percent: of the way to the next tier, 0 to 100
    :param tier: rate of the tier reached, empty below the first
    :param gap: to the next tier, empty where there is none
    :param earlier: what of it was postponed before, empty for nothing
    :param conditions: of the term, empty where there are none
    :param failed: those that are not met now
    """

    dates: str
    counted: str
    percent: float
    tier: str
    gap: str
    days_left: int
    expected: str
    calculation: str
    earlier: str
    conditions: list
    failed: list


class Row(NamedTuple):
    """A period that is over; figures are None until they were approved."""

    dates: str
    status: str
    counted: str | None = None
    earned: str | None = None
    earlier: str | None = None
    postponed: str | None = None
    payable: str | None = None


class TermPart(NamedTuple):
    name: str
    words: list
    running: list
    rows: list
    excluded: list


class Statement(NamedTuple):
    """What one customer is told of one agreement.

    :param status: of an agreement that is not in force any more or now; empty otherwise
    :param expected: of what runs now; empty while it is suspended: nothing is promised
    """

    agreement: object
    partner: object
    name: str
    status: str
    dates: str
    today: str
    contact: str
    terms: list
    settled: str
    unsettled: str
    expected: str


class TradeBonusStatement(models.AbstractModel):
    """Statements of bonuses for customers: their own figures, as far as published.

    Of an agreement they have the terms, of running periods how these stand, of others
    what was approved. Notes, costs and other customers of it are never among it.
    """

    _name = "trade.bonus.statement"
    _description = "Trade Bonus Statement"

    @api.model
    def _statements(self, periods):
        """A `Statement` for every agreement and customer of ``periods``, in order.

        In the language of the context. The caller has checked who may see them.

        :raise UserError: for agreements that were never in force, or were cancelled
        """
        # sudo: a statement is of all periods of its customer, and of nobody else's
        groups = periods.sudo()._statement_groups()
        # sudo: as above
        everything = periods.sudo().browse().union(*groups.values())
        self._check_stated(everything.agreement_id)
        # of one that is suspended nothing is told but what was approved
        figures = everything.filtered(self._is_in_force)._live_figures()
        excluded = self._excluded(everything)
        return [
            self._statement(agreement, partner, rows, figures, excluded)
            for (agreement, partner), rows in groups.items()
        ]

    def _is_in_force(self, period):
        return period.agreement_id.state != "suspended"

    def _check_stated(self, agreements):
        for agreement in agreements:
            if agreement.state not in STATED:
                raise UserError(
                    self.env._(
                        "%(agreement)s is not in force. Customers get a statement of "
                        "what was agreed.",
                        agreement=agreement.display_name,
                    )
                )

    def _statement(self, agreement, partner, periods, figures, excluded):
        live = [figures[row.id] for row in periods if self._is_running(row, figures)]
        lines = periods.settlement_line_ids.filtered("is_live")
        approved = periods.filtered(lambda row: row.state == "approved")
        currency = agreement.currency_id
        return Statement(
            agreement=agreement,
            partner=partner,
            name=agreement.display_name,
            status=self._agreement_status(agreement),
            dates=self._dates(agreement),
            today=format_date(self.env, fields.Date.context_today(self)),
            contact=agreement.user_id.name or "",
            terms=[
                self._term(term, rows, figures, excluded)
                for term, rows in periods.grouped("term_id").items()
            ],
            settled=self._money(sum(lines.mapped("amount")), currency),
            unsettled=self._money(sum(approved.mapped("payable")), currency),
            expected=(
                ""
                if agreement.state == "suspended"
                else self._money(sum(row.expected for row in live), currency)
            ),
        )

    def _agreement_status(self, agreement):
        if agreement.state == "suspended":
            return self.env._("Suspended")
        return self.env._("Ended") if agreement.state == "closed" else ""

    def _term(self, term, periods, figures, excluded):
        totals = {}
        for period in periods:
            for reason, amount in excluded.get(period.id, {}).items():
                totals[reason] = totals.get(reason, 0.0) + amount
        running = periods.filtered(lambda row: self._is_running(row, figures))
        today = fields.Date.context_today(self)
        over = (periods - running).filtered(
            lambda row: row.state != "open" or row.date_to < today
        )
        return TermPart(
            name=term.name,
            words=(term.formula_text or "").splitlines(),
            running=[
                self._progress(row, figures[row.id], self._postponed(row, periods))
                for row in running
            ],
            rows=[self._row(row) for row in over],
            excluded=self._excluded_words(totals, term.currency_id),
        )

    # ------------------------------------------------------------------
    # Running
    # ------------------------------------------------------------------

    def _is_running(self, period, figures):
        """Whether it counts still today."""
        today = fields.Date.context_today(self)
        return period.id in figures and period.date_to >= today

    def _postponed(self, period, periods):
        """What ``periods`` before this one put off until conditions hold."""
        before = periods.filtered(lambda row: row.date_from < period.date_from)
        return sum(row.postponed - row.carried for row in before)

    def _progress(self, period, live, postponed):
        """`Progress` of ``period``, of what ``live`` says of it."""
        term, start = period.term_id, live.next_start
        percent = 0.0 if live.rate is None else 100.0
        if start:
            percent = float(live.position / start * 100)
        return Progress(
            dates=self._dates(period),
            counted=term._figure(live.base),
            percent=min(max(percent, 0.0), 100.0),
            tier=term._rate_words(live.rate) if live.rate is not None else "",
            gap=term._figure(live.gap) if live.gap is not None else "",
            days_left=period.days_left,
            expected=term._money(live.expected),
            calculation=term._calculation_words(live.position, live.baseline),
            earlier=(
                "" if term.currency_id.is_zero(postponed) else term._money(postponed)
            ),
            conditions=[words for words in term._condition_words() if words],
            failed=(live.failed or "").splitlines(),
        )

    # ------------------------------------------------------------------
    # Over
    # ------------------------------------------------------------------

    def _row(self, period):
        """`Row` of ``period``; what nobody approved has no figures yet."""
        dates, status = self._dates(period), self._status(period)
        if period.state in ("open", "calculated"):
            return Row(dates=dates, status=status)
        term = period.term_id
        return Row(
            dates=dates,
            status=status,
            counted=term._figure(period.base),
            earned=term._money(period.earned),
            earlier=term._money(period.clawback + period.carried),
            postponed=term._money(period.postponed),
            payable=term._money(period.payable),
        )

    def _status(self, period):
        settlement = period.settlement_line_ids.filtered("is_live").settlement_id
        if settlement:
            return self._settled_words(settlement[:1])
        if period.state == "approved" and not period.payable:
            postponed = self.env._("Postponed")
            return postponed if period.postponed else self.env._("Approved")
        if period.state == "open" and not self._is_in_force(period):
            return self.env._("Suspended")
        return {
            "open": self.env._("Being calculated"),
            "calculated": self.env._("Being calculated"),
            "approved": self.env._("To be settled"),
            "settled": self.env._("Settled"),
            "closed": self.env._("Closed"),
        }[period.state]

    def _settled_words(self, settlement):
        day, move = format_date(self.env, settlement.date), settlement.move_id
        if move.state == "posted":
            return self.env._(
                "Settled on %(day)s by %(document)s", day=day, document=move.name
            )
        return self.env._("Settled on %(day)s", day=day)

    # ------------------------------------------------------------------
    # What does not count
    # ------------------------------------------------------------------

    def _excluded(self, periods):
        """``{period id: {reason: amount}}``, untaxed, in the agreement's currency.

        Of open periods out of the documents, of others as they kept it.
        """
        today = fields.Date.context_today(self)
        begun = periods.filtered(
            lambda row: (
                row.state == "open"
                and row.date_from <= today
                and self._is_in_force(row)
            )
        )
        found = {}
        for period_id, reason, amount in [
            *self._excluded_live(begun),
            *self._excluded_kept(periods.filtered(lambda row: row.state != "open")),
        ]:
            found.setdefault(period_id, {})[reason] = float(amount or 0.0)
        return found

    def _excluded_live(self, periods):
        if not periods:
            return []
        Query = self.env["trade.bonus.base.query"]
        Query._flush_facts()
        return self.env.execute_query(
            SQL(
                """
                SELECT row.period_id, row.reason, sum(row.amount)
                  FROM (%s) AS row
                 WHERE NOT row.is_included
                 GROUP BY 1, 2
                """,
                Query._sql_rows(periods),
            )
        )

    def _excluded_kept(self, periods):
        # sudo: of the periods of one statement, see `_statements`
        groups = (
            self.env["trade.bonus.base.line"]
            .sudo()
            ._read_group(
                [("period_id", "in", periods.ids), ("is_included", "=", False)],
                ["period_id", "reason"],
                ["amount:sum"],
            )
        )
        return [(period.id, reason, amount) for period, reason, amount in groups]

    def _excluded_words(self, totals, currency):
        """``[(why, amount)]`` in words, biggest first."""
        field = self.env["trade.bonus.base.line"]._fields["reason"]
        labels = dict(field._description_selection(self.env))
        labels[OTHER] = self.env._("Other entries, which are no sale to you")
        sums = dict.fromkeys([*dict(REASONS), OTHER], 0.0)
        for reason, amount in totals.items():
            sums[OTHER if reason in OWN_REASONS else reason] += amount
        rows = sorted(sums.items(), key=lambda row: -abs(row[1]))
        return [
            (labels[reason], self._money(amount, currency))
            for reason, amount in rows
            if not currency.is_zero(amount)
        ]

    # ------------------------------------------------------------------
    # In words
    # ------------------------------------------------------------------

    def _money(self, amount, currency):
        return format_amount(self.env, float(amount), currency)

    def _dates(self, record):
        first = format_date(self.env, record.date_from)
        return f"{first} – {format_date(self.env, record.date_to)}"
