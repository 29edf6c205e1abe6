"""Who answers for an obligation from its deadline on, on plain values: no ORM.

Who is responsible when a deadline passes stays so until it is met; a deputy no longer
than they stand in, an owner no longer than they own the customer. Whoever has it then
begins a turn of their own, with a deadline of its own: that moment.
"""

from bisect import bisect_right
from typing import NamedTuple


class Turn(NamedTuple):
    """The time in which one person answers for what is overdue."""

    user: object  # None: nobody owns the customer
    principal: object  # for whom, where a deputy answers
    stand_in: object  # the substitution by which they do
    start: object
    stop: object  # None: it goes on


def turns(due, end, owners, stand_ins, kept=()):
    """The turns from ``due`` until ``end``, each person's after the other's.

    :param end: when it was met, or now
    :param owners: ``[(from when, owner or None)]``, sorted
    :param stand_ins: ``{owner: [(start, stop, deputy, substitution)]}``
    :param kept: substitutions in which the owner answers for it all the same, since it
        was handed over as theirs

    A deputy who stands in from 2 to 5; then the owner, who hands over at 8:

    >>> for turn in turns(3, 9, [(0, "A"), (8, "B")], {"A": [(2, 5, "D", 1)]}):
    ...     print(*turn)
    D A 1 3 5
    A None None 5 8
    B None None 8 None

    Overdue before the absence, and therefore not the deputy's:

    >>> turns(1, 9, [(0, "A")], {"A": [(2, 5, "D", 1)]})
    [Turn(user='A', principal=None, stand_in=None, start=1, stop=None)]
    """
    found = []
    moment = due
    while moment is not None and (moment < end or not found):
        turn = _turn(moment, owners, stand_ins, kept)
        found.append(turn)
        moment = turn.stop
    return found


def _turn(moment, owners, stand_ins, kept):
    index = bisect_right(owners, moment, key=lambda owner: owner[0])
    owner = owners[index - 1][1] if index else None
    change = owners[index][0] if index < len(owners) else None
    for start, stop, deputy, substitution in stand_ins.get(owner, ()):
        if start <= moment < stop and substitution not in kept:
            stop = min(stop, change) if change else stop
            return Turn(deputy, owner, substitution, moment, stop)
    return Turn(owner, None, None, moment, change)
