from odoo import fields
from odoo.exceptions import AccessError

from .common import DiscountCommon

TEN = {"role": "manager", "max_line_percent": 10}
TWENTY = {"role": "branch_director", "max_line_percent": 20}


class TestScreens(DiscountCommon):
    """What each role sees of requests, concessions and traces."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_policy(TEN, TWENTY)

    def sell(self, discount):
        order = self.make_quotation((self.cloth, 2, {"discount": discount}))
        order.with_user(self.manager_a).action_confirm()
        return order

    def test_background(self):
        sold = [self.sell(discount) for discount in range(1, 8)]
        past = fields.Date.subtract(fields.Date.today(), months=6)
        invoice = self.make_invoice(price=250, date=past)
        invoice.invoice_date_due = past
        earlier = self.asked(self.make_quotation((self.cloth, 2, {"discount": 14})))
        earlier.with_user(self.director).action_approve()
        request = self.asked(self.make_quotation((self.cloth, 2, {"discount": 15})))
        theirs = request.with_user(self.director)
        self.assertTrue(theirs.is_background_shown)
        self.assertEqual(theirs.overdue_amount, 250)
        newest = [order.order_line.id for order in reversed(sold)]
        self.assertEqual(theirs.price_history_ids.ids, newest[:5])
        self.assertEqual(theirs.similar_ids, earlier)
        self.open_form(theirs)
        own = request.with_user(self.manager_a)
        self.assertFalse(own.is_background_shown)
        self.assertFalse(own.overdue_amount)
        self.assertFalse(own.price_history_ids)
        self.open_form(own)

    def test_to_answer(self):
        request = self.asked(self.make_quotation((self.cloth, 2, {"discount": 15})))
        Request = self.env["discount.request"]
        counts = {
            user: Request.with_user(user).get_discounts_to_answer()
            for user in (self.director, self.manager_a, self.other_director)
        }
        self.assertEqual(list(counts.values()), [1, 0, 0])
        [card] = request.with_user(self.director).web_read(
            {"name": {}, "can_decide": {}, "findings": {}}
        )
        self.assertTrue(card["can_decide"])

    def test_concessions_by_role(self):
        self.sell(8)
        rows = self.env["discount.concession"].search(
            [("user_id", "=", self.manager_a.id)]
        )
        self.assertEqual(sum(rows.mapped("amount")), 16)
        seen = {
            user: rows.with_user(user).search([("id", "in", rows.ids)])
            for user in (self.manager_a, self.manager_b, self.director, self.commercial)
        }
        self.assertEqual([len(found) for found in seen.values()], [1, 0, 1, 1])
        self.open_form(rows.with_user(self.manager_a))
        with self.assertRaises(AccessError):
            rows.with_user(self.plain).search([])
        with self.assertRaises(AccessError):
            rows.with_user(self.admin).write({"amount": 0})

    def test_traces_hide_the_cost(self):
        order = self.sell(8)
        traces = self.env["sale.price.trace"].search([("order_id", "=", order.id)])
        with self.assertRaises(AccessError):
            traces.with_user(self.manager_a).read(["cost"])
        self.assertFalse(
            traces.with_user(self.manager_b).search([("order_id", "=", order.id)])
        )
        self.assertTrue(
            traces.with_user(self.director).search([("order_id", "=", order.id)])
        )

    def test_matrix(self):
        policy = self.env["discount.policy"].search(
            [("company_id", "=", self.company.id)]
        )
        wholesale = self.env["customer.class"].create(
            {"name": "Wholesale <b>", "code": "W", "company_id": self.company.id}
        )
        draft = policy.copy({"state": "draft"})
        draft.line_ids = [
            fields.Command.create(
                {
                    "role": "manager",
                    "class_id": wholesale.id,
                    "categ_id": self.cloth.categ_id.id,
                    "max_line_percent": 12.5,
                }
            )
        ]
        rows, columns = draft._matrix()
        self.assertEqual(len(columns), 2)
        self.assertEqual([row["name"] for row in rows], ["Manager", "Branch director"])
        self.assertEqual(
            [cell for cell in rows[0]["cells"]],
            [["10 % a line"], ["12.5 % a line"]],
        )
        self.assertEqual(rows[1]["cells"], [["20 % a line"], []])
        self.assertIn("Wholesale &lt;b&gt;", draft.matrix)
        theirs = policy.with_user(self.manager_a)
        self.open_form(theirs)
        self.assertIn("20 % a line", theirs.matrix)
        report = self.env["ir.actions.report"].with_user(self.manager_a)
        html, _kind = report._render_qweb_html(
            "sales_manager_kpi.discount_policy_report", policy.ids
        )
        self.assertIn(b"20 % a line", html)


class TestLastPrices(DiscountCommon):
    """The last five prices of each product, however much was bought meanwhile."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.silk = cls.make_product("Silk", 100.0)
        cls.old = [cls.confirmed(cls.silk, 1, n) for n in range(3)]
        # more lines of another product than any cap that was ever thought of
        cls.many = cls.confirmed(cls.cloth, 160)
        cls.elsewhere = cls.confirmed(cls.silk, 1, partner_id=cls.other_customer().id)
        cls.desk = cls.env["res.partner"].create(
            {"name": "Desk", "parent_id": cls.customer.id}
        )
        cls.by_contact = cls.confirmed(cls.silk, 1, partner_id=cls.desk.id)
        cls.late = cls.confirmed(cls.silk, 1, date_order="2020-01-01 10:00:00")
        cls.late.date_order = "2020-01-01 10:00:00"
        cls.draft = cls.make_quotation((cls.silk, 1, {}))
        cls.make_policy(TEN, TWENTY)

    @classmethod
    def other_customer(cls):
        return cls.make_customer("Customer B", cls.manager_a)

    @classmethod
    def confirmed(cls, product, count, discount=0, **values):
        order = cls.make_quotation(
            *[(product, 1, {"discount": discount})] * count, **values
        )
        order.action_confirm()
        return order

    def ask(self, *products):
        order = self.make_quotation(*((p, 1, {"discount": 15}) for p in products))
        return self.asked(order).with_user(self.director)

    def lines(self, request, product):
        return request.price_history_ids.filtered(lambda x: x.product_id == product)

    def test_of_each_product(self):
        request = self.ask(self.cloth, self.silk)
        self.assertEqual(
            self.lines(request, self.cloth), self.many.order_line.sorted("id")[-5:]
        )
        silk = self.lines(request, self.silk)
        # by the day of the order, not by when its line was made
        orders = [self.by_contact, *reversed(self.old), self.late]
        self.assertEqual(silk.order_id.ids, [order.id for order in orders])
        self.assertNotIn(self.elsewhere.order_line, silk)

    def test_only_five(self):
        newest = [self.confirmed(self.silk, 1) for _number in range(2)]
        silk = self.lines(self.ask(self.silk), self.silk)
        self.assertEqual(len(silk), 5)
        self.assertEqual(silk.order_id[:2].ids, [o.id for o in reversed(newest)])
        self.assertNotIn(self.late.order_line, silk)

    def test_other_companies_are_not_shown(self):
        company = self.setup_other_company()["company"]
        self.env.user.company_ids += company
        theirs = self.env["sale.order"].with_company(company)
        order = theirs.create(
            {
                "partner_id": self.customer.id,
                "company_id": company.id,
                "order_line": [fields.Command.create({"product_id": self.silk.id})],
            }
        )
        order.action_confirm()
        self.assertNotIn(order.order_line, self.ask(self.silk).sudo().price_history_ids)

    def test_only_the_own_order_is_left_out(self):
        """Each request by itself, also where several are read together."""
        one, two = self.ask(self.silk), self.ask(self.silk)
        for request in (one, two):
            request.action_approve()
            request.order_id.with_user(self.manager_a).action_confirm()
        both = (one | two).with_user(self.director)
        both.invalidate_recordset(["price_history_ids"])
        one, two = both
        self.assertIn(two.sudo().order_id.order_line, one.price_history_ids)
        self.assertNotIn(one.sudo().order_id.order_line, one.price_history_ids)
        self.assertIn(one.sudo().order_id.order_line, two.price_history_ids)
        self.assertNotIn(two.sudo().order_id.order_line, two.price_history_ids)

    def test_only_what_one_may_read(self):
        """Whoever was asked reads the orders they may read, and no other."""
        request = self.ask(self.silk)
        self.assertTrue(request.price_history_ids)
        request.sudo().approver_ids = self.other_director
        theirs = request.with_user(self.other_director)
        self.assertTrue(theirs.is_background_shown)
        self.assertFalse(theirs.price_history_ids)

    def test_queries_do_not_grow(self):
        requests = self.env["discount.request"].with_user(self.director)
        for _number in range(4):
            requests |= self.ask(self.cloth, self.silk)

        def queries(some):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some._last_prices()
            return self.env.cr.sql_log_count - before

        queries(requests)
        self.assertEqual(queries(requests[:1]), queries(requests))
