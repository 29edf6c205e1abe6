"""Whether somebody stands in while somebody is away. Moments are naive UTC.

Working hours are sorted, disjoint pieces ``(start, stop, days)``: what is worked from
``start`` to ``stop`` is ``days`` of a working day. Spans are pairs ``(start, stop)``.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import timedelta

SLIVER = timedelta(minutes=1)  # absences end at 23:59:59, which leaves no work behind


@dataclass(frozen=True)
class Cover:
    """One absence: the hours that are not worked, and those nobody stands in for."""

    away: tuple = ()
    missing: tuple = ()

    @property
    def kind(self):
        """``none`` (nothing to work), ``covered``, ``partly`` or ``uncovered``."""
        if not self.away:
            return "none"
        if not self.missing:
            return "covered"
        return "partly" if days(self.away) - days(self.missing) > 0.001 else "uncovered"

    def gap(self, since=None):
        """The first stretch of hours without anybody: ``(start, stop)``, or None.

        :param since: look only at what is left from this moment on
        """
        left = [p for p in self.missing if since is None or p[1] > since]
        if not left:
            return None
        covered = without(self.away, [(start, stop) for start, stop, __ in left])
        first, last, __ = left[0]
        for start, stop, __ in left[1:]:
            if clip(covered, last, start):
                break
            last = stop
        return first, last


def cover(hours, start, stop, spans_by_scope):
    """The cover of an absence from ``start`` to ``stop``.

    :param hours: the working hours of who is away
    :param spans_by_scope: for each area of duty when somebody is there for it; hours
        count as covered where all areas are
    """
    away = clip(hours, start, stop)
    missing = set()
    for spans in spans_by_scope:
        missing.update(without(away, spans))
    return Cover(tuple(away), tuple(_union(missing)))


def clip(hours, start, stop):
    """The pieces of ``hours`` between two moments."""
    pieces = []
    for piece in hours[bisect_right(hours, start, key=lambda p: p[1]) :]:
        if piece[0] >= stop:
            break
        part = _part(piece, max(piece[0], start), min(piece[1], stop))
        if part[1] - part[0] > SLIVER:
            pieces.append(part)
    return pieces


def without(hours, spans):
    """The pieces of ``hours`` outside all ``spans``."""
    pieces = list(hours)
    for start, stop in sorted(spans):
        pieces = [
            part
            for piece in pieces
            for part in (
                _part(piece, piece[0], min(piece[1], start)),
                _part(piece, max(piece[0], stop), piece[1]),
            )
            if part[1] - part[0] > SLIVER
        ]
    return pieces


def less(spans, others):
    """``spans`` without the time of ``others``."""
    pieces = without([(start, stop, 0.0) for start, stop in spans], others)
    return [(start, stop) for start, stop, __ in pieces]


def days(hours):
    """Working days in pieces of hours."""
    return round(sum(piece[2] for piece in hours), 4)


def _part(piece, start, stop):
    """The same piece from ``start`` to ``stop``; empty where they are reversed."""
    length = (piece[1] - piece[0]).total_seconds()
    share = max(0.0, (stop - start).total_seconds()) / length if length else 0.0
    return start, max(start, stop), piece[2] * share


def _union(pieces):
    """Overlapping pieces of the same hours as one."""
    merged = []
    for piece in sorted(pieces):
        if not merged or piece[0] >= merged[-1][1]:
            merged.append(piece)
        elif piece[1] > merged[-1][1]:
            start, stop, some = merged[-1]
            rate = some / (stop - start).total_seconds()
            length = (piece[1] - start).total_seconds()
            merged[-1] = (start, piece[1], rate * length)
    return merged
