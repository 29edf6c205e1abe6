"""What a competitor's price is in our units and money, on plain values."""

from decimal import Decimal

HUNDRED = Decimal(100)


def unit_price(price, factor, own_factor):
    """A price per unit of theirs as a price per unit of ours.

    :param factor: how many reference units their unit holds, above zero
    :param own_factor: how many ours does

    >>> unit_price(Decimal("100"), Decimal("50"), Decimal("1"))
    Decimal('2')
    """
    return Decimal(price) * Decimal(own_factor) / Decimal(factor)


def converted(price, rate):
    """An amount in the company's currency.

    :param rate: units of their currency for one of the company's, above zero

    >>> converted(Decimal("3"), Decimal("2"))
    Decimal('1.5')
    """
    return Decimal(price) / Decimal(rate)


def difference(theirs, ours):
    """By how many per cent they are dearer than we; None without a price of ours.

    >>> difference(Decimal("9"), Decimal("10")), difference(Decimal("9"), Decimal("0"))
    (Decimal('-10.0'), None)
    """
    ours = Decimal(ours)
    return (Decimal(theirs) - ours) / ours * HUNDRED if ours else None
