from odoo.exceptions import AccessError, UserError
from odoo.tests import Form

from .common import DiscountCommon

TEN = {"role": "manager", "max_line_percent": 10}
TWENTY = {"role": "branch_director", "max_line_percent": 20}


class TestSimulation(DiscountCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.silk = cls.make_product("Silk", 50.0, cost=30.0)

    def form(self, user, *lines):
        form = Form(self.env["discount.simulation"].with_user(user))
        form.partner_id = self.customer
        for product, quantity, price in lines:
            with form.line_ids.new() as line:
                line.product_id = product
                line.quantity = quantity
                line.price = price
        return form

    def test_without_writing_an_order(self):
        self.make_policy(TEN, TWENTY)
        orders = self.env["sale.order"].search_count([])
        form = self.form(self.manager_a, (self.cloth, 2, 95), (self.silk, 3, 41))
        self.assertTrue(form.is_judged)
        self.assertFalse(form.is_within)
        self.assertEqual(form.role, "branch_director")
        self.assertIn("18.00 % below the norm", form.findings)
        self.assertEqual(form.amount, 2 * 95 + 3 * 41)
        self.assertEqual(form.manual_amount, 2 * 5 + 3 * 9)
        wizard = form.save()
        self.assertEqual(wizard.line_ids.mapped("norm_price"), [100, 50])
        self.assertEqual(wizard.line_ids.mapped("free_price"), [90, 45])
        self.assertEqual(wizard.line_ids.mapped("percent"), [5, 18])
        self.assertEqual(self.env["sale.order"].search_count([]), orders)

    def test_quotation_is_judged_the_same(self):
        self.make_policy(TEN, TWENTY)
        wizard = self.form(
            self.manager_a, (self.cloth, 2, 0), (self.silk, 3, 46)
        ).save()
        self.assertTrue(wizard.is_within)
        action = wizard.action_make_quotation()
        order = self.env["sale.order"].browse(action["res_id"])
        self.assertEqual(order.user_id, self.manager_a)
        self.assertEqual(order.order_line.mapped("price_unit"), [100, 46])
        self.assertEqual(order.with_user(self.manager_a).discount_level, "within")

    def test_cost_is_for_those_who_may_see_it(self):
        self.make_policy(TEN, TWENTY)
        wizard = self.form(self.manager_a, (self.silk, 1, 40)).save()
        with self.assertRaises(AccessError):
            wizard.read(["margin"])
        with self.assertRaises(AccessError):
            wizard.line_ids.read(["margin_percent"])
        self.manager_a.group_ids |= self.env.ref("sales_manager_kpi.group_cost")
        self.env.invalidate_all()
        self.assertEqual(wizard.margin, 10)
        self.assertEqual(wizard.line_ids.margin_percent, 25)
        with self.assertRaises(AccessError):
            self.env["discount.simulation"].with_user(self.plain).create(
                {"partner_id": self.customer.id}
            )

    def test_without_policy_or_products(self):
        form = self.form(self.manager_a, (self.cloth, 1, 10))
        self.assertFalse(form.is_judged)
        self.assertFalse(form.role)
        empty = self.form(self.manager_a).save()
        with self.assertRaises(UserError):
            empty.action_make_quotation()
