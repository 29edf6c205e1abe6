import doctest
import unittest

from odoo.addons.sales_manager_kpi.engine import categories, proposal


class TestPlanEngine(unittest.TestCase):
    def test_doctests(self):
        for module in (categories, proposal):
            result = doctest.testmod(module)
            self.assertTrue(result.attempted)
            self.assertFalse(result.failed)

    def test_rounded_parts_never_exceed_the_total(self):
        for step in (0, 1, 10, 1000):
            base = {proposal.TOTAL: 96, **dict.fromkeys(range(1, 7), 16)}
            proposed = proposal.propose(base, 1.13, step)
            parts = sum(v for k, v in proposed.items() if k is not proposal.TOTAL)
            self.assertLessEqual(parts, proposed.get(proposal.TOTAL, 0) + 1e-9)
