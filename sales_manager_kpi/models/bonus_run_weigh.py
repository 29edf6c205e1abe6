from collections import defaultdict

from odoo import api, models

from ..engine.trade_bonus import ZERO, exact
from .bonus_run_facts import FACTS, discount_of
from .bonus_run_whole import LINE_FIELDS

MEASURES = ("amount", "discount_amount")


class Weights:
    """What amounts count with the discounts they were given.

    At the average rate of its month a weighed amount earns what it earns at its own.

    :param then: ``{period id: component}`` as it was in each month
    :param averages: ``{(user id, period id): per cent}``
    :param given: ``{(credit note id, product id): (discounts, their average)}`` of the
        lines of the invoices that were taken back
    """

    def __init__(self, then, averages, given):
        self.then = then
        self.averages = averages
        self.given = given
        self.rules = {month: one._rule() for month, one in then.items()}

    def weigh(self, user_id, month_id, fact, figures):
        """An amount as it counts in the base of that month."""
        component, (amount, given) = self.then[month_id], figures
        discount = self._discount(fact, amount, given)
        if component.max_discount and discount > exact(component.max_discount):
            return ZERO
        if not (component.tier_ids and component.tier_axis == "discount"):
            return amount
        average = self.averages.get((user_id, month_id))
        if not average:
            return amount
        return amount * self.rules[month_id].ladder.value_at(discount) / average

    def _discount(self, fact, amount, given):
        """That of the line itself; what comes back has that of what was sold."""
        own = discount_of(amount, given)
        known = self.given.get((fact["move_id"], fact["product_id"]))
        if known is None or own in known[0]:
            return own
        return known[1]


class BonusRunWeigh(models.AbstractModel):
    """Amounts of earlier months where it matters what was given away on each line."""

    _name = "bonus.run.weigh"
    _inherit = ["bonus.run.scope"]
    _description = "Pay Run: Amounts by Discount"

    @api.model
    def _weights(self, component, settlements):
        then = settlements.then[component.id]
        months = [
            month_id
            for month_id, one in then.items()
            if one.tier_ids and one.tier_axis == "discount"
        ]
        return Weights(
            then,
            self._average_rates(component, settlements, months),
            self._given_then(component, settlements),
        )

    @api.model
    def _average_rates(self, component, settlements, month_ids):
        """``{(user id, period id): per cent}`` that lines of a month earned."""
        bases, earned = defaultdict(lambda: ZERO), defaultdict(lambda: ZERO)
        names = ["user_id", LINE_FIELDS.get(component.basis, "order_line_id")]
        if component.kind == "team_override":
            names.append("branch_id")
        for month in self.env["sales.period"].browse(sorted(month_ids)):
            then = settlements.then[component.id][month.id]
            ladder = then._rule().ladder
            scopes = settlements.scopes_of(component, month.id)
            domain = self._scoped(
                scopes,
                lambda _user, _month, scope: [("move_id", "not in", scope.apart)],
            )
            if domain.is_false():
                continue
            # one query for a month whose lines had rates of their own
            figures = self._read_figures(
                month, component.basis, domain, None, tuple(names), MEASURES
            )
            for key, figure in figures.items():
                fact = dict(zip(names, key, strict=True))
                amount, given = map(exact, figure)
                discount = discount_of(amount, given)
                if then.max_discount and discount > exact(then.max_discount):
                    continue
                fact |= {"period_id": month.id, "move_id": None}
                for whose in self._settled_for(component, settlements, fact):
                    bases[whose] += amount
                    earned[whose] += amount * ladder.value_at(discount)
        return {whose: earned[whose] / base for whose, base in bases.items() if base}

    @api.model
    def _given_then(self, component, settlements):
        """Discounts of what credit notes took back; see `Weights`."""
        notes = self.env["account.move"].browse(sorted(settlements.notes))
        invoices = {note.id: note.reversed_entry_id.id for note in notes}
        if component.basis != "invoice" or not invoices:
            return {}
        days = notes.reversed_entry_id.mapped("invoice_date")
        figures = self.env[FACTS]._facts_by(
            notes.company_id[:1],
            min(days).replace(day=1),
            max(days),
            component.basis,
            groupby=("move_id", "product_id", "move_line_id"),
            measures=MEASURES,
            domain=[("move_id", "in", sorted(set(invoices.values())))],
        )
        discounts = defaultdict(set)
        sums = defaultdict(lambda: (ZERO, ZERO))
        for (move_id, product_id, _line), figure in figures.items():
            amount, given = map(exact, figure)
            discounts[move_id, product_id].add(discount_of(amount, given))
            before = sums[move_id, product_id]
            sums[move_id, product_id] = (before[0] + amount, before[1] + given)
        products = defaultdict(list)
        for move_id, product_id in discounts:
            products[move_id].append(product_id)
        return {
            (note, product_id): (
                discounts[invoice, product_id],
                discount_of(*sums[invoice, product_id]),
            )
            for note, invoice in invoices.items()
            for product_id in products[invoice]
        }
