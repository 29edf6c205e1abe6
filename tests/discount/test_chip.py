from odoo.exceptions import AccessError, UserError

from odoo.addons.sales_manager_kpi.engine.concession import Limits, LineFigures
from odoo.addons.sales_manager_kpi.engine.free_price import free_price

from .common import DiscountCommon

TEN = {"role": "manager", "max_line_percent": 10}
TWENTY = {"role": "branch_director", "max_line_percent": 20}


class TestChip(DiscountCommon):
    def test_levels(self):
        top = {"role": "commercial_director", "max_line_percent": 25}
        self.make_policy(TEN, TWENTY, top)
        order = self.make_quotation((self.cloth, 2, {"discount": 5}))
        theirs = order.with_user(self.manager_a)
        self.assertEqual(theirs.discount_level, "within")
        order.order_line.discount = 15
        self.assertEqual(theirs.discount_level, "needs")
        self.assertIn("Branch director", theirs.discount_words)
        order.order_line.discount = 30
        self.assertEqual(theirs.discount_level, "beyond")
        order.order_line.discount = 15
        request = self.asked(order)
        self.assertEqual(theirs.discount_level, "waiting")
        self.assertIn(self.director.name, theirs.discount_words)
        self.assertEqual(theirs.action_open_discount_request()["res_id"], request.id)
        request.with_user(self.director).action_approve()
        self.assertEqual(theirs.discount_level, "granted")
        self.assertIn(self.director.name, theirs.discount_words)
        self.open_form(theirs)

    def test_nothing_without_policy(self):
        order = self.make_quotation((self.cloth, 2, {"discount": 50}))
        theirs = order.with_user(self.manager_a)
        theirs.read(["state", "company_id", "amount_untaxed"])
        theirs._discount_policy()
        with self.assertQueryCount(0):
            self.assertFalse(theirs.discount_level)
        self.assertEqual(theirs.order_line.get_discount_steps(), {})

    def test_counter_offer_applied(self):
        self.make_policy(TEN, TWENTY)
        order = self.make_quotation((self.cloth, 2, {"discount": 18}))
        theirs = order.with_user(self.manager_a)
        with self.assertRaises(UserError):
            theirs.action_apply_counter_offer()
        request = self.asked(order).with_user(self.director)
        request.line_ids.approved_price = 85
        request.action_counter("15 %, no more")
        self.assertTrue(theirs.is_counter_offered)
        self.assertIn("15 %, no more", theirs.discount_words)
        with self.assertRaises(AccessError):
            order.with_user(self.manager_b).action_apply_counter_offer()
        theirs.action_apply_counter_offer()
        self.assertEqual(order.order_line.discount, 15)
        self.assertEqual(theirs.discount_level, "granted")
        theirs.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_counter_offer_of_an_odd_price(self):
        self.make_policy(TEN, TWENTY)
        order = self.make_quotation((self.cloth, 2, {"price_unit": 82}))
        request = self.asked(order).with_user(self.director)
        request.line_ids.approved_price = 85.37
        request.action_counter("So")
        order.with_user(self.manager_a).action_apply_counter_offer()
        self.assertEqual(order.order_line.price_unit, 85.37)
        self.assertEqual(order.order_line.discount, 0)

    def test_steps(self):
        self.make_policy(TEN, TWENTY)
        self.customer.property_product_pricelist = self.make_pricelist(
            "Ten off", {"compute_price": "percentage", "percent_price": 10}
        )
        order = self.make_quotation((self.cloth, 2, {"discount": 14.5}))
        line = order.order_line.with_user(self.manager_a)
        explained = line.get_discount_steps()[line.id]
        self.assertEqual(
            [step["code"] for step in explained["steps"]],
            ["list", "norm", "manual", "net", "pocket"],
        )
        self.assertIn("Ten off", explained["steps"][1]["sources"][0]["label"])
        self.assertIn("81.00", explained["free"])
        with self.assertRaises(AccessError):
            line.with_user(self.manager_b).get_discount_steps()

    def test_steps_of_confirmed_orders_are_kept(self):
        self.make_policy(TEN, TWENTY)
        order = self.make_quotation((self.cloth, 2, {"discount": 5}))
        order.with_user(self.manager_a).action_confirm()
        line = order.order_line.with_user(self.manager_a)
        before = line.get_discount_steps()[line.id]
        self.assertTrue(before["kept"])
        self.assertFalse(before["free"])
        self.cloth.list_price = 500
        self.assertEqual(line.get_discount_steps()[line.id], before)
        traces = self.env["sale.price.trace"].with_user(self.manager_a)
        action = order.with_user(self.manager_a).action_open_price_traces()
        self.open_form(traces.search(action["domain"])[:1])

    def test_free_price(self):
        line = LineFigures(
            key=1,
            quantity=2,
            list_price=100,
            norm_price=100,
            net_price=90,
            unit_cost=66,
            order_part=4,
        )
        for limits, expected in (
            (Limits(), None),
            (Limits(line_percent=7.6), 94.4),
            (Limits(line_percent=50, margin_percent=20), 84.5),
            (Limits(line_percent=50, floor_price=91.001), 93.01),
            (Limits(margin_percent=100), None),
        ):
            self.assertEqual(free_price(line, limits, 0.01), expected)
