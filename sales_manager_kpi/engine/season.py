"""How a year is spread over its months, on plain values.

A profile is twelve weights in basis points, January first, that add up to 10,000.
"""

from .allocation import WHOLE, largest_remainder

MONTHS = 12


def profile(units):
    """Weights out of what was sold in each month of whole years.

    :param list units: twelve integers, January first; months below zero (more credit
        notes than sales) weigh nothing
    :return: twelve basis points that add up to 10,000, None where nothing was sold

    >>> profile([1] * 12)[:5]
    [834, 834, 834, 834, 833]
    >>> profile([3, 1] + [0] * 9 + [-5])[:3]
    [7500, 2500, 0]
    >>> profile([0] * 12) is None
    True
    """
    weights = [max(0, unit) for unit in units]
    return largest_remainder(WHOLE, weights) if any(weights) else None


def level(amount, weights, window):
    """What a whole year comes to, when ``window`` (month numbers) brought ``amount``.

    Times a month's weight it is the month's amount: the season is taken out of the
    history and the planned month's put in.

    :return: the amount of 10,000 basis points as a factor per basis point, None where
        the profile gives the window no weight

    >>> level(300, [834] * 4 + [833] * 8, [1, 2, 3]) * 834
    100.0
    >>> level(300, [0, 5000, 5000] + [0] * 9, [1]) is None
    True
    """
    weight = sum(weights[month - 1] for month in window)
    return amount / weight if weight else None


def in_steps(total, weights, step=1):
    """Divide ``total`` units in multiples of ``step``, the rest to the largest.

    :return: list of integers that adds up to ``total``

    >>> in_steps(1005, [1, 1, 2], 10)
    [250, 250, 505]
    >>> sum(in_steps(99_999, [7, 0, 11], 1000))
    99999
    """
    steps, rest = divmod(abs(total), max(1, step))
    parts = [part * max(1, step) for part in largest_remainder(steps, weights)]
    parts[max(range(len(parts)), key=lambda place: (weights[place], -place))] += rest
    return [part if total >= 0 else -part for part in parts]


def months_of_year(total, weights, first=1, step=1):
    """``total`` units over the months from ``first`` to December.

    :return: ``{month number: units}`` that adds up to ``total``, None where the
        profile gives these months no weight

    >>> months_of_year(1200, [834] * 4 + [833] * 8, first=11)
    {11: 600, 12: 600}
    >>> months_of_year(1200, [10_000] + [0] * 11, first=2) is None
    True
    """
    left = weights[first - 1 :]
    if not any(left):
        return None
    return dict(enumerate(in_steps(total, left, step), start=first))


def divide(total, weight_by_key, step=1):
    """``total`` units over keys, in proportion to what each weighs (above zero).

    :return: ``{key: units}`` without keys that get nothing

    >>> divide(1000, {"a": 3.0, "b": 1.0, "c": -2.0})
    {'a': 750, 'b': 250}
    >>> divide(1000, {"a": 0.0})
    {}
    """
    scale = {key: max(0, round(100 * weight)) for key, weight in weight_by_key.items()}
    if not any(scale.values()):
        return {}
    parts = in_steps(total, list(scale.values()), step)
    return {key: part for key, part in zip(scale, parts, strict=True) if part}
