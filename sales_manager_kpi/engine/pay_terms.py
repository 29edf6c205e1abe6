"""What the pay of a month is calculated from and told with: no ORM, no arithmetic.

A trace is a list of ``(sentence, values)``, the figures as text, that models put into
the reader's language.
"""

from decimal import Decimal
from typing import NamedTuple

from .pay_tiers import Ladder
from .trade_bonus import HUNDRED, ZERO

NEUTRAL = Decimal(1)


class Rule(NamedTuple):
    """A component of a scheme.

    :param amount: of a month in company currency; None where there is none
    :param rate: per cent, where there is no ladder
    :param axis: what the ladder is climbed by: amount, attainment, score, growth,
        count or discount
    :param hold: per cent that is held until the invoice is paid
    """

    code: str
    kind: str
    amount: Decimal | None = None
    rate: Decimal = ZERO
    ladder: Ladder | None = None
    axis: str = "amount"
    gate_score: Decimal | None = None
    gate_attainment: Decimal | None = None
    scorecard_gates: bool = False
    floor: Decimal | None = None
    cap: Decimal | None = None
    hold: Decimal = ZERO
    is_multiplied: bool = False


class Part(NamedTuple):
    """Turnover that a rule counts; None for what nobody asked.

    :param discount: per cent of the line
    """

    amount: Decimal
    discount: Decimal | None = None
    move_id: int | None = None


class Given(NamedTuple):
    """What is known of a person's month for one rule.

    :param parts: of turnover, for the kinds that share it
    :param base: of the other kinds: growth or fees in money, number of new customers
    :param factor: part of the month somebody was there, None without working days
    :param score: of the criterion of the rule, or of the scorecard
    :param final_score: of the scorecard, for the gate
    """

    parts: tuple = ()
    base: Decimal | None = None
    factor: Decimal | None = NEUTRAL
    attainment: Decimal | None = None
    score: Decimal | None = None
    final_score: Decimal | None = None
    growth: Decimal | None = None
    gates_closed: bool = False


class Line(NamedTuple):
    """What a rule pays; ``rounding`` is what rounding added.

    :param rate: per cent that was paid of the base, None without a base
    :param held: ``[(move id, amount)]`` of the amount that waits for its payment
    """

    code: str
    kind: str
    base: Decimal | None
    rate: Decimal | None
    amount: Decimal
    rounding: Decimal
    trace: list
    held: tuple = ()


class Original(NamedTuple):
    """What a statement paid for a code, and what was taken back of it since.

    :param settled: base of all later lines for that month, returns negative
    """

    base: Decimal
    amount: Decimal
    settled: Decimal = ZERO

    def has_rate(self):
        """Whether amount per base means something: neither against each other, as
        where returns had another rate than sales, nor more than all of it, as where a
        floor was paid."""
        return bool(self.base) and ZERO <= self.amount / self.base <= 1


class Totals(NamedTuple):
    """A month as it is paid out; ``forgotten`` is not carried forward."""

    variable: Decimal
    held: Decimal
    released: Decimal
    carry_in: Decimal
    carry_out: Decimal
    payable: Decimal
    forgotten: Decimal


def percent(part, whole):
    """Part per whole in per cent; None without a whole above zero.

    >>> percent(Decimal(92), Decimal(100)), percent(Decimal(1), Decimal(0))
    (Decimal('92'), None)
    """
    return part * HUNDRED / whole if whole and whole > 0 else None


def text(number):
    """A figure of a trace: plain digits, None stays None.

    >>> text(Decimal("1E+2")), text(Decimal("2.50"))
    ('100', '2.5')
    """
    if number is None:
        return None
    number = round(number, 6)
    return f"{number.normalize():f}" if number else "0"


def note(sentence, **values):
    """A sentence of a trace, with figures as text."""
    return (
        sentence,
        {
            key: text(value) if isinstance(value, Decimal | None) else value
            for key, value in values.items()
        },
    )
