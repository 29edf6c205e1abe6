from unittest import TestCase

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.sales_manager_kpi.engine.showroom import (
    CATEGORY,
    TEMPLATE,
    VARIANT,
    Completeness,
    closest,
    rank,
)

RANKS = st.builds(
    rank,
    st.sampled_from([VARIANT, TEMPLATE, CATEGORY]),
    st.integers(0, 5),
    st.booleans(),
)
LINES = st.lists(
    st.tuples(st.integers(0, 5), st.integers(-1, 4), st.floats(0, 10)), max_size=30
)


class TestShowroomEngine(TestCase):
    @given(st.lists(RANKS, min_size=1, max_size=12))
    def test_closest_does_not_depend_on_order(self, ranks):
        rows = [(value, number, number) for number, value in enumerate(ranks)]
        found = closest(rows)
        self.assertEqual(closest(rows[::-1]), found)
        self.assertEqual(ranks[found], max(ranks))

    def test_target_before_branch(self):
        rows = [
            (rank(CATEGORY, 3, True), 1, "category of the branch"),
            (rank(TEMPLATE, 0, False), 2, "product of all branches"),
        ]
        self.assertEqual(closest(rows), "product of all branches")

    @given(LINES)
    def test_completeness_adds_up(self, lines):
        """Shares lie between 0 and 1; more samples never make it less."""
        one, more = Completeness(), Completeness()
        for present, minimum, weight in lines:
            one.add(present, minimum, weight)
            more.add(present + 1, minimum, weight)
        due = [line for line in lines if line[1] > 0]
        self.assertEqual(one.due, len(due))
        if not due:
            self.assertIsNone(one.share)
            return
        self.assertTrue(0 <= one.share <= more.share <= 1)
        if one.due_weight:
            self.assertTrue(0 <= one.weighted <= more.weighted <= 1 + 1e-9)

    def test_nothing_of_weight(self):
        figures = Completeness()
        figures.add(0, 1, 0.0)
        self.assertEqual((figures.share, figures.weighted), (0.0, None))
