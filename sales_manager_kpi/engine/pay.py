"""What a month pays: decimals in, decimals out, no ORM.

Every line is rounded by itself, half up, and a total is the sum of what is printed.
"No base" is None: nothing is paid then, and the trace says so.
"""

from .pay_terms import NEUTRAL, Line, Totals, note
from .trade_bonus import CENT, HUNDRED, ZERO, rounded

# Kinds whose base is turnover; the others have an amount of their own.
FACT_KINDS = ("own_deals", "new_customers", "programme", "team_override")
TARGET_KINDS = ("plan", "criterion", "growth")
OWN_AXIS = {"plan": "attainment", "criterion": "score", "growth": "growth"}


# ----------------------------------------------------------------------
# One line
# ----------------------------------------------------------------------


def earn(rule, given, step=CENT):
    """What ``rule`` pays for ``given``.

    :param step: what amounts are rounded to, half up
    """
    base, exactly, trace = _calculate(rule, given)
    if exactly is None:
        return Line(rule.code, rule.kind, base, None, ZERO, ZERO, trace)
    exactly = _limited(rule, given, exactly, trace)
    amount = rounded(exactly, step)
    rate = exactly * HUNDRED / base if base else None
    trace.append(note("amount", amount=amount, exact=exactly))
    line = Line(rule.code, rule.kind, base, rate, amount, amount - exactly, trace)
    return line._replace(held=held_of(rule, given.parts, amount, step))


def _calculate(rule, given):
    """``(base, exact amount or None without a base, trace)``."""
    if given.factor is None and rule.kind not in FACT_KINDS:
        return None, None, [note("no_days")]
    if rule.kind in FACT_KINDS and not (rule.kind == "new_customers" and rule.amount):
        return _of_turnover(rule, given)
    if rule.kind in TARGET_KINDS:
        return _of_target(rule, given)
    if rule.kind == "new_customers":
        return _of_count(rule, given)
    if rule.kind == "fixed":
        return _prorated(rule, given)
    return given.base, given.base, [note("sum", amount=given.base)]


def _of_turnover(rule, given):
    base = sum((part.amount for part in given.parts), ZERO)
    if rule.ladder is None:
        exactly = base * rule.rate / HUNDRED
        return base, exactly, [note("share", amount=exactly, base=base, rate=rule.rate)]
    if rule.axis == "discount":
        return base, *_by_discount(rule, given)
    position = None if rule.axis == "amount" else _position(rule, given)
    if position is None and rule.axis != "amount":
        return base, None, [note("no_base", axis=rule.axis)]
    return base, *_climb(rule, base, position)


def _by_discount(rule, given):
    groups = {}
    for part in given.parts:
        rate = rule.ladder.value_at(part.discount or ZERO)
        groups[rate] = groups.get(rate, ZERO) + part.amount
    trace = [
        note("share_discount", amount=base * rate / HUNDRED, base=base, rate=rate)
        for rate, base in sorted(groups.items(), reverse=True)
    ]
    return sum((base * rate / HUNDRED for rate, base in groups.items()), ZERO), trace


def _position(rule, given):
    return {
        "attainment": given.attainment,
        "score": given.score,
        "growth": given.growth,
        "count": given.base,
        "amount": given.base,
    }[rule.axis]


def _climb(rule, base, position):
    """``(exact amount, trace)`` of a ladder."""
    ladder, where = rule.ladder, base if position is None else position
    if ladder.gives_money:
        exactly, tier = ladder.value_at(where), ladder.tier_at(where)
        if tier is None:
            return ZERO, [note("below", position=where, axis=rule.axis)]
        start = tier.start
        return exactly, [
            note(
                "tier_amount",
                amount=exactly,
                position=where,
                start=start,
                axis=rule.axis,
            )
        ]
    shares = ladder.shares(base, position)
    if not shares:
        return ZERO, [note("below", position=where, axis=rule.axis)]
    trace = [
        note(
            "share_tier",
            amount=part * rate / HUNDRED,
            base=part,
            rate=rate,
            start=tier.start,
            position=where,
            axis=rule.axis,
        )
        for tier, part, rate in shares
    ]
    return ladder.of(base, position), trace


def _of_target(rule, given):
    """A bonus of so much at 100 %, or a share of growth."""
    if rule.kind == "growth" and not rule.amount:
        return _of_growth(rule, given)
    if rule.axis == "amount":
        rule = rule._replace(axis=OWN_AXIS[rule.kind])
    position = _position(rule, given)
    if position is None:
        return None, None, [note("no_base", axis=rule.axis)]
    base = (rule.amount or ZERO) * given.factor
    trace = _factor_notes(rule, given)
    if rule.ladder is None:
        return base, base, [*trace, note("sum", amount=base)]
    exactly, more = _climb(rule, base, position)
    if rule.ladder.gives_money:
        exactly *= given.factor
    return base, exactly, trace + more


def _of_growth(rule, given):
    """A share of what was grown; what shrank takes nothing back."""
    base, by_amount = given.base, rule.axis == "amount"
    position = None if by_amount else _position(rule, given)
    if base is None or (position is None and not by_amount):
        return None, None, [note("no_base", axis="growth")]
    if base <= 0:
        return base, ZERO, [note("no_growth", base=base)]
    if rule.ladder is None:
        exactly = base * rule.rate / HUNDRED
        return base, exactly, [note("share", amount=exactly, base=base, rate=rule.rate)]
    return base, *_climb(rule, base, position)


def _of_count(rule, given):
    count = given.base or ZERO
    if rule.ladder is not None and rule.ladder.gives_money:
        return count, *_climb(rule._replace(axis="count"), count, None)
    exactly = count * rule.amount
    return count, exactly, [note("times", amount=exactly, base=count, each=rule.amount)]


def _prorated(rule, given):
    exactly = (rule.amount or ZERO) * given.factor
    return (
        rule.amount,
        exactly,
        [
            *_factor_notes(rule, given),
            note("sum", amount=exactly),
        ],
    )


def _factor_notes(rule, given):
    if given.factor == NEUTRAL:
        return []
    return [
        note(
            "prorated",
            base=rule.amount or ZERO,
            amount=(rule.amount or ZERO) * given.factor,
            rate=given.factor * HUNDRED,
        )
    ]


def _limited(rule, given, exactly, trace):
    """Gates, floor and cap; what is to take back passes every gate."""
    closed = _closed_gates(rule, given)
    if closed and exactly > 0:
        trace += closed
        return ZERO
    if closed:
        return exactly
    if rule.floor and exactly < rule.floor:
        trace.append(note("floor", floor=rule.floor, amount=exactly))
        return rule.floor
    if rule.cap and exactly > rule.cap:
        trace.append(note("cap", cap=rule.cap, amount=exactly))
        return rule.cap
    return exactly


def _closed_gates(rule, given):
    """Notes of the gates that are closed; without a base a gate stays open."""
    closed = []
    gates = (
        ("gate_score", rule.gate_score, given.final_score),
        ("gate_attainment", rule.gate_attainment, given.attainment),
    )
    for sentence, gate, reading in gates:
        if gate and reading is not None and reading < gate:
            closed.append(note(sentence, position=reading, gate=gate))
    if rule.scorecard_gates and given.gates_closed:
        closed.append(note("gate_scorecard"))
    return closed


def held_of(rule, parts, amount, step=CENT):
    """The part of ``amount`` that waits, invoice by invoice that is not paid.

    :return: ``((move id, amount), ...)``
    """
    if not rule.hold or amount <= 0:
        return ()
    by_move = {}
    for part in parts:
        if part.move_id:
            by_move[part.move_id] = by_move.get(part.move_id, ZERO) + part.amount
    waiting = sum((value for value in by_move.values() if value > 0), ZERO)
    whole = max(waiting, sum((part.amount for part in parts), ZERO))
    found, before, reached = [], ZERO, ZERO
    for move, value in sorted(by_move.items()):
        if value <= 0:
            continue
        # each gets what the sum so far adds, so that all of them are never too much
        reached += value
        sofar = rounded(amount * rule.hold / HUNDRED * reached / whole, step)
        found.append((move, sofar - before))
        before = sofar
    return tuple((move, value) for move, value in found if value)


# ----------------------------------------------------------------------
# Lines upon lines
# ----------------------------------------------------------------------


def multiply(rule, given, lines, step=CENT):
    """What a multiplier adds to, or takes from, what the month earned.

    :param lines: `Line` of the rules that are multiplied
    """
    base = sum((line.amount for line in lines), ZERO)
    axis = "score" if rule.axis == "amount" else rule.axis
    position = _position(rule._replace(axis=axis), given)
    if position is None:
        note_ = note("no_base", axis=axis)
        return Line(rule.code, rule.kind, base, None, ZERO, ZERO, [note_])
    rate = rule.ladder.value_at(position) if rule.ladder else rule.rate
    exactly = max(base, ZERO) * (rate - HUNDRED) / HUNDRED
    trace = [
        note("multiplied", amount=exactly, base=base, rate=rate, position=position)
    ]
    if exactly > 0:
        exactly = _limited(rule._replace(floor=None), given, exactly, trace)
    amount = rounded(exactly, step)
    return Line(
        *(rule.code, rule.kind, base, rate - HUNDRED, amount),
        *(amount - exactly, trace),
    )


def top_up(rule, given, lines, step=CENT):
    """What is missing to a guaranteed minimum; nothing where nothing is."""
    earned = sum((line.amount for line in lines), ZERO)
    if given.factor is None:
        return Line(rule.code, rule.kind, earned, None, ZERO, ZERO, [note("no_days")])
    minimum = (rule.amount or ZERO) * given.factor
    exactly = max(minimum - earned, ZERO)
    trace = [
        *_factor_notes(rule, given),
        note("minimum", amount=exactly, minimum=minimum, base=earned),
    ]
    exactly = _limited(rule, given, exactly, trace) if exactly else exactly
    amount = rounded(exactly, step)
    return Line(rule.code, rule.kind, earned, None, amount, amount - exactly, trace)


def claw_back(original, base, step=CENT):
    """What ``base`` more (returns negative) changes of what was paid, at its own rate.

    Taken back in parts it is the same to the cent as at once: each part is what the
    whole so far comes to, less what was settled before.

    :return: an amount, or None where the original has no base to have a rate of

    >>> from decimal import Decimal
    >>> from .pay_terms import Original
    >>> claw_back(Original(Decimal(62000), Decimal(1240)), Decimal(-62000))
    Decimal('-1240.00')
    >>> from decimal import Decimal
    >>> claw_back(Original(Decimal(0), Decimal(5)), Decimal(-10)) is None
    True
    """
    if not original.base:
        return None
    before, after = (
        rounded(original.amount * settled / original.base, step)
        for settled in (original.settled, original.settled + base)
    )
    return after - before


def kept_of(decays, days_late):
    """Per cent that remains of what is held, so many days late.

    :param decays: ``[(from days late, per cent)]`` upwards

    >>> from decimal import Decimal
    >>> kept_of([(1, Decimal(80)), (31, Decimal(0))], 30)
    Decimal('80')
    >>> kept_of([], 400)
    Decimal('100')
    """
    kept = HUNDRED
    for days, remains in decays:
        if days_late >= days:
            kept = remains
    return kept


def settle(amounts, held, released, carry_in, carries=True, limit=None):
    """Totals of a month out of the rounded amounts of its lines.

    What was carried in is never forgotten: only what the month itself adds to it.

    :param carry_in: of the month before, never positive
    :param carries: whether a negative month is carried forward
    :param limit: so much at most; None for all of it
    """
    variable = sum(amounts, ZERO)
    left = variable - held + released + carry_in
    if left >= 0:
        return Totals(variable, held, released, carry_in, ZERO, left, ZERO)
    own = left - carry_in
    owed = carry_in + max(own, ZERO)
    more = min(own, ZERO) if carries else ZERO
    if limit is not None:
        more = max(more, min(-limit - owed, ZERO))
    kept = owed + more
    return Totals(variable, held, released, carry_in, kept, ZERO, left - kept)
