import doctest
import unittest
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.addons.sales_manager_kpi.engine import pay, pay_terms, pay_tiers
from odoo.addons.sales_manager_kpi.engine.pay import (
    claw_back,
    earn,
    multiply,
    settle,
    top_up,
)
from odoo.addons.sales_manager_kpi.engine.pay_terms import Given, Original, Part, Rule
from odoo.addons.sales_manager_kpi.engine.pay_tiers import METHODS, Ladder
from odoo.addons.sales_manager_kpi.engine.trade_bonus import Tier, rounded

D = Decimal
# The machine may be busy, which says nothing about the engine.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
CENTS = st.integers(0, 10**9).map(lambda cents: D(cents) / 100)
SIGNED = st.integers(-(10**9), 10**9).map(lambda cents: D(cents) / 100)
RATES = st.integers(0, 5000).map(lambda rate: D(rate) / 100)


def ladder(method, *tiers, **values):
    rows = tuple(Tier(D(str(start)), D(str(rate))) for start, rate in tiers)
    return Ladder(method, rows, **values)


@st.composite
def ladders(draw, methods=METHODS, rising=False):
    starts = sorted(draw(st.sets(CENTS, min_size=1, max_size=5)))
    rates = [draw(RATES) for _start in starts]
    if rising:
        rates.sort()
    rows = tuple(Tier(*row) for row in zip(starts, rates, strict=True))
    return Ladder(draw(st.sampled_from(methods)), rows)


def own(base, **values):
    rule = Rule("own", "own_deals", **values)
    return rule, Given(parts=(Part(D(str(base))),))


class TestTiers(unittest.TestCase):
    def test_doctests(self):
        for module in (pay, pay_terms, pay_tiers):
            result = doctest.testmod(module)
            self.assertTrue(result.attempted)
            self.assertFalse(result.failed)

    def test_a_tier_begins_exactly_at_its_start(self):
        whole = ladder("whole", (0, 1), (100, 2))
        self.assertEqual(whole.of(D("99.99")), D("0.9999"))
        self.assertEqual(whole.of(D(100)), D(2))

    def test_holes_at_the_bottom_pay_nothing(self):
        for method in METHODS:
            self.assertEqual(ladder(method, (80, 5)).of(D(79)), 0)

    def test_wrong_ladders_are_refused(self):
        for tiers in ((), ((0, 1), (0, 2)), ((5, 1), (0, 2)), ((-1, 1),), ((0, -1),)):
            with self.subTest(tiers), self.assertRaises(ValueError):
                ladder("whole", *tiers)
        with self.assertRaises(ValueError):
            ladder("marginal", (0, 5), gives_money=True)
        with self.assertRaises(ValueError):
            ladder("rolling", (0, 5))

    @PATIENT
    @given(ladders(("marginal",)), CENTS, CENTS)
    def test_marginal_is_monotone_and_continuous(self, steps, base, more):
        before, after = steps.of(base), steps.of(base + more)
        self.assertLessEqual(before, after)
        highest = max(tier.rate for tier in steps.tiers)
        self.assertLessEqual(after - before, more * highest / 100)

    @PATIENT
    @given(ladders(("interpolated",), rising=True), CENTS, CENTS)
    def test_interpolated_by_rising_rates_is_monotone(self, steps, base, more):
        self.assertLessEqual(steps.of(base), steps.of(base + more))

    @PATIENT
    @given(ladders(), CENTS, CENTS)
    def test_parts_are_the_whole(self, steps, base, position):
        for where in (None, position):
            parts = sum(
                part * rate / 100 for _t, part, rate in steps.shares(base, where)
            )
            self.assertAlmostEqual(parts, steps.of(base, where), 10)

    @PATIENT
    @given(ladders(), CENTS)
    def test_by_the_base_is_by_a_position_that_is_the_base(self, steps, base):
        self.assertAlmostEqual(steps.of(base), steps.of(base, base), 10)

    def test_what_comes_back_costs_what_it_brought(self):
        steps = ladder("marginal", (0, 2), (1000, 5))
        self.assertEqual(steps.of(D(-100)), -steps.of(D(100)))
        self.assertEqual(ladder("marginal", (50, 2)).of(D(-100)), 0)


class TestLines(unittest.TestCase):
    def test_the_example_of_the_requirement(self):
        rule, known = own(
            62000, ladder=ladder("whole", (0, 1), (90, 2)), axis="attainment"
        )
        line = earn(rule, known._replace(attainment=D(92)))
        self.assertEqual((line.amount, line.rate), (D(1240), D(2)))
        sentence, values = line.trace[0]
        self.assertEqual(sentence, "share_tier")
        self.assertEqual(
            values,
            {
                "amount": "1240",
                "base": "62000",
                "rate": "2",
                "start": "90",
                "position": "92",
                "axis": "attainment",
            },
        )

    def test_rounding_is_half_up_and_told(self):
        line = earn(*own("33.5", rate=D("1.5")))  # 0.5025
        self.assertEqual((line.amount, line.rounding), (D("0.50"), D("-0.0025")))
        line = earn(*own("0.5", rate=D(1)))  # 0.005
        self.assertEqual((line.amount, line.rounding), (D("0.01"), D("0.005")))
        self.assertEqual(earn(*own(110, rate=D(2)), D(5)).amount, D(0))

    def test_no_base_is_no_pay_and_no_error(self):
        steps = ladder("whole", (80, 50), (100, 100))
        for kind in ("plan", "criterion", "growth"):
            line = earn(Rule("x", kind, amount=D(500), ladder=steps), Given())
            self.assertEqual((line.base, line.rate, line.amount), (None, None, 0))
            self.assertEqual(line.trace[0][0], "no_base")
        self.assertIsNone(pay_terms.percent(D(5), D(0)))
        self.assertIsNone(pay_terms.percent(D(5), D(-5)))

    def test_plan_bonus(self):
        steps = ladder("interpolated", (80, 50), (100, 100), (120, 150))
        rule = Rule("plan", "plan", amount=D(500), ladder=steps)
        for reached, amount in ((79, 0), (80, 250), (90, 375), (100, 500), (200, 750)):
            line = earn(rule, Given(attainment=D(reached)))
            self.assertEqual(line.amount, amount, reached)

    def test_amounts_of_tiers(self):
        steps = ladder("whole", (90, 200), (100, 500), gives_money=True)
        rule = Rule("plan", "plan", ladder=steps, amount=D(500))
        self.assertEqual(earn(rule, Given(attainment=D("99.9"))).amount, 200)
        half = Given(attainment=D(100), factor=D("0.5"))
        self.assertEqual(earn(rule, half).amount, 250)

    def test_growth_never_takes_back(self):
        rule = Rule("growth", "growth", rate=D(3))
        line = earn(rule, Given(base=D(-1000), growth=D(-10)))
        self.assertEqual(line.amount, 0)
        line = earn(rule, Given(base=D(1000), growth=D(10)))
        self.assertEqual(line.amount, 30)
        by_percent = rule._replace(
            ladder=ladder("whole", (0, 1), (10, 5)), axis="growth"
        )
        self.assertEqual(earn(by_percent, Given(base=D(1000), growth=D(10))).amount, 50)

    def test_discount_makes_the_rate_smaller(self):
        rule = Rule(
            "own",
            "own_deals",
            ladder=ladder("whole", (0, 2), (10, 1), (20, 0)),
            axis="discount",
        )
        parts = (Part(D(1000), D(0)), Part(D(500), D(10)), Part(D(500), D("20.1")))
        line = earn(rule, Given(parts=parts))
        self.assertEqual((line.base, line.amount), (D(2000), D(25)))

    def test_gates_close_and_what_is_taken_back_passes(self):
        rule, known = own(1000, rate=D(2), gate_score=D(80), gate_attainment=D(90))
        for values, amount in (
            ({"final_score": D(79)}, 0),
            ({"final_score": D(80), "attainment": D("89.99")}, 0),
            ({"final_score": D(80), "attainment": D(90)}, 20),
            ({}, 20),  # without a base a gate stays open
        ):
            self.assertEqual(earn(rule, known._replace(**values)).amount, amount)
        rule, known = own(-1000, rate=D(2), gate_score=D(80), scorecard_gates=True)
        closed = known._replace(final_score=D(0), gates_closed=True)
        self.assertEqual(earn(rule, closed).amount, -20)

    def test_floor_and_cap(self):
        rule, known = own(1000, rate=D(2), floor=D(50), cap=D(100))
        self.assertEqual(earn(rule, known).amount, 50)
        rule, known = own(10000, rate=D(2), floor=D(50), cap=D(100))
        self.assertEqual(earn(rule, known).amount, 100)

    def test_zero_working_days(self):
        line = earn(Rule("fixed", "fixed", amount=D(100)), Given(factor=None))
        self.assertEqual((line.amount, line.trace[0][0]), (0, "no_days"))
        steps = ladder("whole", (90, 200), gives_money=True)
        line = earn(
            Rule("plan", "plan", ladder=steps), Given(factor=None, attainment=D(95))
        )
        self.assertEqual((line.amount, line.trace[0][0]), (0, "no_days"))
        line = top_up(Rule("m", "minimum", amount=D(100)), Given(factor=None), [])
        self.assertEqual(line.amount, 0)

    def test_multiplier_and_minimum(self):
        earned = [earn(*own(10000, rate=D(2)))]
        rule = Rule("x", "multiplier", ladder=ladder("whole", (0, 80), (100, 120)))
        self.assertEqual(multiply(rule, Given(score=D(99)), earned).amount, -40)
        self.assertEqual(multiply(rule, Given(score=D(100)), earned).amount, 40)
        self.assertEqual(multiply(rule, Given(), earned).amount, 0)
        rule = Rule("m", "minimum", amount=D(500))
        self.assertEqual(top_up(rule, Given(), earned).amount, 300)
        self.assertEqual(top_up(rule, Given(factor=D("0.2")), earned).amount, 0)

    def test_held_until_paid(self):
        parts = (Part(D(600), None, 1), Part(D(200), None, 2), Part(D(200)))
        rule = Rule("own", "own_deals", rate=D(10), hold=D(50))
        line = earn(rule, Given(parts=parts))
        self.assertEqual(line.held, ((1, D(30)), (2, D(10))))
        self.assertLessEqual(sum(held for _m, held in line.held), line.amount)

    @PATIENT
    @given(st.lists(SIGNED, max_size=8), RATES, st.randoms())
    def test_order_of_documents_is_irrelevant(self, amounts, rate, random):
        rule = Rule("own", "own_deals", rate=rate)
        parts = [Part(amount) for amount in amounts]
        line = earn(rule, Given(parts=tuple(parts)))
        random.shuffle(parts)
        self.assertEqual(earn(rule, Given(parts=tuple(parts))), line)

    @PATIENT
    @given(ladders(), CENTS, RATES)
    def test_lines_are_rounded_and_say_so(self, steps, base, attainment):
        rule, known = own(base, ladder=steps, axis="attainment")
        line = earn(rule, known._replace(attainment=attainment))
        self.assertEqual(line.amount, rounded(line.amount))
        self.assertLessEqual(abs(line.rounding), D("0.005"))


class TestOverMonths(unittest.TestCase):
    @PATIENT
    @given(ladders(), CENTS.filter(bool), st.lists(st.integers(1, 100), max_size=5))
    def test_a_full_refund_nets_to_zero(self, steps, base, weights):
        """In whatever parts it comes, to the cent, and whatever the tier was."""
        rule, known = own(base, ladder=steps)
        paid = earn(rule, known).amount
        cuts = [base * w / (sum(weights) or 1) for w in weights[:-1]]
        parts = [*(rounded(cut) for cut in cuts)]
        parts.append(base - sum(parts))
        settled, net = D(0), paid
        for part in parts:
            net += claw_back(Original(base, paid, settled), -part)
            settled -= part
        self.assertEqual(net, 0)

    def test_the_original_rate_counts(self):
        """The tier of the month of the return was higher, which changes nothing."""
        self.assertEqual(claw_back(Original(D(1000), D(10)), D(-500)), -5)
        self.assertIsNone(claw_back(Original(D(0), D(0)), D(-500)))

    def test_a_gate_that_was_closed_has_nothing_to_take_back(self):
        self.assertEqual(claw_back(Original(D(1000), D(0)), D(-500)), 0)

    def test_negative_months_are_carried_forward(self):
        totals = settle([D(100), D(-400)], D(0), D(0), D(0))
        self.assertEqual((totals.payable, totals.carry_out), (0, -300))
        totals = settle([D(200)], D(0), D(0), D(-300))
        self.assertEqual((totals.payable, totals.carry_out), (0, -100))
        totals = settle([D(-400)], D(0), D(0), D(0), limit=D(100))
        self.assertEqual((totals.carry_out, totals.forgotten), (-100, -300))
        totals = settle([D(-400)], D(0), D(0), D(0), carries=False)
        self.assertEqual((totals.carry_out, totals.forgotten), (0, -400))

    def test_what_was_carried_in_is_never_forgotten(self):
        """It may be money that was paid already."""
        totals = settle([D(50)], D(0), D(0), D(-200), carries=False)
        self.assertEqual((totals.carry_out, totals.forgotten), (-150, 0))
        totals = settle([D(-50)], D(0), D(0), D(-200), carries=False)
        self.assertEqual((totals.carry_out, totals.forgotten), (-200, -50))
        totals = settle([D(-80)], D(0), D(0), D(-60), limit=D(100))
        self.assertEqual((totals.carry_out, totals.forgotten), (-100, -40))
        totals = settle([D(-80)], D(0), D(0), D(-160), limit=D(100))
        self.assertEqual((totals.carry_out, totals.forgotten), (-160, -80))

    def test_rates_that_mean_something(self):
        """Not those of a month whose returns had another rate, nor of a floor."""
        self.assertTrue(Original(D(1000), D(10)).has_rate())
        self.assertTrue(Original(D(-1000), D(-10)).has_rate())
        self.assertFalse(Original(D(10), D("-199.50")).has_rate())
        self.assertFalse(Original(D(10), D(100)).has_rate())
        self.assertFalse(Original(D(0), D(0)).has_rate())

    def test_what_is_held_is_never_more_than_the_line(self):
        rule = Rule(code="own", kind="own_deals", rate=D(1), hold=D(100))
        parts = (Part(D("1.50"), None, 1), Part(D("1.50"), None, 2))
        line = pay.earn(rule, Given(parts=parts))
        self.assertEqual(
            (line.amount, line.held), (D("0.03"), ((1, D("0.02")), (2, D("0.01"))))
        )

    @PATIENT
    @given(st.lists(SIGNED, max_size=5), CENTS, CENTS, CENTS)
    def test_totals_add_up(self, amounts, held, released, carried):
        totals = settle(amounts, held, released, -carried)
        self.assertGreaterEqual(totals.payable, 0)
        self.assertEqual(
            totals.payable + totals.carry_out + totals.forgotten,
            sum(amounts) - held + released - carried,
        )
