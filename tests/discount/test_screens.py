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
        cls.reason = cls.env.ref("sales_manager_kpi.discount_reason_volume")
        cls.make_policy(TEN, TWENTY)

    def ask(self, order):
        wizard = (
            self.env["discount.ask"]
            .with_user(self.manager_a)
            .create(
                {"order_id": order.id, "reason_id": self.reason.id, "note": "Please"}
            )
        )
        wizard.action_ask()
        return self.env["discount.request"].search([("order_id", "=", order.id)])

    def sell(self, discount):
        order = self.make_quotation((self.cloth, 2, {"discount": discount}))
        order.with_user(self.manager_a).action_confirm()
        return order

    def test_background(self):
        sold = [self.sell(discount) for discount in range(1, 8)]
        past = fields.Date.subtract(fields.Date.today(), months=6)
        invoice = self.make_invoice(price=250, date=past)
        invoice.invoice_date_due = past
        earlier = self.ask(self.make_quotation((self.cloth, 2, {"discount": 14})))
        earlier.with_user(self.director).action_approve()
        request = self.ask(self.make_quotation((self.cloth, 2, {"discount": 15})))
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
        request = self.ask(self.make_quotation((self.cloth, 2, {"discount": 15})))
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
