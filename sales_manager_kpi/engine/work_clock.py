"""Working time of a branch between moments, on plain values: no ORM.

Moments are naive UTC. The pieces a clock is made of come from the branch's calendar, in
its time zone and without public holidays, so that nights on which the clocks change,
weekends and holidays need no thought here.
"""

from bisect import bisect_left, bisect_right
from datetime import timedelta

import pytz

SLIVER = timedelta(minutes=1)  # holidays end at 23:59:59, which leaves no work behind


class WorkClock:
    """The working hours of one calendar in one time zone.

    >>> from datetime import date, datetime
    >>> clock = WorkClock([
    ...     (datetime(2026, 3, day, 8), datetime(2026, 3, day, 16)) for day in (2, 3)
    ... ], "UTC")
    >>> clock.hours(datetime(2026, 3, 2, 14), datetime(2026, 3, 3, 9))
    3.0
    >>> clock.after(datetime(2026, 3, 2, 14), 3)
    datetime.datetime(2026, 3, 3, 9, 0)
    >>> clock.end_of_day(date(2026, 3, 1))
    datetime.datetime(2026, 3, 2, 16, 0)
    >>> clock.days(datetime(2026, 3, 2, 16), datetime(2026, 3, 3, 9))
    [datetime.date(2026, 3, 3)]
    """

    def __init__(self, pieces, tz):
        """:param pieces: ``(start, stop)`` pairs of working time, in any order"""
        self.tz = pytz.timezone(tz)
        self.pieces = _merged(pieces)
        self.starts = [start for start, __ in self.pieces]
        self.stops = [stop for __, stop in self.pieces]
        self.local = [self.local_day(start) for start in self.starts]
        self.worked = [0.0]
        for start, stop in self.pieces:
            self.worked.append(self.worked[-1] + _hours(stop - start))

    def local_day(self, moment):
        """The day it is at ``moment`` where the branch is."""
        return pytz.utc.localize(moment).astimezone(self.tz).date()

    def hours(self, start, stop):
        """Working hours between two moments, 0 where they are reversed."""
        return max(0.0, round(self._until(stop) - self._until(start), 4))

    def after(self, start, hours):
        """The moment when ``hours`` have been worked since ``start``.

        None where the clock does not reach that far.
        """
        goal = round(self._until(start) + hours, 6)
        index = bisect_left(self.worked, goal) - 1
        if index < 0:
            return start
        if index >= len(self.pieces):
            return None
        left = goal - self.worked[index]
        return max(start, self.starts[index] + timedelta(seconds=round(left * 3600)))

    def end_of_day(self, day):
        """When work ends on ``day``, or on the next day on which there is any."""
        index = bisect_left(self.local, day)
        if index == len(self.local):
            return None
        return self.stops[bisect_right(self.local, self.local[index]) - 1]

    def between(self, start, stop):
        """The pieces of working time between two moments."""
        found = []
        for index in range(bisect_right(self.stops, start), len(self.pieces)):
            if self.starts[index] >= stop:
                break
            piece = max(start, self.starts[index]), min(stop, self.stops[index])
            if piece[1] - piece[0] > SLIVER:
                found.append(piece)
        return found

    def days(self, start, stop):
        """The working days, some of which lies between two moments."""
        return self.days_of(self.between(start, stop))

    def days_of(self, pieces):
        """The days of sorted pieces of working time."""
        return list(dict.fromkeys(self.local_day(start) for start, __ in pieces))

    def all_days(self):
        """Every working day of the clock, in order."""
        return list(dict.fromkeys(self.local))

    def _until(self, moment):
        """Working hours from the beginning of the clock to ``moment``."""
        index = bisect_right(self.starts, moment)
        if not index:
            return 0.0
        stop = min(moment, self.stops[index - 1])
        return self.worked[index - 1] + _hours(stop - self.starts[index - 1])


def without(pieces, spans):
    """The parts of sorted ``pieces`` outside all ``spans``.

    >>> without([(1, 5)], [(2, 3)])
    [(1, 2), (3, 5)]
    """
    left = list(pieces)
    for start, stop in spans:
        left = [
            part
            for piece in left
            for part in (
                (piece[0], min(piece[1], start)),
                (max(piece[0], stop), piece[1]),
            )
            if part[0] < part[1]
        ]
    return left


def length(pieces):
    """Hours in pieces of time."""
    return round(sum(_hours(stop - start) for start, stop in pieces), 4)


def _hours(delta):
    return delta.total_seconds() / 3600


def _merged(pieces):
    merged = []
    for start, stop in sorted(pieces):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(stop, merged[-1][1])
        elif start < stop:
            merged.append((start, stop))
    return merged
