from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time

from .common import DiscountCommon

TEN = {"role": "manager", "max_line_percent": 10}
TWENTY = {"role": "branch_director", "max_line_percent": 20}


class TestRequest(DiscountCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_policy(TEN, TWENTY)

    def test_asked_approved_confirmed(self):
        order = self.make_quotation((self.cloth, 2, {"discount": 15}))
        theirs = order.with_user(self.manager_a)
        action = theirs.action_confirm()
        self.assertEqual(action["res_model"], "discount.ask")
        self.assertEqual(order.state, "draft")
        request = self.asked(order)
        self.assertEqual(request.role, "branch_director")
        self.assertEqual(request.approver_ids, self.director)
        self.open_form(request.with_user(self.director))
        request.with_user(self.director).action_approve()
        self.assertEqual(request.state, "approved")
        self.assertTrue(theirs.action_confirm() is True or order.state == "sale")
        self.assertEqual(order.state, "sale")
        self.assertEqual(request.state, "consumed")
        self.assertEqual(
            request.decision_ids.mapped("decision"), ["ask", "approve", "consume"]
        )

    def test_not_worse_needs_no_new_yes(self):
        order = self.make_quotation((self.cloth, 2, {"discount": 18}))
        self.asked(order).with_user(self.director).action_approve()
        order.order_line.discount = 16
        self.assertFalse(order.with_user(self.manager_a)._discount_error())
        order.order_line.discount = 18.5
        self.assertTrue(order.with_user(self.manager_a)._discount_error())
        copied = order.copy()
        copied.order_line.discount = 18
        self.assertTrue(copied.with_user(self.manager_a)._discount_error())

    def test_not_needed_any_more(self):
        """What is within the norms after all uses no approval; it stays for later."""
        order = self.make_quotation((self.cloth, 2, {"discount": 18}))
        request = self.asked(order)
        request.with_user(self.director).action_approve()
        order.order_line.discount = 8
        order.with_user(self.manager_a).action_confirm()
        self.assertEqual((order.state, request.state), ("sale", "approved"))
        self.assertNotIn("consume", request.decision_ids.mapped("decision"))
        self.assertEqual(order.discount_verdict, "within")
        domain = [("order_id", "=", order.id)]
        traces = self.env["sale.price.trace"].search(domain)
        confirmed = traces.filtered(lambda trace: trace.event == "confirm")
        self.assertEqual(len(confirmed), 1)
        self.assertFalse(confirmed.request_id)
        row = self.env["discount.concession"].search(domain)
        self.assertTrue(row.within_norm)
        self.assertFalse(row.request_id or row.approver_id)
        order.order_line.with_user(self.manager_a).discount = 18
        self.assertEqual(order.discount_verdict, "approved")
        with self.assertRaises(UserError):
            order.order_line.with_user(self.manager_a).discount = 19

    def test_counter_offer(self):
        order = self.make_quotation((self.cloth, 2, {"discount": 18}))
        request = self.asked(order).with_user(self.director)
        request.line_ids.approved_price = 85
        request.action_counter("15 %, no more")
        self.assertEqual(request.state, "countered")
        self.assertTrue(order.with_user(self.manager_a)._discount_error())
        order.order_line.discount = 15
        self.assertFalse(order.with_user(self.manager_a)._discount_error())

    def test_nobody_approves_their_own(self):
        order = self.make_quotation(
            (self.cloth, 2, {"discount": 25}), user=self.director
        )
        request = self.asked(order, self.director)
        self.assertEqual(request.role, "commercial_director")
        for user in (self.director, self.manager_a, self.other_director):
            with self.assertRaises(AccessError):
                request.with_user(user).action_approve()
        request.with_user(self.commercial).action_approve()

    def test_other_director_may_not(self):
        order = self.make_quotation((self.cloth, 2, {"discount": 15}))
        request = self.asked(order)
        with self.assertRaises(AccessError):
            request.with_user(self.other_director).action_approve()

    def test_only_who_decides_sets_prices(self):
        """A director who asked does not write themselves what is approved."""
        order = self.make_quotation(
            (self.cloth, 2, {"discount": 25}), user=self.director
        )
        request = self.asked(order, self.director)
        for user in (self.director, self.other_director, self.manager_a):
            with self.assertRaises(AccessError):
                request.line_ids.with_user(user).write({"approved_price": 1})
            with self.assertRaises(AccessError):
                request.with_user(user).write(
                    {
                        "line_ids": [
                            Command.update(request.line_ids.id, {"approved_price": 1})
                        ]
                    }
                )
        request.line_ids.with_user(self.commercial).write({"approved_price": 90})

    def test_decisions_stay(self):
        order = self.make_quotation((self.cloth, 2, {"discount": 15}))
        request = self.asked(order)
        for user in (self.manager_a, self.director, self.admin):
            with self.assertRaises(AccessError):
                request.decision_ids.with_user(user).write({"comment": "x"})
            with self.assertRaises(AccessError):
                request.with_user(user).write({"state": "approved"})

    def test_late_answer_goes_up(self):
        order = self.make_quotation((self.cloth, 2, {"discount": 15}))
        request = self.asked(order)
        with freeze_time(request.deadline.replace(year=request.deadline.year + 1)):
            self.env["discount.request"]._cron_watch()
        self.assertIn(self.commercial, request.approver_ids)

    def test_edit_after_confirmation(self):
        """T2: a confirmed order is no way around either."""
        order = self.make_quotation((self.cloth, 2, {}))
        order.with_user(self.manager_a).action_confirm()
        line = order.order_line.with_user(self.manager_a)
        line.write({"discount": 5})
        with self.assertRaises(UserError):
            line.write({"discount": 50})
        with self.assertRaises(UserError):
            line.write({"price_unit": 10})

    def test_sending_waits(self):
        order = self.make_quotation((self.cloth, 2, {"discount": 50}))
        with self.assertRaises(UserError):
            order.with_user(self.manager_a).action_quotation_send()
        self.assertFalse(order._has_to_be_signed())
