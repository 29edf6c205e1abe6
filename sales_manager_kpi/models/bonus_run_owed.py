from collections import defaultdict
from functools import partial

from odoo import api, fields, models

from ..engine import pay
from ..engine import pay_terms as terms
from ..engine.trade_bonus import HUNDRED, ZERO, rounded
from .bonus_run_facts import FROZEN
from .bonus_run_late import Change


class BonusRunOwed(models.AbstractModel):
    """Lines of earlier months: taken back or still due, and released when paid."""

    _name = "bonus.run.owed"
    _inherit = ["bonus.run.settle"]
    _description = "Pay Run: Lines of Earlier Months"

    @api.model
    def _claw_back_lines(self, period, subject, known, earned, step):
        """What earlier months get back, or still get, each at its own rate."""
        if not known.settlements.originals:
            return []
        lines, multiplied = [], defaultdict(lambda: ZERO)
        for component in subject.scheme.component_ids:
            for origin, change, original, evidence in self._owed(
                period, subject, component, known, earned
            ):
                line = self._claw_back(component, origin, change.base, original, step)
                line = self._held_back(line, change, known.rules[component.id], step)
                lines.append(self._prepare_line(component, line, evidence, origin))
                if component.is_multiplied:
                    multiplied[origin] += line.amount
        for component in subject.scheme.component_ids:
            if component.kind != "multiplier":
                continue
            for origin, base in multiplied.items():
                original = known.settlements.original(
                    subject.user_id, origin, component.code
                )
                if original is None or not original.base or not base:
                    continue
                line = self._claw_back(component, origin, base, original, step)
                if line.amount:
                    lines.append(
                        self._prepare_line(component, line, (None, None), origin)
                    )
        return lines

    @api.model
    def _owed(self, period, subject, component, known, earned):
        """``(period id, base, Original, evidence)``; the base of returns is negative.

        What no statement of that month paid is not settled either.
        """
        settlements, user_id = known.settlements, subject.user_id
        before = defaultdict(lambda: ZERO)
        returned = {
            whose: Change(base, {})
            for whose, base in settlements.returned[component.id].items()
        }
        turned = settlements.turned[component.id].items()
        came, went = (
            {whose: Change(own[sign], {}) for whose, own in turned if sign in own}
            for sign in (1, -1)
        )
        for found, evidence in (
            (returned, self._returned_evidence),
            (settlements.late.get(component.id, {}), self._late_evidence),
            (came, partial(self._turned_evidence, 1)),
            (went, partial(self._turned_evidence, -1)),
        ):
            for (owner, origin), change in sorted(found.items()):
                if owner != user_id or not change.base:
                    continue
                if (user_id, origin) not in settlements.originals:
                    continue
                original = settlements.original(user_id, origin, component.code)
                if original is None or not self._has_rate(component, original):
                    line = earned.get(component.id)
                    original = self._at_rate_of(
                        line, component, change.base, user_id, known
                    )
                original = original._replace(settled=original.settled + before[origin])
                before[origin] += change.base
                yield (
                    origin,
                    change,
                    original,
                    evidence(period, subject, component, origin, known),
                )

    @api.model
    def _has_rate(self, component, original):
        """Whether what was paid then is a rate; so much for each is one as well."""
        if component.kind == "new_customers" and component.amount:
            return bool(original.base) and original.amount / original.base >= 0
        return original.has_rate()

    @api.model
    def _held_back(self, line, change, rule, step):
        """What more is paid waits for its invoices as it had waited then."""
        sure = change.base - sum(change.waiting.values(), ZERO)
        parts = [
            terms.Part(amount, None, move)
            for move, amount in sorted(change.waiting.items())
        ]
        parts.append(terms.Part(sure))
        return line._replace(held=pay.held_of(rule, parts, line.amount, step))

    @api.model
    def _scope_conditions(self, component, subject, origin, known):
        """Conditions on the facts that ``origin`` counted for somebody."""
        scope = known.settlements.scope(component, subject.user_id, origin)
        if scope is None:
            own = [("user_id", "=", subject.user_id)]
            return own, known.conditions[component.id]
        if scope.branches is None and scope.new is None:
            return [("user_id", "=", subject.user_id)], list(scope.conditions)
        return scope.whose([subject.user_id]), list(scope.conditions)

    @api.model
    def _returned_evidence(self, period, subject, component, origin, known):
        moves = [
            move
            for move in sorted(known.settlements.back[component.id, subject.user_id])
            if known.settlements.origins[move] == origin
        ]
        whose, conditions = self._scope_conditions(component, subject, origin, known)
        return self._kept_facts(
            period,
            component,
            [
                ("company_id", "=", period.company_id.id),
                ("basis", "=", component.basis),
                ("status", "=", "counted"),
                *whose,
                ("move_id", "in", moves),
                *conditions,
            ],
        )

    @api.model
    def _late_evidence(self, period, subject, component, origin, known):
        if component.kind == "new_customers" and component.amount:
            return None, None
        whose, conditions = self._scope_conditions(component, subject, origin, known)
        return FROZEN, [
            ("booked_period_id", "=", period.id),
            *self._of_month(subject, component, origin, known),
            ("kind", "!=", "frozen"),
            ("basis", "=", component.basis),
            ("status", "=", "counted"),
            *whose,
            *conditions,
        ]

    @api.model
    def _of_month(self, subject, component, origin, known):
        """Conditions on facts that have the rate of ``origin``."""
        moved = known.settlements.moved[component.id, subject.user_id]
        here = sorted({move for _month, home, move in moved if home == origin})
        away = sorted({move for month, _home, move in moved if month == origin})
        months = [("period_id", "=", origin)]
        if away:
            months = ["&", *months, ("move_id", "not in", away)]
        if here:
            months = ["|", *months, ("move_id", "in", here)]
        return months

    @api.model
    def _turned_evidence(self, sign, period, subject, component, origin, known):
        """The facts, up to ``period``, of who is a new customer after all (1), or is
        none any more (-1)."""
        settlements = known.settlements
        turned = settlements.newcomers[component.id][subject.user_id, origin]
        scope = settlements.scope(component, subject.user_id, origin)
        partners = tuple(one for one, moved in turned.items() if moved == sign)
        day = fields.Date.to_string(period.date_from)
        return FROZEN, [
            *self._of_month(subject, component, origin, known),
            ("period_id.date_from", "<", day),
            *("|", ("kind", "=", "frozen")),
            ("booked_period_id.date_from", "<", day),
            ("basis", "=", component.basis),
            ("status", "=", "counted"),
            *scope._replace(new=partners).domain([subject.user_id]),
        ]

    @api.model
    def _claw_back(self, component, origin, base, original, step):
        amount = pay.claw_back(original, base, step)
        exactly = original.amount * base / original.base
        rate = original.amount * HUNDRED / original.base
        month = self.env["sales.period"].browse(origin)
        trace = [
            terms.note(
                "claw_back", amount=amount, base=base, rate=rate, month=month.name
            )
        ]
        return pay.Line(
            *(component.code, component.kind, base, rate, amount),
            *(amount - exactly, trace),
        )

    @api.model
    def _releases(self, period, subject, known, step):
        """What was held and is paid by the end of the month, as far as it remains.

        What the customer gave back of an invoice is taken back by a line of its own,
        so no delay takes it again.
        """
        releases = []
        Component = self.env["bonus.component"]
        for row in known.held.get(subject.user_id, ()):
            paid = known.settlements.paid.get(row["move_id"])
            if not paid:
                continue
            day, late, back = paid
            if day > period.date_to:
                continue
            decays = Component.browse(row["component_id"])._decays()
            kept = pay.kept_of(decays, late)
            kept += (HUNDRED - kept) * back
            amount = rounded(row["held"] * kept / HUNDRED, step)
            releases.append(
                {
                    "holdback_id": row["holdback_id"],
                    "move_id": row["move_id"],
                    "amount": amount,
                    "lost": row["held"] - amount,
                    "trace": [
                        list(
                            terms.note(
                                "released",
                                amount=amount,
                                base=row["held"],
                                rate=kept,
                                days=late,
                            )
                        )
                    ],
                }
            )
        return releases

    @api.model
    def _at_rate_of(self, line, component, base, user_id, known):
        """For what had no rate then: the rate of this month, or what the rule gives."""
        if line is not None and line.base and line.rate is not None:
            this_month = terms.Original(line.base, line.base * line.rate / HUNDRED)
            if this_month.has_rate():
                return this_month
        given = terms.Given(
            parts=(terms.Part(base),),
            base=base if component.kind == "new_customers" else None,
            attainment=known.attainment(user_id),
        )
        rule = known.rules[component.id]._replace(hold=ZERO, floor=None, cap=None)
        earned = pay.earn(rule, given)
        # not rounded: that is done once, by what is taken back or paid
        return terms.Original(base, earned.amount - earned.rounding)
