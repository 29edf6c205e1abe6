from collections import defaultdict
from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain

from ..engine.pay_month import canonical


class Scope(NamedTuple):
    """The facts of a month that a component paid somebody for.

    :param conditions: as of `bonus.run.facts`, literals only
    :param branches: ids of those that somebody directed; None of other kinds
    :param new: ids of the customers that were new; None of other kinds
    :param apart: ids of credit notes that were settled at the rate of other months
    """

    conditions: tuple = ()
    branches: tuple | None = None
    new: tuple | None = None
    apart: tuple = ()

    def whose(self, user_ids):
        """Conditions on owners, branches and customers."""
        team = self.branches is not None
        found = [("user_id", "not in" if team else "in", sorted(user_ids))]
        if team:
            found.append(("branch_id", "in", sorted(self.branches)))
        if self.new is not None:
            found.append(("partner_id", "in", sorted(self.new)))
        return found

    def domain(self, user_ids):
        """Of the facts of these people, whatever the month."""
        return [*self.whose(user_ids), *self.conditions]

    def counted(self, partner_ids):
        """Of these customers the ones of the classes that were asked for."""
        found = set(partner_ids)
        for leaf in self.conditions:
            if not isinstance(leaf, str) and leaf[:2] == ("partner_id", "in"):
                found &= set(leaf[2])
        return found

    def is_empty(self):
        """Whether it paid for nothing at all."""
        return self.branches == () or self.new == ()


class BonusRunScope(models.AbstractModel):
    """What counted in the month that paid, whoever asks for it later.

    As the statement of that month kept it; where there is none, as it is found now.
    """

    _name = "bonus.run.scope"
    _inherit = ["bonus.run.facts"]
    _description = "Pay Run: What Earlier Months Counted"

    # ------------------------------------------------------------------
    # For statements to extend
    # ------------------------------------------------------------------

    @api.model
    def _kept_of(self, company, periods, users):
        """What statements of ``periods`` were computed from, component by component.

        :return: ``{(user id, period id): {code: component inputs}}``
        """
        return {}

    # ------------------------------------------------------------------
    # Scopes
    # ------------------------------------------------------------------

    @api.model
    def _scopes(self, component, users, settlements):
        """``{(user id, period id): Scope}`` of the months that have a statement."""
        asked, found, scopes = set(users.ids), {}, {}
        for user_id, month_id in settlements.originals:
            if user_id not in asked:
                continue
            kept = settlements.kept.get((user_id, month_id), {}).get(component.code)
            if kept is None:
                if month_id not in found:
                    found[month_id] = self._found_now(
                        component, self.env["sales.period"].browse(month_id)
                    )
                conditions, branches, new = found[month_id]
                kept = {
                    "conditions": conditions,
                    "branches": branches.get(user_id, ()),
                    "new": new.get(user_id, ()),
                }
            scopes[user_id, month_id] = scope_of(component.kind, kept)
        return scopes

    @api.model
    def _found_now(self, component, month):
        """``(conditions, branches by user id, new customers by user id)`` of a month
        of which nothing was kept."""
        then = self._component_then(component, month)
        branches, new = defaultdict(list), {}
        if component.kind == "team_override":
            # the one query of a month that has no statement of its own kind
            for branch in self.env["sales.branch"].search_fetch(
                [
                    ("company_id", "=", month.company_id.id),
                    ("director_id", "!=", False),
                ],
                ["director_id"],
            ):
                branches[branch.director_id.id].append(branch.id)
        elif component.kind == "new_customers":
            new = self._new_ones(month, component.basis, month.date_from)
        return self._conditions(month, then), branches, new

    @api.model
    def _component_then(self, component, month):
        """The component of the version of its scheme that held in ``month``."""
        scheme = component.scheme_id
        if scheme.date_from <= month.date_from:
            return component
        then = self.env["bonus.scheme"]._in_force(month.company_id, month.date_from)
        return (
            then.filtered(lambda one: one.code == scheme.code).component_ids.filtered(
                lambda one: one.code == component.code
            )[:1]
            or component
        )

    @api.model
    def _home(self, component, settlements, user_id, month_id, move_id):
        """The month whose rate a fact has: a credit note that of its invoice, where
        somebody was paid for that."""
        home = settlements.notes.get(move_id)
        if home and settlements.has_base(component, user_id, home):
            return home
        return month_id

    @api.model
    def _settled_for(self, component, settlements, fact):
        """``[(user id, period id)]`` of those whom a fact paid, and when.

        :param fact: dict of ``period_id, user_id, move_id``; of teams ``branch_id``
        """
        scopes = settlements.scopes[component.id]
        month_id, owner, move_id = fact["period_id"], fact["user_id"], fact["move_id"]
        if component.kind != "team_override":
            home = self._home(component, settlements, owner, month_id, move_id)
            return [(owner, home)] if (owner, home) in scopes else []
        return [
            (head, home)
            for (head, home), scope in scopes.items()
            if head != owner
            and fact["branch_id"] in scope.branches
            and home == self._home(component, settlements, head, month_id, move_id)
        ]

    @api.model
    def _scoped(self, scopes, conditions_of):
        """One domain of what all of ``scopes`` counted.

        :param conditions_of: further conditions by ``(user id, period id)``, literals
        """
        alike = defaultdict(list)
        for (user_id, month_id), scope in scopes.items():
            if scope.is_empty():
                continue
            more = conditions_of(user_id, month_id, scope)
            if more is None:
                continue
            own = scope.branches is not None or scope.new is not None
            key = canonical([more, scope.conditions, own and user_id])
            alike[key].append((user_id, scope, more))
        pieces = []
        for found in alike.values():
            _user, scope, more = found[0]
            domain = scope.domain([user_id for user_id, *_rest in found])
            pieces.append(Domain(domain) & Domain(more))
        return Domain.OR(pieces)


def scope_of(kind, kept):
    """`Scope` of what was kept of a component."""
    return Scope(
        conditions=tuple(
            leaf if isinstance(leaf, str) else tuple(leaf)
            for leaf in kept.get("conditions") or ()
        ),
        branches=(
            tuple(kept.get("branches") or ()) if kind == "team_override" else None
        ),
        new=tuple(kept.get("new") or ()) if kind == "new_customers" else None,
        apart=tuple(kept.get("apart") or ()),
    )


def scope_said(scope):
    """`Scope` as JSON keeps it; what is not there is left out."""
    values = {
        "conditions": [
            leaf if isinstance(leaf, str) else list(leaf) for leaf in scope.conditions
        ],
        "branches": sorted(scope.branches or ()),
        "new": sorted(scope.new or ()),
    }
    return {name: value for name, value in values.items() if value}
