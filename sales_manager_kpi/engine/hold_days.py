"""Until when goods are held, on plain values: no ORM. Moments are naive UTC."""

from datetime import timedelta

from .instants import instant


def hold_end(clock, now, days):
    """The end of work on the ``days``-th working day after today.

    With 0 days it is the end of today, or of the next working day where work is over.

    :param clock: the `WorkClock` of the branch
    :return: None where the clock does not reach that far

    >>> from datetime import datetime
    >>> from .work_clock import WorkClock
    >>> clock = WorkClock([
    ...     (datetime(2026, 3, day, 8), datetime(2026, 3, day, 16)) for day in (2, 3, 6)
    ... ], "UTC")
    >>> hold_end(clock, datetime(2026, 3, 2, 9), 2)
    datetime.datetime(2026, 3, 6, 16, 0)
    >>> hold_end(clock, datetime(2026, 3, 3, 17), 1)
    datetime.datetime(2026, 3, 6, 16, 0)
    """
    today = clock.local_day(now)
    open_days = [
        day for day in clock.all_days() if day >= today and clock.end_of_day(day) > now
    ]
    index = days if open_days[:1] == [today] else max(0, days - 1)
    if index >= len(open_days):
        return None
    return clock.end_of_day(open_days[index])


def calendar_end(day, days, tz):
    """The midnight that ends the ``days``-th calendar day after ``day`` in ``tz``."""
    return instant(day + timedelta(days=days), 24, tz)
