import doctest
import unittest
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.addons.sales_manager_kpi.engine import trade_bonus
from odoo.addons.sales_manager_kpi.engine.trade_bonus import (
    METHODS,
    Tariff,
    Tier,
    delta,
    entitlement,
    guarded,
    outlook,
    periods,
)

D = Decimal
# The machine may be busy, which says nothing about the engine.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
CENTS = st.integers(0, 10**9).map(lambda cents: D(cents) / 100)
SIGNED = st.integers(-(10**8), 10**8).map(lambda cents: D(cents) / 100)
RATES = st.integers(0, 5000).map(lambda rate: D(rate) / 100)


def tariff(method, *tiers, **values):
    rows = tuple(Tier(D(str(start)), D(str(rate))) for start, rate in tiers)
    return Tariff(method, rows, **values)


@st.composite
def tariffs(draw, methods=METHODS):
    starts = sorted(draw(st.sets(CENTS, min_size=1, max_size=5)))
    rows = tuple(Tier(start, draw(RATES)) for start in starts)
    return Tariff(draw(st.sampled_from(methods)), rows)


D365 = ((0, 10), (1000, 25))
SAP = ((5000, 2), (20000, 4))
OCA = ((0, 10), (100, 20), (300, 30))


class TestOracles(unittest.TestCase):
    def test_doctests(self):
        result = doctest.testmod(trade_bonus)
        self.assertTrue(result.attempted)
        self.assertFalse(result.failed)

    def test_dynamics(self):
        self.assertEqual(entitlement(tariff("stepped", *D365), D(2000)), 350)
        self.assertEqual(entitlement(tariff("whole", *D365), D(2000)), 500)

    def test_rolling_and_total_are_refused(self):
        for method in ("rolling", "total"):
            with self.assertRaises(ValueError):
                tariff(method, *D365)

    def test_sap(self):
        whole = tariff("whole", *SAP)
        self.assertEqual(entitlement(whole, D(3000)), 0)
        self.assertEqual(entitlement(whole, D(7000)), 140)
        self.assertEqual(entitlement(whole, D(27000)), 1080)
        self.assertEqual(delta(whole, D(27000), D(140)), 940)

    def test_not_the_formula_of_oca(self):
        self.assertEqual(entitlement(tariff("stepped", *OCA), D(1000)), 260)

    def test_between_two_cents_is_no_hole(self):
        whole = tariff("whole", (0, 10), (D("100.01"), 20))
        self.assertEqual(entitlement(whole, D("100.005")), D("10.00"))

    def test_per_unit_fixed_and_growth(self):
        self.assertEqual(entitlement(tariff("per_unit", (0, 0), (10, "0.5")), D(12)), 6)
        fixed = tariff("fixed", (100, 5), (200, 15))
        self.assertEqual([entitlement(fixed, D(b)) for b in (99, 100, 500)], [0, 5, 15])
        growth = tariff("growth", (5, 10), (20, 20))
        for base, expected in ((104, 0), (105, "0.5"), (120, 4), (90, 0)):
            self.assertEqual(entitlement(growth, D(base), D(100)), D(expected))
        self.assertEqual(entitlement(growth, D(500), None), 0)

    def test_minimum_and_cap(self):
        limited = tariff("whole", (0, 10), minimum=D(100), cap=D(15))
        found = [entitlement(limited, D(base)) for base in ("99.99", "100", "1000")]
        self.assertEqual(found, [0, 10, 15])

    def test_bad_tiers(self):
        for tiers in ((), ((10, 1), (5, 2)), ((5, 1), (5, 2)), ((-1, 1),), ((0, -1),)):
            with self.assertRaises(ValueError):
                tariff("stepped", *tiers)

    def test_outlook(self):
        found = outlook(tariff("stepped", *SAP), D(7600))
        self.assertEqual((found.reached.rate, found.gap), (2, 12400))
        self.assertIsNone(outlook(tariff("stepped", *SAP), D(20000)).gap)
        growth = outlook(tariff("growth", (10, 1)), D(104), D(100))
        self.assertEqual(growth.gap, 6)


class TestProperties(unittest.TestCase):
    @PATIENT
    @given(tariffs(), st.lists(SIGNED, max_size=12), st.randoms(), CENTS)
    def test_deltas_add_up_to_one_calculation(self, one, documents, random, baseline):
        """In any order of invoices and refunds, with a run after each of them."""
        whole = entitlement(one, sum(documents, D(0)), baseline)
        random.shuffle(documents)
        base = settled = D(0)
        for amount in documents:
            base += amount
            settled += delta(one, base, settled, baseline)
            self.assertEqual(delta(one, base, settled, baseline), 0)
        self.assertEqual(settled, whole if documents else 0)

    @PATIENT
    @given(tariffs(("stepped",)), CENTS, CENTS)
    def test_stepped_rises_without_jumps(self, one, base, more):
        low, high = entitlement(one, base), entitlement(one, base + more)
        steepest = max(tier.rate for tier in one.tiers)
        self.assertLessEqual(low, high)
        self.assertLessEqual(high - low, more * steepest / 100 + one.step)

    @PATIENT
    @given(tariffs(("whole", "fixed", "per_unit")))
    def test_exactly_at_the_start_the_higher_tier_counts(self, one):
        for tier in one.tiers:
            self.assertEqual(trade_bonus.reached(one.tiers, tier.start), tier)
        self.assertIsNone(
            trade_bonus.reached(one.tiers, one.tiers[0].start - D("0.001"))
        )

    @PATIENT
    @given(tariffs(), SIGNED, CENTS)
    def test_never_negative(self, one, base, baseline):
        self.assertGreaterEqual(entitlement(one, base, baseline), 0)

    @PATIENT
    @given(SIGNED, st.booleans(), st.sampled_from(trade_bonus.EFFECTS), RATES)
    def test_guards_only_hold_back(self, amount, failed, effect, percent):
        found = guarded(amount, failed, effect, min(percent, D(100)))
        self.assertLessEqual(found.payable + found.postponed, max(amount, 0) or amount)
        if not failed or amount <= 0:
            self.assertEqual(found, (amount, 0))

    @PATIENT
    @given(
        st.dates(date(2000, 1, 1), date(2090, 1, 1)),
        st.integers(0, 1500),
        st.sampled_from(list(trade_bonus.MONTHS)),
    )
    def test_periods_without_gap_or_overlap(self, first, days, kind):
        last = first + timedelta(days=days)
        found = periods(first, last, kind)
        self.assertEqual((found[0][0], found[-1][1]), (first, last))
        for (_, end), (start, _) in zip(found, found[1:], strict=False):
            self.assertEqual(start - end, timedelta(days=1))
        self.assertTrue(all(start <= end for start, end in found))
