"""How much a branch should ask for, on plain values: no ORM.

Quantities are in the product's unit, days are working days of the branch.
"""

import math
from typing import NamedTuple

STEP = 1e-6  # below it a quantity is nothing, so that floats do not ask for a roll


class Stock(NamedTuple):
    """What is known of a product in a branch."""

    sold: float  # net of returns, in the days of the history
    days: float  # working days of the history
    unmet: float = 0.0
    free: float = 0.0
    in_transit: float = 0.0


def daily(sold, days):
    """What goes in a working day; nothing where more came back than went.

    >>> daily(40, 20), daily(-3, 20), daily(10, 0)
    (2.0, 0.0, 0.0)
    """
    return max(0.0, sold / days) if days > 0 else 0.0


def suggested(stock, lead, cover, factor=1.0, multiple=0.0):
    """What to ask for: demand until the next but one delivery, less what is there.

    ``daily × (lead + cover) × factor + unmet − (free + in transit)``, never below
    zero, rounded up to whole multiples (a roll, a pack).

    >>> suggested(Stock(sold=40, days=20, unmet=3, free=10, in_transit=5), 5, 20)
    38.0
    >>> suggested(Stock(sold=40, days=20, unmet=3, free=10, in_transit=5), 5, 20,
    ...           multiple=30)
    60.0
    >>> suggested(Stock(sold=40, days=20, free=500), 5, 20)
    0.0
    """
    need = daily(stock.sold, stock.days) * (lead + cover) * factor
    need += stock.unmet - (stock.free + stock.in_transit)
    return rounded_up(max(0.0, need), multiple)


def rounded_up(quantity, multiple):
    """``quantity`` in whole multiples; as it is where there is none.

    >>> rounded_up(31, 30), rounded_up(30, 30), rounded_up(0, 30), rounded_up(1.5, 0)
    (60.0, 30.0, 0.0, 1.5)
    """
    if quantity <= STEP:
        return 0.0
    if multiple <= STEP:
        return float(quantity)
    return math.ceil(round(quantity / multiple, 9)) * float(multiple)


def season_factor(weights, history, ahead):
    """How much more goes in the months ahead than in those of the history.

    :param weights: twelve basis points, January first; None for an even year
    :param history: month numbers of the history, one per day of it
    :param ahead: month numbers of the days to cover, one per day
    :return: 1 where the profile says nothing of the history

    >>> season_factor(None, [1], [6])
    1.0
    >>> season_factor([500] * 6 + [1000] * 2 + [1250] * 4, [1, 2], [7, 8])
    2.0
    """
    if not weights or not history or not ahead:
        return 1.0
    before = sum(weights[month - 1] for month in history) / len(history)
    after = sum(weights[month - 1] for month in ahead) / len(ahead)
    return after / before if before else 1.0


def accuracy(sold, granted):
    """Sold within the cover per granted, at most 1; None where nothing was granted.

    >>> accuracy(8, 10), accuracy(12, 10), accuracy(-1, 10), accuracy(1, 0)
    (0.8, 1.0, 0.0, None)
    """
    return min(1.0, max(0.0, sold) / granted) if granted > 0 else None
