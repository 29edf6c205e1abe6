"""Plan amounts proposed from history, on plain values."""

from decimal import ROUND_HALF_UP, Decimal

TOTAL = None


def round_to_step(amount, step):
    """``amount`` rounded half up to a multiple of ``step``; never below zero.

    >>> round_to_step(1249.99, 100)
    1200.0
    >>> round_to_step(1250, 100)
    1300.0
    >>> round_to_step(-40, 10)
    0.0
    >>> round_to_step(12.345, 0)
    12.345
    """
    if amount <= 0:
        return 0.0
    if step <= 0:
        return float(amount)
    steps = Decimal(repr(amount)) / Decimal(repr(step))
    whole = steps.quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return float(whole * Decimal(repr(step)))


def propose(base_by_key, factor, step):
    """Proposed amounts: base × factor, rounded, and a total that holds its parts.

    :param dict base_by_key: ``{key: base amount}``; the key ``TOTAL`` is the whole,
        which may be more than its parts
    :param float factor: 1.05 for five percent more
    :param float step: multiple to round to, 0 for none
    :return: ``{key: proposed amount}``, without keys that come to nothing; the total
        is raised where rounding made the parts exceed it

    >>> propose({TOTAL: 200, 1: 99, 2: 0}, 1.1, 10)
    {None: 220.0, 1: 110.0}
    >>> propose({TOTAL: 30, 1: 15, 2: 15}, 1, 10)
    {None: 40.0, 1: 20.0, 2: 20.0}
    """
    proposed = {
        key: round_to_step(base * factor, step) for key, base in base_by_key.items()
    }
    if TOTAL in proposed:
        parts = sum(amount for key, amount in proposed.items() if key is not TOTAL)
        proposed[TOTAL] = max(proposed[TOTAL], parts)
    return {key: amount for key, amount in proposed.items() if amount}
