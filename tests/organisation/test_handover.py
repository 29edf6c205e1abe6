from datetime import date

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError

from ..common import SalesManagementCommon


class TestHandover(SalesManagementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quotation = cls.make_order(confirm=False, user_id=cls.manager_a.id)
        cls.order = cls.make_order(user_id=cls.manager_a.id)

    def hand_over(self, user=None, start=True, **values):
        handover = (
            self.env["customer.handover"]
            .with_user(user or self.director)
            .with_company(self.company)
            .create(
                {
                    "from_user_id": self.manager_a.id,
                    "to_user_id": self.manager_b.id,
                    "reason": "New region",
                    "date_from": self.env["sales.branch"]._company_local_date(
                        self.company
                    ),
                    **values,
                }
            )
        )
        if handover.from_user_id:
            handover.action_load_customers()
        if start:
            handover.action_start()
        return handover

    def test_preview_counts_what_is_open(self):
        handover = self.hand_over(start=False)
        self.assertEqual(handover.line_ids.partner_id, self.customer)
        self.assertEqual(handover.line_ids.quotation_count, 1)
        self.assertEqual(handover.line_ids.order_count, 1)
        self.assertEqual(handover.order_count, 2)

    def test_default_moves_quotations_and_keeps_orders(self):
        handover = self.hand_over()
        self.assertEqual(handover.state, "done")
        self.assertEqual(handover.line_ids.state, "done")
        self.assertEqual(handover.line_ids.old_user_id, self.manager_a)
        self.assertEqual(self.customer.user_id, self.manager_b)
        row = self.customer.customer_assignment_ids[0]
        self.assertEqual(
            (row.user_id, row.source, row.reason, row.branch_id),
            (self.manager_b, "handover", "New region", self.other_branch),
        )
        self.assertEqual(self.quotation.user_id, self.manager_b)
        self.assertEqual(self.order.user_id, self.manager_a)
        self.assertEqual(self.order.credited_user_id, self.manager_a)
        self.quotation.action_confirm()
        self.assertEqual(self.quotation.credited_user_id, self.manager_b)

    def test_kept_quotation_stays_with_the_old_owner(self):
        self.hand_over(quotations="keep")
        self.assertEqual(self.quotation.user_id, self.manager_a)
        self.quotation.action_confirm()
        self.assertEqual(self.quotation.credited_user_id, self.manager_a)
        self.assertEqual(self.quotation.credited_branch_id, self.branch)

    def test_moved_order_takes_its_invoices_along(self):
        self.hand_over(orders="move")
        self.assertEqual(self.order.user_id, self.manager_b)
        self.assertEqual(self.order.credited_user_id, self.manager_b)
        invoice = self.invoice_order(self.order)
        self.assertEqual(invoice.credited_user_id, self.manager_b)
        self.assertEqual(invoice.credited_branch_id, self.other_branch)

    def test_split(self):
        self.hand_over(quotations="split", orders="split", share_new=30)
        for document in (self.quotation, self.order):
            self.assertEqual(document.credit_kind, "shared")
            self.assertEqual(
                {s.user_id: s.share_bp for s in document.sales_credit_ids},
                {self.manager_a: 7000, self.manager_b: 3000},
            )
        self.quotation.action_confirm()
        self.assertEqual(self.quotation.credit_kind, "shared")

    def test_future_day_waits(self):
        with freeze_time("2026-11-10 10:00:00"):
            handover = self.hand_over(date_from="2026-12-01")
            self.assertEqual(handover.state, "scheduled")
            self.assertEqual(self.customer.user_id, self.manager_a)
            self.run_cron()
            self.assertEqual(handover.state, "scheduled")
        with freeze_time("2026-11-30 23:30:00"):  # December in Amsterdam
            self.run_cron()
        self.assertEqual(handover.state, "done")
        self.assertEqual(self.customer.user_id, self.manager_b)

    def run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "sales_manager_kpi.ir_cron_customer_handover"
            ).method_direct_trigger()

    def test_many_customers_go_in_batches(self):
        self.patch_limits()
        for number in range(5):
            self.make_customer(f"Many {number}", self.manager_a)
        handover = self.hand_over()
        self.assertEqual(handover.state, "running")
        self.assertFalse(handover.done_count)
        self.run_cron()
        self.assertEqual(handover.state, "done")
        self.assertEqual(handover.done_count, 6)
        self.assertEqual(handover.line_ids.partner_id.user_id, self.manager_b)

    def patch_limits(self):
        from odoo.addons.sales_manager_kpi.models import customer_handover

        self.patch(customer_handover, "AT_ONCE", 3)
        self.patch(customer_handover, "BATCH", 2)

    def test_later_owner_is_not_overwritten(self):
        self.env["customer.assignment"]._assign(
            {self.customer.id: self.director.id},
            self.company,
            date(2030, 1, 1),
            "manual",
        )
        handover = self.hand_over()
        self.assertEqual(handover.line_ids.state, "skipped")
        self.assertEqual(self.customer.user_id, self.manager_a)

    def test_nothing_changes_after_the_start(self):
        handover = self.hand_over()
        with self.assertRaises(UserError):
            handover.with_user(self.director).reason = "Other"
        with self.assertRaises(UserError):
            handover.with_user(self.director).action_start()
        with self.assertRaises(UserError):
            handover.with_user(self.director).unlink()
        with self.assertRaises(UserError):
            handover.line_ids.with_user(self.director).unlink()

    def test_state_is_not_written_by_rpc(self):
        handover = self.hand_over(start=False)
        with self.assertRaises(AccessError):
            handover.with_user(self.director).write({"state": "done"})
        with self.assertRaises(AccessError):
            self.hand_over(start=False, state="done")

    def test_started_handover_takes_no_more_customers(self):
        waiting = self.hand_over(date_from="2090-01-01")
        self.assertEqual(waiting.state, "scheduled")
        foreign = self.make_customer("B's", self.manager_b)
        draft = self.hand_over(
            start=False,
            from_user_id=False,
            line_ids=[Command.create({"partner_id": foreign.id})],
        )
        with self.assertRaises(UserError):
            draft.line_ids.with_user(self.director).handover_id = waiting
        with self.assertRaises(AccessError):
            self.env["customer.handover"].with_user(self.director).with_context(
                default_state="running"
            ).create({"to_user_id": self.manager_b.id, "reason": "x"})

    def test_nobody_takes_credit_for_themselves(self):
        with self.assertRaises(AccessError):
            self.hand_over(to_user_id=self.director.id, orders="move")
        handover = self.hand_over(
            to_user_id=self.director.id, quotations="keep", orders="keep"
        )
        self.assertEqual(handover.state, "done")

    def test_waiting_handover_respects_a_newer_owner(self):
        with freeze_time("2026-12-10 10:00:00"):
            handover = self.hand_over(date_from="2026-12-20")
            self.assertEqual(handover.line_ids.old_user_id, self.manager_a)
        with freeze_time("2026-12-11 10:00:00"):
            self.customer.user_id = self.commercial
        with freeze_time("2026-12-20 10:00:00"):
            self.run_cron()
        self.assertEqual(handover.line_ids.state, "skipped")
        self.assertEqual(self.customer.user_id, self.commercial)

    def test_bad_input(self):
        with self.assertRaises(ValidationError):
            self.hand_over(to_user_id=self.manager_a.id)
        self.manager_b.active = False
        with self.assertRaises(ValidationError):
            self.hand_over()

    def test_no_customers(self):
        with self.assertRaises(UserError):
            self.hand_over(from_user_id=False)

    def test_roles(self):
        for user in (self.manager_a, self.supervisor, self.plain):
            with self.assertRaises(AccessError):
                self.hand_over(user=user)
        foreign = self.hand_over(
            user=self.other_director,
            start=False,
            from_user_id=False,
            line_ids=[Command.create({"partner_id": self.customer.id})],
        )
        with self.assertRaises(AccessError):
            foreign.with_user(self.other_director).action_start()
        self.assertEqual(self.hand_over(user=self.commercial).state, "done")

    def test_rights_on_its_customers(self):
        """Rows of ``customer.handover.line`` follow their handover."""
        waiting = self.hand_over(start=False).line_ids
        self.assertEqual(waiting._name, "customer.handover.line")
        for user in (self.manager_a, self.manager_b, self.other_director, self.plain):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                waiting.with_user(user).read(["partner_id"])
        waiting.handover_id.action_start()
        done = waiting
        for user in (self.manager_a, self.manager_b, self.director, self.commercial):
            self.env.invalidate_all()
            own = done.with_user(user)
            self.assertEqual(own.read(["state"])[0]["state"], "done")
            with self.subTest(user=user.login):
                with self.assertRaises(UserError):
                    own.write({"state": "todo"})
                with self.assertRaises(UserError):
                    own.unlink()
        with self.assertRaises(AccessError):
            done.with_user(self.supervisor).read(["partner_id"])

    # ------------------------------------------------------------------
    # Acceptance
    # ------------------------------------------------------------------

    def activities(self, handover, name):
        kind = self.env.ref(f"sales_manager_kpi.mail_activity_type_{name}")
        return handover.sudo().activity_ids.filtered(
            lambda activity: activity.activity_type_id == kind
        )

    def reminders(self, handover):
        return (
            self.env["mail.message"]
            .sudo()
            .search(
                [
                    ("model", "=", handover._name),
                    ("res_id", "=", handover.id),
                    ("message_type", "=", "user_notification"),
                    ("subject", "like", "Handover to accept"),
                ]
            )
        )

    def test_new_owner_has_a_working_day_to_accept(self):
        """Begun on Friday noon: until Monday noon, by the hours of the branch."""
        with freeze_time("2031-01-17 11:00:00"):  # 12:00 in Amsterdam
            handover = self.hand_over().sudo()
            self.assertEqual(
                fields.Datetime.to_string(handover.accept_until), "2031-01-20 11:00:00"
            )
            asked = self.activities(handover, "handover_accept")
            self.assertEqual(asked.user_id, self.manager_b)
            self.assertEqual(asked.date_deadline, date(2031, 1, 20))
        with freeze_time("2031-01-20 10:50:00"):
            self.run_cron()
            self.assertFalse(self.activities(handover, "customer_handover_waiting"))

    def test_director_hears_that_the_new_owner_does_not_accept(self):
        with freeze_time("2031-01-17 11:00:00"):
            handover = self.hand_over()
        with freeze_time("2031-01-20 11:01:00"):
            self.run_cron()
            waiting = self.activities(handover, "customer_handover_waiting")
            self.assertEqual(waiting.user_id, self.director)
            self.assertEqual(waiting.date_deadline, date(2031, 1, 20))
            self.assertEqual(
                self.reminders(handover).partner_ids,
                self.manager_b.partner_id,
            )
            self.run_cron()
            self.assertEqual(
                self.activities(handover, "customer_handover_waiting"), waiting
            )
            self.assertEqual(len(self.reminders(handover)), 1)
        handover.with_user(self.manager_b).action_accept_handover()
        self.assertFalse(self.activities(handover, "customer_handover_waiting"))

    def test_who_directs_the_new_branch_hears_of_it(self):
        """Not the new owner, where it is the director who does not accept."""
        other = self.other_director
        with freeze_time("2031-01-17 11:00:00"):
            to_branch = self.hand_over(branch_id=self.other_branch.id)
            chief = self.commercial
            customer = self.make_customer("Other", self.manager_a)
            to_director = self.hand_over(
                chief,
                branch_id=self.other_branch.id,
                to_user_id=other.id,
                from_user_id=False,
                line_ids=[Command.create({"partner_id": customer.id})],
            )
        with freeze_time("2031-01-21 11:00:00"):
            self.run_cron()
        for handover, told in ((to_branch, other), (to_director, chief)):
            waiting = self.activities(handover, "customer_handover_waiting")
            self.assertEqual(waiting.user_id, told)

    def test_accepted_waiting_or_cancelled_reminds_nobody(self):
        with freeze_time("2031-01-17 11:00:00"):
            done = self.hand_over()
            done.with_user(self.manager_b).action_accept_handover()
            later = self.make_customer("Later", self.manager_b)
            values = {
                "from_user_id": False,
                "to_user_id": self.manager_a.id,
                "date_from": "2031-02-03",
                "line_ids": [Command.create({"partner_id": later.id})],
            }
            waiting = self.hand_over(self.other_director, **values)
        with freeze_time("2031-02-02 11:00:00"):
            self.run_cron()
            for handover in (done, waiting):
                self.assertFalse(self.activities(handover, "customer_handover_waiting"))
            waiting.action_cancel()
        with freeze_time("2031-02-07 11:00:00"):
            self.run_cron()
        self.assertFalse(waiting.sudo().activity_ids)

    def test_reminding_is_the_systems(self):
        handover = self.hand_over(start=False)
        for name in ("accept_until", "reminded_at", "accepted_at"):
            with self.assertRaises(AccessError):
                handover.write({name: "2031-01-17 11:00:00"})
