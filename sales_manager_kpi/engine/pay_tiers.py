"""What a tier of pay gives at a position: decimals in, decimals out, no ORM.

Tiers are half-open, each from its start up to the start of the next one, the last one
without end. Below the first nothing is given. A position below zero, as after returns
alone, lies in the first tier where that begins at zero, so that what comes back costs
what it brought.
"""

from bisect import bisect_right
from dataclasses import dataclass

from .trade_bonus import HUNDRED, ZERO, reached, slices

METHODS = ("marginal", "whole", "interpolated")


@dataclass(frozen=True)
class Ladder:
    """How a position becomes a rate or an amount.

    :param tiers: `engine.trade_bonus.Tier`, their ``rate`` in per cent, or money where
        ``gives_money``
    """

    method: str
    tiers: tuple
    gives_money: bool = False

    def __post_init__(self):
        if self.method not in METHODS:
            raise ValueError(f"no such method: {self.method}")
        if not self.tiers:
            raise ValueError("a ladder needs a tier")
        starts = [tier.start for tier in self.tiers]
        if starts[0] < 0 or any(tier.rate < 0 for tier in self.tiers):
            raise ValueError("neither starts nor rates are negative")
        if any(a >= b for a, b in zip(starts, starts[1:], strict=False)):
            raise ValueError("tiers follow each other upwards")
        if self.gives_money and self.method == "marginal":
            raise ValueError("amounts of tiers are not marginal")

    def tier_at(self, position):
        """The tier ``position`` lies in; None below the first."""
        first = self.tiers[0]
        if position < 0 and not first.start:
            return first
        return reached(self.tiers, position)

    def following(self, position):
        """The next tier above ``position``; None on the last."""
        return next((tier for tier in self.tiers if tier.start > position), None)

    def value_at(self, position):
        """Rate or amount of the tier reached, or between two where interpolated.

        >>> from decimal import Decimal
        >>> from .trade_bonus import Tier
        >>> tiers = (Tier(Decimal(80), Decimal(50)), Tier(Decimal(100), Decimal(100)))
        >>> ladder = Ladder("interpolated", tiers)
        >>> [int(ladder.value_at(Decimal(p))) for p in (79, 80, 90, 120)]
        [0, 50, 75, 100]
        """
        tier = self.tier_at(position)
        if tier is None:
            return ZERO
        place = bisect_right([one.start for one in self.tiers], position)
        if self.method != "interpolated" or position < 0 or place == len(self.tiers):
            return tier.rate
        above = self.tiers[place]
        part = (position - tier.start) / (above.start - tier.start)
        return tier.rate + (above.rate - tier.rate) * part

    def shares(self, base, position=None):
        """Parts of ``base`` with the rate each gets: ``[(tier, part, rate)]``.

        The parts that lie below the first tier are left out. Marginal tiers by
        another position than the base divide it as they divide the position.

        :param position: what decides about the tier; None for the base itself
        """
        where = base if position is None else position
        tier = self.tier_at(where)
        if tier is None:
            return []
        if self.method != "marginal" or where <= 0:
            return [(tier, base, self.value_at(where))]
        parts = slices(self.tiers, where)
        if position is None:
            return [(one, part, one.rate) for one, _end, part in parts]
        return [(one, base * part / position, one.rate) for one, _end, part in parts]

    def of(self, base, position=None):
        """What ``base`` earns, not rounded.

        >>> from decimal import Decimal
        >>> from .trade_bonus import Tier
        >>> tiers = (Tier(Decimal(0), Decimal(1)), Tier(Decimal(1000), Decimal(2)))
        >>> [int(Ladder(m, tiers).of(Decimal(1500))) for m in ("marginal", "whole")]
        [20, 30]
        """
        if self.gives_money:
            return self.value_at(base if position is None else position)
        return sum(
            (
                part * rate / HUNDRED
                for _tier, part, rate in self.shares(base, position)
            ),
            ZERO,
        )
