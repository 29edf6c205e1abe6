import doctest
import unittest

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.sales_manager_kpi.engine import allocation

totals = st.integers(min_value=-(10**9), max_value=10**9)
weights = st.lists(st.integers(0, 10**7), min_size=1, max_size=12).filter(any)


class TestAllocation(unittest.TestCase):
    def test_examples_in_the_documentation(self):
        self.assertFalse(doctest.testmod(allocation).failed)

    @given(total=totals, weights=weights)
    def test_parts_are_the_whole(self, total, weights):
        self.assertEqual(sum(allocation.largest_remainder(total, weights)), total)

    @given(total=totals, weights=weights)
    def test_no_part_is_a_unit_away_from_its_quota(self, total, weights):
        parts = allocation.largest_remainder(total, weights)
        for part, weight in zip(parts, weights, strict=True):
            self.assertLess(abs(part * sum(weights) - total * weight), sum(weights))

    @given(total=totals, weights=weights)
    def test_a_credit_note_mirrors_its_invoice(self, total, weights):
        mirrored = [-part for part in allocation.largest_remainder(-total, weights)]
        self.assertEqual(allocation.largest_remainder(total, weights), mirrored)

    def test_shares_that_are_not_the_whole_are_refused(self):
        with self.assertRaises(ValueError):
            allocation.split_credit(100, [3333, 3333, 3333])
