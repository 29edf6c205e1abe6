"""Days and hours of a branch as instants, whatever the clocks do in between."""

import math
from datetime import datetime, time, timedelta

import pytz

HOURS = 24.0


def instant(day, hour, tz, late=False):
    """The naive UTC moment at which it is ``hour`` on ``day`` in ``tz``.

    :param hour: hours after midnight as the clock shows them, 0 to 24
    :param late: of an hour that comes twice when clocks go back, take the second; an
        hour that is left out when they go forward is the moment they do
    """
    zone = pytz.timezone(tz)
    minutes = round(hour * 60)
    naive = datetime.combine(day, time.min) + timedelta(minutes=minutes)
    try:
        local = zone.localize(naive, is_dst=None)
    except pytz.AmbiguousTimeError:
        local = zone.localize(naive, is_dst=not late)
    except pytz.NonExistentTimeError:
        local = _after_gap(zone, naive)
    return local.astimezone(pytz.utc).replace(tzinfo=None)


def clock(moment, tz, late=False):
    """What the clock shows in ``tz`` at a naive UTC moment: ``(day, hour)``.

    :param late: midnight, and the seconds before it, are 24:00 of the day that ends
    """
    local = pytz.utc.localize(moment).astimezone(pytz.timezone(tz))
    if late:
        local -= timedelta(seconds=1)
    minutes = local.hour * 60 + local.minute + local.second / 60
    return local.date(), (math.ceil(minutes) if late else round(minutes)) / 60


def _after_gap(zone, naive):
    """The first moment that the clock shows after the hour it leaves out."""
    before = zone.localize(naive, is_dst=True).astimezone(pytz.utc)
    after = zone.localize(naive, is_dst=False).astimezone(pytz.utc)
    start, stop = sorted((before, after))
    offset = start.astimezone(zone).utcoffset()
    while stop - start > timedelta(seconds=1):
        middle = start + (stop - start) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            start = middle
        else:
            stop = middle
    return stop.replace(microsecond=0)
