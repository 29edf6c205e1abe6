"""Which rolls a quantity is taken from, on plain values: no ORM.

A roll is ``(key, free)``: one piece of goods, with what of it is free, in one unit of
measure. Rolls come in the order in which the warehouse would take them. A remnant below
half of the smallest step of the unit is no roll.
"""


def smallest_roll(need, rolls, step):
    """The key of the shortest roll that gives ``need`` in one piece; None without.

    Of equally long ones the first, so that long rolls stay for long cuts.

    >>> smallest_roll(40, [("R1", 30), ("R2", 60), ("R3", 45)], 0.01)
    'R3'
    >>> smallest_roll(61, [("R1", 30), ("R2", 60), ("R3", 45)], 0.01) is None
    True
    """
    fitting = [
        (free, at) for at, (__, free) in enumerate(rolls) if free > need - step / 2
    ]
    return rolls[min(fitting)[1]][0] if fitting else None


def take(need, rolls, step):
    """``need`` out of ``rolls`` in their order: ``([(key, quantity)], missing)``.

    >>> take(40, [("R1", 30), ("R2", 60)], 0.01)
    ([('R1', 30), ('R2', 10)], 0.0)
    >>> take(40, [("R1", 30)], 0.01)
    ([('R1', 30)], 10)
    """
    taken = []
    left = need
    for key, free in rolls:
        part = min(left, free)
        if part < step / 2:
            continue
        taken.append((key, part))
        left -= part
    return taken, left if left >= step / 2 else 0.0


def cut(need, rolls, step):
    """``need`` as one cut: ``([(key, need)], 0.0)``, or ``([], need)`` where none fits.

    >>> cut(40, [("R1", 30), ("R2", 60)], 0.01)
    ([('R2', 40)], 0.0)
    """
    key = smallest_roll(need, rolls, step)
    return ([], need) if key is None else ([(key, need)], 0.0)


def longest(rolls):
    """What the longest roll has free; 0.0 where there is none.

    >>> longest([("R1", 30), ("R2", 60)])
    60
    """
    return max((free for __, free in rolls), default=0.0)
