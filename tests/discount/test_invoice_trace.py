from odoo.exceptions import AccessError

from odoo.addons.sales_manager_kpi.engine.concession import LineFigures
from odoo.addons.sales_manager_kpi.engine.waterfall import invoiced, steps

from .common import DiscountCommon

TEN = {"role": "manager", "max_line_percent": 10}
TWENTY = {"role": "branch_director", "max_line_percent": 20}


class TestInvoiceTrace(DiscountCommon):
    """The price at which an order under a policy was invoiced is kept."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.inert = cls.make_quotation((cls.cloth, 1, {"discount": 50}))
        cls.inert.action_confirm()
        cls.policy = cls.make_policy(TEN, TWENTY)

    def sold(self, *lines):
        order = self.make_quotation(*(lines or [(self.cloth, 4, {"discount": 10})]))
        order.with_user(self.manager_a).action_confirm()
        return order

    def traces(self, order):
        return self.env["sale.price.trace"].search(
            [("order_id", "=", order.id), ("event", "=", "invoice")], order="id"
        )

    def test_as_agreed(self):
        order = self.sold((self.cloth, 4, {"discount": 10}), (self.cloth, 1, {}))
        [agreed] = order.order_line[:1].mapped(
            lambda line: self.env["sale.price.trace"]._agreed(line)[line.id]
        )
        self.cloth.list_price = 500  # the norm of today is no matter
        move = self.invoice_order(order)
        first, second = self.traces(order).sorted("order_line_id")
        self.assertEqual(first.move_id, move)
        self.assertEqual(first.order_line_id, order.order_line[0])
        self.assertEqual(second.order_line_id, order.order_line[1])
        for name in (
            *("list_price", "norm_price", "net_price", "final_price", "pocket_price"),
            *("manual_percent", "rule_label", "quantity", "steps"),
        ):
            self.assertEqual(first[name], agreed[name], name)
        self.assertEqual(first.user_id, self.env.user)

    def test_below_the_order(self):
        order = self.sold()
        move = order._create_invoices()
        move.invoice_line_ids.write({"price_unit": 80, "quantity": 3})
        move.action_post()
        trace = self.traces(order)
        self.assertAlmostEqual(trace.norm_price, 100)
        self.assertAlmostEqual(trace.net_price, 72)
        self.assertAlmostEqual(trace.manual_percent, 28)
        self.assertEqual(trace.quantity, 3)
        amounts = {step["code"]: step["amount"] for step in trace.steps}
        self.assertAlmostEqual(amounts["manual"], -10)
        self.assertAlmostEqual(amounts["invoice"], -18)

    def test_other_unit_and_currency(self):
        foreign = self.setup_other_currency("CHF", rates=[("2020-01-01", 4.0)])
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self.sold((self.cloth, 24, {"discount": 10}))
        move = order._create_invoices()
        move.currency_id = foreign
        line = move.invoice_line_ids
        line.write({"product_uom_id": dozen.id, "quantity": 2, "price_unit": 4800})
        move.action_post()
        trace = self.traces(order)
        self.assertEqual(trace.currency_id, order.currency_id)
        self.assertEqual(trace.quantity, 24)
        self.assertAlmostEqual(trace.net_price, 90)
        self.assertNotIn("invoice", [step["code"] for step in trace.steps])

    def test_cost_is_the_recognised_one(self):
        self.cloth.standard_price = 40
        order = self.sold()
        self.cloth.standard_price = 45
        self.invoice_order(order)
        trace = self.traces(order)
        self.assertAlmostEqual(trace.sudo().cost, 45)
        self.assertAlmostEqual(trace.sudo().margin_percent, 50)
        with self.assertRaises(AccessError):
            trace.with_user(self.manager_a).read(["cost"])

    def test_undone_invoices_explain_nothing(self):
        order = self.sold()
        line = order.order_line
        agreed = line.get_discount_steps()[line.id]
        self.assertFalse(agreed["invoice"])
        move = order._create_invoices()
        move.invoice_line_ids.price_unit = 80
        move.action_post()
        shown = line.get_discount_steps()[line.id]
        self.assertEqual(shown["invoice"], move.name)
        self.assertIn("invoice", [step["code"] for step in shown["steps"]])
        move.button_draft()
        self.assertEqual(line.get_discount_steps()[line.id], agreed)
        move.action_post()
        self.assertEqual(len(self.traces(order)), 2)
        refund = move._reverse_moves(cancel=True)
        self.assertEqual(move.payment_state, "reversed")
        self.assertFalse(self.traces(order).filtered(lambda t: t.move_id == refund))
        self.assertEqual(line.get_discount_steps()[line.id], agreed)

    def test_invoice_is_deleted(self):
        order = self.sold()
        move = self.invoice_order(order)
        move.button_draft()
        move.with_context(force_delete=True).unlink()
        trace = self.traces(order)
        self.assertEqual(len(trace), 1)
        self.assertFalse(trace.move_id)
        line = order.order_line
        self.assertFalse(line.get_discount_steps()[line.id]["invoice"])

    def test_never_traced_orders_have_none(self):
        self.invoice_order(self.inert)
        self.assertFalse(self.traces(self.inert))
        self.make_invoice()
        order = self.sold()
        self.policy.with_user(self.admin).action_retire()
        self.invoice_order(order)
        self.assertFalse(self.traces(order))

    def test_nothing_is_asked_without_policy(self):
        self.policy.with_user(self.admin).action_retire()
        move = self.sold()._create_invoices()
        move.company_id.read(["name"])
        move._under_discount_policy()
        with self.assertQueryCount(0):
            self.assertFalse(move._under_discount_policy())

    def test_queries_do_not_grow(self):
        products = [self.make_product(f"P{n}", 100.0, cost=40) for n in range(20)]

        def queries(number):
            order = self.sold(*((p, 1, {"discount": 5}) for p in products[:number]))
            move = order._create_invoices()
            move.action_post()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            move._trace_invoiced()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(2)
        self.assertEqual(queries(5), queries(20))

    def test_screens(self):
        order = self.sold()
        self.invoice_order(order)
        for user in (self.manager_a, self.director, self.commercial):
            trace = self.traces(order).with_user(user)
            shown = self.open_form(trace)
            self.assertEqual(shown[0]["event"], "invoice")
        self.assertFalse(
            self.env["sale.price.trace"]
            .with_user(self.manager_b)
            .search([("order_id", "=", order.id)])
        )

    def test_approval_is_traced(self):
        order = self.make_quotation((self.cloth, 2, {"discount": 15}))
        request = self.asked(order)
        request.with_user(self.director).action_approve()
        trace = self.env["sale.price.trace"].search([("order_id", "=", order.id)])
        self.assertEqual(trace.event, "approve")
        self.assertEqual(trace.user_id, self.director)
        self.assertEqual(trace.request_id, request)
        self.assertAlmostEqual(trace.final_price, 85)

    def test_engine(self):
        """Paying early follows the invoiced price, the bonus does not."""
        figures = LineFigures(
            key=1, quantity=2, list_price=100, norm_price=90, net_price=80
        )
        agreed = steps(figures, payment_percent=5, bonus=2)
        rows = invoiced(agreed, -20, {"label": "Ann"})
        self.assertEqual(
            [(row["code"], row["amount"], row["price"]) for row in rows],
            [
                ("list", 100, 100),
                ("norm", -10, 90),
                ("manual", -10, 80),
                ("invoice", -20, 60),
                ("net", 0, 60),
                ("payment", -3, 57),
                ("bonus", -2, 55),
                ("pocket", 0, 55),
            ],
        )
        self.assertEqual(rows[3]["sources"], [{"label": "Ann"}])
        self.assertEqual(invoiced(agreed, 0), agreed)
        self.assertEqual(invoiced([], -1), [])
