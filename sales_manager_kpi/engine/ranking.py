"""Places in a ranking, on plain values: no ORM, no floats in what is compared."""

from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from dateutil.relativedelta import relativedelta

from .scoring import SCORE, VALUE, exact

MONTHS = {"month": 1, "quarter": 3, "year": 12}


def span(kind, day):
    """First and last day of the month, quarter or year that ``day`` lies in.

    >>> from datetime import date
    >>> [str(day) for day in span("quarter", date(2024, 2, 29))]
    ['2024-01-01', '2024-03-31']
    """
    months = MONTHS[kind]
    first = day.replace(day=1, month=day.month - (day.month - 1) % months)
    return first, first + relativedelta(months=months) - timedelta(days=1)


def year_before(first, last):
    """The same days a year before; what ends with February ends with it then too.

    >>> from datetime import date
    >>> [str(day) for day in year_before(date(2025, 2, 1), date(2025, 2, 28))]
    ['2024-02-01', '2024-02-29']
    """
    back = relativedelta(years=1)
    until = last - back
    if (until.month, until.day) == (2, 28):
        until += relativedelta(day=31)
    return first - back, until


def places(values):
    """``{key: place}``: the highest value is first, equal values share a place.

    Who has no value has no place: there is no base, which is not the same as the last.

    >>> places({"a": 3, "b": 5, "c": 3, "d": 1, "e": None})
    {'b': 1, 'a': 2, 'c': 2, 'd': 4, 'e': None}
    """
    ranked = sorted(
        (key for key, value in values.items() if value is not None),
        key=values.get,
        reverse=True,
    )
    found, place, before = {}, 0, None
    for position, key in enumerate(ranked, start=1):
        if position == 1 or values[key] != before:
            place, before = position, values[key]
        found[key] = place
    return found | {key: None for key, value in values.items() if value is None}


def share(part, whole):
    """``part`` per ``whole``; None where there is nothing to compare with.

    >>> share(0.3, 0.1) == share(3, 1)
    True
    >>> share(5, 0) is share(5, -1) is share(5, None) is None
    True
    """
    if whole is None or whole <= 0:
        return None
    return exact(exact(part) / exact(whole), VALUE) if exact(whole) else None


def growth(now, before):
    """How much more than before, as a fraction; None without anything before.

    >>> growth(110, 100), growth(0, 100), growth(100, 0)
    (Decimal('0.100000'), Decimal('-1.000000'), None)
    """
    per = share(now, before)
    return None if per is None else per - 1


def mean(scores):
    """The mean of the months' scores; None without any.

    >>> mean([80.005, 90]), mean([])
    (Decimal('85.01'), None)
    """
    scores = [exact(score, SCORE) for score in scores]
    if not scores:
        return None
    return (sum(scores) / Decimal(len(scores))).quantize(SCORE, rounding=ROUND_HALF_UP)
