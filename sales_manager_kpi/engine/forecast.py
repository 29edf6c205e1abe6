"""Where a month will end, on plain values: no ORM.

The past of a month is counted in working days of the person, fractions included. Today
is not over: what is projected is the fact of the days before it, and it is one of the
days that are left.

* ``history``: with six usable months or more, the fact is divided by the share of the
  month that earlier months had reached at the same point (a month of 20 days is laid
  on one of 22 by the part of it that has passed). The forecast is by the median share,
  the range by the quartiles.
* ``linear``: else, every day that is left brings what a day brought until now. The
  range is one standard deviation of the days of this month: of the days to come, and
  of the mean they are taken from. Where fewer than two days are over nothing is known
  of the spread, and the range is half the forecast to either side; it never begins
  below what counts already.
* ``final``: no working day is left; the fact is the result.

No working day over yet, no working day at all and a negative fact (more credited than
sold, which no day repeats) give no forecast: None, which is not 0.
"""

from math import sqrt
from statistics import median, quantiles, stdev
from typing import NamedTuple

MIN_MONTHS = 6  # of history, before it is preferred to a straight line
MIN_SHARE = 0.05  # of a month; dividing by less would make noise a forecast
UNKNOWN_SPREAD = 0.5  # of the forecast, while fewer than two days are over
AHEAD = 1.05  # forecast per target from which the month runs ahead
ON_TRACK = 0.95  # and from which it is on track; below it is behind


class Forecast(NamedTuple):
    """The end of a month; amounts in the currency of the fact, None for no base."""

    method: str | None
    months: int  # of history that could be used
    expected: float | None
    low: float | None
    high: float | None
    run_rate: float | None  # per working day until now
    required: float | None  # per working day that is left, today included
    pace: str | None  # ahead, on_track, behind
    done: float
    left: float


def forecast(fact, target, done, left, before=None, daily=(), shares=()):
    """Forecast the end of a month.

    :param float fact: what counts by now
    :param float target: None or 0 for no target
    :param float done: working days that are over
    :param float left: working days that are left, today included
    :param float before: fact of the days that are over; ``fact`` if not given
    :param daily: facts of the days that are over, for the spread
    :param shares: what earlier months had reached at this point, as shares of their
        end; see `share_at`
    :rtype: Forecast

    >>> result = forecast(500, 1000, 10, 10)
    >>> result.method, result.expected, result.required, result.pace
    ('linear', 1000.0, 50.0, 'on_track')
    >>> forecast(400, 1000, 10, 10, shares=[0.4] * 6).expected
    1000.0
    >>> forecast(400, 1000, 0, 20).expected is None
    True
    >>> forecast(900, 1000, 20, 0)[:5]
    ('final', 0, 900, 900, 900)
    """
    before = fact if before is None else before
    usable = [share for share in shares if share is not None and share > 0]
    method, low, expected, high = _project(fact, before, done, left, daily, usable)
    return Forecast(
        method=method,
        months=len(usable),
        expected=expected,
        low=low,
        high=high,
        run_rate=before / done if done > 0 else None,
        required=required_per_day(fact, target, left),
        pace=pace(expected, target, fact),
        done=done,
        left=left,
    )


def _project(fact, before, done, left, daily, shares):
    """Method, low, expected and high."""
    if done <= 0:
        return None, None, None, None
    if left <= 0:
        return "final", fact, fact, fact
    if before < 0 or fact < 0:
        return None, None, None, None
    if len(shares) >= MIN_MONTHS and median(shares) >= MIN_SHARE:
        first, _middle, third = quantiles(shares, n=4, method="inclusive")
        middle = median(shares)
        figures = (before / third, before / middle, before / max(first, MIN_SHARE))
        method = "history"
    else:
        figures = _straight(before, done, left, daily)
        method = "linear"
    if fact > before:  # what today brought is there already
        figures = tuple(max(figure, fact) for figure in figures)
    return method, *figures


def _straight(before, done, left, daily):
    expected = before / done * (done + left)
    if len(daily) < 2:
        spread = UNKNOWN_SPREAD * expected
    else:
        spread = stdev(daily) * sqrt(left + left * left / done)
    return max(before, expected - spread), expected, expected + spread


def required_per_day(fact, target, left):
    """What every working day that is left must bring; None without target or days.

    >>> required_per_day(400, 1000, 12)
    50.0
    >>> required_per_day(1200, 1000, 12)
    0.0
    >>> required_per_day(400, 1000, 0) is None
    True
    """
    if not target or target < 0 or left <= 0:
        return None
    return max(0.0, (target - fact) / left)


def pace(expected, target, fact=0):
    """Whether the month runs ahead of its target, is on track or behind.

    Ahead from 105 % of the target, on track from 95 %. More credited than sold is
    behind, though nothing can be projected from it.

    >>> [pace(amount, 100) for amount in (105, 100, 95, 94.9, None)]
    ['ahead', 'on_track', 'on_track', 'behind', None]
    >>> pace(100, 0) is None
    True
    """
    if not target or target < 0:
        return None
    if expected is None:
        return "behind" if fact < 0 else None
    # a cent more or less of rounding is no other colour
    share = round(expected / target, 6)
    if share >= AHEAD:
        return "ahead"
    return "on_track" if share >= ON_TRACK else "behind"


def share_at(point, days):
    """Share of a month's end that it had reached at ``point``.

    :param float point: the part of its working days that was over, 0 to 1
    :param days: ``(working day, amount)`` in order: the working days that were over
        when the day began, plus its own; and what it brought
    :return: None for a month without turnover, or not above zero: it has no shares

    >>> share_at(0.5, [(1, 10), (2, 30), (3, 40), (4, 20)])
    0.4
    >>> share_at(0.375, [(1, 10), (2, 30), (3, 40), (4, 20)])
    0.25
    >>> share_at(0.5, [(1, 0), (2, 0)]) is None
    True
    """
    days = list(days)
    end = sum(amount for _day, amount in days)
    last = max((day for day, _amount in days), default=0)
    if end <= 0 or last <= 0:
        return None
    until, reached, start = point * last, 0.0, 0.0
    for day, amount in days:
        if day <= until:
            reached += amount
        elif start < until:
            reached += amount * (until - start) / (day - start)
        start = max(start, day)
    return reached / end
