import doctest

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged
from odoo.tests.common import BaseCase

from odoo.addons.sales_manager_kpi.engine import hold_days, promise, rolls

STEP = 0.01
# what is slow on a busy machine says nothing about rolls
calmly = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
LENGTHS = st.lists(st.integers(1, 20000), max_size=12).map(
    lambda numbers: [(f"R{at}", number / 100) for at, number in enumerate(numbers)]
)
NEED = st.integers(1, 30000).map(lambda number: number / 100)


@tagged("standard", "post_install", "-at_install")
class TestRolls(BaseCase):
    """Rolls on plain values, whatever lies in the warehouse."""

    def test_examples(self):
        for module in (rolls, hold_days, promise):
            result = doctest.testmod(module)
            self.assertTrue(result.attempted)
            self.assertFalse(result.failed)

    @calmly
    @given(NEED, LENGTHS)
    def test_shortest_that_fits(self, need, pieces):
        key = rolls.smallest_roll(need, pieces, STEP)
        fitting = [free for __, free in pieces if free >= need]
        if fitting:
            self.assertEqual(dict(pieces)[key], min(fitting))
        else:
            self.assertIsNone(key)

    @calmly
    @given(NEED, LENGTHS)
    def test_nothing_is_lost_or_made(self, need, pieces):
        taken, missing = rolls.take(need, pieces, STEP)
        self.assertAlmostEqual(sum(part for __, part in taken) + missing, need, 6)
        for key, part in taken:
            self.assertGreater(part, 0)
            self.assertLessEqual(part, dict(pieces)[key])
        total = sum(free for __, free in pieces)
        self.assertEqual(missing == 0, total > need - STEP / 2)

    @calmly
    @given(NEED, LENGTHS)
    def test_one_cut_is_one_roll(self, need, pieces):
        taken, missing = rolls.cut(need, pieces, STEP)
        self.assertLessEqual(len(taken), 1)
        self.assertEqual(sum(part for __, part in taken) + missing, need)
        self.assertEqual(not missing, rolls.longest(pieces) > need - STEP / 2)
