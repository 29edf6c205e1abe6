from datetime import datetime

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form

from ..common import SalesManagementCommon
from .common import GapCommon


class TestAccess(GapCommon):
    """Who reads service gaps, who excuses them; nobody writes them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = cls.make_user("colleague", "sales_manager_kpi.group_manager")
        cls.env["sales.branch.member"].create(
            {
                "branch_id": cls.branch.id,
                "user_id": cls.colleague.id,
                "date_from": "2020-01-01",
            }
        )
        cls.theirs = cls.make_customer("Theirs", cls.manager_b)
        cls.theirs.customer_assignment_ids.date_from = "2020-01-01"
        for customer in (cls.customer, cls.theirs):
            cls.hear(customer, "2026-03-02 08:00:00")
        cls.gap, cls.other_gap = cls.sweep("2026-03-04 10:00:00")

    def seen(self, user):
        return self.Gap.with_user(user).search([])

    def excuse(self, user, gaps=None, reason="Snow on the roads"):
        wizard = (
            self.env["service.gap.excuse"]
            .with_user(user)
            .create({"gap_ids": (gaps or self.gap).ids, "reason": reason})
        )
        return wizard.action_confirm()

    def test_who_reads(self):
        for user, gaps in (
            (self.manager_a, self.gap),
            (self.colleague, self.Gap),
            (self.manager_b, self.other_gap),
            (self.director, self.gap),
            (self.other_director, self.other_gap),
            (self.commercial, self.gap | self.other_gap),
            (self.admin, self.gap | self.other_gap),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(self.seen(user), gaps)
                days = self.env["service.gap.day"].with_user(user).search([])
                self.assertEqual(days.gap_id, gaps)
        for user in (self.plain, self.supervisor):
            with self.assertRaises(AccessError):
                self.seen(user)

    def test_nobody_writes(self):
        for user in (self.manager_a, self.director, self.commercial, self.admin):
            gap = self.gap.with_user(user)
            day = gap.day_ids[:1]
            with self.subTest(user=user.login):
                for call in (
                    lambda gap=gap: gap.write({"state": "closed"}),
                    lambda gap=gap: gap.write({"excuse_reason": "Mine"}),
                    lambda gap=gap: gap.unlink(),
                    lambda gap=gap: gap.copy(),
                    lambda gap=gap: gap.create({"kind": "answer"}),
                    lambda day=day: day.write({"date": "2026-01-01"}),
                    lambda day=day: day.unlink(),
                ):
                    with self.assertRaises(AccessError):
                        call()

    def test_my_month_counts_what_its_reader_may_open(self):
        """As many as the list behind the figure has; none but in the running month."""
        self.sweep("2026-03-04 12:00:00")
        for user, subject, number in (
            (self.manager_a, None, 1),
            (self.director, self.manager_a.id, 1),
            (self.commercial, self.manager_b.id, 1),
            (self.colleague, None, 0),
        ):
            Month = self.env["sales.my.month"].with_user(user)
            with self.subTest(user=user.login):
                gaps = Month.get_data(None, subject)["gaps"]
                self.assertEqual(gaps["count"], number)
                found = self.Gap.with_user(user).search_count(gaps["domain"])
                self.assertEqual(found, number)
                self.assertFalse(Month.get_data("2026-02-01", subject)["gaps"])
        self.excuse(self.director)
        Month = self.env["sales.my.month"].with_user(self.manager_a)
        self.assertEqual(Month.get_data()["gaps"]["count"], 0)

    def test_people_talk_about_it(self):
        self.gap.with_user(self.manager_a).message_post(body="The line was down")
        SalesManagementCommon.open_form(self.gap.with_user(self.manager_a))
        SalesManagementCommon.open_form(self.gap.with_user(self.director))

    def test_the_director_excuses(self):
        gap = self.gap.with_user(self.director)
        self.assertTrue(gap.can_excuse)
        action = gap.action_ask_reason()
        with Form(
            self.env["service.gap.excuse"]
            .with_user(self.director)
            .with_context(**action["context"])
        ) as form:
            form.reason = "Snow on the roads"
        form.record.action_confirm()
        self.assertEqual(self.gap.state, "excused")
        self.assertEqual(self.gap.excused_by_id, self.director)
        self.assertFalse(self.gap.excused_for_id)
        self.assertFalse(gap.can_excuse)
        with self.assertRaisesRegex(UserError, "excused already"):
            self.excuse(self.director)
        self.answer(self.customer, "2026-03-05 09:00:00")
        self.sweep("2026-03-06 10:00:00")
        self.assertEqual(
            self.gap.state, "excused", "what happens later changes nothing"
        )
        self.assertEqual(self.gap.closed_at, datetime(2026, 3, 5, 9))

    def test_who_may_not(self):
        for user in (self.manager_a, self.colleague, self.plain):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.excuse(user)
        with self.assertRaises(AccessError):
            self.excuse(self.other_director)
        with self.assertRaises(AccessError):
            self.excuse(self.director, self.gap | self.other_gap)
        self.assertEqual(self.gap.state, "open")
        for reason in ("  ", ""):
            with self.assertRaisesRegex(UserError, "Say why"):
                self.gap.with_user(self.director)._excuse(reason)
        self.excuse(self.commercial, self.gap | self.other_gap)
        self.assertEqual(self.other_gap.excused_by_id, self.commercial)

    def test_nobody_excuses_their_own(self):
        self.branch.director_id = self.manager_a
        self.manager_a.group_ids |= self.env.ref(
            "sales_manager_kpi.group_commercial_director"
        )
        gap = self.gap.with_user(self.manager_a)
        self.assertFalse(gap.can_excuse)
        with self.assertRaisesRegex(AccessError, "of their own"):
            self.excuse(self.manager_a)

    def test_nor_of_whom_they_stand_in_for(self):
        self.env["sales.substitution"].create(
            {"principal_id": self.manager_a.id, "deputy_id": self.director.id}
        ).action_appoint()
        with self.assertRaisesRegex(AccessError, "stand in"):
            self.excuse(self.director)

    def test_the_deputy_of_the_director_excuses_for_them(self):
        self.env["sales.substitution"].create(
            {
                "principal_id": self.director.id,
                "deputy_id": self.other_director.id,
                "scope_direction": True,
            }
        ).action_appoint()
        self.assertEqual(self.seen(self.other_director), self.gap | self.other_gap)
        self.excuse(self.other_director)
        self.assertEqual(self.gap.excused_for_id, self.director)

    def test_a_deputy_sees_what_waits_at_the_customers(self):
        row = self.env["sales.substitution"].create(
            {"principal_id": self.manager_a.id, "deputy_id": self.colleague.id}
        )
        row.action_appoint()
        self.assertEqual(self.seen(self.colleague), self.gap)
        row.action_revoke()
        self.env.invalidate_all()
        self.assertFalse(self.seen(self.colleague))

    def test_two_companies(self):
        other = self.env["res.company"].create({"name": "Other company"})
        self.commercial.company_ids |= other
        gaps = self.Gap.with_user(self.commercial)
        self.assertEqual(len(gaps.with_company(self.company).search([])), 2)
        only_other = gaps.with_context(allowed_company_ids=other.ids)
        self.assertFalse(only_other.search([]))
        self.assertNotIn(other, self.Sweep._companies(), "no branch, no gaps")

    def test_owned_in_two_companies(self):
        """Both owners owe the answer, each in their company by their own hours."""
        other = self.env["res.company"].create({"name": "Other company"})
        other.sales_manager_kpi_gaps_from = "2026-01-01"
        owner = self.make_user("other_owner", "sales_manager_kpi.group_manager", other)
        branch = self.branch.with_company(other).create(
            {
                "code": "GEN",
                "name": "Gent",
                "company_id": other.id,
                "tz": "Europe/Brussels",
                "resource_calendar_id": other.resource_calendar_id.id,
                "member_ids": [
                    Command.create({"user_id": owner.id, "date_from": "2020-01-01"})
                ],
            }
        )
        self.env["customer.assignment"].create(
            {
                "partner_id": self.customer.id,
                "company_id": other.id,
                "user_id": owner.id,
                "branch_id": branch.id,
                "date_from": "2020-01-01",
            }
        )
        before = self.Gap.search([])
        with freeze_time("2026-03-04 10:00:00"):
            list(self.Sweep._sweep(other))
        gap = self.Gap.search([]) - before
        self.assertEqual((gap.company_id, gap.user_id), (other, owner))
        self.assertEqual(gap.reference, self.gap.reference)
        self.assertEqual(self.seen(owner), gap)
        self.assertEqual(self.sweep("2026-03-04 11:00:00"), before)

    def test_on_the_customer(self):
        partner = self.customer.with_user(self.manager_a)
        self.assertEqual(partner.service_gap_count, 1)
        action = partner.action_open_service_gaps()
        self.assertEqual(self.Gap.search(action["domain"]), self.gap)
        self.excuse(self.director)
        self.env.invalidate_all()
        self.assertEqual(partner.service_gap_count, 0)

    def test_opens_what_it_is_about(self):
        action = self.gap.with_user(self.manager_a).action_open_record()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("res.partner", self.customer.id)
        )
        self.gap.res_id = 0
        with self.assertRaisesRegex(UserError, "not there any more"):
            self.gap.with_user(self.manager_a).action_open_record()

    def test_live_hours_while_open(self):
        self.assertEqual(self.gap.swept_hours, 8 + 2)
        self.assertGreater(self.gap.work_hours, 100, "many days have passed since")
        self.excuse(self.director)
        self.assertEqual(self.gap.work_hours, 10)

    def test_told_once_a_day_in_one_notice(self):
        self.hear(self.make_lead(), "2026-03-02 08:00:00", self.customer)
        self.assertEqual(len(self.sweep("2026-03-04 11:00:00")), 3)
        domain = [
            ("message_type", "=", "user_notification"),
            ("model", "=", "service.gap"),
            ("partner_ids", "in", self.manager_a.partner_id.ids),
        ]
        Message = self.env["mail.message"]
        by_user = self.Gap.search([]).grouped("user_id")
        for user, gaps in by_user.items():
            self.Sweep._notify(user, gaps)
        message = Message.search(domain)
        self.assertEqual(len(message), 1)
        self.assertIn("2 new service gaps", message.subject)
        self.assertTrue(all(self.Gap.search([]).mapped("notified_at")))

    def make_lead(self):
        return self.env["crm.lead"].create(
            {"name": "Curtains", "partner_id": self.customer.id, "type": "opportunity"}
        )
