"""The score of a month, on plain values: no ORM, no floats in the sums.

Weights are integers in hundredths of a per cent (10000 is everything), scores are
decimals with two places: 100 is "as agreed". What has no base has no score, and its
weight goes to the lines that have one.
"""

from bisect import bisect_left, bisect_right
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import NamedTuple

WHOLE = 10_000
DEFAULT_FLOOR = 0
DEFAULT_CAP = 150
FIGURE = Decimal("0.0001")
VALUE = Decimal("0.000001")
SCORE = Decimal("0.01")
WIDE = Context(prec=400)  # whatever a float can hold


class Curve(NamedTuple):
    """How a value becomes a score.

    ``points`` are ``(value, score)`` by rising value. Without points the curve is the
    straight line of ``linear_score``. Between points the score is interpolated, and
    flat outside of them. A stepped curve gives a point's score to whoever reached its
    value: half-open towards the next point, and ``floor`` before the first.
    """

    points: tuple = ()
    stepped: bool = False
    direction: str = "higher"
    floor: int = DEFAULT_FLOOR
    cap: int = DEFAULT_CAP
    targeted: bool = False  # the value is a share of a target, not the figure itself


class Line(NamedTuple):
    """One criterion of one person: ``value`` is None where there is no base."""

    weight: int
    value: Decimal | None
    curve: Curve = Curve()


class Scored(NamedTuple):
    """What a line brought: ``weight`` is the one that counted, after redistribution."""

    score: Decimal | None
    weight: int
    weighted: Decimal


class Assessed(NamedTuple):
    """A scored line with what people said: the head's score goes before the computed.

    ``gate`` is the score that has to be reached, None or 0 where there is no gate.
    """

    score: Decimal | None
    weight: int
    head: Decimal | None = None
    gate: Decimal | None = None


class Final(NamedTuple):
    """What counts of a line in the end."""

    score: Decimal | None
    weighted: Decimal
    gate_closed: bool


def exact(number, step=FIGURE):
    """``number`` as a decimal rounded half up to ``step``; None stays None.

    >>> exact(0.1 + 0.2)
    Decimal('0.3000')
    >>> exact(2.675, SCORE)
    Decimal('2.68')
    >>> exact(1e25) > 1  # mistyped, but no reason to stop a run over everybody
    True
    """
    if number is None:
        return None
    if not isinstance(number, Decimal):
        number = Decimal(repr(number))
    return number.quantize(step, rounding=ROUND_HALF_UP, context=WIDE)


def ratio(numerator, denominator):
    """Numerator per denominator; None when there is nothing to divide by.

    >>> ratio(95, 100)
    0.95
    >>> ratio(95, 0) is None
    True
    """
    return numerator / denominator if denominator else None


def share_of_target(value, target):
    """``value`` per ``target``; None without a target above zero to compare with.

    >>> share_of_target(Decimal(3), Decimal(4))
    Decimal('0.750000')
    >>> share_of_target(Decimal(3), Decimal(0)) is None
    True
    >>> share_of_target(Decimal(3), Decimal(-4)) is None
    True
    """
    if value is None or target is None or target <= 0:
        return None
    return exact(value / target, VALUE)


def linear_score(
    value, direction="higher", cap=DEFAULT_CAP, floor=DEFAULT_FLOOR, targeted=False
):
    """The straight line, between ``floor`` and ``cap``.

    Higher is better: 100 × value. Lower is better: 100 × (1 − value) of a share by
    itself; of a share of a target 100 × (2 − value), so that meeting it is 100.

    >>> linear_score(Decimal("0.95"))
    Decimal('95.00')
    >>> linear_score(Decimal("0.05"), "lower")
    Decimal('95.00')
    >>> linear_score(Decimal("1.2"), "lower", targeted=True)
    Decimal('80.00')
    >>> linear_score(Decimal("-2"))
    Decimal('0.00')
    >>> linear_score(Decimal("2"))
    Decimal('150.00')
    >>> linear_score(None) is None
    True
    """
    if value is None:
        return None
    if direction != "higher":
        value = (2 if targeted else 1) - value
    return _within(100 * value, floor, cap)


def curve_score(value, curve):
    """The score of ``value`` on ``curve``; None where there is no base.

    >>> curve = Curve(points=((Decimal("0.8"), 50), (Decimal("1"), 100)))
    >>> [curve_score(Decimal(v), curve) for v in ("0.7", "0.8", "0.9", "1.4")]
    [Decimal('50.00'), Decimal('50.00'), Decimal('75.00'), Decimal('100.00')]
    >>> steps = curve._replace(stepped=True)
    >>> [curve_score(Decimal(v), steps) for v in ("0.79", "0.8", "0.99", "1")]
    [Decimal('0.00'), Decimal('50.00'), Decimal('50.00'), Decimal('100.00')]
    """
    if value is None:
        return None
    if not curve.points:
        return linear_score(
            value, curve.direction, curve.cap, curve.floor, curve.targeted
        )
    on_curve = _step if curve.stepped else _interpolate
    return _within(on_curve(value, curve), curve.floor, curve.cap)


def _within(score, floor, cap):
    return exact(min(max(Decimal(score), Decimal(floor)), Decimal(cap)), SCORE)


def _step(value, curve):
    """The score of the last point that was reached, from the bad side."""
    values = [point[0] for point in curve.points]
    if curve.direction == "higher":
        place = bisect_right(values, value) - 1
    else:
        place = bisect_left(values, value)
    if 0 <= place < len(values):
        return curve.points[place][1]
    return curve.floor


def _interpolate(value, curve):
    values = [point[0] for point in curve.points]
    place = bisect_left(values, value)
    if place == 0:
        return curve.points[0][1]
    if place == len(values):
        return curve.points[-1][1]
    (start, low), (end, high) = curve.points[place - 1 : place + 1]
    return low + Decimal(high - low) * (value - start) / (end - start)


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
    scores = [curve_score(line.value, line.curve) for line in lines]
    weights = redistribute(
        [
            None if score is None else line.weight
            for line, score in zip(lines, scores, strict=True)
        ]
    )
    scored = [
        Scored(score, weight, _weighted(score, weight))
        for score, weight in zip(scores, weights, strict=True)
    ]
    if not any(weights):
        return scored, None
    return scored, sum((line.weighted for line in scored), Decimal(0))


def assess_lines(lines):
    """What counts in the end: the head's score where there is one, else the computed.

    The weights are those that counted at computing; a line without base stays without.

    :param lines: ``[Assessed]``
    :return: ``([Final], total)``, total None when no line has a base

    >>> line = Assessed(Decimal(70), 10000, head=Decimal(80), gate=Decimal(75))
    >>> assess_lines([line])[1]
    Decimal('80.00')
    >>> assess_lines([line._replace(head=None)])[0][0].gate_closed
    True
    """
    finals = [_final(line) for line in lines]
    if all(line.score is None for line in finals):
        return finals, None
    return finals, sum((line.weighted for line in finals), Decimal(0))


def _final(line):
    if line.score is None:
        return Final(None, Decimal(0), False)
    score = line.score if line.head is None else line.head
    closed = bool(line.gate) and score < line.gate
    return Final(score, _weighted(score, line.weight), closed)


def _weighted(score, weight):
    return exact((score or Decimal(0)) * weight / WHOLE, SCORE)
