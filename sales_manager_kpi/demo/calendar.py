"""Days of the story: working days, months, weeks."""

from datetime import date, timedelta


def month_start(day, months=0):
    """First day of the month that lies ``months`` after that of ``day``."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def months_between(first, last):
    """Whole calendar months from ``first`` to ``last``."""
    return (last.year - first.year) * 12 + last.month - first.month


def closed(day):
    """Weekends and the holidays that all three countries keep."""
    return day.weekday() > 4 or (day.month, day.day) in {(1, 1), (12, 25), (12, 26)}


def working_day(day):
    """``day``, or the first open one after it."""
    while closed(day):
        day += timedelta(days=1)
    return day


def last_working_day(day):
    """``day``, or the last open one before it."""
    while closed(day):
        day -= timedelta(days=1)
    return day


def working_days(first, last):
    """Every open day from ``first`` to ``last``, both included."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if not closed(day)]


def weekday_after(day, *weekdays):
    """The first open day after ``day`` that is one of ``weekdays`` (Monday is 0)."""
    day += timedelta(days=1)
    while closed(day) or day.weekday() not in weekdays:
        day += timedelta(days=1)
    return day
