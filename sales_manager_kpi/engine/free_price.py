"""The lowest price that needs nobody's approval, on plain values."""

import math


def free_price(line, limits, rounding):
    """The lowest price of ``line`` within ``limits``, rounded up to ``rounding``.

    What limits whole orders is not looked at: it depends on the other lines.

    :param line: `engine.concession.LineFigures`
    :param limits: `engine.concession.Limits` of the line
    :return: price per unit as the line asks it, its part of the order's discounts not
        yet taken off; None where nothing is limited, or no price would do
    """
    if line.quantity <= 0:
        return None
    lowest = [
        bound
        for bound in (
            _by_percent(line, limits.line_percent),
            _by_margin(line, limits.margin_percent),
            _by_floor(line, limits.floor_price),
        )
        if bound is not None
    ]
    if not lowest or math.isinf(max(lowest)):
        return None
    return round(math.ceil(max(lowest) / rounding - 1e-6) * rounding, 10)


def _by_percent(line, limit):
    if limit is None:
        return None
    return line.norm_price * (1 - limit / 100) + line.order_part / line.quantity


def _by_floor(line, limit):
    return None if limit is None else limit + line.order_part / line.quantity


def _by_margin(line, limit):
    if limit is None or line.unit_cost is None:
        return None
    if limit >= 100:
        return math.inf
    revenue = line.unit_cost * line.quantity / (1 - limit / 100)
    gross = revenue / (line.untaxed_rate or 1.0)
    return (gross + line.order_part + line.promo_part) / line.quantity
