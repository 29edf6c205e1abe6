from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError

from ..common import MANAGER, SalesManagementCommon
from .handover_common import SubstitutionWorld


class TestHandoverList(SubstitutionWorld, SalesManagementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_deputies()
        cls.today = cls.branch._local_today()
        cls.quotation = cls.make_order(confirm=False, user_id=cls.manager_a.id)
        cls.quotation.validity_date = cls.today + timedelta(days=3)
        cls.order = cls.make_order(price=250.0, user_id=cls.manager_a.id)
        cls.invoice = cls.make_invoice(
            invoice_user_id=cls.manager_a.id,
            date=cls.today - timedelta(days=60),
            invoice_date_due=cls.today - timedelta(days=30),
        )
        cls.lead = cls.env["crm.lead"].create(
            {
                "name": "Curtains for the town hall",
                "user_id": cls.manager_a.id,
                "type": "opportunity",
                "partner_id": cls.customer.id,
                "expected_revenue": 900.0,
                "company_id": cls.company.id,
            }
        )
        cls.call = cls.plan(cls.customer, cls.manager_a, -2)

    @classmethod
    def plan(cls, record, user, days):
        return cls.env["mail.activity"].create(
            {
                "res_model_id": cls.env["ir.model"]._get_id(record._name),
                "res_id": record.id,
                "user_id": user.id,
                "summary": "Call",
                "date_deadline": cls.today + timedelta(days=days),
            }
        )

    def item(self, row, record):
        return row.item_ids.filtered(
            lambda i: (i.res_model, i.res_id) == (record._name, record.id)
        )

    def ship(self, order):
        order.picking_ids.move_ids.write({"quantity": 1, "picked": True})
        order.picking_ids.button_validate()

    def pay(self, move, amount=None):
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"amount": amount} if amount else {})
        )
        return wizard._create_payments()

    def test_list_has_what_is_open(self):
        """Of the principal, in words, with customer, day and amount."""
        self.make_order(confirm=False, user_id=self.third.id)
        self.make_invoice(invoice_user_id=self.third.id)
        row = self.appoint()
        self.assertEqual(
            self.kinds(row), ["activity", "due", "lead", "order", "quotation"]
        )
        quotation = self.item(row, self.quotation)
        self.assertEqual(
            (quotation.name, quotation.amount, quotation.date_due),
            (self.quotation.name, 100.0, self.today + timedelta(days=3)),
        )
        self.assertEqual(quotation.status_start, "draft")
        self.assertEqual(quotation.partner_id, self.customer)
        self.assertEqual(
            (self.item(row, self.order).amount, self.item(row, self.order).status),
            (250.0, "to_ship"),
        )
        due = self.item(row, self.invoice)
        self.assertEqual(due.date_due, self.invoice.invoice_date_due)
        self.assertEqual((due.status_start, due.amount), ("overdue", 100.0))
        self.assertTrue(due.is_overdue)
        self.assertEqual(self.item(row, self.lead).amount, 900.0)
        self.assertEqual(self.item(row, self.call).status_start, "overdue")
        self.assertIn(self.customer.name, self.item(row, self.call).name)

    def test_scope_hides_what_does_not_pass(self):
        """No invoice, no lead, and no activity on one, where that is not in scope."""
        self.plan(self.lead, self.manager_a, 0)
        self.plan(self.invoice, self.manager_a, 0)
        row = self.appoint(scope_invoices=False, scope_leads=False)
        self.assertEqual(self.kinds(row), ["activity", "order", "quotation"])
        self.assertEqual(self.item(row, self.call).res_id, self.call.id)
        for item in row.item_ids:
            self.assertNotIn("town hall", item.name)
            self.assertNotIn(self.invoice.name, f"{item.name} {item.happened}")

    def test_only_what_falls_within_and_is_work(self):
        """Not what is due after the return, nor the principal's private reminders."""
        later = self.plan(self.customer, self.manager_a, 20)
        foreign = self.plan(self.customer, self.third, 0)
        private = self.plan(self.make_customer("Dentist"), self.manager_a, 0)
        row = self.appoint()
        for activity in (later, foreign, private):
            self.assertFalse(self.item(row, activity))

    def test_finished_orders_do_not_pass(self):
        self.ship(self.order)
        half = self.appoint()
        self.assertEqual(self.item(half, self.order).status_start, "to_invoice")
        half.action_revoke()
        self.invoice_order(self.order)
        self.pay(self.invoice)
        row = self.appoint()
        self.assertFalse(self.item(row, self.order))
        self.assertFalse(self.item(row, self.invoice))

    def test_document_currency_is_kept(self):
        currency = self.env.ref("base.CHF")
        currency.active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "company_id": self.company.id,
                "name": self.today,
                "rate": 2.0,
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Swiss", "currency_id": currency.id}
        )
        order = self.make_order(
            confirm=False, user_id=self.manager_a.id, pricelist_id=pricelist.id
        )
        item = self.item(self.appoint(), order)
        self.assertEqual(
            (item.amount_document, item.currency_id, item.amount),
            (order.amount_untaxed, currency, order.amount_untaxed / 2),
        )

    def test_snapshot_is_repeated_without_harm(self):
        """New work comes on, finished work goes, notes stay; nothing twice."""
        row = self.appoint(date_from=self.today + timedelta(days=1))
        self.item(row, self.order).note = "Ring before delivery"
        self.item(row, self.quotation).note = "Wants 5 %"
        before = row.item_ids
        self.quotation.action_cancel()
        self.lead.active = False
        new = self.make_order(confirm=False, user_id=self.manager_a.id)
        by_hand = self.env["sales.handover.item"].create(
            {"substitution_id": row.id, "name": "Keys of the showroom"}
        )
        row._take_snapshot()
        row._take_snapshot()
        self.assertEqual(len(self.item(row, new)), 1)
        self.assertEqual(self.item(row, self.order).note, "Ring before delivery")
        self.assertEqual(self.item(row, self.quotation).status, "cancelled")
        self.assertFalse(self.item(row, self.lead))
        self.assertTrue(by_hand.exists())
        self.assertEqual(len(row.item_ids), len(before) + 1)

    def test_list_is_final_at_its_first_moment(self):
        """The job makes it once more at the start, and never after."""
        row = self.appoint(date_from=self.today + timedelta(days=1))
        new = self.make_order(confirm=False, user_id=self.manager_a.id)
        self.run_cron()
        self.assertFalse(self.item(row, new))
        now = fields.Datetime.now()
        row.write(
            {
                "start_at": now - timedelta(seconds=1),
                "snapshot_at": now - timedelta(hours=1),
            }
        )
        self.run_cron()
        self.assertTrue(self.item(row, new))
        late = self.make_order(confirm=False, user_id=self.manager_a.id)
        self.run_cron()
        self.assertFalse(self.item(row, late))

    def test_late_job_lists_nothing_begun_since(self):
        row = self.appoint(date_from=self.today + timedelta(days=1))
        new = self.make_order(confirm=False, user_id=self.manager_a.id)
        old = fields.Datetime.now() - timedelta(days=2)
        row.write({"start_at": old, "snapshot_at": old - timedelta(days=1)})
        self.run_cron()
        self.assertFalse(self.item(row, new))

    def test_adopted_gets_a_new_list(self):
        row = self.appoint(mode="passive")
        self.assertTrue(self.item(row, self.order))
        new = self.make_order(confirm=False, user_id=self.manager_a.id)
        row.with_user(self.deputy).action_adopt()
        self.assertTrue(self.item(row, new))

    def test_one_reading_for_any_number(self):
        """As many queries for three substitutions as for one."""
        others = [self.make_user(f"many_{n}", MANAGER) for n in range(3)]
        rows = self.env["sales.substitution"]
        for user in others:
            self.make_order(confirm=False, user_id=user.id)
            rows |= self.appoint(
                director=self.commercial, principal_id=user.id, appoint=False
            )
        counts = []
        for some in (rows, rows[:1], rows):
            self.env.flush_all()
            self.env.invalidate_all()
            some.mapped("principal_id.name")
            start = self.env.cr.sql_log_count
            found = [v for m in some._handover_sources().values() for v in m()]
            counts.append(self.env.cr.sql_log_count - start)
        self.assertEqual(len(found), 3)
        self.assertEqual(counts[1], counts[2])

    # ------------------------------------------------------------------
    # Handing back
    # ------------------------------------------------------------------

    def backdate(self, record):
        """``create_date`` is the transaction's, which began before the appointment."""
        self.env.flush_all()
        moment = fields.Datetime.now() - timedelta(hours=1)
        self.env.cr.execute(
            f"UPDATE {record._table} SET create_date = %s WHERE id IN %s",
            (moment, tuple(record.ids)),
        )
        record.invalidate_recordset(["create_date"])

    def test_report_says_what_happened(self):
        row = self.appoint()
        row.write({"start_at": row.start_at - timedelta(days=1)})
        self.quotation.with_user(self.deputy).action_confirm()
        made = (
            self.env["sale.order"]
            .with_user(self.deputy)
            .create({"partner_id": self.customer.id, "user_id": self.manager_a.id})
        )
        own = self.make_order(confirm=False, user_id=self.third.id)
        self.backdate(made.sudo() | own)
        payment = self.pay(self.invoice, 40.0)
        self.backdate(self.invoice.line_ids.matched_credit_ids)
        self.order.with_user(self.deputy).message_post(
            body="On its way", message_type="comment"
        )
        self.call.with_user(self.deputy).action_feedback()
        self.env["mail.message"].search(
            [("model", "=", "sale.order")]
        ).flush_recordset()
        self.let_it_end(row, minutes=-1)
        row.write({"stop_at": fields.Datetime.now() + timedelta(seconds=1)})
        row._hand_back()
        deeds = {(d.kind, d.res_model, d.res_id): d for d in row.deed_ids}
        self.assertIn(("confirmed", "sale.order", self.quotation.id), deeds)
        self.assertIn(("quotation", "sale.order", made.id), deeds)
        self.assertFalse(deeds["quotation", "sale.order", made.id].is_on_list)
        self.assertTrue(deeds["confirmed", "sale.order", self.quotation.id].is_on_list)
        self.assertNotIn(("quotation", "sale.order", own.id), deeds)
        paid = deeds["payment", "account.move", self.invoice.id]
        self.assertEqual(paid.amount, 40.0)
        self.assertIn(payment.move_id.name, paid.name)
        self.assertIn(("message", "sale.order", self.order.id), deeds)
        self.assertIn(("activity", "res.partner", self.customer.id), deeds)
        quotation = self.item(row, self.quotation)
        self.assertEqual(
            (quotation.status_start, quotation.status_end), ("draft", "ordered")
        )
        self.assertEqual(quotation.happened, "Draft → Ordered")
        due = self.item(row, self.invoice)
        self.assertIn(payment.move_id.name, due.reference_end)
        self.assertTrue(due.is_open)
        self.assertEqual(self.item(row, self.call).status_end, "done")

    def test_closed_list_keeps_how_it_stood(self):
        row = self.appoint()
        self.let_it_end(row)
        self.run_cron()
        self.assertTrue(row.handed_back_at)
        self.ship(self.order)
        self.assertEqual(self.item(row, self.order).status, "to_ship")
        with self.assertRaises(UserError):
            self.item(row, self.order).with_user(self.director).note = "Too late"
        at = row.handed_back_at
        self.run_cron()
        self.assertEqual(row.handed_back_at, at)

    def report_mails(self, row):
        mails = (
            self.env["mail.mail"]
            .sudo()
            .search([("model", "=", row._name), ("res_id", "=", row.id)])
        )
        return mails.filtered("attachment_ids")

    def test_report_is_mailed_to_principal_and_director(self):
        """Once, each in their own language, and not to the deputy."""
        self.env["res.lang"]._activate_lang("nl_NL")
        people = self.manager_a | self.director | self.deputy
        people.write({"email": "somebody@example.com"})
        self.director.lang = "nl_NL"
        row = self.appoint()
        self.let_it_end(row)
        seen = []
        template = self.env.registry["mail.template"]
        origin = template.send_mail

        def send_mail(self, res_id, **kwargs):
            seen.append(self._render_lang([res_id])[res_id])
            return origin(self, res_id, **kwargs)

        self.patch(template, "send_mail", send_mail)
        self.run_cron()
        mails = self.report_mails(row)
        self.assertEqual(
            mails.recipient_ids, (self.manager_a | self.director).partner_id
        )
        self.assertEqual(sorted(seen), sorted([self.manager_a.lang, "nl_NL"]))
        self.assertTrue(row.hand_back_mailed_at)
        self.run_cron()
        self.assertEqual(self.report_mails(row), mails)

    def test_paper_shows_the_list(self):
        row = self.appoint()
        self.item(row, self.order).note = "Ring before delivery"
        Report = self.env["ir.actions.report"]
        for xmlid in ("sales_handover_report", "sales_hand_back_report"):
            html, _kind = Report._render_qweb_html(
                f"sales_manager_kpi.{xmlid}", row.ids
            )
            text = html.decode()
            self.assertIn(self.order.name, text)
            self.assertIn("Ring before delivery", text)
        self.assertNotIn("left undone", text)
        row._hand_back()
        self.patch(
            self.env.registry["sales.substitution"],
            "_hand_back_gaps",
            lambda self: [
                {"name": "Answer", "partner": "X", "hours": 2.04, "excused": False}
            ],
        )
        html, _kind = Report._render_qweb_html(
            "sales_manager_kpi.sales_hand_back_report", row.ids
        )
        self.assertIn("left undone", html.decode())
        self.assertIn("2.0", html.decode())

    def test_forms_open_for_both_sides(self):
        row = self.appoint()
        for user in (self.manager_a, self.deputy, self.director, self.commercial):
            self.open_form(row.with_user(user))
            self.open_form(self.item(row, self.order).with_user(user))
        row._hand_back()
        self.open_form(row.with_user(self.deputy))

    def test_deputy_opens_what_is_on_the_list(self):
        row = self.appoint()
        for record in (self.order, self.invoice, self.lead, self.call):
            action = self.item(row, record).with_user(self.deputy).action_open_record()
            expected = self.customer if record == self.call else record
            self.assertEqual(
                (action["res_model"], action["res_id"]),
                (expected._name, expected.id),
            )
        self.lead.unlink()
        self.env.invalidate_all()
        self.assertEqual(self.item(row, self.lead).status, "deleted")
        with self.assertRaises(UserError):
            row.item_ids.filtered(lambda i: i.kind == "lead").action_open_record()

    # ------------------------------------------------------------------
    # For good
    # ------------------------------------------------------------------

    def test_permanent_handover_has_the_same_list(self):
        handover = (
            self.env["customer.handover"]
            .with_user(self.director)
            .create(
                {
                    "from_user_id": self.manager_a.id,
                    "to_user_id": self.manager_b.id,
                    "reason": "Leaves",
                    "company_id": self.company.id,
                    "date_from": self.today,
                    "line_ids": [Command.create({"partner_id": self.customer.id})],
                }
            )
        )
        handover.action_start()
        done = handover.sudo()
        self.assertEqual(done.state, "done")
        self.assertEqual(
            self.kinds(done), ["activity", "due", "lead", "order", "quotation"]
        )
        with self.assertRaises(AccessError):
            handover.action_accept_handover()
        self.assertTrue(self.activities(done, "handover_accept"))
        theirs = handover.with_user(self.manager_b)
        self.open_form(theirs)
        theirs.action_accept_handover()
        self.assertEqual(done.accepted_by_id, self.manager_b)
        self.assertFalse(self.activities(done, "handover_accept").filtered("active"))
        self.assertFalse(self.env["customer.handover"].with_user(self.third).search([]))
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "sales_manager_kpi.customer_handover_report", done.ids
        )
        self.assertIn(self.order.name, html.decode())
        self.ship(self.order)
        self.invoice_order(self.order)
        self.env.invalidate_all()
        self.env["sales.handover.item"]._cron_close_done()
        order = self.item(done, self.order)
        self.assertEqual(order.status_end, "completed")
        self.assertEqual(order.reference_end, self.order.picking_ids.name)
        self.assertFalse(self.item(done, self.quotation).status_end)
