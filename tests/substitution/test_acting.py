from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form

from ..common import SalesManagementCommon
from .common import AFTER, DURING, SubstitutionWorld

POSTERS = "account.group_account_invoice"


class TestActing(SubstitutionWorld, SalesManagementCommon):
    """What a deputy does, takes not, and leaves behind."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_deputy()
        cls.env.ref("base.user_admin").company_ids |= cls.company
        with freeze_time("2026-11-20 10:00:00"):
            cls.own_customer = cls.make_customer("Customer D", cls.deputy)
            cls.quotation = cls.make_order(confirm=False)
            cls.lead = cls.env["crm.lead"].create(
                {
                    "name": "Lead",
                    "type": "lead",
                    "user_id": cls.principal.id,
                    "contact_name": "Somebody New",
                }
            )
            invoiced = cls.make_order()
            cls.invoice = cls.invoice_order(invoiced, date(2026, 11, 20))
        cls.row = cls.make_substitution()

    def setUp(self):
        super().setUp()
        clock = freeze_time(DURING)
        clock.start()
        self.addCleanup(clock.stop)

    def theirs(self, record, user=None):
        return self.allowed(user or self.deputy)[record._name].browse(record.ids)

    # --- whole documents

    def test_forms_open_whole(self):
        order = self.open_form(
            self.theirs(self.invoice.line_ids.sale_line_ids.order_id)
        )
        self.assertEqual(len(order[0]["order_line"]), 1)
        invoice = self.open_form(self.theirs(self.invoice))
        self.assertEqual(len(invoice[0]["invoice_line_ids"]), 1)
        lead = self.open_form(self.theirs(self.lead))
        self.assertEqual(lead[0]["name"], "Lead")

    def test_a_quotation_to_its_invoice(self):
        order = self.theirs(self.quotation)
        with Form(order) as form:
            form.client_order_ref = "By phone"
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual(self.quotation.user_id, self.principal)
        self.assertEqual(self.quotation.confirmed_by_id, self.deputy)
        self.assertEqual(self.quotation.acting_for_id, self.principal)
        self.assertEqual(self.quotation.credited_user_id, self.principal)
        wizard = (
            self.allowed(self.deputy)["sale.advance.payment.inv"]
            .with_context(active_ids=order.ids, active_model="sale.order")
            .create({"advance_payment_method": "percentage", "amount": 20})
        )
        wizard.create_invoices()
        invoice = self.quotation.invoice_ids
        self.assertEqual(invoice.invoice_user_id, self.principal)
        self.assertTrue(self.theirs(invoice).has_access("read"))

    def test_the_discount_wizard(self):
        wizard = (
            self.allowed(self.deputy)["sale.order.discount"]
            .with_context(active_id=self.quotation.id)
            .create(
                {
                    "sale_order_id": self.quotation.id,
                    "discount_type": "sol_discount",
                    "discount_percentage": 0.1,
                }
            )
        )
        wizard.action_apply_discount()
        self.assertEqual(self.quotation.order_line.discount, 10)

    def test_sending_and_printing(self):
        action = self.theirs(self.invoice).action_send_and_print()
        wizard = (
            self.allowed(self.deputy)["account.move.send.wizard"]
            .with_context(**action["context"])
            .create({"sending_methods": ["manual"]})
        )
        wizard.action_send_and_print()
        self.assertEqual(self.invoice.acted_by_id, self.deputy)
        self.assertEqual(self.invoice.acting_for_id, self.principal)
        report = self.allowed(self.deputy)["ir.actions.report"]
        html, __ = report._render_qweb_html("sale.report_saleorder", self.quotation.ids)
        self.assertIn(self.quotation.name.encode(), html)

    def test_posting_for_the_principal(self):
        self.deputy.group_ids |= self.env.ref(POSTERS)
        draft = self.make_invoice(post=False, invoice_user_id=self.principal.id)
        self.theirs(draft).action_post()
        self.assertEqual(draft.acted_by_id, self.deputy)
        self.assertEqual(draft.acting_for_id, self.principal)
        own = self.make_invoice(
            customer=self.own_customer, post=False, invoice_user_id=self.deputy.id
        )
        self.theirs(own).action_post()
        self.assertFalse(own.acting_for_id)

    def test_a_new_quotation_is_the_principals(self):
        order = self.allowed(self.deputy)["sale.order"].create(
            {"partner_id": self.customer.id}
        )
        self.assertEqual(order.user_id, self.principal)
        copy = self.theirs(self.quotation).copy()
        self.assertEqual(copy.user_id, self.principal)

    def test_what_is_made_in_the_own_name_is_the_principals(self):
        """The principal finds it afterwards, and so does the hand-back report."""
        mine = {"partner_id": self.customer.id, "user_id": self.deputy.id}
        order = self.theirs(self.env["sale.order"]).create(mine)
        lead = self.theirs(self.env["crm.lead"]).create({**mine, "name": "Curtains"})
        self.deputy.group_ids |= self.env.ref(POSTERS)
        invoice = self.theirs(self.env["account.move"]).create(
            {"move_type": "out_invoice", "partner_id": self.customer.id}
        )
        self.assertEqual(order.user_id, self.principal)
        self.assertEqual(lead.user_id, self.principal)
        self.assertEqual(invoice.invoice_user_id, self.principal)
        words = " ".join(order.sudo().message_ids.mapped("body"))
        self.assertIn(f"this belongs to {self.principal.name}", words)
        self.assertTrue(self.theirs(order, self.principal).has_access("write"))
        order.action_confirm()
        self.assertEqual(order.sudo().acting_for_id, self.principal)
        self.refused(order, {"user_id": self.deputy.id})
        with freeze_time(AFTER):
            self.env.invalidate_all()
            self.row._hand_back()
            self.assertIn(order.id, self.row.deed_ids.mapped("res_id"))
            self.assertFalse(self.theirs(order).has_access("read"))

    def test_another_customer_makes_it_the_principals(self):
        own = self.make_order(customer=self.own_customer, confirm=False)
        order = self.theirs(own)
        self.assertEqual(order.user_id, self.deputy)
        order.client_order_ref = "Still mine"
        self.assertEqual(order.user_id, self.deputy)
        order.partner_id = self.customer
        self.assertEqual(order.user_id, self.principal)

    def test_what_was_the_deputys_before_stays(self):
        """Nor does anything change for who stands in for nobody, or for the system."""
        mine = {"partner_id": self.customer.id, "user_id": self.deputy.id}
        before = self.make_order(confirm=False, user_id=self.deputy.id)
        self.theirs(before).client_order_ref = "Before"
        self.assertEqual(before.user_id, self.deputy)
        third = self.theirs(self.env["sale.order"], self.third)
        order = third.create({**mine, "user_id": self.third.id})
        self.assertEqual(order.user_id, self.third)
        self.assertEqual(third.sudo().create(mine).user_id, self.deputy)
        with freeze_time(AFTER):
            order = self.theirs(self.env["sale.order"]).create(mine)
            self.assertEqual(order.user_id, self.deputy)

    def test_the_principal_keeps_working(self):
        order = self.theirs(self.quotation, self.principal)
        order.action_confirm()
        self.assertEqual(self.quotation.confirmed_by_id, self.principal)
        self.assertFalse(self.quotation.acting_for_id)

    # --- nothing is taken over

    def refused(self, record, values, user=None, method="write"):
        with self.assertRaises(AccessError, msg=str(values)), self.undone():
            self.call(user or self.deputy, record, method, values)
            self.env.flush_all()

    def test_no_field_takes_over(self):
        me = self.deputy.id
        self.refused(self.quotation, {"user_id": me})
        self.refused(self.quotation, {"user_id": self.third.id})
        self.refused(self.quotation, {"user_id": False})
        self.refused(self.lead, {"user_id": me})
        self.refused(self.customer, {"user_id": me})
        self.deputy.group_ids |= self.env.ref(POSTERS)
        self.refused(self.invoice, {"invoice_user_id": me})
        self.call(self.deputy, self.invoice, "write", {"user_id": me})
        self.assertEqual(self.invoice.invoice_user_id, self.principal)

    def test_no_other_document_takes_over(self):
        own = self.make_order(customer=self.own_customer, confirm=False)
        self.refused(self.quotation, {"partner_id": self.own_customer.id})
        self.refused(self.quotation.order_line, {"order_id": own.id})
        parent = {"parent_id": self.own_customer.id, "is_company": False}
        self.refused(self.customer, parent)
        self.refused(own, {"order_line": [Command.link(self.quotation.order_line.id)]})
        # another of the principal's customers, or a new one of nobody, is no door
        self.call(
            self.deputy,
            self.quotation,
            "write",
            {"partner_id": self.make_customer("Nobody's").id},
        )

    def test_no_wizard_takes_over(self):
        convert = self.allowed(self.deputy)["crm.lead2opportunity.partner"]
        convert = convert.with_context(
            active_model="crm.lead", active_id=self.lead.id, active_ids=self.lead.ids
        )
        values = {"name": "convert", "action": "create", "user_id": self.deputy.id}
        with self.assertRaises(AccessError), self.undone():
            convert.create({**values, "force_assignment": True}).action_apply()
        convert.create({**values, "force_assignment": False}).action_apply()
        self.assertEqual(self.lead.user_id, self.principal)
        self.assertEqual(self.lead.partner_id.user_id, self.principal)

    def test_no_merge_takes_over(self):
        mine = self.env["crm.lead"].create(
            {
                "name": "Mine",
                "type": "opportunity",
                "probability": 90,
                "user_id": self.deputy.id,
            }
        )
        both = mine | self.lead
        for user_id in (False, self.deputy.id, self.third.id):
            with self.assertRaises(AccessError), self.undone():
                self.call(self.deputy, both, "merge_opportunity", user_id)
        partners = self.customer | self.own_customer
        merge = self.allowed(self.deputy)["base.partner.merge.automatic.wizard"]
        with self.assertRaises(AccessError), self.undone():
            merge._merge(partners.ids, self.theirs(self.own_customer), False)

    def test_no_import_takes_over(self):
        order = self.theirs(self.quotation)
        ((name,),) = order.sudo().export_data(["id"])["datas"]
        result = order.browse().load(
            ["id", "user_id/.id"], [[name, str(self.deputy.id)]]
        )
        self.assertFalse(result["ids"])
        self.assertIn("stays theirs", result["messages"][0]["message"])

    def test_a_commercial_director_who_stands_in_still_decides(self):
        self.make_substitution(
            principal_id=self.manager_b.id,
            deputy_id=self.commercial.id,
            by=self.admin,
        )
        customer = self.make_customer("Customer B", self.manager_b)
        self.call(self.commercial, customer, "write", {"user_id": self.third.id})
        self.assertEqual(customer.user_id, self.third)

    # --- credit

    def decide_credit(self, user, manager, order):
        wizard = (
            self.allowed(user)["sales.credit.wizard"]
            .with_context(default_order_id=order.id)
            .create({"reason": "X", "line_ids": [Command.clear()]})
        )
        wizard.line_ids = [Command.create({"user_id": manager.id, "share": 100})]
        wizard.action_apply()

    def test_credit_by_the_deputy_of_the_director(self):
        second = self.make_user(
            "second_director", "sales_manager_kpi.group_branch_director"
        )
        order = self.make_order()
        with self.assertRaises(AccessError), self.undone():
            self.decide_credit(second, self.third, order)
        self.make_substitution(
            principal_id=self.director.id,
            deputy_id=second.id,
            scope_direction=True,
            by=self.commercial,
        )
        self.decide_credit(second, self.third, order)
        self.assertEqual(order.credited_user_id, self.third)
        for taker in (second, self.director):
            with self.assertRaises(AccessError), self.undone():
                self.decide_credit(second, taker, order)

    def test_a_director_who_stands_in_gives_no_credit_to_the_principal(self):
        self.env["sales.substitution"].search([]).action_revoke()
        order = self.make_order(customer=self.make_customer("T", self.third))
        self.make_substitution(deputy_id=self.director.id, by=self.commercial)
        with self.assertRaises(AccessError), self.undone():
            self.decide_credit(self.director, self.principal, order)
        self.decide_credit(self.director, self.deputy, order)

    def test_a_credit_note_without_owner_waits_for_the_deputy_too(self):
        second = self.make_user(
            "second_director", "sales_manager_kpi.group_branch_director"
        )
        note = self.make_invoice(
            move_type="out_refund", invoice_user_id=self.manager_b.id
        )
        self.assertEqual(note.credit_kind, "needs_owner")
        lines = note.invoice_line_ids
        self.make_substitution(
            principal_id=self.director.id,
            deputy_id=second.id,
            scope_direction=True,
            scope_invoices=False,
            scope_orders=False,
            by=self.commercial,
        )
        for moment, expected in ((DURING, True), (AFTER, False)):
            with freeze_time(moment):
                for user in (second, self.director):
                    reads = expected or user == self.director
                    self.assertEqual(self.may(user, "read", note), reads)
                    self.assertEqual(self.may(user, "read", lines), reads)

    def test_quotations_are_read_by_the_deputy_of_the_director_too(self):
        second = self.make_user(
            "second_director", "sales_manager_kpi.group_branch_director"
        )
        self.make_substitution(
            principal_id=self.director.id,
            deputy_id=second.id,
            scope_direction=True,
            by=self.commercial,
        )
        quotation = self.make_order(
            customer=self.make_customer("T", self.third),
            confirm=False,
            user_id=self.third.id,
        )
        for moment, expected in ((DURING, True), (AFTER, False)):
            with freeze_time(moment):
                for records in (quotation, quotation.order_line):
                    self.assertEqual(self.may(second, "read", records), expected)
                    self.assertTrue(self.may(self.director, "read", records))
                    self.assertFalse(self.may(second, "write", records))

    # --- stamps

    def test_messages_say_for_whom(self):
        order = self.theirs(self.quotation)
        word = order.message_post(body="Called")
        self.assertEqual(word.sudo().acting_for_id, self.principal)
        self.assertEqual(word.sudo()._acting_for_text(), f"for {self.principal.name}")
        sent = order.message_post(body="Offer", author_id=self.principal.partner_id.id)
        self.assertEqual(
            sent.sudo()._acting_for_text(),
            f"by {self.deputy.name} for {self.principal.name}",
        )
        own = self.make_order(customer=self.own_customer, confirm=False)
        mine = self.theirs(own).message_post(body="Mine")
        self.assertFalse(mine.sudo().acting_for_id)
        principal = self.theirs(self.quotation, self.principal)
        self.assertFalse(principal.message_post(body="Me").sudo().acting_for_id)

    def test_tracking_says_for_whom(self):
        order = self.theirs(self.quotation)
        self.env.flush_all()
        self.env.cr.precommit.run()  # what the set-up did
        order.action_confirm()
        self.env.flush_all()
        self.env.cr.precommit.run()
        tracked = self.env["mail.message"].search(
            [
                ("model", "=", "sale.order"),
                ("res_id", "=", order.id),
                ("tracking_value_ids", "!=", False),
            ]
        )
        self.assertTrue(tracked)
        self.assertEqual(tracked.acting_for_id, self.principal)

    def test_the_web_client_gets_the_words(self):
        from odoo.addons.mail.tools.discuss import Store

        word = self.theirs(self.quotation).message_post(body="Called")
        data = Store().add(self.theirs(word)).get_result()
        texts = {m["id"]: m["actingFor"] for m in data["mail.message"]}
        self.assertEqual(texts[word.id], f"for {self.principal.name}")

    def test_nobody_writes_stamps(self):
        word = self.theirs(self.quotation).message_post(body="Called")
        for record, values in (
            (self.quotation, {"acting_for_id": self.third.id}),
            (self.quotation, {"confirmed_by_id": self.third.id}),
            (word, {"acting_for_id": self.third.id}),
        ):
            self.refused(record, values)
        self.deputy.group_ids |= self.env.ref(POSTERS)
        self.refused(self.invoice, {"acting_for_id": self.third.id})
        values = {
            "model": "sale.order",
            "res_id": self.quotation.id,
            "body": "X",
            "acting_for_id": self.third.id,
        }
        message = self.allowed(self.principal)["mail.message"].create(values)
        self.assertFalse(message.sudo().acting_for_id)

    # --- told

    def notified(self, record, **values):
        with self.mock_mail() if hasattr(self, "mock_mail") else self.undone():
            message = record.message_post(
                body="News", subtype_xmlid="mail.mt_comment", **values
            )
            return message.sudo().notified_partner_ids

    def test_the_deputy_hears_what_the_principal_hears(self):
        self.quotation.message_subscribe(self.principal.partner_id.ids)
        post = self.quotation.with_user(self.third).sudo()
        everybody = self.notified(post)
        self.assertIn(self.principal.partner_id, everybody)
        self.assertIn(self.deputy.partner_id, everybody)
        self.assertNotIn(
            self.deputy.partner_id, self.quotation.message_partner_ids, "no follower"
        )
        with freeze_time(AFTER):
            self.assertNotIn(self.deputy.partner_id, self.notified(post))
        mine = self.notified(self.theirs(self.quotation))
        self.assertNotIn(self.deputy.partner_id, mine, "not of the own words")

    def test_the_deputy_hears_nothing_of_plans(self):
        plan = self.env["sales.plan"].create(
            {
                "user_id": self.principal.id,
                "period_id": self.env["sales.period"]
                ._for_date(self.company, date(2026, 12, 1))
                .id,
            }
        )
        plan.message_subscribe(self.principal.partner_id.ids)
        everybody = self.notified(plan.with_user(self.director).sudo())
        self.assertIn(self.principal.partner_id, everybody)
        self.assertNotIn(self.deputy.partner_id, everybody)
        plan.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.principal.id
        )
        found = self.allowed(self.deputy)["mail.activity"].search(
            [("is_stood_in_for", "=", True)]
        )
        self.assertNotIn("sales.plan", found.mapped("res_model"))

    def test_activities_of_the_principal(self):
        activity = self.quotation.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.principal.id
        )
        for user, expected in ((self.deputy, activity), (self.third, activity[:0])):
            model = self.allowed(user)["mail.activity"]
            found = model.search([("is_stood_in_for", "=", True)])
            self.assertEqual(found & activity, expected)
            self.assertEqual(
                bool(model.browse(activity.id).sudo().is_stood_in_for), bool(expected)
            )
        self.theirs(activity).action_feedback(feedback="Done")
        self.assertFalse(activity.active)
        row = self.env["sales.substitution"].search([], limit=1)
        action = self.call(self.deputy, row, "action_open_activities")
        self.assertEqual(action["res_model"], "mail.activity")
