"""Where appointments of one length fit into a day."""

from datetime import timedelta


def day_slots(free, busy, start, length, count):
    """Beginnings of up to ``count`` appointments, one after the other.

    Each lies wholly within one piece of working time, begins at ``start`` or later, and
    touches nothing that is busy: it is put off until that is over.

    :param free: ``[(from, to)]`` of working time, in any order
    :param busy: ``[(from, to)]`` of what is in the calendar already
    :param length: a positive ``timedelta``
    :return: moments in order; fewer than ``count`` where the day is full
    """
    if length <= timedelta(0):
        raise ValueError("an appointment takes some time")
    taken = sorted(busy)
    found = []
    for begin, end in sorted(free):
        moment = max(begin, start)
        while len(found) < count and moment + length <= end:
            clash = [
                stop
                for since, stop in taken
                if since < moment + length and stop > moment
            ]
            if clash:
                moment = max(clash)
                continue
            found.append(moment)
            moment += length
        start = max(start, moment)
    return found
