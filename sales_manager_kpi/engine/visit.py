"""How long somebody waited at the counter, on plain values."""

import pytz

MINUTE = 60


def minutes(start, stop):
    """Whole minutes from ``start`` to ``stop``; None where one is missing.

    Begun minutes do not count, and clocks that disagree do not wait backwards.

    >>> from datetime import datetime
    >>> minutes(datetime(2025, 1, 1, 9, 0, 30), datetime(2025, 1, 1, 9, 12))
    11
    >>> minutes(datetime(2025, 1, 1, 9), None) is None
    True
    >>> minutes(datetime(2025, 1, 1, 9), datetime(2025, 1, 1, 8))
    0
    """
    if not start or not stop:
        return None
    return max(0, int((stop - start).total_seconds() // MINUTE))


def is_beyond(waited, norm):
    """Whether somebody waited longer than the norm, in minutes; a norm of 0 is none.

    >>> is_beyond(10, 10), is_beyond(11, 10), is_beyond(99, 0), is_beyond(None, 5)
    (False, True, False, False)
    """
    return bool(norm) and waited is not None and waited > norm


def place_in_week(moment, tz):
    """``(day, hour, weekday)`` that the clocks of ``tz`` show at a naive UTC moment.

    >>> from datetime import datetime
    >>> place_in_week(datetime(2025, 7, 6, 22, 30), "Europe/Amsterdam")
    (datetime.date(2025, 7, 7), 0, 0)
    """
    local = pytz.utc.localize(moment).astimezone(pytz.timezone(tz))
    return local.date(), local.hour, local.weekday()
