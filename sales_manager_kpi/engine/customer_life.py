"""How a customer's life goes by its purchases, and what its turnover weighs; no ORM.

The one definition of new, active, dormant, lost and won back.
"""

from typing import NamedTuple

from dateutil.relativedelta import relativedelta

NEW, ACTIVE, DORMANT, LOST, WON_BACK = "new", "active", "dormant", "lost", "won_back"
FRESH = (NEW, WON_BACK)


class LifeRules(NamedTuple):
    """In months: 1 <= fresh <= dormant < lost; no silence: only the first is new."""

    fresh: int
    dormant: int
    lost: int
    silence: int = 0


def course(days, today, rules):
    """What became of a customer, until ``today``: ``[(state, since)]`` in order.

    A first purchase makes a customer new, and so does one after the months of silence;
    one after the months until lost wins it back, unless it is new. Both last the fresh
    months, then the customer is active until it is dormant, and lost later still. A
    purchase wakes a dormant one.

    :param days: days of purchases, any order; those after ``today`` count for nothing

    >>> from datetime import date
    >>> rules = LifeRules(3, 6, 12, 24)
    >>> [(s, str(d)) for s, d in course([date(2024, 1, 10)], date(2025, 2, 1), rules)]
    ... # doctest: +NORMALIZE_WHITESPACE
    [('new', '2024-01-10'), ('active', '2024-04-10'), ('dormant', '2024-07-10'),
     ('lost', '2025-01-10')]
    >>> course([], date(2025, 2, 1), rules)
    []
    """
    days = sorted({day for day in days if day <= today})
    steps, begun, before = [], None, None
    for day, until in zip(days, [*days, today][1:], strict=True):
        state = _on_purchase(before, day, rules)
        if state:
            steps.append((state, day))
        if state in FRESH:
            begun = day
        steps += _until_next(steps[-1][0], begun, day, until, rules)
        before = day
    return steps


def _on_purchase(before, day, rules):
    """The state that a purchase on ``day`` begins, or None where nothing changes."""
    if before is None or (rules.silence and before <= day - _months(rules.silence)):
        return NEW
    if before + _months(rules.lost) <= day:
        return WON_BACK
    return ACTIVE if before + _months(rules.dormant) <= day else None


def _until_next(state, begun, day, until, rules):
    """What happens between a purchase on ``day`` and the next, or today."""
    sleeps = day + _months(rules.dormant)
    settled = begun + _months(rules.fresh)
    if state in FRESH and settled <= until and settled < sleeps:
        yield ACTIVE, settled
    if sleeps <= until:
        yield DORMANT, sleeps
    gone = day + _months(rules.lost)
    if gone <= until:
        yield LOST, gone


def _months(number):
    return relativedelta(months=number)


def abc(turnovers, share_a, share_b):
    """Class by the cumulative share of turnover, the largest first.

    A customer is A where those before it make less than ``share_a`` of the whole, B
    where less than ``share_b``, else C; the smaller key first among equals. Who has no
    turnover above zero has no class, and takes nothing from the whole.

    :param turnovers: ``{key: amount}``, exact numbers
    :param share_a: parts of the whole in per cent, as ``share_b``

    >>> abc({1: 80, 2: 15, 3: 5, 4: 0, 5: -7}, 80, 95)
    {1: 'a', 2: 'b', 3: 'c'}
    """
    some = [(key, amount) for key, amount in turnovers.items() if amount > 0]
    whole = sum(amount for _key, amount in some)
    classes, reached = {}, 0
    for key, amount in sorted(some, key=lambda each: (-each[1], each[0])):
        part = reached * 100
        classes[key] = (
            "a" if part < share_a * whole else "b" if part < share_b * whole else "c"
        )
        reached += amount
    return classes
