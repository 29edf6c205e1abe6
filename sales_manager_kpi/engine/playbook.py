"""Steps of a playbook on plain values: which are done, next or waiting. No ORM.

A step may come when the steps before it (its prerequisites) are done. Talks prove a
step only from the moment on at which it could come; documents last, and prove it
whenever it comes.
"""

from datetime import datetime
from typing import NamedTuple

DONE, NEXT, WAITING = "done", "next", "waiting"


class Step(NamedTuple):
    """A step as it is looked up; ids or False."""

    id: int
    proof: str
    before: tuple = ()
    stage_id: object = False


class Proof(NamedTuple):
    """Something that happened, and where it is written."""

    at: datetime
    user_id: object
    model: str
    res_id: int


def looped(before):
    """Ids of steps that wait for themselves, sorted.

    :param before: ``{step id: ids of the steps before it}``

    >>> looped({1: [], 2: [1], 3: [2]})
    []
    >>> looped({1: [3], 2: [1], 3: [2], 4: [3], 5: []})
    [1, 2, 3, 4]
    """
    left = {step: set(some) for step, some in before.items()}
    while free := [step for step, some in left.items() if not some & left.keys()]:
        for step in free:
            del left[step]
    return sorted(left)


def standing(steps, done):
    """``{step id: "done", "next" or "waiting"}``.

    What is before a step and no step of the playbook any more is not waited for.

    >>> steps = [Step(1, "hand"), Step(2, "call", (1,)), Step(3, "order", (2, 99))]
    >>> standing(steps, {1})
    {1: 'done', 2: 'next', 3: 'waiting'}
    """
    known = {step.id for step in steps}
    return {
        step.id: DONE
        if step.id in done
        else NEXT
        if all(one in done for one in step.before if one in known)
        else WAITING
        for step in steps
    }


def reached_at(step, steps, done, start):
    """When a step could come: the last step before it was done; None while it waits.

    :param done: ``{step id: moment}``
    :param start: when the playbook began
    """
    known = {one.id for one in steps}
    before = [one for one in step.before if one in known]
    if any(one not in done for one in before):
        return None
    return max([start, *(done[one] for one in before)])


def prove(steps, done, proofs, used, lasting, start):
    """Steps that are proven, in the order in which they are ticked.

    Each proof ticks one step of its kind: the first that is next.

    :param done: ``{step id: moment}``
    :param proofs: ``{kind: [Proof, …]}``
    :param used: ``{(kind, model, id), …}`` of proofs that ticked a step already: an
        order proves the quotation and the order, but no two steps of one kind
    :param lasting: kinds whose proofs count whenever the step comes
    :return: ``[(Step, moment, moment reached, Proof)]``

    >>> day = lambda number: datetime(2026, 3, number)
    >>> steps = [Step(1, "call"), Step(2, "hand", (1,)), Step(3, "call", (2,))]
    >>> calls = {"call": [Proof(day(2), 7, "c", 1), Proof(day(3), 7, "c", 2)]}
    >>> [row[0].id for row in prove(steps, {}, calls, set(), (), day(1))]
    [1]
    >>> done = {1: day(2), 2: day(3)}
    >>> [row[0].id for row in prove(steps, done, calls, {("call", "c", 1)}, (), day(1))]
    [3]
    >>> prove(steps, {**done, 2: day(4)}, calls, {("call", "c", 1)}, (), day(1))
    []
    """
    done, used, found = dict(done), set(used), []
    todo = [step for step in steps if step.id not in done]
    ticked = True
    while ticked:
        ticked = False
        for step in todo:
            reached = reached_at(step, steps, done, start)
            if step.id in done or reached is None:
                continue
            proof = _first(proofs.get(step.proof, ()), used, step, lasting, reached)
            if proof:
                moment = max(proof.at, reached)
                found.append((step, moment, reached, proof))
                done[step.id] = moment
                used.add((step.proof, proof.model, proof.res_id))
                ticked = True
    return found


def _first(proofs, used, step, lasting, reached):
    fitting = [
        proof
        for proof in proofs
        if (step.proof, proof.model, proof.res_id) not in used
        and (step.proof in lasting or proof.at >= reached)
    ]
    return min(fitting, key=lambda proof: (proof.at, proof.res_id), default=None)
