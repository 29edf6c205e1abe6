"""The months in which a customer needs something, on plain values.

A season runs from one month to another, both included, and over new year where the last
comes before the first. None for both is all year round.
"""

from datetime import date, timedelta
from math import ceil

YEAR = 12
MONTH = 365.25 / YEAR  # days
LONGEST = 6  # months that still are a season


def months(first, last):
    """The months of a season in their order.

    >>> months(11, 2), months(3, 3), len(months(None, None))
    ([11, 12, 1, 2], [3], 12)
    """
    if not first or not last:
        return list(range(1, YEAR + 1))
    length = (last - first) % YEAR + 1
    return [(first - 1 + step) % YEAR + 1 for step in range(length)]


def in_season(first, last, day):
    """Whether ``day`` lies in the season.

    >>> in_season(11, 2, date(2025, 1, 31)), in_season(11, 2, date(2025, 3, 1))
    (True, False)
    """
    return day.month in months(first, last)


def next_start(first, last, day):
    """The first day of the season that begins on or after ``day``; None without one.

    >>> next_start(11, 2, date(2025, 1, 5)), next_start(3, 5, date(2025, 3, 1))
    (datetime.date(2025, 11, 1), datetime.date(2025, 3, 1))
    >>> next_start(None, None, date(2025, 1, 5)) is None
    True
    """
    if not first or not last:
        return None
    start = date(day.year, first, 1)
    return start if start >= day else date(day.year + 1, first, 1)


def starting_months(day, days):
    """Months whose first day lies from ``day`` to ``days`` later, both included.

    >>> starting_months(date(2025, 12, 20), 30), starting_months(date(2025, 3, 2), 10)
    ([1], [])
    """
    last = day + timedelta(days=min(max(days, 0), 366))
    found, start = [], day.replace(day=1)
    while start <= last:
        if start >= day and start.month not in found:
            found.append(start.month)
        start = (start + timedelta(days=32)).replace(day=1)
    return found


def season_of(bought):
    """The shortest season that holds all that was bought; None for most of the year.

    :param bought: ``{month number: quantity}``
    :return: ``(first, last)``, or None for nothing or more than `LONGEST` months

    >>> season_of({11: 4, 12: 2, 2: 1}), season_of({4: 1}), season_of({})
    ((11, 2), (4, 4), None)
    >>> season_of({1: 1, 5: 1, 9: 1}) is None
    True
    """
    busy = sorted(month for month, quantity in bought.items() if quantity > 0)
    if not busy:
        return None
    # the season begins after the longest pause
    pauses = [
        ((month - busy[place - 1] - 1) % YEAR + 1, month)
        for place, month in enumerate(busy)
    ]
    longest, first = max(pauses, key=lambda pause: (pause[0], -pause[1]))
    length = YEAR - longest + 1
    if length > LONGEST:
        return None
    return first, (first + length - 2) % YEAR + 1


def months_known(first, day, back):
    """For how many months we know what a customer buys; from 1 to ``back``.

    :param first: the day of the first purchase of anything
    :param back: months that are looked at

    >>> months_known(date(2025, 6, 10), date(2025, 6, 20), 24)
    1
    >>> round(months_known(date(2025, 4, 15), date(2025, 6, 15), 24), 1)
    2.0
    >>> months_known(date(2020, 1, 1), date(2025, 6, 15), 24)
    24
    """
    return min(max((day - first).days / MONTH, 1), back)


def supposed(bought, known):
    """The season and the quantity that a history lets us suppose.

    Without a season, the quantity of a year: what was bought in the months that we
    know, as if it went on. With one, that of a season: what was bought, by the seasons
    there were. No season is supposed before a year is known: the months that are
    missing may only lie ahead.

    :param bought: ``{month number: quantity}``
    :param known: months, as `months_known` tells
    :return: ``((first, last) or None, quantity)``

    >>> supposed({5: 10, 6: 10}, 2), supposed({5: 10, 6: 10}, 24)
    ((None, 120.0), ((5, 6), 10.0))
    >>> supposed({1: 6, 4: 6, 9: 6}, 18), supposed({11: 8}, 14)
    ((None, 12.0), ((11, 11), 4.0))
    """
    whole = sum(bought.values())
    season = season_of(bought) if known >= YEAR else None
    if season:
        return season, whole / ceil(known / YEAR)
    return None, whole * YEAR / known
