"""What belongs to a month of pay beside its components; decimals, no ORM."""

from datetime import timedelta
from decimal import Decimal
from hashlib import sha256
from json import dumps

from .trade_bonus import CENT, ZERO, rounded


def month_salary(rows, first, last, step=CENT):
    """The salary of the days from ``first`` to ``last``, both included.

    Each row holds until the next one begins, or until its own last day; a month that
    has it in part has it by calendar days. Rounded once, half up.

    :param rows: ``[(from, to or None, amount of a month)]``
    :param first: first day of a month, ``last`` its last one

    >>> from datetime import date
    >>> rows = [(date(2026, 1, 1), None, Decimal(3000)),
    ...         (date(2026, 4, 16), None, Decimal(3300))]
    >>> month_salary(rows, date(2026, 4, 1), date(2026, 4, 30))
    Decimal('3150.00')
    """
    days = (last - first).days + 1
    exactly = ZERO
    for start, stop, amount in _chained(rows):
        start, stop = max(start, first), min(stop or last, last)
        exactly += amount * max(0, (stop - start).days + 1) / days
    return rounded(exactly, step)


def _chained(rows):
    """Rows in order, each ending where the next one begins."""
    rows = sorted(rows, key=lambda row: row[0])
    begins = [*(row[0] for row in rows[1:]), None]
    for (start, stop, amount), following in zip(rows, begins, strict=False):
        if following:
            before = following - timedelta(days=1)
            stop = min(stop, before) if stop else before
        yield start, stop, amount


def canonical(values):
    """One spelling for values of a statement: the same figures, the same text.

    >>> canonical({"b": Decimal("1.50"), "a": None})
    '{"a":null,"b":"1.5"}'
    """
    return dumps(
        values,
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        default=_plain,
    )


def _plain(value):
    if isinstance(value, Decimal):
        return f"{value.normalize():f}" if value else "0"
    return str(value)


def seal(values):
    """A hash over `canonical` values."""
    return sha256(canonical(values).encode()).hexdigest()
