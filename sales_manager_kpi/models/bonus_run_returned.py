from collections import defaultdict

from odoo import api, models

from ..engine import pay_terms as terms
from ..engine.trade_bonus import exact


class BonusRunReturned(models.AbstractModel):
    """Credit notes of this month for invoices of earlier ones."""

    _name = "bonus.run.returned"
    _inherit = ["bonus.run.newcomers"]
    _description = "Pay Run: Returns"

    @api.model
    def _collect_returned(self, period, component, users, known):
        """Credit notes of earlier months: settled at their rate where there is one.

        What their month did not count is none of this one either.
        """
        settlements = known.settlements
        self._count_unsettled(period, component, users, known)
        if component.kind == "new_customers" and component.amount:
            return
        if component.id in settlements.weighed:
            settlements.returned[component.id].update(settlements.weighed[component.id])
            return
        domain = self._scoped(
            settlements.scopes[component.id],
            self._taken_back(component, settlements),
        )
        if domain.is_false():
            return
        asks = settlements.asks_discount(component)
        names = ["user_id", "move_id"]
        if component.kind == "team_override":
            names.append("branch_id")
        if asks:
            names += ["product_id", "move_line_id"]
        measures = ("amount", "discount_amount") if asks else ("amount",)
        figures = self._read_figures(
            period, component.basis, domain, None, tuple(names), measures
        )
        self._add_returned(component, settlements, names, figures, asks)

    @api.model
    def _taken_back(self, component, settlements):
        """Conditions for `_scoped`: credit notes of what a month paid."""
        by_month = defaultdict(list)
        for move_id, month_id in settlements.origins.items():
            by_month[month_id].append(move_id)

        def conditions_of(user_id, month_id, _scope):
            moves = by_month.get(month_id)
            if not moves or not settlements.has_base(component, user_id, month_id):
                return None
            return self._of_moves(moves)

        return conditions_of

    @api.model
    def _add_returned(self, component, settlements, names, figures, asks):
        weights = self._weights(component, settlements) if figures and asks else None
        returned = settlements.returned[component.id]
        for key, figure in figures.items():
            fact = dict(zip(names, key, strict=True))
            fact["period_id"] = settlements.origins[fact["move_id"]]
            for user_id, origin in self._settled_for(component, settlements, fact):
                amount = (
                    weights.weigh(user_id, origin, fact, tuple(map(exact, figure)))
                    if weights
                    else exact(figure)
                )
                returned[user_id, origin] += amount
                settlements.back[component.id, user_id].add(fact["move_id"])
                settlements.seen[user_id].add(fact["move_id"])
        if asks:
            settlements.weighed[component.id] = dict(returned)

    @api.model
    def _is_apart(self, component, settlements, user_id, origin, move_id, branches):
        """Whether a credit note is none of this month: its own month paid somebody;
        of a branch that may be who directed it then."""
        return (
            settlements.has_base(component, user_id, origin)
            or move_id in settlements.apart[component.id, user_id]
            or (
                component.kind == "team_override"
                and not settlements.paid_teams.isdisjoint(
                    (origin, component.code, branch) for branch in (False, *branches)
                )
            )
        )

    @api.model
    def _count_unsettled(self, period, component, users, known):
        """Credit notes whose month paid nobody for it count in this one."""
        settlements = known.settlements
        if component.kind == "new_customers":
            return  # of this month nobody was new in another one
        extra, heads, asked = ("move_id",), {}, users
        conditions = [
            *known.conditions[component.id],
            *self._of_moves(sorted(settlements.origins)),
        ]
        if component.kind == "team_override":
            heads, asked = known.teams[component.id], None
            extra += ("branch_id",)
            conditions.append(("branch_id", "in", sorted(heads)))
        rows = self._turnover(period, component, conditions, asked, extra=extra)
        for owner, move_id, *branch, discount, amount in rows:
            user_id = heads[branch[0]] if branch else owner
            if branch and user_id == owner:
                continue
            settlements.seen[user_id].add(move_id)
            origin = settlements.origins[move_id]
            if self._is_apart(component, settlements, user_id, origin, move_id, branch):
                settlements.apart[component.id, user_id].add(move_id)
            else:
                part = terms.Part(amount, discount, None)
                known.parts[component.id].setdefault(user_id, []).append(part)
