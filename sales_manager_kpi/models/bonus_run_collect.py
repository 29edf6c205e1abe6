from collections import defaultdict
from typing import NamedTuple

from odoo import api, models

from ..engine import pay_terms as terms
from ..engine.scoring import SCORE
from ..engine.scoring import exact as scored
from ..engine.trade_bonus import ZERO, exact
from .bonus_component import FACT_KINDS


class Card(NamedTuple):
    """A scorecard: what counts, None where there is no base."""

    score: object
    gates_closed: bool
    scores: dict


class Plain(NamedTuple):
    """What a run asks of a component again and again, by the names of its fields.

    :param criterion: its id; None for the score of the whole scorecard
    """

    id: int
    code: str
    name: str
    kind: str
    sequence: int
    basis: str
    is_prorated: bool
    newcomer_months: int
    criterion: int | None


class Known(NamedTuple):
    """Everything a run has read, by component and user id.

    :param components: ``{scheme id: [Plain]}``
    :param parts: ``{component id: {user id: [engine.pay_terms.Part]}}``
    :param bases: of what is no turnover, the same way
    :param conditions: ``{component id: domain}`` of the facts that count
    :param plans: ``{user id: (fact, target)}`` of the valid plans
    :param settlements: `bonus.run.settle` knows
    :param held: ``{user id: rows of its holdbacks}``
    :param newcomers: ``{component id: {user id: partner ids}}`` of new customers
    :param teams: ``{component id: {branch id: user id of who directs it}}``
    :param waiting: ``{component id: invoice ids}`` not paid at the time, where it was
        kept
    """

    components: dict
    rules: dict
    parts: dict
    bases: dict
    conditions: dict
    plans: dict
    growths: dict
    cards: dict
    settlements: object
    held: dict
    carried: dict
    newcomers: dict
    teams: dict
    waiting: dict

    def attainment(self, user_id):
        """Fulfilment of the plan in per cent; None without a plan or a target."""
        return terms.percent(*self.plans[user_id]) if user_id in self.plans else None

    def directed(self, component, user_id):
        """Ids of the branches whose deals somebody has a share of."""
        teams = self.teams[component.id]
        return sorted(branch for branch, head in teams.items() if head == user_id)


class BonusRunCollect(models.AbstractModel):
    """Reads what components count, each source once for everybody."""

    _name = "bonus.run.collect"
    _inherit = ["bonus.run.people"]
    _description = "Pay Run: Collecting"

    @api.model
    def _collect(self, period, subjects):
        by_scheme = defaultdict(list)
        for user_id, subject in subjects.items():
            by_scheme[subject.scheme].append(user_id)
        User = self.env["res.users"]
        users = User.browse(subjects)
        components = {
            component: User.browse(ids)
            for scheme, ids in by_scheme.items()
            for component in scheme.component_ids
        }
        conditions = {
            component.id: self._conditions(period, component)
            for component in components
            if component.kind in FACT_KINDS
        }
        settlements = self._settlements(period, users, components)
        known = Known(
            components={scheme.id: plain(scheme.component_ids) for scheme in by_scheme},
            rules={component.id: component._rule() for component in components},
            parts=defaultdict(dict),
            bases=defaultdict(dict),
            conditions=conditions,
            plans=self._plans(period, users),
            growths={},
            cards=self._cards(period, users, components),
            settlements=settlements,
            held=settlements.held(),
            carried=self._carried(period, users),
            newcomers={},
            teams={},
            waiting={},
        )
        for component, paid in components.items():
            self._collect_component(period, component, paid, known)
        settlements.names = self._names_of(known)
        return known

    @api.model
    def _names_of(self, known):
        """``{document id: its number}`` of those that are told apart; also when they
        are deleted, frozen facts know them by it."""
        moves = {*known.settlements.notes}
        for own in known.parts.values():
            moves.update(part.move_id for parts in own.values() for part in parts)
        Move = self.env["account.move"]
        # thousands of them: as they come from the database, no record for each
        query = Move._search([("id", "in", sorted(moves - {None, False}))])
        columns = (Move._field_to_sql(query.table, name) for name in ("id", "name"))
        return dict(self.env.execute_query(query.select(*columns)))

    @api.model
    def _collect_component(self, period, component, users, known):
        if component.kind in FACT_KINDS:
            self._collect_live(period, component, users, known)
            self._collect_turnover(period, component, users, known)
        elif component.kind == "growth":
            self._collect_growth(period, component, users, known)
        elif component.kind == "duty_fee":
            fees = self.env["evaluation.store"]._duty_fees(period, users)
            known.bases[component.id] = {
                user_id: sum((exact(fee) for _row, _days, fee in rows), ZERO)
                for user_id, rows in fees.items()
            }

    # ------------------------------------------------------------------
    # Plans, scorecards, growth
    # ------------------------------------------------------------------

    @api.model
    def _plans(self, period, users):
        """``{user id: (fact, target)}`` of the valid plans, decimals.

        Who has a plan per branch in the month is measured by both together.
        """
        plans = self.env["sales.plan"]._valid_plans(period, users)
        facts = self._summed_plans(period, plans)
        others = plans.filtered(lambda plan: plan not in facts)
        facts.update({plan: row[0] for plan, row in others._fulfilments().items()})
        targets = plans._counting_targets()
        currency = period.company_id.currency_id
        figures = {}
        for plan in plans:
            fact, target = figures.get(plan.user_id.id, (ZERO, ZERO))
            figures[plan.user_id.id] = (
                fact + exact(currency.round(float(facts[plan]))),
                target + exact(float(targets[plan])),
            )
        return figures

    @api.model
    def _summed_plans(self, period, plans):
        """``{plan: fact}`` of plans that all turnover of the month fills, as it was
        read for the same call."""
        sold = {}
        for basis in set(plans.mapped("basis")):
            whole = self._known_whole(period, basis)
            if whole and whole.covers(plans.user_id.ids, whole.groupby, whole.measures):
                sold[basis] = whole.by_user()
        days = period.date_from, period.date_to
        filling = plans._filling_categories_of_all() if sold else {}
        return {
            plan: sold[plan.basis].get(plan.user_id.id, 0.0)
            for plan in plans
            if plan.basis in sold
            and (plan.day_from, plan.day_to) == days
            and plan.target_amount
            and not filling[plan]
        }

    @api.model
    def _cards(self, period, users, components):
        """``{user id: Card}`` as the scorecards stand now."""
        if not any(
            component.kind in ("criterion", "multiplier")
            or component.gate_score
            or component.scorecard_gates
            or component.tier_axis == "score"
            for component in components
        ):
            return {}
        cards = self.env["evaluation.scorecard"].search(
            [("period_id", "=", period.id), ("user_id", "in", users.ids)]
        )
        criteria = {c.criterion_id.id for c in components if c.criterion_id}
        return {
            card.user_id.id: Card(
                scored(card.final_score, SCORE) if card.has_score else None,
                card.gate_closed,
                {
                    line.criterion_id.id: scored(line.final_score, SCORE)
                    for line in (card.line_ids if criteria else ())
                    if line.has_value and line.criterion_id.id in criteria
                },
            )
            for card in cards
        }

    @api.model
    def _collect_growth(self, period, component, users, known):
        """What the territories grew by; last year without turnover is no base."""
        measured = self.env["evaluation.criterion"]._measure_territory_growth(
            period, users
        )
        for user_id, (now, before, value, _rows) in measured.items():
            if value is None:
                continue
            now, before = exact(float(now)), exact(float(before))
            known.bases[component.id][user_id] = now - before
            known.growths[user_id] = terms.percent(now - before, before)


def plain(components):
    """`Plain` of each."""
    names = Plain._fields[:-1]
    return [
        Plain(*(one[name] for name in names), one.criterion_id.id or None)
        for one in components
    ]
