from collections import defaultdict
from math import fsum
from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain

from .bonus_component import FACT_KINDS
from .read_once import read_once, remember

FACTS = "sales.fact.report"
LINE_FIELDS = {"invoice": "move_line_id", "payment": "move_line_id"}


class Whole(NamedTuple):
    """All turnover of a month on a basis, as several ask for it.

    :param user_ids: of whom; None for everybody
    :param figures: as `sales.fact.report._facts_by` returns them, keys always tuples
    """

    user_ids: frozenset | None
    groupby: tuple
    measures: tuple
    figures: dict

    def covers(self, user_ids, groupby, measures):
        """Whether the figures of ``user_ids`` can be taken from these as they are."""
        known = self.user_ids is None or self.user_ids.issuperset(user_ids)
        return known and (groupby, measures) == (self.groupby, self.measures)

    def by_user(self):
        """``{user id: amount}``, floats that are added up without losing a cent."""
        amounts = defaultdict(list)
        for key, figure in self.figures.items():
            amounts[key[0]].append(figure[0] if len(self.measures) > 1 else figure)
        return {user_id: fsum(own) for user_id, own in amounts.items()}


class BonusRunWhole(models.AbstractModel):
    """Reads the turnover of a month once for people, plans and components."""

    _name = "bonus.run.whole"
    _description = "Pay Run: Turnover Read Once"

    @api.model
    def _granularity(self, component, extra=()):
        """``(groupby, measures)`` that a component needs."""
        by_line = self._asks_discount(component)
        groupby = ["user_id"]
        if component.hold_percent or "move_id" in extra:
            groupby.append("move_id")
        if "branch_id" in extra:
            groupby.append("branch_id")
        if by_line:
            groupby.append(LINE_FIELDS.get(component.basis, "order_line_id"))
        measures = ("amount", "discount_amount") if by_line else ("amount",)
        return tuple(groupby), measures

    @api.model
    def _asks_discount(self, component):
        """Whether a component asks what was given away on each line."""
        return bool(component.max_discount) or (
            bool(component.tier_ids) and component.tier_axis == "discount"
        )

    @api.model
    def _read_figures(self, period, basis, conditions, users, groupby, measures):
        figures = self.env[FACTS]._facts_by(
            period.company_id,
            period.date_from,
            period.date_to,
            basis,
            users,
            groupby=groupby,
            measures=measures,
            domain=conditions,
        )
        if len(groupby) > 1:
            if self._is_again() and "move_id" in groupby:
                return self._with_gone(
                    period, basis, conditions, users, groupby, measures, figures
                )
            return figures
        return {(key,): figure for key, figure in figures.items()}

    # ------------------------------------------------------------------
    # Documents that are gone
    # ------------------------------------------------------------------

    @api.model
    def _is_again(self):
        """Whether a closed month is computed again from what was kept."""
        return self.env.context.get("pay_gone") is not None

    @api.model
    def _of_moves(self, move_ids):
        """Conditions on facts of these documents, also of those that were deleted."""
        gone = self.env.context.get("pay_gone") or {}
        names = sorted(name for name, move in gone.items() if move in move_ids)
        here = ("move_id", "in", sorted(move_ids))
        if not names:
            return [here]
        return [
            *("|", here, "&", ("move_id", "=", False)),
            ("document_name", "in", names),
        ]

    @api.model
    def _with_gone(self, period, basis, conditions, users, groupby, measures, figures):
        """``figures`` in which deleted documents have the numbers they had.

        Frozen facts only know how they were called, and which line was which.
        """
        place = groupby.index("move_id")
        found = {key: figure for key, figure in figures.items() if key[place]}
        if len(found) == len(figures):
            return figures
        instead = {"move_id": "document_name", "move_line_id": "fact_key"}
        named = self.env[FACTS]._facts_by(
            period.company_id,
            period.date_from,
            period.date_to,
            basis,
            users,
            groupby=tuple(instead.get(name, name) for name in groupby),
            measures=measures,
            domain=Domain(conditions) & Domain("move_id", "=", False),
        )
        ids = self.env.context["pay_gone"]
        for key, figure in named.items():
            # what has no number that counts is told apart by its name
            move = ids.get(key[place], key[place])
            found[(*key[:place], move, *key[place + 1 :])] = figure
        return found

    @api.model
    def _read_whole(self, period, basis, components, users):
        """`Whole` turnover, in the granularity of the first component that asks for
        all of it; remembered, for those who come later in the same call."""
        granularity = next(
            (
                self._granularity(component)
                for component in components
                if component.basis == basis and self._counts_all(component)
            ),
            (("user_id",), ("amount",)),
        )
        whole = Whole(
            None if users is None else frozenset(users.ids),
            *granularity,
            self._read_figures(period, basis, [], users, *granularity),
        )
        remember(self.env, _whole_key(period, basis), whole)
        return whole

    @api.model
    def _known_whole(self, period, basis):
        """What `_read_whole` read in this call; None where it was not asked."""
        return read_once(self.env, _whole_key(period, basis), lambda: None)

    @api.model
    def _counts_all(self, component):
        """Whether a component counts whatever its people turned over."""
        return component.kind in FACT_KINDS and not (
            component.kind in ("new_customers", "team_override")
            or component.categ_ids
            or component.product_ids
            or component.exclude_categ_ids
            or component.class_ids
            or component.new_customer_months
            or component.program_ids
        )


def _whole_key(period, basis):
    return "pay_whole", period.id, basis
