from collections import defaultdict

from odoo import api, models

from ..engine.trade_bonus import ZERO, exact
from .bonus_run_facts import discount_of

FROZEN = "sales.fact.line"
MEASURES = ("amount", "discount_amount")


class BonusRunLate(models.AbstractModel):
    """Late changes where it matters what was given away on each line.

    What a fact counted before the change, by the discount that it had then, is taken
    from what it counts with the change.
    """

    _name = "bonus.run.late"
    _inherit = ["bonus.run.facts"]
    _description = "Pay Run: Late Changes by Discount"

    @api.model
    def _late_by_discount(self, period, component, users, conditions, month_ids):
        """``{(user id, period id): amount}`` of those months that ask for discounts.

        Where the rate depends on the discount, the amount is weighed: at the average
        rate of its month it earns what it earns at its own.
        """
        months = {}
        for month in self.env["sales.period"].browse(sorted(month_ids)):
            then = self._component_then(component, month)
            if self._asks_discount(then):
                months[month.id] = (month, then)
        if not months:
            return {}
        asked = [
            ("user_id", "in", users.ids),
            ("period_id", "in", list(months)),
            *conditions,
        ]
        groupby = ("user_id", "fact_key")
        changes = self.env[FROZEN]._late_by(
            period, component.basis, asked, groupby, MEASURES
        )
        before = self._stood(period, component, asked, changes)
        rates = {
            month.id: self._average_rates(month, then, users)
            for month, then in months.values()
            if then.tier_axis == "discount" and then.tier_ids
        }
        amounts = defaultdict(lambda: ZERO)
        for (month_id, user_id, key), change in changes.items():
            change = tuple(exact(figure) for figure in change)
            stood = before.get((month_id, user_id, key), (ZERO, ZERO))
            stands = tuple(a + b for a, b in zip(stood, change, strict=True))
            then, rate = months[month_id][1], rates.get(month_id, {}).get(user_id)
            amounts[user_id, month_id] += self._weighed(then, stands, rate)
            amounts[user_id, month_id] -= self._weighed(then, stood, rate)
        return dict(amounts)

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
    def _stood(self, period, component, asked, changes):
        """What the facts of ``changes`` came to before: as frozen, and as booked."""
        keys = {key for _month, _user, key in changes if key}
        # sudo: as with live facts, the figure must not depend on who reads it
        rows = (
            self.env[FROZEN]
            .sudo()
            ._read_group(
                [
                    *("&", ("fact_key", "in", sorted(keys))),
                    *("|", ("kind", "=", "frozen")),
                    ("booked_period_id.date_from", "<", period.date_from),
                    ("basis", "=", component.basis),
                    ("status", "=", "counted"),
                    *asked,
                ],
                ["period_id", "user_id", "fact_key"],
                [f"{measure}:sum" for measure in MEASURES],
            )
        )
        return {
            (month.id, user.id, key): (exact(amount or 0.0), exact(given or 0.0))
            for month, user, key, amount, given in rows
        }

    @api.model
    def _average_rates(self, month, component, users):
        """``{user id: per cent}`` that lines of a month earned by their discounts."""
        ladder = component._rule().ladder
        conditions = self._conditions(month, component)
        bases, earned = defaultdict(lambda: ZERO), defaultdict(lambda: ZERO)
        for user_id, _move, discount, amount in self._turnover(
            month, component, conditions, users
        ):
            bases[user_id] += amount
            earned[user_id] += amount * ladder.value_at(discount)
        return {
            user_id: earned[user_id] / base for user_id, base in bases.items() if base
        }

    @api.model
    def _weighed(self, component, figures, average):
        """What an amount counts with the discount it was given; see above."""
        amount, given = figures
        discount = discount_of(amount, given)
        if component.max_discount and discount > exact(component.max_discount):
            return ZERO
        if not average:
            return amount
        return amount * component._rule().ladder.value_at(discount) / average
