"""The score of a month, on plain values: no ORM, no floats in the sums.

Weights are integers in hundredths of a per cent (10000 is everything), scores are
decimals with two places: 100 is "as agreed". What has no base has no score, and its
weight goes to the lines that have one.
"""

from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

WHOLE = 10_000
DEFAULT_CAP = 150
FIGURE = Decimal("0.0001")
VALUE = Decimal("0.000001")
SCORE = Decimal("0.01")


class Line(NamedTuple):
    """One criterion of one person: ``value`` is None where there is no base."""

    weight: int
    value: Decimal | None
    direction: str = "higher"
    cap: int = DEFAULT_CAP


class Scored(NamedTuple):
    """What a line brought: ``weight`` is the one that counted, after redistribution."""

    score: Decimal | None
    weight: int
    weighted: Decimal


def exact(number, step=FIGURE):
    """``number`` as a decimal rounded half up to ``step``; None stays None.

    >>> exact(0.1 + 0.2)
    Decimal('0.3000')
    >>> exact(2.675, SCORE)
    Decimal('2.68')
    """
    if number is None:
        return None
    if not isinstance(number, Decimal):
        number = Decimal(repr(number))
    return number.quantize(step, rounding=ROUND_HALF_UP)


def ratio(numerator, denominator):
    """Numerator per denominator; None when there is nothing to divide by.

    >>> ratio(95, 100)
    0.95
    >>> ratio(95, 0) is None
    True
    """
    return numerator / denominator if denominator else None


def linear_score(value, direction="higher", cap=DEFAULT_CAP):
    """100 × value; where lower is better, 100 × (1 − value). Between 0 and ``cap``.

    >>> linear_score(Decimal("0.95"))
    Decimal('95.00')
    >>> linear_score(Decimal("0.05"), "lower")
    Decimal('95.00')
    >>> linear_score(Decimal("-2"))
    Decimal('0.00')
    >>> linear_score(Decimal("2"))
    Decimal('150.00')
    >>> linear_score(None) is None
    True
    """
    if value is None:
        return None
    points = 100 * (value if direction == "higher" else 1 - value)
    return exact(min(max(points, Decimal(0)), Decimal(cap)), SCORE)


def redistribute(weights):
    """``weights`` (None = no base) in proportion to the whole, by largest remainder.

    >>> redistribute([5000, 5000, None])
    [5000, 5000, 0]
    >>> redistribute([3000, 3000, 3000, None])
    [3334, 3333, 3333, 0]
    >>> redistribute([None])
    [0]
    """
    total = sum(weight or 0 for weight in weights)
    if not total:
        return [0] * len(weights)
    shares = [(weight or 0) * WHOLE // total for weight in weights]
    by_remainder = sorted(
        range(len(weights)), key=lambda i: (-((weights[i] or 0) * WHOLE % total), i)
    )
    for i in by_remainder[: WHOLE - sum(shares)]:
        shares[i] += 1
    return shares


def score_lines(lines):
    """Score every line and add them up; the total is the sum of what is printed.

    :param lines: ``[Line]``
    :return: ``([Scored], total)``, total None when no line has a base
    """
    scores = [linear_score(line.value, line.direction, line.cap) for line in lines]
    weights = redistribute(
        [
            None if score is None else line.weight
            for line, score in zip(lines, scores, strict=True)
        ]
    )
    scored = [
        Scored(score, weight, exact((score or Decimal(0)) * weight / WHOLE, SCORE))
        for score, weight in zip(scores, weights, strict=True)
    ]
    if not any(weights):
        return scored, None
    return scored, sum((line.weighted for line in scored), Decimal(0))
