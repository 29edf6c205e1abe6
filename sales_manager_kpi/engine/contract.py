"""What a frame contract promises for a period, against what was done; no ORM."""

from datetime import date, timedelta
from typing import NamedTuple

MONTHS = {"month": 1, "quarter": 3, "year": 12}


class Fact(NamedTuple):
    """What was done of one promise.

    :param part: what counts (an amount, or how many were in time)
    :param base: out of how much; None where there is nothing to judge by
    :param value: what is compared with the promise; None without a base
    :param days_late: average of those that were late; None where none was
    :param ids: ids of the documents behind it
    """

    part: float = 0.0
    base: float | None = None
    value: float | None = None
    days_late: float | None = None
    ids: tuple = ()


def period_of(kind, day):
    """First and last day of the month, quarter or year that ``day`` lies in.

    >>> period_of("quarter", date(2026, 5, 20))
    (datetime.date(2026, 4, 1), datetime.date(2026, 6, 30))
    >>> period_of("month", date(2026, 12, 31))
    (datetime.date(2026, 12, 1), datetime.date(2026, 12, 31))
    """
    months = MONTHS[kind]
    month = (day.month - 1) // months * months + 1
    first = date(day.year, month, 1)
    after = month + months
    stop = date(day.year + (after > 12), (after - 1) % 12 + 1, 1)
    return first, stop - timedelta(days=1)


def period_before(kind, day):
    """The whole month, quarter or year before the one ``day`` lies in.

    >>> period_before("year", date(2026, 5, 20))
    (datetime.date(2025, 1, 1), datetime.date(2025, 12, 31))
    """
    return period_of(kind, period_of(kind, day)[0] - timedelta(days=1))


def elapsed(first, last, day):
    """The share of the days from ``first`` to ``last`` that are over on ``day``.

    >>> elapsed(date(2026, 4, 1), date(2026, 4, 30), date(2026, 4, 16))
    0.5
    """
    days = (last - first).days + 1
    return min(1.0, max(0.0, (day - first).days / days))


def in_time(pairs, ids=()):
    """The Fact of ``(promised day, real day)`` pairs.

    >>> fact = in_time([(date(2026, 1, 5), date(2026, 1, 5)),
    ...                 (date(2026, 1, 5), date(2026, 1, 9))])
    >>> fact.part, fact.base, fact.value, fact.days_late
    (1, 2, 0.5, 4.0)
    >>> in_time([]).value is None
    True
    """
    late = [(real - promised).days for promised, real in pairs if real > promised]
    if not pairs:
        return Fact(ids=tuple(ids))
    kept = len(pairs) - len(late)
    days_late = sum(late) / len(late) if late else None
    return Fact(kept, len(pairs), kept / len(pairs), days_late, tuple(ids))
