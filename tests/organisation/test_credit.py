from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form

from ..common import SalesManagementCommon


class TestCredit(SalesManagementCommon):
    def test_confirmation_credits_the_owner_not_the_salesperson(self):
        order = self.make_order(confirm=False, user_id=self.manager_b.id)
        self.assertFalse(order.credit_kind)
        order.action_confirm()
        self.assertEqual(order.credited_user_id, self.manager_a)
        self.assertEqual(order.credited_branch_id, self.branch)
        self.assertEqual(order.credit_kind, "single")
        self.assertEqual(order.first_confirmation_date, order.date_order)

    def test_reassigning_moves_the_future_not_the_past(self):
        order = self.make_order()
        self.customer.user_id = self.manager_b
        self.assertEqual(order.credited_user_id, self.manager_a)
        self.assertEqual(self.make_order().credited_user_id, self.manager_b)
        # The invoice of the old order follows its order.
        self.assertEqual(self.invoice_order(order).credited_user_id, self.manager_a)

    def test_customer_without_owner_credits_a_salesperson_who_is_a_member(self):
        nobody = self.make_customer("Nobody's")
        order = self.make_order(nobody, user_id=self.manager_b.id)
        self.assertEqual(order.credited_user_id, self.manager_b)
        self.assertEqual(order.credited_branch_id, self.other_branch)

    def test_salesperson_outside_branches_is_not_trusted(self):
        nobody = self.make_customer("Nobody's")
        order = self.make_order(nobody, user_id=self.commercial.id)
        self.assertFalse(order.credited_user_id)
        self.assertEqual(order.credit_kind, "unassigned")

    def test_contact_follows_its_company(self):
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.customer.id}
        )
        self.assertEqual(self.make_order(contact).credited_user_id, self.manager_a)

    def test_confirming_again_keeps_the_first_moment(self):
        with freeze_time("2026-01-31 21:30:00"):
            order = self.make_order()
        first = order.first_confirmation_date
        with freeze_time("2026-03-02 10:00:00"):
            order._action_cancel()
            order.action_draft()
            order.action_confirm()
        self.assertEqual(order.date_order.month, 3)
        self.assertEqual(order.first_confirmation_date, first)

    def test_order_imported_as_confirmed_counts(self):
        order = self.make_order(confirm=False, state="sale")
        self.assertEqual(order.credited_user_id, self.manager_a)
        self.assertTrue(order.first_confirmation_date)

    def test_manual_invoice_takes_the_owner_on_its_date(self):
        self.customer.customer_assignment_ids.date_from = "2025-01-01"
        self.env["customer.assignment"]._assign(
            {self.customer.id: self.manager_b.id},
            self.company,
            self.env["sales.branch"]._company_local_date(self.company),
            "manual",
        )
        old = self.make_invoice(date="2025-06-15")
        self.assertEqual(old.credited_user_id, self.manager_a)
        self.assertEqual(self.make_invoice().credited_user_id, self.manager_b)

    def test_reversal_takes_its_origin(self):
        invoice = self.make_invoice()
        self.customer.user_id = self.manager_b
        refund = invoice._reverse_moves([{"invoice_date": invoice.invoice_date}])
        refund.action_post()
        self.assertEqual(refund.credited_user_id, self.manager_a)
        self.assertEqual(refund.credit_kind, "single")

    def test_manual_credit_note_needs_an_owner(self):
        refund = self.make_invoice(move_type="out_refund")
        self.assertEqual(refund.credit_kind, "needs_owner")
        self.assertFalse(refund.credited_user_id)

    def test_posting_again_keeps_the_credit(self):
        invoice = self.make_invoice()
        self.customer.user_id = self.manager_b
        invoice.button_draft()
        invoice.action_post()
        self.assertEqual(invoice.credited_user_id, self.manager_a)

    def test_another_customer_is_another_owner(self):
        other = self.make_customer("Customer B", self.manager_b)
        invoice = self.make_invoice()
        invoice.button_draft()
        invoice.partner_id = other
        self.assertFalse(invoice.credit_kind)
        invoice.action_post()
        self.assertEqual(invoice.credited_user_id, self.manager_b)

    def test_invoice_of_two_owners_follows_its_lines(self):
        first = self.make_order(price=300)
        self.customer.user_id = self.manager_b
        second = self.make_order(price=100)
        invoice = (first | second)._create_invoices()
        self.assertEqual(len(invoice), 1)
        invoice.action_post()
        self.assertEqual(invoice.credit_kind, "by_line")
        shares = {s.user_id: s.share_bp for s in invoice.sales_credit_ids}
        self.assertEqual(shares, {self.manager_a: 7500, self.manager_b: 2500})
        invoice.button_draft()
        self.assertFalse(invoice.sales_credit_ids)
        invoice.action_post()
        self.assertEqual(invoice.credit_kind, "by_line")

    def test_cost_is_kept_at_recognition(self):
        self.product.with_company(self.company).standard_price = 60
        order = self.make_order()
        invoice = self.invoice_order(order)
        self.product.with_company(self.company).standard_price = 90
        refund = invoice._reverse_moves([{"invoice_date": invoice.invoice_date}])
        refund.action_post()
        self.env.flush_all()
        for line in (
            order.order_line,
            invoice.invoice_line_ids,
            refund.invoice_line_ids,
        ):
            line.invalidate_recordset()
            self.assertEqual(line.sudo().recognition_cost, 60)

    def test_another_product_has_another_cost(self):
        other = self.env["product.product"].create(
            {"name": "Dearer", "standard_price": 70}
        )
        self.product.standard_price = 7
        invoice = self.make_invoice()
        invoice.button_draft()
        invoice.invoice_line_ids.product_id = other
        invoice.action_post()
        self.assertEqual(invoice.invoice_line_ids.sudo().recognition_cost, 70)

    def test_line_of_another_owner_added_while_draft(self):
        first = self.make_order()
        self.customer.user_id = self.manager_b
        second = self.make_order(price=50)
        invoice = self.invoice_order(first)
        invoice.button_draft()
        invoice.invoice_line_ids = [
            Command.create(
                {
                    "product_id": self.product.id,
                    "price_unit": 50,
                    "tax_ids": [Command.clear()],
                    "sale_line_ids": [Command.set(second.order_line.ids)],
                }
            )
        ]
        invoice.action_post()
        self.assertEqual(invoice.credit_kind, "by_line")

    def test_another_customer_before_confirming_again(self):
        other = self.make_customer("Customer B", self.manager_b)
        order = self.make_order()
        order._action_cancel()
        order.action_draft()
        order.partner_id = other
        self.assertFalse(order.credit_kind)
        first = order.first_confirmation_date
        order.action_confirm()
        self.assertEqual(order.credited_user_id, self.manager_b)
        self.assertEqual(order.first_confirmation_date, first)

    def test_mover_credits_the_branch_of_the_day(self):
        self.branch.member_ids.date_to = "2026-01-31"
        self.other_branch.member_ids = [
            Command.create({"user_id": self.manager_a.id, "date_from": "2026-02-01"})
        ]
        self.assertEqual(self.make_order().credited_branch_id, self.other_branch)

    def test_unknown_cost_stays_unknown(self):
        self.product.with_company(self.company).standard_price = 0
        invoice = self.make_invoice()
        self.env.cr.execute(
            "SELECT recognition_cost FROM account_move_line WHERE id = %s",
            invoice.invoice_line_ids.ids,
        )
        self.assertEqual(self.env.cr.fetchall(), [(None,)])


class TestSharedCredit(SalesManagementCommon):
    def set_credit(self, document, shares, user=None):
        """Use the wizard as ``user`` would."""
        action = document.with_user(user or self.director).action_share_credit()
        form = Form(
            self.env["sales.credit.wizard"]
            .with_user(user or self.director)
            .with_context(**action["context"])
        )
        form.reason = "Worked on it together"
        while len(form.line_ids):
            form.line_ids.remove(0)
        for manager, share in shares:
            with form.line_ids.new() as line:
                line.user_id = manager
                line.share = share
        form.save().action_apply()

    def test_director_shares_credit(self):
        order = self.make_order()
        self.set_credit(order, [(self.manager_a, 66.67), (self.manager_b, 33.33)])
        self.assertEqual(order.credit_kind, "shared")
        self.assertEqual(order.sales_credit_ids.mapped("share_bp"), [6667, 3333])
        self.assertEqual(
            order.sales_credit_ids.branch_id, self.branch | self.other_branch
        )
        invoice = self.invoice_order(order)
        self.assertEqual(invoice.credit_kind, "shared")
        self.assertEqual(invoice.sales_credit_ids.mapped("share_bp"), [6667, 3333])

    def test_shares_of_a_quotation_last(self):
        order = self.make_order(confirm=False)
        self.set_credit(
            order, [(self.manager_a, 50), (self.manager_b, 50)], self.commercial
        )
        order.action_confirm()
        self.assertEqual(order.credit_kind, "shared")

    def test_who_shares_reads_as_long_as_they_share(self):
        for confirm in (False, True):
            order = self.make_order(confirm=confirm)
            both = order.with_user(self.manager_b)
            with self.assertRaises(AccessError):
                both.read(["name"])
            with self.assertRaises(AccessError):
                both.sudo().order_line.with_user(self.manager_b).read(["name"])
            halves = [(self.manager_a, 50), (self.manager_b, 50)]
            self.set_credit(order, halves, self.commercial)
            self.env.invalidate_all()
            self.assertTrue(both.read(["name"]))
            self.assertTrue(both.order_line.read(["name"]))
            self.assertIn(order, both.search([]))
            self.set_credit(order, [(self.manager_a, 100)], self.commercial)
            self.env.invalidate_all()
            with self.assertRaises(AccessError):
                both.read(["name"])
            self.assertNotIn(order, both.search([]))

    def test_shares_must_add_up(self):
        order = self.make_order()
        with self.assertRaisesRegex(ValidationError, "100"):
            self.set_credit(order, [(self.manager_a, 60), (self.manager_b, 30)])

    def test_one_manager_gets_what_needed_an_owner(self):
        refund = self.make_invoice(move_type="out_refund")
        self.set_credit(refund, [(self.manager_b, 100)], self.commercial)
        self.assertEqual(refund.credited_user_id, self.manager_b)
        self.assertEqual(refund.credited_branch_id, self.other_branch)
        self.assertEqual(refund.credit_kind, "single")

    def test_back_to_one_manager(self):
        order = self.make_order()
        self.set_credit(order, [(self.manager_a, 50), (self.manager_b, 50)])
        self.set_credit(order, [(self.manager_b, 100)], self.commercial)
        self.assertEqual(order.credit_kind, "single")
        self.assertEqual(order.credited_user_id, self.manager_b)
        self.assertFalse(order.sales_credit_ids)

    def test_managers_and_foreign_directors_do_not_share_credit(self):
        order = self.make_order()
        shares = [(self.manager_a, 50), (self.manager_b, 50)]
        for user in (self.manager_a, self.other_director):
            with self.assertRaises(AccessError):
                self.set_credit(order, shares, user)

    def test_nobody_gives_credit_to_themselves(self):
        own = self.make_customer("Director's own", self.director)
        order = self.make_order(own)
        with self.assertRaises(UserError):
            self.set_credit(order, [(self.director, 100)])

    def test_rows_cannot_be_written_by_rpc(self):
        order = self.make_order()
        self.set_credit(order, [(self.manager_a, 50), (self.manager_b, 50)])
        share = order.sales_credit_ids[0]
        for user in (self.manager_a, self.director, self.commercial, self.admin):
            with self.assertRaises(UserError):
                share.with_user(user).write({"share_bp": 10000})
            with self.assertRaises(AccessError):
                share.with_user(user).unlink()

    def test_stamps_cannot_be_written_by_rpc(self):
        order = self.make_order(user_id=self.manager_a.id)
        for user in (self.manager_a, self.commercial, self.admin):
            with self.assertRaises(AccessError):
                order.with_user(user).write({"credited_user_id": user.id})
            with self.assertRaises(AccessError):
                order.with_user(user).order_line.write({"recognition_cost": 1})
        with self.assertRaises(AccessError):
            self.env["sale.order"].with_user(self.manager_a).create(
                {
                    "partner_id": self.customer.id,
                    "first_confirmation_date": "2020-01-01",
                }
            )

    def test_shares_in_one_call_must_be_whole(self):
        order = self.make_order()
        vals = {"order_id": order.id, "user_id": self.manager_a.id, "reason": "x"}
        with self.assertRaises(ValidationError):
            self.env["sales.credit"].sudo().create({**vals, "share_bp": 4000})
        self.env["sales.credit"].sudo().create(
            [
                {**vals, "share_bp": 4000},
                {**vals, "user_id": self.manager_b.id, "share_bp": 6000},
            ]
        )
        with self.assertRaises(ValidationError):
            order.sudo().sales_credit_ids[0].unlink()

    def test_wizard_refuses_a_line_twice(self):
        order = self.make_order()
        with self.assertRaises(UserError):
            self.set_credit(order, [(self.manager_a, 50), (self.manager_a, 50)])

    def test_context_gives_no_stamps(self):
        Order = self.env["sale.order"].with_user(self.manager_b)
        order = Order.with_context(
            default_credited_user_id=self.manager_b.id,
            default_credit_kind="single",
            default_first_confirmation_date="2020-01-01 00:00:00",
        ).create({"partner_id": self.customer.id, "user_id": self.manager_b.id})
        self.assertFalse(order.credit_kind)
        self.assertFalse(order.first_confirmation_date)

    def test_refund_of_a_shared_invoice_is_shared(self):
        invoice = self.make_invoice()
        self.set_credit(invoice, [(self.manager_a, 50), (self.manager_b, 50)])
        refund = invoice._reverse_moves([{"invoice_date": invoice.invoice_date}])
        refund.action_post()
        self.assertEqual(refund.credit_kind, "shared")
        self.assertEqual(refund.sales_credit_ids.mapped("share_bp"), [5000, 5000])

    def test_refund_follows_the_invoice_not_the_moved_order(self):
        order = self.make_order()
        invoice = self.invoice_order(order)
        self.set_credit(order, [(self.manager_b, 100)])
        refund = invoice._reverse_moves([{"invoice_date": invoice.invoice_date}])
        refund.action_post()
        self.assertEqual(refund.credited_user_id, self.manager_a)

    def test_directors_of_several_branches_do_not_decide_alone(self):
        order = self.make_order()
        self.set_credit(order, [(self.manager_a, 99), (self.manager_b, 1)])
        with self.assertRaises(AccessError):
            self.set_credit(order, [(self.manager_b, 100)], self.other_director)
        self.set_credit(order, [(self.manager_a, 100)], self.commercial)

    def test_director_settles_a_credit_note_of_the_own_customer(self):
        refund = self.make_invoice(move_type="out_refund")
        self.env.flush_all()
        self.set_credit(refund, [(self.manager_a, 100)], self.director)
        self.assertEqual(refund.credited_user_id, self.manager_a)
        other = self.make_invoice(move_type="out_refund")
        with self.assertRaises(AccessError):
            self.set_credit(other, [(self.manager_b, 100)], self.other_director)

    def test_copy_carries_no_stamps(self):
        order = self.make_order()
        self.set_credit(order, [(self.manager_a, 50), (self.manager_b, 50)])
        copy = order.copy()
        self.assertFalse(copy.credit_kind)
        self.assertFalse(copy.sales_credit_ids)
        self.assertFalse(copy.first_confirmation_date)
