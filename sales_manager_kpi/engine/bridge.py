"""From plan to fact in steps that add up exactly, on plain values.

Money comes as whole units of the currency (cents), quantities as numbers. The steps
are differences between rounded stages that begin with the plan and end with the fact,
so there is no residual, whatever is rounded on the way.

A reference (what was sold before) says what the plan silently assumes: the gross price,
the discount and the returns it was made with. Its planned quantity is the planned
amount at the reference's net price, unless a quantity was planned.
"""

from dataclasses import dataclass, replace

from .allocation import largest_remainder

# Less than this was not really sold: there is no price to tell.
LEAST_QUANTITY = 1e-6
EFFECTS = ("volume", "availability", "mix", "price", "discount", "returns")


@dataclass(frozen=True)
class Sales:
    """What was sold of one thing.

    ``gross`` is before discount; ``returned`` what credit notes took back, positive.

    >>> Sales(10, 1000, 100, 90).net
    810
    """

    quantity: float = 0.0
    gross: int = 0
    discount: int = 0
    returned: int = 0

    @property
    def net(self):
        """What is left after discount and credit notes."""
        return self.gross - self.discount - self.returned

    def __add__(self, other):
        return Sales(
            self.quantity + other.quantity,
            self.gross + other.gross,
            self.discount + other.discount,
            self.returned + other.returned,
        )


@dataclass(frozen=True)
class Assumed:
    """What a reference says a plan assumes of one unit of measure.

    ``level`` is how much dearer the plan sells than the reference; it differs from one
    only where the planned quantity was given.
    """

    price: float
    discount: float
    returns: float
    quantity: float = 0.0
    level: float = 1.0

    @property
    def kept(self):
        """What of a gross price is left after discount and returns."""
        return (1 - self.discount) * (1 - self.returns)

    @property
    def net_price(self):
        """What one planned unit brings."""
        return self.price * self.level * self.kept


@dataclass(frozen=True)
class Bridge:
    """The steps from ``plan`` to ``fact``; None where there is no reference.

    ``assumed`` and ``sold`` tell by unit of measure what the steps were taken from.
    """

    plan: int
    fact: int
    effects: dict | None
    assumed: dict
    sold: dict


def explain(plan, reference, fact, planned=None, late=0):
    """Why ``fact`` differs from ``plan``.

    :param int plan: planned amount
    :param dict reference: ``{(unit, product): Sales}`` of the reference
    :param dict fact: the same of what counted
    :param dict planned: ``{unit: planned quantity}`` where lines of the plan say so
    :param int late: what could not be delivered for lack of goods
    :return: a `Bridge`

    >>> before = {("m", "linen"): Sales(10, 1000, 0, 0)}
    >>> bridge = explain(1000, before, {("m", "linen"): Sales(8, 960, 96, 64)}, late=50)
    >>> {name: amount for name, amount in bridge.effects.items() if amount}
    {'volume': -150, 'availability': -50, 'price': 160, 'discount': -96, 'returns': -64}
    >>> sum(bridge.effects.values()) == bridge.fact - bridge.plan
    True
    >>> explain(1000, {}, {}).effects is None
    True
    """
    counted = sum(sales.net for sales in fact.values())
    assumed = _assume(plan, reference, planned or {})
    sold = _by_unit(fact)
    if not assumed:
        return Bridge(plan, counted, None, {}, sold)
    parts = _divide_plan(plan, reference, assumed)
    effects = dict.fromkeys(EFFECTS, 0)
    for unit in assumed | sold:
        rows = {key[1]: sales for key, sales in fact.items() if key[0] == unit}
        if unit not in assumed:  # nothing to compare with: another mix than before
            effects["mix"] += sum(sales.net for sales in rows.values())
            continue
        before = {key[1]: sales for key, sales in reference.items() if key[0] == unit}
        steps = _steps(parts[unit], assumed[unit], before, rows)
        for name, amount in steps.items():
            effects[name] += amount
    _take_out_late(effects, late)
    return Bridge(plan, counted, effects, assumed, sold)


def add_up(bridges):
    """The effects of several bridges together, and what has no reference.

    :return: ``(effects, difference of the bridges without reference)``; the effects
        are None where no bridge has one

    >>> one = Bridge(100, 90, {"volume": -10}, {}, {})
    >>> add_up([one, one, Bridge(5, 7, None, {}, {})])
    ({'volume': -20}, 2)
    """
    known = [bridge for bridge in bridges if bridge.effects is not None]
    effects = {}
    for bridge in known:
        for name, amount in bridge.effects.items():
            effects[name] = effects.get(name, 0) + amount
    without = sum(b.fact - b.plan for b in bridges if b.effects is None)
    return (effects if known else None), without


def _by_unit(rows):
    result = {}
    for (unit, __), sales in rows.items():
        result[unit] = result.get(unit, Sales()) + sales
    return result


def _assume(plan, reference, planned):
    """``{unit: Assumed}`` of the units that the reference sold with a gain."""
    sold = {
        unit: sales
        for unit, sales in _by_unit(reference).items()
        if _has_price(sales) and sales.gross > sales.discount and sales.net > 0
    }
    assumed = {
        unit: Assumed(
            price=sales.gross / sales.quantity,
            discount=sales.discount / sales.gross,
            returns=sales.returned / (sales.gross - sales.discount),
        )
        for unit, sales in sold.items()
    }
    parts = _divide_plan(plan, reference, assumed) if assumed else {}
    return {
        unit: _with_quantity(one, parts[unit], planned.get(unit))
        for unit, one in assumed.items()
    }


def _has_price(sales):
    return sales.quantity > LEAST_QUANTITY and sales.gross > 0


def _with_quantity(assumed, plan, quantity):
    if quantity and plan:
        level = plan / (quantity * assumed.price * assumed.kept)
        return replace(assumed, quantity=quantity, level=level)
    return replace(assumed, quantity=plan / assumed.net_price)


def _divide_plan(plan, reference, assumed):
    """The planned amount by unit of measure, as the reference was divided."""
    by_unit = _by_unit(reference)
    weights = [by_unit[unit].net for unit in assumed]
    return dict(zip(assumed, largest_remainder(plan, weights), strict=True))


def _steps(plan, assumed, before, rows):
    sold = sum(rows.values(), Sales())
    stages = [
        plan,
        sold.quantity * assumed.net_price,
        _at_reference_prices(assumed, before, rows),
        sold.gross * assumed.kept,
        (sold.gross - sold.discount) * (1 - assumed.returns),
        sold.net,
    ]
    stages = [round(stage) for stage in stages]
    names = ("volume", "mix", "price", "discount", "returns")
    return {name: stages[place + 1] - stages[place] for place, name in enumerate(names)}


def _at_reference_prices(assumed, before, rows):
    """What counted, each product at its reference price; a new one at its own."""
    total = 0.0
    for product, sales in rows.items():
        known = before.get(product, Sales())
        if _has_price(known):
            price = known.gross / known.quantity
            total += sales.quantity * price * assumed.level
        else:
            total += sales.gross
    return total * assumed.kept


def _take_out_late(effects, late):
    """The part of a missing volume that was ordered, and not there to deliver."""
    part = max(0, min(late, -effects["volume"]))
    effects["volume"] += part
    effects["availability"] -= part
