"""Dividing whole units (cents) so that nothing is lost and nothing is made up.

Amounts come as integers in the currency's smallest unit. The method is the largest
remainder (Hamilton): everybody gets the whole part of their quota, what is left goes
one unit each to the largest remainders, ties to whoever comes first. The facts do the
same in SQL; tests hold the two against each other.
"""

from decimal import ROUND_HALF_UP, Decimal

WHOLE = 10_000  # basis points


def largest_remainder(total, weights):
    """Divide ``total`` units in proportion to ``weights``.

    :param int total: units to divide; a negative total is divided like its opposite
    :param list weights: non-negative integers in order of precedence, not all zero
    :return: list of integers, one per weight, that adds up to ``total``
    :raise ValueError: when there is nothing to divide by

    >>> largest_remainder(100, [1, 1, 1])
    [34, 33, 33]
    >>> largest_remainder(-100, [1, 1, 1])
    [-34, -33, -33]
    >>> largest_remainder(5, [0, 3, 3])
    [0, 3, 2]
    >>> largest_remainder(1, [])
    Traceback (most recent call last):
    ValueError: weights must be non-negative and not all zero
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError("weights must be non-negative and not all zero")
    quotas = [divmod(abs(total) * weight, whole) for weight in weights]
    parts = [base for base, _rest in quotas]
    left = abs(total) - sum(parts)
    order = sorted(range(len(parts)), key=lambda place: (-quotas[place][1], place))
    for place in order[:left]:
        parts[place] += 1
    return [part if total >= 0 else -part for part in parts]


def split_credit(total, shares):
    """Divide ``total`` units by credit ``shares`` in basis points.

    :raise ValueError: when the shares are not the whole

    >>> split_credit(10000, [3333, 3333, 3334])
    [3333, 3333, 3334]
    >>> split_credit(100, [3333, 3333, 3334])
    [33, 33, 34]
    """
    if sum(shares) != WHOLE:
        raise ValueError("shares must add up to 10,000 basis points")
    return largest_remainder(total, shares)


def spread(total, amounts, sign=1):
    """Divide a discount of ``total`` units over the lines of a document.

    :param list amounts: units of each line; lines against the document's ``sign``
        (returned goods on an invoice) get nothing
    :return: list of integers like ``amounts``, or None when there is nothing to
        spread over

    >>> spread(-10, [300, 300, 300])
    [-4, -3, -3]
    >>> spread(-10, [300, -50])
    [-10, 0]
    >>> spread(10, [-300], sign=-1)
    [10]
    >>> spread(-10, [-300]) is None
    True
    """
    weights = [max(0, sign * amount) for amount in amounts]
    return largest_remainder(total, weights) if any(weights) else None


def to_units(amount, rounding):
    """Whole units of ``rounding`` in ``amount``, halves away from zero.

    >>> to_units(Decimal("10.005"), Decimal("0.01"))
    1001
    >>> to_units(Decimal("-0.5"), Decimal("1"))
    -1
    """
    units = Decimal(amount) / Decimal(rounding)
    return int(units.quantize(Decimal(1), rounding=ROUND_HALF_UP))
