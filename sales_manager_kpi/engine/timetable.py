"""When a scheduled report goes out next, and which days it is about."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

WEEK = timedelta(days=7)
UNITS = {"days": 1, "weeks": 7}


def next_run(anchor, unit, number, after):
    """The first day after ``after`` that is whole intervals away from ``anchor``.

    Counted from the first day always, so the 31st does not become the 28th for good.
    What was missed is not made up for.

    :param anchor: the day it goes out for the first time
    :param unit: ``days``, ``weeks`` or ``months``
    :param number: how many of them there are from one time to the next, 1 or more
    """
    if after < anchor:
        return anchor
    if unit in UNITS:
        step = UNITS[unit] * number
        return anchor + timedelta(days=((after - anchor).days // step + 1) * step)
    months = (after.year - anchor.year) * 12 + after.month - anchor.month
    times = months // number
    day = anchor + relativedelta(months=times * number)
    while day <= after:
        times += 1
        day = anchor + relativedelta(months=times * number)
    return day


def window(period, today):
    """First and last day of ``period`` as seen on ``today``, both included.

    :param period: ``last_week`` (Monday to Sunday), ``month`` (to date) or
        ``last_month``
    """
    if period == "last_week":
        monday = today - timedelta(days=today.weekday())
        return monday - WEEK, monday - timedelta(days=1)
    first = today.replace(day=1)
    if period == "last_month":
        last = first - timedelta(days=1)
        return last.replace(day=1), last
    return first, today
