from datetime import datetime

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError

from ..common import COMMERCIAL, MANAGER
from .common import RegistrationCommon


class TestRules(RegistrationCommon):
    def test_inert(self):
        """Without a rule nothing is recorded, warned of or asked."""
        order = self.make_order(requested_at="2020-01-01 10:00:00")
        self.assertFalse(self.events(order))
        self.assertFalse(order.registration_checked_on)
        self.assertFalse(order.registration_warning)
        with self.assertQueryCount(0):
            self.assertFalse(order._registration_findings("confirm", "ship"))

    def test_record(self):
        rule = self.use("reference")
        order = self.make_order()
        event = self.events(order)
        self.assertEqual((event.rule_id, event.severity), (rule, "minor"))
        self.assertFalse(event.counts)
        self.assertEqual(event.credited_user_id, self.manager_a)
        self.assertEqual(event.branch_id, self.branch)
        self.assertTrue(order.registration_checked_on)
        self.assertFalse(self.events(self.make_order(client_order_ref="PO 1")))
        self.assertFalse(event.fixed_at)
        self.env["registration.event"].sudo()._cron_fix()
        self.assertFalse(event.fixed_at)
        order.client_order_ref = "PO 7"
        self.env["registration.event"].sudo()._cron_fix()
        self.assertTrue(event.fixed_at)

    def test_warn(self):
        self.use("reference", "warn")
        order = self.make_order(confirm=False)
        self.assertIn("reference is missing", order.registration_warning)
        self.assertIn("order number", order.registration_warning, "what to do")
        order.client_order_ref = "PO 1"
        self.assertFalse(order.registration_warning)

    def test_block_confirm(self):
        """By the button, for many, by writing the state, by an import, by a job."""
        self.use("reference", "block")
        order = self.make_order(confirm=False)
        fine = self.make_order(confirm=False, client_order_ref="PO 1")
        for call in (
            lambda: order.action_confirm(),
            lambda: (order | fine).action_confirm(),
            lambda: order.sudo().action_confirm(),
            lambda: order.write({"state": "sale"}),
            lambda: self.make_order(confirm=False, state="sale"),
            lambda: order.with_context(registration_checked=True).action_confirm(),
        ):
            with (
                self.assertRaisesRegex(UserError, "reference is missing"),
                self.env.cr.savepoint(),
            ):
                call()
            self.env.invalidate_all(flush=False)
        fine.action_confirm()
        self.assertEqual(fine.state, "sale")

    def test_block_sending(self):
        """A quotation that lacks something is not sent; it stays a draft."""
        self.use("reference", "block", moment="quote")
        order = self.make_order(confirm=False).with_user(self.manager_a)
        for call in (
            lambda: order.action_quotation_send(),
            lambda: order.action_quotation_sent(),
            lambda: order.with_context(mark_so_as_sent=True).message_post(body="Here"),
        ):
            with (
                self.assertRaisesRegex(UserError, "reference is missing"),
                self.env.cr.savepoint(),
            ):
                call()
            self.env.invalidate_all(flush=False)
        self.assertEqual(order.state, "draft")
        order.client_order_ref = "PO 1"
        order.action_quotation_sent()
        self.assertEqual(order.state, "sent")
        self.assertFalse(self.events(order))

    def test_deputy(self):
        """What a deputy registers is the principal's, with who did it."""
        self.use("reference")
        deputy = self.make_user("deputy", MANAGER)
        self.env["sales.substitution"].with_user(self.commercial).create(
            {
                "company_id": self.company.id,
                "principal_id": self.manager_a.id,
                "deputy_id": deputy.id,
            }
        ).action_appoint()
        order = self.make_order(confirm=False, user_id=self.manager_a.id)
        order.with_user(deputy).action_confirm()
        event = self.events(order)
        self.assertEqual(event.user_id, deputy)
        self.assertEqual(event.acting_for_id, self.manager_a)
        self.assertEqual(event.credited_user_id, self.manager_a)
        for user in (self.manager_a, deputy):
            self.assertTrue(event.with_user(user).has_access("read"))
        self.assertFalse(event.with_user(self.manager_b).has_access("read"))

    def test_two_companies(self):
        """Each order keeps what was found in its own company, unseen by the other."""
        self.use("reference")
        far = self.setup_other_company(name="Far")["company"]
        theirs = self.make_user("far_director", COMMERCIAL, far)
        self.env["sales.branch"].create(
            {
                "code": "FAR",
                "name": "Far",
                "company_id": far.id,
                "tz": "UTC",
                "resource_calendar_id": far.resource_calendar_id.id,
                "member_ids": [
                    Command.create({"user_id": theirs.id, "date_from": "2020-01-01"})
                ],
            }
        )
        order = self.make_order()
        anything = self.env["product.product"].create(
            {"name": "Anything", "type": "service", "taxes_id": [Command.clear()]}
        )
        other = self.make_order(
            company_id=far.id,
            user_id=theirs.id,
            confirm=False,
            order_line=[Command.create({"product_id": anything.id})],
        )
        other.with_user(theirs).action_confirm()
        event, far_event = self.events(order), self.events(other)
        self.assertEqual((event.company_id, far_event.company_id), (self.company, far))
        self.assertTrue(far_event.with_user(theirs).has_access("read"))
        self.assertFalse(event.with_user(theirs).has_access("read"))
        self.assertFalse(far_event.with_user(self.commercial).has_access("read"))

    def test_scope(self):
        """Only orders of the condition, only of the company."""
        rule = self.use("reference", "block", domain="[('amount_total', '>', 500)]")
        self.make_order(price=100)
        with self.assertRaises(UserError):
            self.make_order(price=900)
        rule.company_id = self.env["res.company"].create({"name": "Other"})
        self.make_order(price=900)
        with self.assertRaises(ValidationError):
            rule.domain = "[('nowhere', '=', 1)]"
        with self.assertRaises(ValidationError):
            rule.moment = "after"
        with self.assertRaises(ValidationError):
            self.use("request_lag", "block")

    def test_named_checks(self):
        """Each shipped check of a document as it stands: wrong, and put right."""
        address = {
            "street": "Kade 1",
            "city": "Utrecht",
            "zip": "3511",
            "country_id": self.env.ref("base.nl").id,
        }
        self.customer.write(dict.fromkeys(address, False))
        term = self.env.ref("account.account_payment_term_immediate")
        for code, right in (
            ("terms", {"payment_term_id": term.id}),
            ("commitment_date", {"commitment_date": "2030-01-01"}),
            ("reference", {"client_order_ref": "PO 1"}),
        ):
            rule = self.use(code)
            order = self.make_order(confirm=False, payment_term_id=False)
            with self.subTest(code):
                self.assertIn(order, rule._found(order))
                order.write(right)
                self.assertNotIn(order, rule._found(order))
        order = self.make_order(confirm=False)
        rule = self.use("address")
        self.assertIn("Street", rule._found(order)[order])
        self.customer.write(address)
        self.assertFalse(rule._found(order))
        self.assertIn(order, self.use("contract")._found(order))
        condition = self.env["registration.rule"].create(
            {
                "name": "Signed",
                "check_code": "domain",
                "must_domain": "[('signed_by', '!=', False)]",
            }
        )
        self.assertIn(order, condition._found(order))
        order.signed_by = "Anna"
        self.assertFalse(condition._found(order))

    def test_documents(self):
        rule = self.use("documents")
        self.env["registration.document"].create(
            {"name": "Customer's order", "keyword": "PO"}
        )
        order, other = self.make_order(confirm=False), self.make_order(confirm=False)
        self.env["ir.attachment"].create(
            {"name": "their po 12.pdf", "res_model": "sale.order", "res_id": order.id}
        )
        self.assertEqual(
            rule._found(order | other), {other: "Not attached: Customer's order."}
        )

    def test_rights(self):
        """Managers see their own, directors their branch; nobody writes."""
        self.use("reference")
        order = self.make_order()
        event = self.events(order)
        for user in (self.manager_a, self.director, self.commercial):
            self.assertTrue(self.open_form(event.with_user(user)))
            theirs = event.with_user(user)
            for call in (
                lambda event=theirs: event.write({"note": "None"}),
                lambda event=theirs: event.unlink(),
                lambda event=theirs: event.copy(),
            ):
                with self.assertRaises(AccessError):
                    call()
            self.assertTrue(self.open_form(order.with_user(user)))
        for user in (self.manager_b, self.other_director, self.plain):
            with self.assertRaises(AccessError):
                event.with_user(user).read(["note"])
        with self.assertRaises(AccessError):
            event.rule_id.with_user(self.commercial).write({"effect": "block"})
        event.rule_id.with_user(self.admin).write({"effect": "warn"})
        with self.assertRaises(AccessError):
            order.with_user(self.manager_a).registration_checked_on = "2020-01-01"

    def test_plain_salesperson(self):
        """Who knows nothing of us confirms, and it is kept."""
        self.use("reference", "warn")
        seller = self.make_user("seller", "sales_team.group_sale_salesman")
        order = self.make_order(confirm=False, user_id=seller.id)
        self.open_form(order.with_user(seller))
        order.with_user(seller).action_confirm()
        self.assertEqual(self.events(order).user_id, seller)

    def test_past(self):
        """What it would have found, without keeping anything."""
        orders = self.make_order() | self.make_order(client_order_ref="PO 1")
        rule = self.use("reference")
        rule.active = False
        rule.domain = str([("id", "in", orders.ids)])
        rule.with_user(self.admin).action_test()
        self.assertEqual((rule.tested_count, rule.found_count), (2, 1))
        self.assertFalse(self.events(orders[0]))
        with self.assertRaises(AccessError):
            rule.with_user(self.director).action_test()

    def test_constant_queries(self):
        """Looking at 50 orders asks as much as looking at one."""
        for code in ("terms", "address", "reference", "documents", "recreated"):
            self.use(code)
        self.use("request_lag")
        orders = self.env["sale.order"].union(
            *(
                self.make_order(confirm=False, requested_at=datetime(2026, 3, 2, 8))
                for __ in range(12)
            )
        )
        counts = []
        for some in (orders[:1], orders[1:2], orders[2:]):
            self.env.flush_all()
            some.invalidate_recordset()
            some.order_line.invalidate_recordset()
            before = self.env.cr.sql_log_count
            some._registration_record(some._registration_findings("confirm", "ship"))
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[2], counts[1])


class TestMoments(RegistrationCommon):
    """Shipping, invoicing, and what is corrected afterwards."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cloth = cls.env["product.product"].create(
            {"name": "Cloth", "is_storable": True, "invoice_policy": "order"}
        )

    def order_goods(self, **values):
        return self.make_order(
            order_line=[
                Command.create({"product_id": self.cloth.id, "price_unit": 10})
            ],
            **values,
        )

    def ship(self, order):
        moves = order.picking_ids.move_ids
        moves.write({"quantity": 1, "picked": True})
        order.picking_ids._action_done()

    def test_block_shipping(self):
        """Only what goes to the customer; the same for a direct _action_done."""
        order = self.order_goods()
        self.use("reference", "block", moment="ship")
        with self.assertRaisesRegex(UserError, "reference is missing"):
            self.ship(order)
        warehouse = order.warehouse_id
        inner = self.env["stock.move"].create(
            {
                "product_id": self.cloth.id,
                "product_uom_qty": 1,
                "location_id": warehouse.lot_stock_id.id,
                "location_dest_id": warehouse.wh_output_stock_loc_id.id,
                "sale_line_id": order.order_line.id,
            }
        )
        inner._action_confirm()
        inner.write({"quantity": 1, "picked": True})
        inner._action_done()
        self.assertEqual(inner.state, "done")
        order.client_order_ref = "PO 1"
        self.ship(order)
        self.assertEqual(order.picking_ids.mapped("state"), ["done"])

    def test_block_invoicing(self):
        order = self.order_goods()
        rule = self.use("reference", "block", moment="invoice")
        invoice = order._create_invoices()
        with self.assertRaisesRegex(UserError, "reference is missing"):
            invoice.action_post()
        rule.effect = "record"
        invoice.action_post()
        event = self.events(order)
        self.assertEqual((event.res_model, event.move_id), ("account.move", invoice))

    def test_invoice_shows_it(self):
        """The draft what its order lacks, and what was found to who may read it."""
        order = self.order_goods()
        rule = self.use("reference", "warn", moment="invoice")
        clerk = self.make_user("clerk", "account.group_account_invoice")
        invoice = order._create_invoices()
        for user in (clerk, self.manager_a, self.director):
            self.assertIn(
                "reference is missing", invoice.with_user(user).registration_warning
            )
        rule.effect = "record"
        invoice.invalidate_recordset(["registration_warning"])
        self.assertFalse(invoice.registration_warning)
        invoice.action_post()
        self.assertFalse(invoice.with_user(clerk).registration_warning)
        for user, count in (
            (self.manager_a, 1),
            (self.manager_b, 0),
            (self.director, 1),
            (self.other_director, 0),
        ):
            self.assertEqual(
                invoice.with_user(user).registration_event_count, count, user.login
            )
        with self.assertRaises(AccessError):
            self.assertFalse(invoice.with_user(clerk).registration_event_count)
        found = self.env["registration.event"].search(
            invoice.with_user(self.director).action_open_registration_events()["domain"]
        )
        self.assertEqual(found, self.events(order))
        self.open_form(invoice.with_user(self.admin))
        empty = self.make_invoice(post=False)
        self.assertFalse(empty.registration_warning)
        self.assertFalse(empty.registration_event_count)

    def test_edited(self):
        """A person's change of a confirmed line; no draft, no computation."""
        self.use("edited")
        order = self.make_order(confirm=False)
        order.order_line.product_uom_qty = 2
        order.action_confirm()
        order.order_line.with_context(sale_write_from_compute=True).write(
            {"price_unit": 90}
        )
        order.order_line.with_user(self.admin).write({"product_uom_qty": 2})
        self.assertFalse(self.events(order))
        order.order_line.with_user(self.admin).write({"product_uom_qty": 3})
        event = self.events(order)
        self.assertIn("2.0 → 3.0", event.note)
        self.assertTrue(event.counts)
        order.order_line.with_user(self.admin).write({"discount": 5})
        self.assertEqual(len(self.events(order)), 2)

    def test_edit_blocked(self):
        self.use("edited", "block")
        order = self.make_order()
        with self.assertRaises(UserError):
            order.order_line.with_user(self.admin).write({"price_unit": 1})

    def test_reset_and_recreated(self):
        self.use("reset")
        self.use("recreated")
        order = self.make_order()
        order._action_cancel()
        again = self.make_order()
        self.assertIn(order.name, self.events(again).note)
        self.assertFalse(self.events(self.make_order(self.make_customer("B"))))
        order.action_draft()
        self.assertEqual(self.events(order).check_code, "reset")
        sent = self.make_order(confirm=False)
        sent.write({"state": "sent"})
        sent.action_draft()
        self.assertFalse(self.events(sent))

    def test_invoice_reset_and_credit(self):
        self.use("reset")
        self.use("credit_error")
        order = self.order_goods()
        invoice = self.invoice_order(order)
        invoice.button_draft()
        self.assertEqual(self.events(order).move_id, invoice)
        invoice.action_post()
        for is_error, count in ((False, 1), (True, 2)):
            wizard = (
                self.env["account.move.reversal"]
                .with_context(active_model="account.move", active_ids=invoice.ids)
                .create(
                    {
                        "journal_id": invoice.journal_id.id,
                        "is_registration_error": is_error,
                    }
                )
            )
            wizard.refund_moves()
            wizard.new_move_ids.action_post()
            self.assertEqual(len(self.events(order)), count)
        self.assertEqual(self.events(order)[0].severity, "critical")

    def test_lags(self):
        """In working hours of the branch: an evening and a weekend are none."""
        self.use("request_lag", norm_hours=4)
        self.use("delivery_lag", norm_hours=4)
        with freeze_time("2026-03-09 08:30:00"):  # a Monday, 9:30 in Utrecht
            # asked on Friday, an hour before the end
            quick = self.order_goods(confirm=False, requested_at="2026-03-06 15:00:00")
            self.entered(quick, "2026-03-09 08:30:00")
            self.ship(quick)
            self.invoice_order(quick)
        self.assertFalse(self.events(quick))
        with freeze_time("2026-03-11 10:00:00"):
            slow = self.order_goods(confirm=False, requested_at="2026-03-09 10:00:00")
            self.entered(slow, "2026-03-11 10:00:00")
            self.ship(slow)
        with freeze_time("2026-03-13 10:00:00"):
            self.invoice_order(slow)
        self.assertEqual(
            set(self.events(slow).mapped("check_code")),
            {"request_lag", "delivery_lag"},
        )
        lags = self.env["registration.lag"].search([("order_id", "=", slow.id)])
        self.assertEqual(lags.mapped("hours"), [16, 16])
        self.assertEqual(lags.mapped("is_in_time"), [False, False])
