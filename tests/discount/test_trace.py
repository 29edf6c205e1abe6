from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form

from .common import DiscountCommon

TEN = {"role": "manager", "max_line_percent": 10}


class TestTrace(DiscountCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_policy(TEN)
        cls.rule = cls.pricelist.item_ids.create(
            {
                "pricelist_id": cls.pricelist.id,
                "applied_on": "3_global",
                "compute_price": "percentage",
                "percent_price": 5,
            }
        )

    def confirmed(self, *lines):
        order = self.make_quotation(*lines)
        order.with_user(self.manager_a).action_confirm()
        self.assertEqual(order.state, "sale")
        return order

    def rows(self, order):
        return self.env["discount.concession"].search([("order_id", "=", order.id)])

    def test_price_explains_itself_later(self):
        """T11: the rule is changed and deleted; the trace still says what it said."""
        order = self.confirmed((self.cloth, 2, {"discount": 9.75}))
        trace = self.env["sale.price.trace"].search([("order_id", "=", order.id)])
        self.assertEqual(trace.event, "confirm")
        label = trace.rule_label
        self.rule.unlink()
        self.assertEqual(trace.rule_label, label)
        self.assertIn("Norm", label)
        self.assertAlmostEqual(trace.list_price, 100)
        self.assertAlmostEqual(trace.norm_price, 95)
        self.assertAlmostEqual(trace.final_price, 90.25)
        self.assertAlmostEqual(trace.manual_percent, 5.0, places=2)
        codes = [step["code"] for step in trace.steps]
        self.assertEqual(codes, ["list", "norm", "manual", "net", "pocket"])
        for user in (self.manager_a, self.director, self.admin):
            with self.assertRaises(AccessError):
                trace.with_user(user).write({"norm_price": 1})

    def test_given_away_and_taken_back(self):
        order = self.confirmed((self.cloth, 2, {"discount": 9.75}))
        [row] = self.rows(order)
        self.assertEqual(row.kind, "line")
        self.assertAlmostEqual(row.amount, 9.5)
        self.assertAlmostEqual(row.norm_amount, 190)
        self.assertTrue(row.within_norm)
        order.with_user(self.manager_a)._action_cancel()
        self.assertAlmostEqual(sum(self.rows(order).mapped("amount")), 0)
        self.assertAlmostEqual(sum(self.rows(order).mapped("norm_amount")), 0)

    def test_price_typed_is_told_apart(self):
        order = self.make_quotation((self.cloth, 2, {}))
        with Form(order.with_user(self.manager_a)) as form:
            with form.order_line.edit(0) as line:
                line.price_unit = 96
        order.with_user(self.manager_a).action_confirm()
        kinds = dict(self.rows(order).mapped(lambda r: (r.kind, r.amount)))
        self.assertAlmostEqual(kinds["price"], 7.6)

    def test_edit_after_confirmation_is_kept(self):
        order = self.confirmed((self.cloth, 2, {}))
        order.order_line.with_user(self.manager_a).write({"discount": 10})
        events = self.env["sale.price.trace"].search([("order_id", "=", order.id)])
        self.assertEqual(set(events.mapped("event")), {"confirm", "post_edit"})
        self.assertAlmostEqual(sum(self.rows(order).mapped("amount")), 10)

    def test_whole_order_discount(self):
        order = self.make_quotation((self.cloth, 1, {}), (self.cloth, 3, {}))
        wizard = self.env["sale.order.discount"].create(
            {
                "sale_order_id": order.id,
                "discount_type": "so_discount",
                "discount_percentage": 0.05,
            }
        )
        wizard.action_apply_discount()
        figures = order._concession_figures()
        self.assertAlmostEqual(figures.manual_amount, 19.0)
        self.assertAlmostEqual(figures.manual_percent, 5.0)
        self.assertEqual(
            [round(line.order_part, 2) for line in figures.lines], [4.75, 14.25]
        )
        order.with_user(self.manager_a).action_confirm()
        self.assertEqual(set(self.rows(order).mapped("kind")), {"order"})

    def test_negative_line_is_a_discount(self):
        """T4: a line of less than nothing takes it off the others."""
        fee = self.make_product("Fee", 0.0, type="service")
        order = self.make_quotation(
            (self.cloth, 1, {}),
            (fee, 1, {"price_unit": -30, "tax_ids": [Command.clear()]}),
        )
        self.assertAlmostEqual(order._concession_figures().manual_amount, 30)
        self.assertTrue(order.with_user(self.manager_a)._discount_error())

    def test_what_is_sold_above_the_norm_is_no_concession(self):
        order = self.make_quotation(
            (self.cloth, 2, {"price_unit": 120}), (self.cloth, 1, {"discount": 9.75})
        )
        order.with_user(self.manager_a).action_confirm()
        rows = self.rows(order)
        self.assertEqual(rows.mapped("amount"), [4.75])
        self.assertEqual(rows.mapped("authority"), ["own"])

    def test_gift(self):
        order = self.make_quotation((self.cloth, 1, {"price_unit": 0}))
        error = order.with_user(self.manager_a)._discount_error()
        self.assertIn("100.00 % below the norm", error)
