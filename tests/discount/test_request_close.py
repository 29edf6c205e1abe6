"""Requests that nobody needs an answer to any more close by themselves."""

from odoo.exceptions import AccessError, UserError

from .common import DiscountCommon

TEN = {"role": "manager", "max_line_percent": 10}
TWENTY = {"role": "branch_director", "max_line_percent": 20}


class TestClosed(DiscountCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls.make_user("seller", "sales_team.group_sale_manager")
        cls.policy = cls.make_policy(TEN, TWENTY)

    def waiting(self, **values):
        order = self.make_quotation((self.cloth, 2, {"discount": 15}), **values)
        request = self.asked(order)
        self.assertEqual(request.activity_ids.user_id, self.director)
        return order.with_user(self.manager_a), request

    def check_closed(self, request, why, user=None):
        self.assertEqual(request.state, "unneeded")
        self.assertFalse(request.activity_ids, "nobody is asked any more")
        last = request.decision_ids[-1:]
        self.assertEqual((last.decision, last.comment), ("unneeded", why))
        self.assertEqual(last.user_id, user or self.manager_a)
        self.assertIn(why, " ".join(request.message_ids.mapped("body")))
        Request = self.env["discount.request"].with_user(self.director)
        self.assertEqual(Request.get_discounts_to_answer(), 0)
        with self.assertRaises(UserError):
            request.with_user(self.director).action_approve()

    def test_within_and_confirmed(self):
        order, request = self.waiting()
        order.order_line.discount = 10
        self.assertEqual(request.state, "pending", "the order may change again")
        order.action_confirm()
        self.check_closed(request, "The order was confirmed within the norms.")

    def test_state_written(self):
        order, request = self.waiting()
        order.order_line.discount = 10
        order.write({"state": "sale"})
        self.check_closed(request, "The order was confirmed within the norms.")

    def test_confirmed_by_the_customer(self):
        order, request = self.waiting(state="sent", require_signature=True)
        order.order_line.discount = 10
        public = self.env.ref("base.public_user")
        order.with_user(public).sudo()._validate_order()
        self.assertEqual(order.state, "sale")
        self.check_closed(request, "The order was confirmed within the norms.", public)

    def test_under_another_approval(self):
        order, request = self.waiting()
        request.with_user(self.director).action_approve()
        order.order_line.discount = 18
        second = self.asked(order) - request
        order.order_line.discount = 15
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.check_closed(second, "The order was confirmed under another approval.")
        self.assertEqual(request.state, "consumed")

    def test_policy_retired(self):
        order, request = self.waiting()
        self.policy.with_user(self.commercial).action_retire()
        order.action_confirm()
        self.check_closed(
            request, "The order was confirmed while no norms held for it."
        )

    def test_cancelled(self):
        order, request = self.waiting()
        order._action_cancel()
        self.check_closed(request, "The order was cancelled.")
        order.action_draft()
        again = self.asked(order) - request
        self.assertEqual(again.state, "pending", "it may be asked again")

    def test_several_at_once(self):
        (one, first), (two, second) = self.waiting(), self.waiting()
        (one | two)._action_cancel()
        self.check_closed(first, "The order was cancelled.")
        self.check_closed(second, "The order was cancelled.")

    def test_deleted(self):
        order, request = self.waiting()
        with self.assertRaises(AccessError):
            order.unlink()
        self.assertEqual(request.state, "pending")
        order.with_user(self.seller).unlink()
        self.check_closed(request, "The order was deleted.", self.seller)

    def test_answered_ones_stay(self):
        order, request = self.waiting()
        request.with_user(self.director).action_approve()
        order._action_cancel()
        self.assertEqual(request.state, "approved")
        order.action_draft()
        order.action_confirm()
        self.assertEqual((order.state, request.state), ("sale", "consumed"))
