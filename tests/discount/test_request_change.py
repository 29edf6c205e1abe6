"""What was asked is approved, whatever the order has become since."""

from odoo import Command
from odoo.exceptions import AccessError

from .common import DiscountCommon

TEN = {"role": "manager", "max_line_percent": 10}
TWENTY = {"role": "branch_director", "max_line_percent": 20}
WORSE = "The order is now worse than what was asked"


class TestChangedSince(DiscountCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_policy(TEN, TWENTY)
        cls.linen = cls.make_product("Linen", 50.0)

    def waiting(self):
        """A quotation at 85 and its request, as the manager and the director see it."""
        order = self.make_quotation(
            (self.cloth, 10, {"discount": 15}), (self.linen, 1, {})
        )
        request = self.asked(order)
        return order.with_user(self.manager_a), request.with_user(self.director)

    def approve(self, request):
        request.action_approve()
        self.assertEqual(request.line_ids[0].approved_price, 85, "what was asked")
        return request.decision_ids[-1:].comment or ""

    def test_as_it_was(self):
        order, request = self.waiting()
        self.assertFalse(request.is_order_changed)
        self.assertFalse(request.change_words)
        self.assertEqual(self.approve(request), "")
        self.assertFalse(order._discount_error())

    def test_raised(self):
        """Better for us: the yes to 85 covers 88."""
        order, request = self.waiting()
        order.order_line[0].discount = 12
        self.assertTrue(request.is_order_changed)
        self.assertRegex(request.change_words, r"Cloth: \D*85.00\D* was asked, .*88.00")
        self.assertIn("approving it covers the order", request.change_words)
        self.open_form(request)
        self.assertIn("approving it covers the order", self.approve(request))
        self.assertFalse(request.is_order_changed, "told until it is decided")
        self.assertFalse(order._discount_error())

    def test_worsened(self):
        """Nobody approves unseen what was made worse after asking."""
        order, request = self.waiting()
        order.order_line[0].discount = 19
        self.assertRegex(request.change_words, r"85.00\D* was asked, .*81.00")
        self.assertIn(WORSE, request.change_words)
        self.assertIn(WORSE, self.approve(request))
        self.assertIn("19.00 % below the norm", order._discount_error())
        order.order_line[0].discount = 15
        self.assertFalse(order._discount_error())

    def test_quantity_and_lines(self):
        order, request = self.waiting()
        order.order_line[0].write({"product_uom_qty": 4, "discount": 15})
        order.order_line[1].unlink()
        order.order_line = [
            Command.create({"product_id": self.linen.id, "discount": 15})
        ]
        words = request.change_words
        self.assertIn("Cloth: asked for 10.00, the order has 4.00 now", words)
        self.assertIn("Linen: no longer on the order", words)
        self.assertIn("Linen: added since", words)
        self.assertIn(WORSE, words)

    def test_within_now(self):
        order, request = self.waiting()
        order.order_line[0].discount = 5
        self.assertIn("within the norms now", request.change_words)
        self.assertIn("within the norms now", self.approve(request))

    def test_whole_of_it(self):
        """What is judged of the whole order is compared with what waits, too."""
        self.env["discount.policy"].search([]).with_user(self.admin).action_retire()
        limit = {"limit_line": False, "limit_order": True}
        self.make_policy(
            {"role": "manager", **limit, "max_order_percent": 5},
            {"role": "branch_director", **limit, "max_order_percent": 20},
        )
        order = self.make_quotation((self.cloth, 10, {"discount": 15}))
        request = self.asked(order).with_user(self.director)
        order.order_line.discount = 12
        self.assertIn("approving it covers the order", request.change_words)
        order.order_line.discount = 16
        request.invalidate_recordset()  # somebody reads it later
        self.assertIn(WORSE, request.change_words)

    def test_by_role(self):
        order, request = self.waiting()
        order.order_line[0].discount = 19
        own = request.with_user(self.manager_a)
        self.assertIn(WORSE, own.change_words)
        with self.assertRaises(AccessError):
            request.with_user(self.manager_b).web_read({"change_words": {}})
        for user in (self.manager_a, self.director, self.commercial):
            with self.assertRaises(AccessError):
                request.with_user(user).write({"change_words": "", "fingerprint": "x"})
