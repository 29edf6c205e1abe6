from collections import defaultdict

from odoo import fields, models
from odoo.fields import Domain

from ..engine.promotions import APPROVED, STOPPED
from ..engine.scoring import ratio
from .read_once import read_once

AGREEMENTS = "trade.bonus.agreement"
FACTS = "sales.fact.report"
LINES = "trade.bonus.settlement.line"


class EvaluationCriterion(models.Model):
    """Trade bonuses and promotions: what they cost, are used, and are left lying."""

    # Every area that feeds the evaluation has its own measures file.
    _inherit = "evaluation.criterion"  # pylint: disable=consider-merging-classes-inherited

    measure = fields.Selection(
        selection_add=[
            ("bonus_cost_share", "Trade bonuses, per turnover invoiced"),
            ("promotion_use_share", "Orders that used a promotion programme (share)"),
            ("bonus_overdue", "Overdue trade bonus agreements"),
        ],
        ondelete={
            "bonus_cost_share": "cascade",
            "promotion_use_share": "cascade",
            "bonus_overdue": "cascade",
        },
    )

    # ------------------------------------------------------------------
    # Bonuses per turnover
    # ------------------------------------------------------------------

    def _measure_bonus_cost_share(self, period, users):
        """``{user id: (settled, turnover invoiced, share, rows)}``, untaxed.

        In company currency, a bonus by the rate of the day it was settled, what was
        taken back counts off. Without turnover there is no base.
        """
        lines = (
            self.env[LINES]
            # sudo: a score must not depend on who reads it; company, days and managers
            # are given, and whoever shows a figure answers for who may see it
            .sudo()
            .search(
                [
                    *self._settled_domain(period),
                    ("period_id.user_id", "in", users.ids),
                ]
            )
            .grouped(lambda line: line.period_id.user_id.id)
        )
        rows = (
            self.env[FACTS]
            # sudo: see above
            .sudo()
            ._read_group(
                [*self._invoiced_domain(period), ("user_id", "in", users.ids)],
                ["user_id"],
                ["amount:sum"],
            )
        )
        turnover = {user.id: amount for user, amount in rows}
        measured = {}
        for user in users:
            own = lines.get(user.id, self.env[LINES])
            amount = self._numerator_bonus_cost_share(own)
            base = turnover.get(user.id)
            measured[user.id] = amount, base or None, ratio(amount, base), len(own)
        return measured

    def _settled_domain(self, period):
        return [
            ("company_id", "=", period.company_id.id),
            ("settlement_id.state", "=", "done"),
            ("settlement_id.date", ">=", fields.Date.to_string(period.date_from)),
            ("settlement_id.date", "<=", fields.Date.to_string(period.date_to)),
        ]

    def _invoiced_domain(self, period):
        """Facts of invoices, the credit notes of bonuses left out."""
        days = self._discount_days(period, "date")
        notes = read_once(
            self.env,
            ("bonus_notes", period.id),
            lambda: (
                self.env["account.move"]
                # sudo: only which documents are left out
                .sudo()
                .search(
                    [
                        *self._discount_days(period, "invoice_date"),
                        ("trade_bonus_settlement_id", "!=", False),
                    ]
                )
                .ids
            ),
        )
        return [
            *days,
            ("basis", "=", "invoice"),
            ("status", "=", "counted"),
            ("move_id", "not in", notes),
        ]

    def _evidence_bonus_cost_share(self, period, user):
        return self._evidences_bonus_cost_share(period, user)[user.id]["numerator"]

    def _evidences_bonus_cost_share(self, period, users):
        settled, invoiced = self._settled_domain(period), self._invoiced_domain(period)
        return {
            user.id: {
                "numerator": (LINES, [*settled, ("period_id.user_id", "=", user.id)]),
                "denominator": (FACTS, [*invoiced, ("user_id", "=", user.id)]),
            }
            for user in users
        }

    def _numerator_bonus_cost_share(self, records):
        return sum(
            line.currency_id._convert(
                line.amount,
                line.company_id.currency_id,
                line.company_id,
                line.settlement_id.date,
            )
            for line in records
        )

    # ------------------------------------------------------------------
    # Orders that used a programme
    # ------------------------------------------------------------------

    def _measure_promotion_use_share(self, period, users):
        """``{user id: (used, orders while a programme ran, share, fact rows)}``.

        Orders confirmed in the period that still stand, by who has the credit. Without
        an order while a programme ran there is no base.
        """
        used = self._orders_with_promotion(period)
        counted = self._promotable_domain(period, used)
        orders, with_reward = defaultdict(int), defaultdict(int)
        rows_with_reward = defaultdict(int)
        if counted:
            for user, order, count in self._promotable(counted, users):
                orders[user.id] += 1
                if order.id in used:
                    with_reward[user.id] += 1
                    rows_with_reward[user.id] += count
        return {
            user.id: (
                with_reward[user.id],
                orders[user.id] or None,
                ratio(with_reward[user.id], orders[user.id]),
                rows_with_reward[user.id],
            )
            for user in users
        }

    def _promotable(self, domain, users):
        """``[(manager, order, fact rows)]`` of what counts, in one query."""
        return (
            self.env[FACTS]
            # sudo: see _measure_bonus_cost_share
            .sudo()
            ._read_group(
                [*domain, ("user_id", "in", users.ids)],
                ["user_id", "order_id"],
                ["__count"],
            )
        )

    def _orders_with_promotion(self, period):
        """Ids of the orders of the period that have a governed reward."""
        uses = (
            self.env["promotion.use"]
            # sudo: see _measure_bonus_cost_share
            .sudo()
            .search([*self._discount_days(period, "date"), ("state", "=", "confirmed")])
        )
        return frozenset(uses.order_id.ids)

    def _promotable_domain(self, period, used):
        """Facts of orders confirmed while a programme ran; None where none did.

        What a reward is on counts in any case: an offer may outlast its programme.
        """
        whole = self._ordered_domain(period)
        ran = [Domain("order_id", "in", sorted(used))] if used else []
        ran += [
            Domain("date", ">=", fields.Date.to_string(max(first, period.date_from)))
            & Domain("date", "<=", fields.Date.to_string(min(last, period.date_to)))
            & (Domain("branch_id", "in", branches) if branches else Domain.TRUE)
            for first, last, branches in self._programmes_running(period)
        ]
        return list(Domain.AND([whole, Domain.OR(ran)])) if ran else None

    def _programmes_running(self, period):
        """``[(first day, last day, ids of branches)]`` of approved programmes."""
        programs = (
            self.env["loyalty.program"]
            # sudo: see _measure_bonus_cost_share
            .sudo()
            .with_context(active_test=False)
            .search(
                [
                    ("company_id", "in", [False, period.company_id.id]),
                    ("is_governed", "=", True),
                    ("approval_state", "in", [APPROVED, STOPPED]),
                    ("approved_at", "!=", False),
                ]
            )
        )
        found = []
        for program in programs:
            first, last = self._days_of(program, period)
            if first <= period.date_to and last >= period.date_from and first <= last:
                found.append((first, last, sorted(program.branch_ids.ids)))
        return sorted(found)

    def _days_of(self, program, period):
        """First and last day on which ``program`` gave something."""
        first = program.approved_at.date()
        if program.date_from:
            first = max(first, program.date_from)
        last = program.date_to or period.date_to
        if program.approval_state == STOPPED and program.stopped_at:
            last = min(last, program.stopped_at.date())
        return first, last

    def _evidence_promotion_use_share(self, period, user):
        return self._evidences_promotion_use_share(period, user)[user.id]["numerator"]

    def _evidences_promotion_use_share(self, period, users):
        used = self._orders_with_promotion(period)
        counted = self._promotable_domain(period, used) or [(0, "=", 1)]
        whole = self._ordered_domain(period)
        own = defaultdict(set)
        rows = self._promotable([*whole, ("order_id", "in", list(used))], users)
        for user, order, _count in rows:
            own[user.id].add(order.id)
        return {
            user.id: {
                "numerator": (
                    FACTS,
                    [
                        *whole,
                        ("user_id", "=", user.id),
                        ("order_id", "in", sorted(own[user.id])),
                    ],
                ),
                "denominator": (FACTS, [*counted, ("user_id", "=", user.id)]),
            }
            for user in users
        }

    def _numerator_promotion_use_share(self, records):
        return len(records.order_id)

    # ------------------------------------------------------------------
    # Overdue agreements
    # ------------------------------------------------------------------

    def _measure_bonus_overdue(self, period, users):
        """``{user id: (agreements, None, agreements, agreements)}``.

        Of those in force, on the last day of the period or today; the company says how
        long after its end. A manager without an agreement in force has no base.
        """
        overdue = self._overdue_agreements(period, users).grouped("user_id")
        rows = (
            self.env[AGREEMENTS]
            # sudo: see _measure_bonus_cost_share
            .sudo()
            ._read_group(self._in_force_domain(period, users), ["user_id"], ["__count"])
        )
        in_force = {user.id for user, _count in rows}
        measured = {}
        for user in users:
            number = len(overdue.get(user, ()))
            value = number if user.id in in_force else None
            measured[user.id] = number, None, value, number
        return measured

    def _in_force_domain(self, period, users):
        return [
            ("company_id", "=", period.company_id.id),
            ("user_id", "in", users.ids),
            ("state", "=", "active"),
            ("date_from", "<=", fields.Date.to_string(period.date_to)),
        ]

    def _overdue_agreements(self, period, users):
        """Agreements of ``users`` that are overdue, as superuser."""
        today = self.env["sales.branch"]._company_local_date(period.company_id)
        days = period.company_id.sales_manager_kpi_bonus_grace_days
        latest = fields.Date.subtract(min(today, period.date_to), days=days)
        # sudo: see _measure_bonus_cost_share
        agreements = self.env[AGREEMENTS].sudo()
        force = self._in_force_domain(period, users)
        ended = [("date_to", "<", latest)]
        unsettled = [
            *ended,
            "|",
            ("state", "in", ("open", "calculated")),
            *("&", ("state", "=", "approved"), ("payable", "!=", 0)),
        ]
        found = agreements.search([*force, ("period_ids", "any", unsettled)])
        expired = agreements.search([*force, *ended]) - found
        return found | expired._not_renewed()

    def _evidence_bonus_overdue(self, period, user):
        return self._evidences_bonus_overdue(period, user)[user.id]["numerator"]

    def _evidences_bonus_overdue(self, period, users):
        overdue = self._overdue_agreements(period, users).grouped("user_id")
        return {
            user.id: {
                "numerator": (
                    AGREEMENTS,
                    [("id", "in", sorted(a.id for a in overdue.get(user, ())))],
                )
            }
            for user in users
        }

    def _numerator_bonus_overdue(self, records):
        return len(records)


class TradeBonusAgreement(models.Model):
    # The area of trade bonuses has files of its own.
    _inherit = "trade.bonus.agreement"  # pylint: disable=consider-merging-classes-inherited

    def _not_renewed(self):
        """Those of which a customer has no later agreement, agreed or asked for."""
        later = self.search(
            [
                ("company_id", "in", self.company_id.ids),
                ("partner_ids", "in", self.partner_ids.ids),
                ("state", "in", ("to_approve", "active", "suspended", "closed")),
            ]
        )
        return self.filtered(
            lambda agreement: (
                agreement.partner_ids
                - later.filtered(
                    lambda other: (
                        other.company_id == agreement.company_id
                        and other.date_to > agreement.date_to
                    )
                ).partner_ids
            )
        )
