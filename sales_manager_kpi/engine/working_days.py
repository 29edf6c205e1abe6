"""Working days of a person and what they do to a target, on plain values: no ORM.

A day is a fraction: 1 for a whole working day, 0.5 for a half one, 0 when nobody works.
"""

from bisect import bisect_right
from datetime import timedelta
from typing import NamedTuple

from .allocation import largest_remainder

UNITS = 10_000  # in which fractions of a day are divided exactly


class Segment(NamedTuple):
    """The days of a month that a person's plan in one branch speaks of."""

    key: object
    first: object
    last: object


class WorkingDays:
    """The days of one person: what a full member works, and what is left of it.

    ``full`` knows weekends, the person's hours and public holidays, on which nobody
    works; ``present`` knows the person's absences as well.
    """

    def __init__(self, full=None, present=None):
        self.full = full or {}
        self.present = self.full if present is None else present

    def working(self, first, last):
        """Working days from ``first`` to ``last`` without absences."""
        return _count(self.full, first, last)

    def planned(self, first, last, spans=None):
        """The same less absences, within ``spans`` of membership.

        :param spans: ``(first day, last day or None)`` pairs; None for all days
        """
        if spans is None:
            return _count(self.present, first, last)
        return round(
            sum(
                _count(self.present, max(first, start), min(last, end or last))
                for start, end in spans
            ),
            4,
        )

    def position(self, first, day):
        """Working days from ``first`` up to and with ``day``, less absences."""
        return _count(self.present, first, day)


def _count(days, first, last):
    return round(sum(n for day, n in days.items() if first <= day <= last), 4)


def effective(target, working, planned):
    """The part of ``target`` that falls on the days the person is there.

    Without any working day there is nothing to divide by, and the target stays.

    >>> effective(2200, 22, 18)
    1800.0
    >>> effective(2200, 22, 0)
    0.0
    >>> effective(2200, 0, 0)
    2200
    """
    part = share(working, planned)
    return target if part is None else target * part


def share(working, planned):
    """Planned per working days, at most 1; None where nobody works at all.

    >>> share(20, 15), share(0, 0)
    (0.75, None)
    """
    return min(1.0, planned / working) if working > 0 else None


def segments(spans, first, last):
    """Cut the days from ``first`` to ``last`` where the person changes branch.

    Every day belongs to exactly one segment, whatever gaps the memberships leave: the
    first begins with the month, each next on the first day in its branch, the last
    ends with the month. Who comes back to a branch in the same month stays with the
    one they came from, since a plan speaks of neighbouring days.

    :param spans: ``(key, first day, last day or None)`` of memberships
    :rtype: list[Segment]

    >>> from datetime import date
    >>> first, last = date(2026, 3, 1), date(2026, 3, 31)
    >>> [(s.key, s.first.day, s.last.day) for s in segments(
    ...     [("A", date(2020, 1, 1), date(2026, 3, 9)),
    ...      ("B", date(2026, 3, 10), None)], first, last)]
    [('A', 1, 9), ('B', 10, 31)]
    >>> [(s.key, s.first.day, s.last.day) for s in segments(
    ...     [("A", date(2026, 3, 12), None)], first, last)]
    [('A', 1, 31)]
    """
    starts = []
    for key, start, end in sorted(spans, key=lambda span: span[1]):
        if start > last or (end and end < first):
            continue
        if not starts:
            starts.append((key, first))
        elif key not in dict(starts) and start > starts[-1][1]:
            starts.append((key, start))
    if not starts:
        return []
    ends = [day - timedelta(days=1) for _key, day in starts[1:]] + [last]
    return [
        Segment(key, start, end) for (key, start), end in zip(starts, ends, strict=True)
    ]


def divide(units, days):
    """Divide whole ``units`` of money over segments by their working days.

    The parts add up exactly. Where nobody works in any segment, the first has it all.

    >>> divide(1000, [6, 15])
    [286, 714]
    >>> divide(1000, [0, 0])
    [1000, 0]
    """
    weights = [round(day * UNITS) for day in days]
    if not any(weights):
        weights[0] = 1
    return largest_remainder(units, weights)


def nth_working_day(days, start, number):
    """The ``number``-th of the sorted working ``days`` after ``start``.

    Where fewer are known, as in a calendar without hours, calendar days are counted.

    >>> from datetime import date
    >>> week = [date(2026, 3, day) for day in (2, 3, 4, 5, 6, 9, 10)]
    >>> nth_working_day(week, date(2026, 3, 5), 2), nth_working_day([], week[0], 2)
    (datetime.date(2026, 3, 9), datetime.date(2026, 3, 4))
    """
    place = bisect_right(days, start) + number - 1
    return days[place] if place < len(days) else start + timedelta(days=number)
