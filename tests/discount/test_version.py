"""A yes is bound to the norms it was given under; other norms judge it again."""

import unittest

from odoo.exceptions import UserError

from odoo.addons.sales_manager_kpi.engine.concession import Finding, Verdict

from .common import DiscountCommon


class TestStricter(unittest.TestCase):
    def test_most_that_may_be_given(self):
        before = Verdict([Finding("line_percent", 15, 10, 1)])
        for limit, stricter in ((9, True), (10, False), (11, False)):
            now = Verdict([Finding("line_percent", 15, limit, 1)])
            self.assertEqual(bool(now.stricter_than(before)), stricter, limit)

    def test_least_that_must_remain(self):
        for code in ("margin", "floor"):
            before = Verdict([Finding(code, 15, 20, 1)])
            for limit, stricter in ((19, False), (20, False), (21, True)):
                now = Verdict([Finding(code, 15, limit, 1)])
                self.assertEqual(bool(now.stricter_than(before)), stricter, code)

    def test_limit_that_was_not_there(self):
        before = Verdict([Finding("line_percent", 15, 10, 1)])
        other_line = Finding("line_percent", 15, 10, 2)
        other_code = Finding("amount", 15, 10)
        now = Verdict([*before.findings, other_line, other_code])
        self.assertEqual(now.stricter_than(before), [other_line, other_code])


class TestVersion(DiscountCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy(
            {"role": "manager", "max_line_percent": 10},
            {"role": "branch_director", "max_line_percent": 20},
        )
        cls.order = cls.make_quotation((cls.cloth, 2, {"discount": 15}))
        cls.request = cls.asked(cls.order)

    def approve(self):
        self.request.with_user(self.director).action_approve()
        self.assertFalse(self.error())

    def error(self):
        return self.order.with_user(self.manager_a)._discount_error()

    def replace_policy(self, manager=10, director=20, **values):
        """Activate the next version, of these limits."""
        action = self.policy.with_user(self.commercial).action_new_version()
        version = self.policy.browse(action["res_id"])
        limits = {"manager": manager, "branch_director": director}
        for line in version.line_ids:
            line.max_line_percent = limits[line.role]
        version.write(values)
        version.with_user(self.commercial).action_submit()
        version.with_user(self.admin).action_activate()
        return version

    def test_same_norms_in_another_version(self):
        self.approve()
        self.replace_policy()
        self.assertFalse(self.error())
        self.order.with_user(self.manager_a).action_confirm()
        self.assertEqual((self.order.state, self.request.state), ("sale", "consumed"))
        self.assertEqual(self.order.discount_verdict, "approved")

    def test_looser_norms(self):
        self.approve()
        self.replace_policy(manager=12, director=25)
        self.assertFalse(self.error())

    def test_stricter_norm_of_who_sells(self):
        self.approve()
        version = self.replace_policy(manager=8)
        self.assertIn(version.display_name, self.error())
        self.assertIn(version.display_name, self.order.discount_words)
        with self.assertRaises(UserError):
            self.order.with_user(self.manager_a).write({"state": "sale"})
        again = self.asked(self.order) - self.request
        again.with_user(self.director).action_approve()
        self.order.with_user(self.manager_a).action_confirm()
        self.assertEqual(self.order.state, "sale")

    def test_stricter_norm_of_who_approved(self):
        """The director may no longer; the commercial director's yes would hold."""
        self.approve()
        self.replace_policy(director=14)
        self.assertIn("stricter", self.error())
        again = self.asked(self.order) - self.request
        self.assertEqual(again.role, "commercial_director")
        again.with_user(self.commercial).action_approve()
        self.assertFalse(self.error())

    def test_higher_authority_than_asked(self):
        """Who could have given more can still give this, whoever was asked."""
        self.request.with_user(self.commercial).action_approve()
        self.replace_policy(director=14)
        self.assertFalse(self.error())

    def test_nobody_may_any_more(self):
        self.approve()
        self.replace_policy(mode="block")
        self.assertIn("nobody may approve", self.error())

    def test_answered_under_the_next_version(self):
        """Asked before, approved after: it holds by the norms of the answer."""
        version = self.replace_policy(manager=8)
        self.approve()
        self.assertEqual(self.request.policy_id, self.policy)
        self.assertEqual(self.request.answered_policy_id, version)

    def test_answered_without_authority(self):
        """Asked of a director before, beyond a director's authority since."""
        self.replace_policy(director=14)
        self.request.with_user(self.director).action_approve()
        self.assertTrue(self.error())

    def test_confirmed_before(self):
        """What was confirmed stands; confirmed again, it is judged again."""
        self.approve()
        order = self.order.with_user(self.manager_a)
        order.action_confirm()
        self.replace_policy(manager=8)
        order.write({"order_line": [(0, 0, {"product_id": self.cloth.id})]})
        self.assertEqual(order.discount_verdict, "approved")
        order._action_cancel()
        order.action_draft()
        self.assertTrue(self.error())
        with self.assertRaises(UserError):
            order.write({"state": "sale"})
