"""What an offer shows beside its prices, on plain values."""


def percent_below(price, base):
    """How far ``price`` lies below ``base``, in per cent of it; None without a base.

    >>> percent_below(90, 100)
    10.0
    >>> percent_below(90, 0) is None
    True
    """
    if not base:
        return None
    return round((base - price) / base * 100, 6)


def allowed_percent(norm, lowest):
    """What may be taken off ``norm`` without asking, in per cent.

    :param lowest: the lowest price that needs no approval; None where nothing limits
    :return: None where nothing limits it or there is no norm; never below 0

    >>> allowed_percent(100, 95)
    5.0
    >>> allowed_percent(100, 120)
    0.0
    >>> allowed_percent(100, None) is None
    True
    """
    if lowest is None:
        return None
    percent = percent_below(lowest, norm)
    return None if percent is None else max(0.0, percent)


def bonus_of(steps):
    """The expected bonus per unit among the steps of a price; 0.0 without one.

    :param steps: as ``engine.waterfall.steps`` makes them

    >>> bonus_of([{"code": "net", "amount": 0.0}, {"code": "bonus", "amount": -2.5}])
    2.5
    """
    return -sum(step["amount"] for step in steps if step["code"] == "bonus") or 0.0
