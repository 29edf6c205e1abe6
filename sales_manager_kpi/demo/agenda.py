"""Who does what when: acts are noted for a day and hour, and played in that order."""

from collections import defaultdict

from .calendar import working_day, working_days


class Agenda:
    """Acts by day; what is noted alike for one hour is played as one batch."""

    def __init__(self, clock, last):
        self.clock, self.last = clock, last
        self.days = defaultdict(lambda: defaultdict(list))

    def note(self, day, hour, act, item=None):
        """Play ``act([item, …])`` on ``day``, or the first open one after it.

        What lies behind the end of the story does not happen any more.
        """
        day = working_day(day)
        if day <= self.last:
            self.days[day][hour, act].append(item)

    def play(self, first):
        """Go through all days from ``first`` to the last."""
        for day in working_days(first, self.last):
            slots = self.days[day]
            self.clock.tidy()
            while slots:
                hour, act = min(slots, key=_slot_key)
                self.clock.move(day, hour)
                act(day, slots.pop((hour, act)))


def _slot_key(slot):
    hour, act = slot
    return hour, act.__qualname__
