"""Where the goods of an order line come from, as rungs that add up to the line.

Quantities are whole steps of the product's unit (a step is the smallest quantity the
unit knows), so that nothing is lost by rounding. Stock says what happened (`Facts`);
here it is put in the order of the ladder: what was delivered, what lies ready at the
branch, what arrived, what travels, what another warehouse set aside or was asked for,
what somebody answered, what is free, and last what nobody has yet.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

ANSWERED = frozenset(("approved", "partial", "in_transit", "arrived", "delivered"))


class Place(NamedTuple):
    """From where: a kind of source, a warehouse and, where one answers, a request."""

    kind: str
    warehouse_id: int | bool = False
    request_id: int | bool = False


@dataclass(frozen=True)
class Rung:
    """A quantity from one place in one state.

    :param promised: the moment it is promised for, None where nobody promised
    """

    place: Place
    state: str
    quantity: int
    promised: object = None


@dataclass(frozen=True)
class Lane:
    """What another place sends to the branch for one line.

    ``arrived`` counts what has come, ``transit`` what is on its way; of what has not
    left yet ``reserved`` is set aside and ``asked`` is not.
    """

    place: Place
    arrived: int = 0
    transit: int = 0
    reserved: int = 0
    asked: int = 0
    promised: object = None


@dataclass(frozen=True)
class Facts:
    """What is known of one line.

    :param quantity: what the customer ordered
    :param delivered: what the customer has, returns taken off
    :param closed: what is neither with the customer nor asked for any more
    :param secured: what lies ready at the branch for this line, held goods among it
    :param held: how much of it was held for the customer beforehand
    :param free: what lies at the branch and is nobody's
    :param answers: rungs of what somebody was asked or answered, without goods so far
    :param plan: ``[(place, what it has or None for any)]`` for what is still missing
    """

    branch: Place
    quantity: int
    delivered: int = 0
    closed: int = 0
    secured: int = 0
    held: int = 0
    free: int = 0
    promised: object = None
    lanes: tuple = ()
    answers: tuple = ()
    plan: tuple = ()


def allocate(quantity, rungs):
    """The first ``quantity`` steps of ``rungs``, in their order.

    :return: ``(rungs taken, what is missing)``, without empty rungs

    >>> branch = Place("branch")
    >>> allocate(5, [Rung(branch, "approved", 3), Rung(branch, "planned", 9)])[1]
    0
    >>> allocate(5, [Rung(branch, "approved", 3)])[1]
    2
    """
    taken, left = [], max(0, quantity)
    for rung in rungs:
        part = min(left, max(0, rung.quantity))
        if part:
            taken.append(replace(rung, quantity=part))
            left -= part
    return taken, left


def ladder(facts):
    """The rungs of a line: they add up to its quantity, and none is empty.

    A surplus (more under way than ordered) is cut from the far end of the ladder; what
    nobody has is planned at the first place that has it, and at the last one otherwise.
    """
    quantity = max(0, facts.quantity)
    here, under_way = _at_hand(facts), _under_way(facts)
    delivered = min(quantity, max(0, facts.delivered))
    closed = min(quantity - delivered, max(0, facts.closed))
    ready, left = allocate(quantity - closed, [*here, *under_way, *facts.answers])
    free = Rung(facts.branch, "planned", facts.free)
    planned, left = allocate(left, [free, *_plan(facts, left)])
    rungs = [*ready, *planned]
    if left:
        place = facts.plan[-1][0] if facts.plan else facts.branch
        rungs.append(Rung(place, "planned", left))
    if closed:
        rungs.append(Rung(facts.branch, "cancelled", closed))
    return merge(rungs)


def left_over(facts):
    """What is granted or on its way and the line does not need: rungs, as in `ladder`.

    What was only asked of somebody, or refused, is no goods.

    >>> branch, centre = Place("branch", 1), Place("central", 2)
    >>> lane = Lane(centre, transit=2, reserved=6)
    >>> facts = Facts(branch, 15, secured=12, lanes=(lane,))
    >>> [(rung.state, rung.quantity) for rung in left_over(facts)]
    [('approved', 5)]
    """
    left = max(0, facts.quantity) - max(0, facts.closed)
    left -= sum(rung.quantity for rung in _at_hand(facts))
    answers = [rung for rung in facts.answers if rung.state in ANSWERED]
    over = []
    for rung in [*_under_way(facts), *answers]:
        needed = min(max(0, left), rung.quantity)
        left -= needed
        if rung.quantity > needed:
            over.append(replace(rung, quantity=rung.quantity - needed))
    return over


def _at_hand(facts):
    """Delivered first, then what is ready; the branch's own goods leave first."""
    delivered = max(0, facts.delivered)
    total = delivered + max(0, facts.secured)
    left = total
    lanes = []
    for lane in facts.lanes:
        part = min(left, max(0, lane.arrived))
        lanes.append((lane.place, part, "arrived", lane.promised))
        left -= part
    held = min(left, max(0, facts.held))
    hold = facts.branch._replace(kind="hold")
    own = [
        (hold, held, "approved", facts.promised),
        (facts.branch, left - held, "approved", facts.promised),
    ]
    gone, ready = [], []
    for place, quantity, state, promised in [*own, *lanes]:
        out = min(delivered, quantity)
        delivered -= out
        gone.append(Rung(place, "delivered", out))
        ready.append(Rung(place, state, quantity - out, promised))
    return [*gone, *ready]


def _under_way(facts):
    for state, amount in (
        ("in_transit", "transit"),
        ("approved", "reserved"),
        ("requested", "asked"),
    ):
        for lane in facts.lanes:
            promised = None if state == "requested" else lane.promised
            yield Rung(lane.place, state, getattr(lane, amount), promised)


def _plan(facts, left):
    for place, has in facts.plan:
        yield Rung(place, "planned", left if has is None else has)


def called_off(quantity, delivered, branch, before):
    """The rungs of a line nobody waits for any more.

    :param before: the rungs there were; what was not delivered stays, as cancelled
    """
    quantity = max(0, quantity)
    delivered = min(quantity, max(0, delivered))
    first = [rung for rung in before if rung.state == "delivered"]
    gone, left = allocate(delivered, first)
    gone += [Rung(branch, "delivered", left)] if left else []
    rest, left = allocate(
        quantity - delivered, [rung for rung in before if rung.state != "delivered"]
    )
    rest += [Rung(branch, "cancelled", left)] if left else []
    rest = [replace(rung, state="cancelled", promised=None) for rung in rest]
    return merge([*gone, *rest])


def merge(rungs):
    """One rung per place and state, with the latest of the promises, in order."""
    merged = {}
    for rung in rungs:
        if rung.quantity <= 0:
            continue
        key = rung.place, rung.state
        known = merged.get(key)
        if known:
            promises = [p for p in (known.promised, rung.promised) if p]
            rung = replace(
                rung,
                quantity=known.quantity + rung.quantity,
                promised=max(promises, default=None),
            )
        merged[key] = rung
    return list(merged.values())


def promise(rungs):
    """When everything is there: the latest promise, None while anything is open.

    Only answers count: a date for a part of the goods is no date for the order.

    :param rungs: `Rung`, or anything with ``state`` and ``promised``
    """
    waiting = [rung for rung in rungs if rung.state not in ("cancelled", "delivered")]
    if any(rung.state not in ANSWERED for rung in waiting):
        return None
    return max((rung.promised for rung in waiting if rung.promised), default=None)
