from odoo.exceptions import AccessError, UserError

from .common import DiscountCommon

TEN = {"role": "manager", "max_line_percent": 10}
TWENTY = {"role": "branch_director", "max_line_percent": 20}


class TestGate(DiscountCommon):
    def error(self, order):
        """Why the order cannot be confirmed; it is not."""
        action = order.with_user(self.manager_a).action_confirm()
        self.assertEqual(action["res_model"], "discount.ask")
        self.assertEqual(order.state, "draft")
        with self.assertRaises(UserError) as raised:
            # several at once, and jobs, get the reason instead of a dialog
            (order | order.copy()).with_user(self.manager_a).action_confirm()
        return str(raised.exception)

    def test_within_and_beyond(self):
        self.make_policy(TEN, TWENTY)
        order = self.make_quotation((self.cloth, 2, {"discount": 10}))
        order.with_user(self.manager_a).action_confirm()
        self.assertEqual(order.state, "sale")
        beyond = self.make_quotation((self.cloth, 2, {"discount": 10.5}))
        self.assertIn("10.50 % below the norm", self.error(beyond))

    def test_price_edit_counts(self):
        """T1: a price typed by hand leaves the discount at 0."""
        self.make_policy(TEN, TWENTY)
        order = self.make_quotation((self.cloth, 2, {"price_unit": 80}))
        self.assertIn("20.00 % below the norm", self.error(order))

    def test_state_is_no_way_around(self):
        """T3: writing the state."""
        self.make_policy(TEN)
        order = self.make_quotation((self.cloth, 2, {"discount": 50}))
        with self.assertRaises(UserError):
            order.with_user(self.manager_a).write({"state": "sale"})

    def test_inert(self):
        order = self.make_quotation((self.cloth, 2, {"discount": 90}))
        order.with_user(self.manager_a).action_confirm()
        self.assertEqual(order.state, "sale")

    def test_four_eyes(self):
        policy = self.make_policy(TEN, activate=False)
        policy.with_user(self.commercial).action_submit()
        with self.assertRaises(AccessError):
            policy.with_user(self.commercial).action_activate()

    def test_covering_role(self):
        self.make_policy(TEN, TWENTY)
        order = self.make_quotation((self.cloth, 2, {"discount": 15}))
        judgement = order.with_user(self.manager_a)._discount_judgement()
        self.assertEqual(judgement.covering_role, "branch_director")
