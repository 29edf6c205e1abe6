"""What a customer has earned as a trade bonus: decimals in, decimals out, no ORM.

A tariff is a method and half-open tiers, each from its `start` up to the next one's.
Five methods: stepped gives each part of the base the rate of its own tier, whole gives
the whole base the rate of the tier it reached, fixed the amount of that tier, per unit
an amount for every unit, growth a rate on what exceeds a past period, chosen by how
many per cent that is. Rolling and total, which the field also knows, are refused.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

ZERO = Decimal(0)
HUNDRED = Decimal(100)
CENT = Decimal("0.01")
METHODS = ("stepped", "whole", "fixed", "per_unit", "growth")
# Methods whose rate is a per cent; that of the others is money.
PERCENT_METHODS = ("stepped", "whole", "growth")
EFFECTS = ("zero", "reduce", "postpone")
# Longer than any period that is counted in months.
WHOLE_MONTHS = 1200
# Months of one period; 0 for the whole agreement.
MONTHS = {"month": 1, "quarter": 3, "year": 12, "whole": 0}


class Scope(NamedTuple):
    """Which goods a term rewards: ids of categories, with all below, and products.

    :param only_categories: with ``only_products``, the goods chosen; all without any
    """

    only_categories: frozenset = frozenset()
    only_products: frozenset = frozenset()
    no_categories: frozenset = frozenset()
    no_products: frozenset = frozenset()

    @property
    def is_chosen(self):
        """Whether only some goods count."""
        return bool(self.only_categories or self.only_products)

    @property
    def leaves_out(self):
        """Whether some goods never count."""
        return bool(self.no_categories or self.no_products)

    def counts(self, product_id, category_ids):
        """Whether a product counts, of a category and those above it."""
        chosen = product_id in self.only_products or not (
            self.only_categories.isdisjoint(category_ids)
        )
        if self.is_chosen and not chosen:
            return False
        return product_id not in self.no_products and (
            self.no_categories.isdisjoint(category_ids)
        )


class Tier(NamedTuple):
    """From ``start`` on, up to the start of the next tier, which is not its own.

    :param rate: per cent, money or money per unit, as the method says
    """

    start: Decimal
    rate: Decimal


@dataclass(frozen=True)
class Tariff:
    """How a base becomes a bonus.

    :param minimum: a base below it earns nothing; None for no minimum
    :param cap: at most this much; None for no cap
    :param step: what amounts are rounded to, half up
    """

    method: str
    tiers: tuple
    minimum: Decimal | None = None
    cap: Decimal | None = None
    step: Decimal = CENT

    def __post_init__(self):
        if self.method not in METHODS:
            raise ValueError(f"no such method: {self.method}")
        starts = [tier.start for tier in self.tiers]
        if not starts:
            raise ValueError("a tariff needs a tier")
        if starts[0] < 0 or any(tier.rate < 0 for tier in self.tiers):
            raise ValueError("neither starts nor rates are negative")
        if any(a >= b for a, b in zip(starts, starts[1:], strict=False)):
            raise ValueError("tiers follow each other upwards")


class Exposure(NamedTuple):
    """What an agreement can cost at most.

    :param percent: of the turnover; 0 where no rate is a per cent
    :param amount: in one period of a customer; None where nothing caps it
    :param months: of the longest period
    :param is_money: whether some of it is no per cent, so that only money limits it
    """

    percent: Decimal
    amount: Decimal | None
    months: int
    is_money: bool = False


class Guarded(NamedTuple):
    """What is left of an amount: to pay now, and to pay once the guards hold."""

    payable: Decimal
    postponed: Decimal


class Outlook(NamedTuple):
    """How far the next tier is; None where there is none."""

    reached: Tier | None
    following: Tier | None
    gap: Decimal | None


def exact(number):
    """``number`` as a decimal, a float by its shortest digits; None stays None.

    >>> exact(0.1)
    Decimal('0.1')
    """
    if number is None or isinstance(number, Decimal):
        return number
    return Decimal(repr(number))


def rounded(amount, step=CENT):
    """``amount`` as a multiple of ``step``, half up.

    >>> rounded(Decimal("2.675"))
    Decimal('2.68')
    >>> rounded(Decimal("12"), Decimal("5"))
    Decimal('10')
    """
    return (amount / step).quantize(Decimal(1), rounding=ROUND_HALF_UP) * step


def reached(tiers, value):
    """The tier that ``value`` lies in; None below the first.

    >>> tiers = (Tier(Decimal(0), Decimal(1)), Tier(Decimal(100), Decimal(2)))
    >>> reached(tiers, Decimal(100)).rate
    Decimal('2')
    >>> reached(tiers, Decimal("99.999")).rate
    Decimal('1')
    """
    place = bisect_right([tier.start for tier in tiers], value)
    return tiers[place - 1] if place else None


def entitlement(tariff, base, baseline=None):
    """The bonus that ``base`` has earned, never negative.

    :param base: turnover, or units where the method is per unit
    :param baseline: the past period of growth; without one there is no growth to pay
    """
    if tariff.minimum is not None and base < tariff.minimum:
        return ZERO
    amount = max(_METHODS[tariff.method](tariff.tiers, base, baseline), ZERO)
    amount = rounded(amount, tariff.step)
    return amount if tariff.cap is None else min(amount, tariff.cap)


def slices(tiers, base):
    """The parts of ``base`` that lie in each tier: ``[(tier, end, part)]``.

    Without those it did not reach; the last part is what went beyond its start.

    >>> tiers = (Tier(Decimal(0), Decimal(1)), Tier(Decimal(100), Decimal(2)))
    >>> [int(part) for _tier, _end, part in slices(tiers, Decimal(130))]
    [100, 30]
    """
    ends = [tier.start for tier in tiers[1:]] + [max(base, tiers[-1].start)]
    return [
        (tier, end, min(base, end) - tier.start)
        for tier, end in zip(tiers, ends, strict=True)
        if base > tier.start
    ]


def _stepped(tiers, base, _baseline):
    return sum(
        (part * tier.rate / HUNDRED for tier, _end, part in slices(tiers, base)), ZERO
    )


def _whole(tiers, base, _baseline):
    tier = reached(tiers, base)
    return base * tier.rate / HUNDRED if tier else ZERO


def _fixed(tiers, base, _baseline):
    tier = reached(tiers, base)
    return tier.rate if tier else ZERO


def _per_unit(tiers, base, _baseline):
    tier = reached(tiers, base)
    return base * tier.rate if tier else ZERO


def _growth(tiers, base, baseline):
    percent = growth_percent(base, baseline)
    tier = None if percent is None or percent <= 0 else reached(tiers, percent)
    return (base - baseline) * tier.rate / HUNDRED if tier else ZERO


_METHODS = {
    "stepped": _stepped,
    "whole": _whole,
    "fixed": _fixed,
    "per_unit": _per_unit,
    "growth": _growth,
}


def growth_percent(base, baseline):
    """How much ``base`` exceeds ``baseline`` in per cent; None without a baseline.

    >>> growth_percent(Decimal(110), Decimal(100))
    Decimal('10')
    """
    if not baseline or baseline <= 0:
        return None
    return (base - baseline) * HUNDRED / baseline


def outlook(tariff, base, baseline=None):
    """Which tier is reached, and how much of the base is missing for the next."""
    tiers, position = tariff.tiers, base
    if tariff.method == "growth":
        position = growth_percent(base, baseline)
        if position is None:
            return Outlook(None, None, None)
    following = next((tier for tier in tiers if tier.start > position), None)
    if following is None:
        return Outlook(reached(tiers, position), None, None)
    start = following.start
    if tariff.method == "growth":
        start = baseline * (HUNDRED + start) / HUNDRED
    return Outlook(reached(tiers, position), following, start - base)


def marginal_rate(tariff, base, baseline=None):
    """What the next bit of the base earns: per cent, or money per unit.

    Nothing below the minimum or the first tier, at the cap, and where the amount of a
    tier is fixed.

    >>> tiers = (Tier(Decimal(0), Decimal(10)), Tier(Decimal(1000), Decimal(25)))
    >>> [int(marginal_rate(Tariff("stepped", tiers), Decimal(n))) for n in (999, 1000)]
    [10, 25]
    """
    short = tariff.minimum is not None and base < tariff.minimum
    if short or tariff.method == "fixed":
        return ZERO
    if tariff.cap is not None and entitlement(tariff, base, baseline) >= tariff.cap:
        return ZERO
    position = growth_percent(base, baseline) if tariff.method == "growth" else base
    if position is None or position < 0:
        return ZERO
    tier = reached(tariff.tiers, position)
    return tier.rate if tier else ZERO


def delta(tariff, base, settled=ZERO, baseline=None):
    """What is still to pay, or to take back, when ``settled`` was paid before."""
    return entitlement(tariff, base, baseline) - settled


def guarded(amount, failed, effect, reduce_percent=ZERO, step=CENT):
    """``amount`` where guards hold or ``failed``; what is to take back is not guarded.

    >>> guarded(Decimal(100), True, "reduce", Decimal(25))
    Guarded(payable=Decimal('75.00'), postponed=Decimal('0'))
    >>> guarded(Decimal(100), True, "postpone")
    Guarded(payable=Decimal('0'), postponed=Decimal('100'))
    """
    if effect not in EFFECTS:
        raise ValueError(f"no such effect: {effect}")
    if not failed or amount <= 0:
        return Guarded(amount, ZERO)
    if effect == "postpone":
        return Guarded(ZERO, amount)
    if effect == "zero":
        return Guarded(ZERO, ZERO)
    return Guarded(rounded(amount * (HUNDRED - reduce_percent) / HUNDRED, step), ZERO)


def exposure(tariffs, kinds):
    """What tariffs can cost together, each over periods of its kind."""
    percents = [t for t in tariffs if t.method in PERCENT_METHODS]
    amounts = [_most_of(tariff) for tariff in tariffs]
    return Exposure(
        sum((max(tier.rate for tier in t.tiers) for t in percents), ZERO),
        None if None in amounts else sum(amounts, ZERO),
        max((MONTHS[kind] or WHOLE_MONTHS for kind in kinds), default=0),
        len(percents) < len(tariffs),
    )


def _most_of(tariff):
    amounts = [] if tariff.cap is None else [tariff.cap]
    if tariff.method == "fixed":
        amounts.append(max(tier.rate for tier in tariff.tiers))
    return min(amounts, default=None)


def covers(limits, cost):
    """Whether somebody with these ``limits`` may agree what costs ``cost``.

    Who has no rate has no authority. What is no per cent needs a limit in money.

    :param limits: `engine.concession.Limits`
    :param cost: `Exposure` in the currency of the limits
    """
    if limits.bonus_percent is None or cost.percent > exact(limits.bonus_percent):
        return False
    if limits.bonus_months is not None and cost.months > limits.bonus_months:
        return False
    if limits.bonus_amount is None:
        return not cost.is_money
    return cost.amount is not None and cost.amount <= exact(limits.bonus_amount)


def periods(date_from, date_to, kind):
    """The periods of an agreement, ``[(first day, last day)]``, without gap or overlap.

    They count from the first day of the agreement; the last one ends with it.

    :raise ValueError: where the agreement ends before it begins

    >>> from datetime import date
    >>> [str(last) for _, last in periods(date(2026, 1, 31), date(2026, 4, 1), "month")]
    ['2026-02-27', '2026-03-30', '2026-04-01']
    """
    if date_to < date_from:
        raise ValueError("an agreement does not end before it begins")
    months = MONTHS[kind]
    if not months:
        return [(date_from, date_to)]
    found, place, start = [], 1, date_from
    while start <= date_to:
        following = date_from + relativedelta(months=months * place)
        found.append((start, min(following - timedelta(days=1), date_to)))
        start, place = following, place + 1
    return found
