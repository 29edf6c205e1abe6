from odoo.tests import HttpCase

from .common import DiscountCommon


class TestDiscountTour(DiscountCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_policy(
            {"role": "manager", "max_line_percent": 10},
            {"role": "branch_director", "max_line_percent": 20},
        )

    def test_asked_approved_confirmed(self):
        order = self.make_quotation((self.cloth, 2, {"discount": 15}))
        url = f"/odoo/sales/{order.id}"
        self.start_tour(url, "sales_discount_ask", login="manager_a")
        request = self.env["discount.request"].search([("order_id", "=", order.id)])
        self.assertEqual(request.state, "pending")
        self.start_tour("/odoo", "sales_discount_approve", login="director")
        self.assertEqual(request.state, "approved")
        self.assertEqual(request.decision_ids[-1:].user_id, self.director)
        self.start_tour(url, "sales_discount_confirm", login="manager_a")
        self.assertEqual((order.state, request.state), ("sale", "consumed"))

    def test_looked_at_and_left(self):
        """A director who reads a request and goes has changed nothing, nor is asked."""
        earlier = self.make_quotation((self.cloth, 1, {}))
        earlier.action_confirm()
        request = self.asked(self.make_quotation((self.cloth, 2, {"discount": 15})))
        self.env["sale.order"].flush_model()
        written = request.write_date, request.line_ids.write_date
        self.start_tour("/odoo", "sales_discount_look", login="director")
        self.env.invalidate_all()
        self.assertEqual((request.write_date, request.line_ids.write_date), written)
        self.assertEqual(request.state, "pending")

    def test_approved_from_the_activity(self):
        """Of two requests, the director is led to the one that waits for them."""
        above = self.make_quotation((self.cloth, 2, {"discount": 15}))
        answered = self.asked(above)
        answered.with_user(self.director).reject("No")
        order = self.make_quotation((self.cloth, 2, {"discount": 15}))
        request = self.asked(order)
        self.start_tour("/odoo", "sales_discount_approve_activity", login="director")
        self.assertEqual((request.state, answered.state), ("approved", "rejected"))
        self.assertNotIn(self.director, request.activity_ids.user_id)
        self.start_tour(
            f"/odoo/sales/{order.id}", "sales_discount_confirm", login="manager_a"
        )
        self.assertEqual((order.state, request.state), ("sale", "consumed"))
