from typing import NamedTuple

from odoo import api, models
from odoo.exceptions import UserError

from ..engine import pay
from ..engine import pay_terms as terms
from ..engine.trade_bonus import ZERO, exact
from .bonus_component import FACT_KINDS
from .read_once import reading_once

LAST = ("multiplier", "minimum")  # they stand on what the others earned


class Result(NamedTuple):
    """What a month pays somebody, before it is a statement.

    :param lines: dicts of ``component_id, code, name, kind, sequence, basis, base,
        rate, amount, rounding, trace, fact_model, fact_domain, origin_period_id`` and
        ``held``; figures are decimals in company currency, rates per cent, the trace
        fit for JSON
    :param releases: dicts of ``holdback_id, move_id, amount, lost, trace``
    :param totals: `engine.pay_terms.Totals`
    :param plan: fact and target of the valid plans, None without one
    :param inputs: what it was computed from beside its facts, see `bonus.run.kept`
    """

    user_id: int
    scheme: object
    branch: object
    lines: list
    releases: list
    totals: pay.Totals
    plan: tuple | None = None
    inputs: dict | None = None


class BonusRun(models.AbstractModel):
    """Computes what a month pays: collects set-based, lets the engine calculate.

    Nothing is kept here, and nothing is computed where no scheme holds. The number of
    queries depends on the components, not on the number of people.
    """

    _name = "bonus.run"
    _inherit = [
        *("bonus.run.collect", "bonus.run.owed", "bonus.run.words"),
        "bonus.run.kept",
    ]
    _description = "Pay Run"

    @api.model
    def _compute(self, period, users=None, schemes=None):
        """What ``period`` pays the ``users``; everybody when not given.

        Whoever calls it answers for who may see the result.

        :param schemes: bonus.scheme records to pay by instead of those in force
        :return: ``{user id: Result}`` of those who fall under a scheme
        :raise UserError: where an invoice of the month has no rate of its currency
        """
        period.ensure_one()
        # sudo: pay is computed from everybody's documents by schemes that nobody
        # else reads; who gets to see a result is up to the caller
        run = reading_once(self.sudo())
        period = period.with_env(run.env)
        subjects = run._subjects(period, users, schemes)
        if not subjects:
            return {}
        run._check_rates(period)
        known = run._collect(period, subjects)
        return run._pay_all(period, subjects, known)

    @api.model
    def _pay_all(self, period, subjects, known):
        return {
            user_id: self._pay_one(period, subject, known)._replace(
                inputs=self._inputs(subject, known)
            )
            for user_id, subject in subjects.items()
        }

    @api.model
    def _check_rates(self, period):
        missing = self._missing_rates(period)
        if missing:
            raise UserError(
                self.env._(
                    "Invoices of %(month)s are in %(currencies)s, of which there is no "
                    "rate on their day. Enter the rate and correct these invoices.",
                    month=period.display_name,
                    currencies=", ".join(missing.mapped("name")),
                )
            )

    # ------------------------------------------------------------------
    # One person
    # ------------------------------------------------------------------

    @api.model
    def _pay_one(self, period, subject, known):
        step = exact(period.company_id.currency_id.rounding)
        components = known.components[subject.scheme.id]
        paying = [component for component in components if subject.gets(component)]
        earned, lines = {}, []
        for component in paying:
            if component.kind in LAST:
                continue
            given = self._given(component, subject, known)
            if given is None:
                continue
            rule = known.rules[component.id]
            line = earned[component.id] = pay.earn(rule, given, step)
            lines.append(
                self._prepare_line(
                    component, line, self._evidence(period, component, subject, known)
                )
            )
        lines += self._stacked_lines(paying, subject, known, earned, step)
        back = self._claw_back_lines(period, subject, known, earned, step)
        releases = self._releases(period, subject, known, step)
        lines = sorted(lines, key=lambda line: line["sequence"]) + back
        return Result(
            subject.user_id,
            subject.scheme,
            subject.branch,
            lines,
            releases,
            self._totals(subject, known, lines, releases),
            known.plans.get(subject.user_id),
        )

    @api.model
    def _stacked_lines(self, paying, subject, known, earned, step):
        """Multipliers upon what was earned, minimums upon all of it."""
        lines, all_lines = [], list(earned.values())
        for kind in LAST:
            for component in paying:
                if component.kind != kind:
                    continue
                rule = known.rules[component.id]
                given = self._given(component, subject, known)
                if kind == "multiplier":
                    multiplied = [
                        line
                        for one, line in earned.items()
                        if known.rules[one].is_multiplied
                    ]
                    line = pay.multiply(rule, given, multiplied, step)
                else:
                    line = pay.top_up(rule, given, all_lines, step)
                all_lines.append(line)
                lines.append(self._prepare_line(component, line, (None, None)))
        return lines

    @api.model
    def _given(self, component, subject, known):
        """What the engine is told; None where there is nothing to say a line about."""
        user_id = subject.user_id
        parts = known.parts[component.id].get(user_id, ())
        base = known.bases[component.id].get(user_id)
        if not subject.is_member and not parts:
            return None
        if component.kind == "duty_fee" and not base:
            return None
        card = known.cards.get(user_id)
        final = card and card.score
        criterion = component.criterion
        score = card.scores.get(criterion) if card and criterion else final
        return terms.Given(
            parts=tuple(parts),
            base=base,
            factor=subject.factor if component.is_prorated else terms.NEUTRAL,
            attainment=known.attainment(user_id),
            score=score,
            final_score=final,
            growth=known.growths.get(user_id),
            gates_closed=bool(card and card.gates_closed),
        )

    @api.model
    def _prepare_line(self, component, line, evidence, origin=None):
        """The values of a statement line."""
        model, domain = evidence
        return {
            "component_id": component.id,
            "code": component.code,
            "name": component.name,
            "kind": component.kind,
            "sequence": component.sequence,
            "basis": component.basis if component.kind in FACT_KINDS else False,
            "base": line.base,
            "rate": line.rate,
            "amount": line.amount,
            "rounding": line.rounding,
            "trace": [list(sentence) for sentence in line.trace],
            "fact_model": model,
            "fact_domain": domain,
            "origin_period_id": origin,
            "held": list(line.held),
        }

    @api.model
    def _totals(self, subject, known, lines, releases):
        scheme = subject.scheme
        return pay.settle(
            [line["amount"] for line in lines],
            held=sum((held for line in lines for _move, held in line["held"]), ZERO),
            released=sum((release["amount"] for release in releases), ZERO),
            carry_in=known.carried.get(subject.user_id, ZERO),
            carries=scheme.carry_negative,
            limit=exact(scheme.carry_limit) if scheme.carry_limit else None,
        )
