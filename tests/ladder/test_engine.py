import unittest
from datetime import datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.addons.sales_manager_kpi.engine.sourcing import (
    Facts,
    Lane,
    Place,
    Rung,
    allocate,
    called_off,
    ladder,
    promise,
)

BRANCH = Place("branch", 1)
CENTRAL = Place("central", 2)
REGIONAL = Place("regional")
FRIDAY, MONDAY = datetime(2026, 3, 6), datetime(2026, 3, 9)

amounts = st.integers(0, 40)
lanes = st.builds(
    Lane,
    place=st.sampled_from([CENTRAL, Place("other_branch", 3)]),
    arrived=amounts,
    transit=amounts,
    reserved=amounts,
    asked=amounts,
    promised=st.sampled_from([None, FRIDAY, MONDAY]),
)
answers = st.builds(
    Rung,
    place=st.sampled_from([REGIONAL, Place("production", False, 7)]),
    state=st.sampled_from(["requested", "approved", "partial", "rejected"]),
    quantity=amounts,
    promised=st.sampled_from([None, FRIDAY]),
)
plans = st.lists(
    st.tuples(st.sampled_from([CENTRAL, REGIONAL]), st.none() | amounts), max_size=3
)
facts = st.builds(
    Facts,
    branch=st.just(BRANCH),
    quantity=st.integers(-5, 60),
    delivered=st.integers(-3, 60),
    closed=amounts,
    secured=amounts,
    held=amounts,
    free=amounts,
    lanes=st.lists(lanes, max_size=2).map(tuple),
    answers=st.lists(answers, max_size=2).map(tuple),
    plan=plans.map(tuple),
)


# a busy machine is no failure
slowly = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def words(rungs):
    return [(rung.place.kind, rung.state, rung.quantity) for rung in rungs]


class TestSourcing(unittest.TestCase):
    """The rungs of a line; no database."""

    @slowly
    @given(facts)
    def test_adds_up(self, known):
        rungs = ladder(known)
        self.assertEqual(sum(r.quantity for r in rungs), max(0, known.quantity))
        self.assertTrue(all(rung.quantity > 0 for rung in rungs))
        self.assertEqual(len({(r.place, r.state) for r in rungs}), len(rungs))

    @slowly
    @given(facts)
    def test_again_is_the_same(self, known):
        rungs = ladder(known)
        self.assertEqual(rungs, ladder(known))
        self.assertEqual(allocate(max(0, known.quantity), rungs), (rungs, 0))

    @slowly
    @given(facts)
    def test_delivered_is_what_the_customer_has(self, known):
        got = sum(r.quantity for r in ladder(known) if r.state == "delivered")
        quantity = max(0, known.quantity)
        self.assertLessEqual(got, min(quantity, max(0, known.delivered)))
        if known.closed <= quantity - known.delivered:
            self.assertEqual(got, min(quantity, max(0, known.delivered)))

    @slowly
    @given(facts, st.integers(0, 60), st.integers(0, 60))
    def test_called_off_adds_up(self, known, quantity, delivered):
        rungs = called_off(quantity, delivered, BRANCH, ladder(known))
        self.assertEqual(sum(r.quantity for r in rungs), quantity)
        got = sum(r.quantity for r in rungs if r.state == "delivered")
        self.assertEqual(got, min(quantity, delivered))
        self.assertEqual(rungs, called_off(quantity, delivered, BRANCH, rungs))

    def test_branch_central_and_what_nobody_has(self):
        known = Facts(
            BRANCH,
            25,
            secured=12,
            lanes=(Lane(CENTRAL, reserved=8),),
            plan=((REGIONAL, None),),
        )
        self.assertEqual(
            words(ladder(known)),
            [
                ("branch", "approved", 12),
                ("central", "approved", 8),
                ("regional", "planned", 5),
            ],
        )

    def test_quotation_is_planned_by_what_there_is(self):
        known = Facts(
            BRANCH,
            30,
            secured=4,
            held=4,
            free=10,
            plan=((CENTRAL, 6), (REGIONAL, None)),
        )
        self.assertEqual(
            words(ladder(known)),
            [
                ("hold", "approved", 4),
                ("branch", "planned", 10),
                ("central", "planned", 6),
                ("regional", "planned", 10),
            ],
        )

    def test_own_goods_leave_before_those_that_came(self):
        lane = Lane(CENTRAL, arrived=8)
        known = Facts(BRANCH, 20, delivered=15, secured=5, lanes=(lane,))
        self.assertEqual(
            words(ladder(known)),
            [
                ("branch", "delivered", 12),
                ("central", "delivered", 3),
                ("central", "arrived", 5),
            ],
        )

    def test_what_arrived_for_somebody_else_is_missing_again(self):
        lane = Lane(CENTRAL, arrived=8)
        known = Facts(BRANCH, 20, secured=12, lanes=(lane,), plan=((REGIONAL, None),))
        self.assertEqual(sum(r.quantity for r in ladder(known)), 20)
        self.assertIn(("regional", "planned", 8), words(ladder(known)))

    def test_promise_waits_for_every_answer(self):
        here = Rung(BRANCH, "approved", 12, FRIDAY)
        there = Rung(CENTRAL, "in_transit", 8, MONDAY)
        open_part = Rung(CENTRAL, "requested", 5)
        self.assertEqual(promise([here, there]), MONDAY)
        self.assertIsNone(promise([here, there, open_part]))
        gone = Rung(BRANCH, "delivered", 5)
        off = Rung(REGIONAL, "cancelled", 1)
        self.assertEqual(promise([here, gone, off]), FRIDAY)
        self.assertIsNone(promise([Rung(REGIONAL, "rejected", 1), here]))
        self.assertIsNone(promise([]))
