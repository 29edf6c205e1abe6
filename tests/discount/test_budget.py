from unittest.mock import patch

from .common import DiscountCommon

TEN = {"role": "manager", "max_line_percent": 10}
LINES = 30
# What it costs now, so that it grows no further; the budget of the whole flow is 8.
MORE = 9
# Of posting its invoice: what was agreed is found and read, and one insert.
MORE_POSTING = 3


class TestBudget(DiscountCommon):
    """Queries of a 30-line order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.products = [
            cls.make_product(f"Cloth {number}", 100.0) for number in range(LINES)
        ]

    def queries(self):
        """Of confirming; the caches of the registry are warm."""
        order = self.make_quotation(*((p, 2, {"discount": 5}) for p in self.products))
        order = order.with_user(self.manager_a)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        order.action_confirm()
        self.env.flush_all()
        self.assertEqual(order.state, "sale")
        return self.env.cr.sql_log_count - before

    def test_active_and_inert(self):
        self.queries()
        inert = self.queries()
        Policy = type(self.env["discount.policy"])
        with patch.object(Policy, "_policies", lambda self, company: ()):
            self.assertEqual(inert, self.queries(), "a cached look-up asks nothing")
        self.make_policy(TEN)
        self.queries()
        active = self.queries()
        self.assertGreater(active, inert)
        self.assertLessEqual(active - inert, MORE)

    def posting(self):
        """Queries of posting the invoice of such an order."""
        order = self.make_quotation(*((p, 2, {"discount": 5}) for p in self.products))
        order.with_user(self.manager_a).action_confirm()
        move = order._create_invoices()
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        move.action_post()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_posting(self):
        self.posting()
        inert = self.posting()
        Move = type(self.env["account.move"])
        with patch.object(Move, "_under_discount_policy", lambda self: self.browse()):
            self.assertEqual(inert, self.posting(), "a cached look-up asks nothing")
        self.make_policy(TEN)
        self.posting()
        active = self.posting()
        self.assertGreater(active, inert)
        self.assertLessEqual(active - inert, MORE_POSTING)
