from collections import defaultdict
from datetime import date
from decimal import Decimal

from odoo import api, models

from ..engine.pay_month import canonical
from ..engine.pay_terms import Original
from ..engine.trade_bonus import ZERO
from .bonus_component import FACT_KINDS
from .bonus_run_collect import Card, Known, plain
from .bonus_run_late import Change
from .bonus_run_people import Subject
from .bonus_run_scope import scope_of, scope_said
from .bonus_run_settlements import SETTLED_ONCE, Settlements

# 2: what came back and changed late as its own month counted it; before, returns were
# counted by the conditions of the month that settled them, and nothing late was held.
VERSION = 2


class BonusRunKept(models.AbstractModel):
    """What a month was computed from beside its facts: kept, and computed from again.

    Facts of a closed month are frozen. Who directs a branch, whose customer is new,
    what was paid, how a plan and a scorecard came out are not; they are kept as they
    were, plain values fit for JSON, figures as text.
    """

    _name = "bonus.run.kept"
    _description = "Pay Run: What It Was Computed From"

    # ------------------------------------------------------------------
    # Keeping
    # ------------------------------------------------------------------

    @api.model
    def _inputs(self, subject, known):
        """Of one person."""
        user_id = subject.user_id
        card = known.cards.get(user_id)
        return {
            "version": VERSION,
            "scheme": subject.scheme.id,
            "branch": subject.branch.id,
            "member": subject.is_member,
            "factor": _said(subject.factor),
            "months": subject.months,
            "plan": [_said(figure) for figure in known.plans.get(user_id, ())],
            "growth": _said(known.growths.get(user_id)),
            "card": card
            and {
                "score": _said(card.score),
                "closed": card.gates_closed,
                "scores": {str(key): _said(one) for key, one in card.scores.items()},
            },
            "carried": _said(known.carried.get(user_id, ZERO)),
            "components": {
                str(component.id): self._component_inputs(component, user_id, known)
                for component in subject.scheme.component_ids
            },
            **self._settlement_inputs(user_id, known.settlements),
            "names": self._names_inputs(user_id, known),
        }

    @api.model
    def _names_inputs(self, user_id, known):
        """Numbers of the documents that are told apart, by their ids."""
        moves = set(known.settlements.seen[user_id])
        for own in known.parts.values():
            moves.update(part.move_id for part in own.get(user_id, ()))
        names = known.settlements.names
        return {str(move): names[move] for move in sorted(moves & names.keys())}

    @api.model
    def _component_inputs(self, component, user_id, known):
        """What is not there is left out."""
        parts = known.parts[component.id].get(user_id, ())
        values = {
            "base": _said(known.bases[component.id].get(user_id)),
            "conditions": [
                one if isinstance(one, str) else list(one)
                for one in known.conditions.get(component.id, ())
            ],
            "new": sorted(known.newcomers.get(component.id, {}).get(user_id, ())),
            "waiting": sorted({part.move_id for part in parts if part.move_id}),
            **self._earlier_inputs(component, user_id, known.settlements),
        }
        if component.id in known.teams:
            values["branches"] = known.directed(component, user_id)
        return {name: value for name, value in values.items() if value}

    @api.model
    def _earlier_inputs(self, component, user_id, settlements):
        """What came back or changed late, and what its months counted."""
        if not settlements.originals:
            return {}  # no month before paid anybody
        late, returned = (
            {month: one for (owner, month), one in found.items() if owner == user_id}
            for found in (
                settlements.late.get(component.id, {}),
                settlements.returned[component.id],
            )
        )
        turned = {
            month: one
            for (owner, month), one in settlements.turned[component.id].items()
            if owner == user_id
        }
        weighed = returned if component.id in settlements.weighed else {}
        newcomers = settlements.newcomers[component.id]
        return {
            "late": {
                str(month): [
                    _said(change.base),
                    {str(move): _said(one) for move, one in change.waiting.items()},
                ]
                for month, change in late.items()
            },
            "returned": {str(month): _said(one) for month, one in weighed.items()},
            "scopes": {
                str(month): scope_said(scope)
                for month in sorted({*late, *returned, *turned})
                if (scope := settlements.scope(component, user_id, month))
            },
            "apart": sorted(settlements.apart[component.id, user_id]),
            "back": sorted(settlements.back[component.id, user_id]),
            "moved": sorted(map(list, settlements.moved[component.id, user_id])),
            "newcomers": {
                str(month): {str(partner): sign for partner, sign in moved.items()}
                for (owner, month), moved in newcomers.items()
                if owner == user_id
            },
            "turned": {
                str(month): {str(sign): _said(base) for sign, base in own.items()}
                for month, own in turned.items()
            },
        }

    @api.model
    def _settlement_inputs(self, user_id, settlements):
        return {
            "origins": {
                str(move): settlements.origins[move]
                for move in sorted(settlements.seen[user_id])
            },
            "originals": {
                str(month): {
                    code: [_said(figure) for figure in original]
                    for code, original in own.items()
                }
                for (owner, month), own in settlements.originals.items()
                if owner == user_id
            },
            "held": [
                [
                    *(row["holdback_id"], row["component_id"], row["move_id"]),
                    *(_said(row["held"]), row["period_id"]),
                    *(str(paid[0]), paid[1], _said(paid[2])),
                ]
                for row in settlements.held().get(user_id, ())
                if (paid := settlements.paid.get(row["move_id"]))
            ],
        }

    # ------------------------------------------------------------------
    # Computing again
    # ------------------------------------------------------------------

    @api.model
    def _compute_kept(self, period, kept):
        """What a closed month pays by its frozen facts and by what was kept.

        :param kept: ``{user id: inputs}`` as `_inputs` gave them
        :return: as of `_compute`
        """
        # sudo: as when it was computed; who gets to see a result is up to the caller
        run = self.sudo().with_context(pay_gone=self._gone(kept))
        period = period.with_env(run.env)
        alike = defaultdict(dict)
        for user_id, inputs in kept.items():
            conditions = {
                component_id: values.get("conditions")
                for component_id, values in inputs["components"].items()
            }
            version = inputs.get("version")
            key = canonical([inputs["scheme"], conditions, version])
            alike[key][user_id] = inputs
        results = {}
        for inputs in alike.values():
            subjects = run._subjects_kept(inputs)
            known = run._known_kept(period, inputs)
            results |= run._pay_all(period, subjects, known)
        return results

    @api.model
    def _gone(self, kept):
        """``{number: id}`` of the documents that were deleted since."""
        names = {
            int(move): name
            for inputs in kept.values()
            for move, name in inputs.get("names", {}).items()
        }
        names |= self.env.context.get("pay_names", {})
        gone = names.keys() - set(self.env["account.move"].browse(names).exists().ids)
        return {names[move]: move for move in sorted(gone)}

    @api.model
    def _subjects_kept(self, kept):
        Branch, Scheme = self.env["sales.branch"], self.env["bonus.scheme"]
        return {
            user_id: Subject(
                user_id,
                Branch.browse(inputs["branch"] or ()),
                Scheme.browse(inputs["scheme"]),
                inputs["member"],
                _heard(inputs["factor"]),
                inputs["months"],
            )
            for user_id, inputs in kept.items()
        }

    @api.model
    def _known_kept(self, period, kept):
        """`Known` of people of one scheme whose facts are chosen the same way."""
        users = self.env["res.users"].browse(kept)
        one = next(iter(kept.values()))
        components = self.env["bonus.scheme"].browse(one["scheme"]).component_ids
        settlements = self._settlements_kept(components, kept)
        known = Known(
            components={one["scheme"]: plain(components)},
            rules={component.id: component._rule() for component in components},
            parts=defaultdict(dict),
            bases=defaultdict(dict),
            conditions={
                component.id: [
                    part if isinstance(part, str) else tuple(part)
                    for part in one["components"][str(component.id)].get(
                        "conditions", ()
                    )
                ]
                for component in components
                if component.kind in FACT_KINDS
            },
            plans={
                user_id: tuple(_heard(figure) for figure in inputs["plan"])
                for user_id, inputs in kept.items()
                if inputs["plan"]
            },
            growths={
                user_id: _heard(inputs["growth"])
                for user_id, inputs in kept.items()
                if inputs["growth"]
            },
            cards={
                user_id: Card(
                    _heard(inputs["card"]["score"]),
                    inputs["card"]["closed"],
                    {
                        int(key): _heard(score)
                        for key, score in inputs["card"]["scores"].items()
                    },
                )
                for user_id, inputs in kept.items()
                if inputs["card"]
            },
            settlements=settlements,
            held=settlements.held(),
            carried={
                user_id: _heard(inputs["carried"]) for user_id, inputs in kept.items()
            },
            newcomers={},
            teams={},
            waiting={},
        )
        for component in components:
            self._recall(component, kept, known)
            if component.kind in FACT_KINDS:
                self._collect_turnover(period, component, users, known)
        return known

    @api.model
    def _recall(self, component, kept, known):
        own = {
            user_id: inputs["components"][str(component.id)]
            for user_id, inputs in kept.items()
        }
        known.bases[component.id] = {
            user_id: _heard(values["base"])
            for user_id, values in own.items()
            if "base" in values
        }
        known.newcomers[component.id] = {
            user_id: values.get("new", ()) for user_id, values in own.items()
        }
        known.teams[component.id] = {
            branch: user_id
            for user_id, values in own.items()
            for branch in values.get("branches", ())
        }
        known.waiting[component.id] = {
            move for values in own.values() for move in values.get("waiting", ())
        }

    @api.model
    def _settlements_kept(self, components, kept):
        one = next(iter(kept.values()))
        settlements = Settlements(
            origins={
                int(move): month
                for inputs in kept.values()
                for move, month in inputs["origins"].items()
            },
            originals={
                (user_id, int(month)): {
                    code: Original(*(_heard(figure) for figure in figures))
                    for code, figures in own.items()
                }
                for user_id, inputs in kept.items()
                for month, own in inputs["originals"].items()
            },
            holdbacks=[
                {
                    "holdback_id": holdback,
                    "user_id": user_id,
                    "component_id": component,
                    "move_id": move,
                    "held": _heard(held),
                    "period_id": month,
                }
                for user_id, inputs in kept.items()
                for holdback, component, move, held, month, *_paid in inputs["held"]
            ],
        )
        settlements.paid = {
            move: (date.fromisoformat(day), late, _heard(back))
            for inputs in kept.values()
            for _h, _c, move, _held, _month, day, late, back in inputs["held"]
        }
        if not one.get("version"):
            settlements.settles = SETTLED_ONCE
        for component in components:
            self._recall_earlier(component, kept, settlements)
        return settlements

    @api.model
    def _recall_earlier(self, component, kept, settlements):
        """The opposite of `_earlier_inputs`."""
        late = settlements.late[component.id] = {}
        for user_id, inputs in kept.items():
            own = inputs["components"][str(component.id)]
            for month, change in own.get("late", {}).items():
                late[user_id, int(month)] = _change_heard(change)
            for name, figure in (("newcomers", int), ("turned", _heard)):
                getattr(settlements, name)[component.id].update(
                    {
                        (user_id, int(month)): {
                            int(key): figure(one) for key, one in moved.items()
                        }
                        for month, moved in own.get(name, {}).items()
                    }
                )
            settlements.apart[component.id, user_id].update(own.get("apart", ()))
            settlements.back[component.id, user_id].update(own.get("back", ()))
            settlements.moved[component.id, user_id].update(
                map(tuple, own.get("moved", ()))
            )
            scopes = own.get("scopes", {})
            if not inputs.get("version"):
                # then they were chosen as what this month counts
                scopes = dict.fromkeys(inputs["originals"], own)
            for month, scope in scopes.items():
                whose = user_id, int(month)
                settlements.scopes[component.id][whose] = scope_of(
                    component.kind, scope
                )
            if own.get("returned"):
                settlements.weighed.setdefault(component.id, {}).update(
                    {
                        (user_id, int(month)): _heard(amount)
                        for month, amount in own["returned"].items()
                    }
                )


def _said(figure):
    """A decimal to the last digit, as JSON keeps it."""
    return None if figure is None else str(figure)


def _change_heard(kept):
    if isinstance(kept, str):  # as it was kept before anything late was held
        return Change(Decimal(kept), {})
    base, waiting = kept
    return Change(_heard(base), {int(move): _heard(w) for move, w in waiting.items()})


def _heard(text):
    return None if text is None else Decimal(text)
