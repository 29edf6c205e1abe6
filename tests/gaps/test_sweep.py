from datetime import date, datetime

from .common import GapCommon


class TestAnswers(GapCommon):
    """A customer writes; the branch has eight working hours to answer."""

    def gap(self, moment):
        gaps = self.sweep(moment)
        self.assertEqual(len(gaps), 1)
        return gaps

    def test_overdue_after_working_hours_only(self):
        # Friday 13:00 in Amsterdam: four hours left that day, four on Monday
        message = self.hear(self.customer, "2026-03-06 12:00:00")
        self.assertFalse(self.sweep("2026-03-09 11:59:00"))
        gap = self.gap("2026-03-09 14:00:00")
        self.assertEqual(gap.reference, f"mail.message,{message.id}")
        self.assertEqual(gap.due_at, datetime(2026, 3, 9, 12))
        self.assertEqual(gap.date, date(2026, 3, 9))
        self.assertEqual((gap.kind, gap.state), ("answer", "open"))
        self.assertEqual(gap.user_id, self.manager_a)
        self.assertEqual(gap.branch_id, self.branch)
        self.assertEqual(gap.partner_id, self.customer)
        self.assertEqual(gap.swept_hours, 2)

    def test_answer_closes_at_its_moment_whenever_the_job_runs(self):
        self.hear(self.customer, "2026-03-02 08:00:00")  # due 16:00 UTC that day
        self.answer(self.customer, "2026-03-04 09:30:00")
        gap = self.gap("2026-03-20 10:00:00")
        self.assertEqual(gap.state, "closed")
        self.assertEqual(gap.closed_at, datetime(2026, 3, 4, 9, 30))
        self.assertEqual(gap.swept_hours, 8 + 1.5)
        self.assertEqual(
            gap.day_ids.sorted("date").mapped("date"),
            [date(2026, 3, 3), date(2026, 3, 4)],
        )

    def test_every_hour_or_once_late_gives_the_same(self):
        self.hear(self.customer, "2026-03-02 08:00:00")
        for moment in ("2026-03-03 09:00:00", "2026-03-03 15:00:00"):
            self.sweep(moment)
        self.answer(self.customer, "2026-03-04 09:30:00")
        gap = self.gap("2026-03-04 10:00:00")
        self.assertEqual(gap.closed_at, datetime(2026, 3, 4, 9, 30))
        self.assertEqual(gap.swept_hours, 9.5)
        self.assertEqual(len(gap.day_ids), 2)
        again = self.gap("2026-03-04 11:00:00")
        self.assertEqual((again, len(again.day_ids)), (gap, 2))

    def test_answered_before_work_begins_is_in_time(self):
        self.hear(self.customer, "2026-03-02 08:00:00")
        self.answer(self.customer, "2026-03-02 19:00:00")
        self.assertFalse(self.sweep("2026-03-05 10:00:00"))

    def test_what_is_no_answer(self):
        self.hear(self.customer, "2026-03-02 08:00:00")
        self.answer(self.customer, "2026-03-02 09:00:00", subtype_xmlid="mail.mt_note")
        self.hear(self.customer, "2026-03-02 10:00:00")  # they ask again
        robot = self.env.ref("base.user_root")
        self.answer(self.customer, "2026-03-02 11:00:00", robot)
        self.gap("2026-03-03 10:00:00")

    def test_a_call_answers_too(self):
        self.hear(self.customer, "2026-03-02 08:00:00")
        activity = self.make_activity(self.customer, "2026-03-10")
        activity.activity_type_id = self.env.ref("mail.mail_activity_data_call")
        message = self.env["mail.message"].browse(
            activity.with_user(self.manager_a).action_feedback()
        )
        message.date = "2026-03-02 09:00:00"
        self.assertFalse(self.sweep("2026-03-05 10:00:00"))

    def test_a_colleague_writing_first_waits_for_nobody(self):
        self.answer(self.customer, "2026-03-02 08:00:00")
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        self.hear(self.customer, "2026-03-02 09:00:00", stranger)
        self.assertFalse(self.sweep("2026-03-05 10:00:00"))

    def test_contacts_and_leads_are_the_customers(self):
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.customer.id}
        )
        lead = self.env["crm.lead"].create(
            {"name": "Curtains", "partner_id": contact.id, "type": "opportunity"}
        )
        self.hear(lead, "2026-03-02 08:00:00", contact)
        gap = self.gap("2026-03-04 10:00:00")
        self.assertEqual((gap.res_model, gap.res_id), ("crm.lead", lead.id))
        self.assertEqual(gap.partner_id, self.customer)
        self.assertEqual(gap.note, "Curtains")

    def test_next_message_is_another_obligation(self):
        self.hear(self.customer, "2026-03-02 08:00:00")
        self.sweep("2026-03-03 10:00:00")
        self.answer(self.customer, "2026-03-03 11:00:00")
        self.hear(self.customer, "2026-03-03 12:00:00")
        gaps = self.sweep("2026-03-05 10:00:00")
        self.assertEqual(gaps.mapped("state"), ["closed", "open"])

    def test_nothing_before_the_day_and_nothing_when_switched_off(self):
        self.hear(self.customer, "2026-03-02 08:00:00")
        self.company.sales_manager_kpi_gaps_from = "2026-03-04"
        self.assertFalse(self.sweep("2026-03-05 10:00:00"))
        self.company.sales_manager_kpi_gaps_from = False
        self.Sweep.search([]).unlink()
        self.assertNotIn(self.company, self.Sweep._companies())

    def test_customer_of_no_member_is_nobodys(self):
        for owner in (self.plain, None):
            customer = self.make_customer("Elsewhere", owner)
            customer.customer_assignment_ids.date_from = "2020-01-01"
            self.hear(customer, "2026-03-02 08:00:00")
        self.assertFalse(self.sweep("2026-03-05 10:00:00"))

    def test_old_open_gap_is_still_the_same_after_months(self):
        self.hear(self.customer, "2026-01-05 08:00:00")
        gap = self.gap("2026-01-07 10:00:00")
        self.hear(self.customer, "2026-01-20 08:00:00")
        self.sweep("2026-02-01 10:00:00")
        self.assertEqual(self.gap("2026-06-01 10:00:00"), gap)
        self.answer(self.customer, "2026-06-01 10:30:00")
        self.assertEqual(self.gap("2026-06-02 10:00:00").state, "closed")


class TestActivities(GapCommon):
    def test_due_when_the_branch_stops_working(self):
        self.make_activity(self.customer, "2026-03-04")
        self.assertFalse(self.sweep("2026-03-05 07:59:00"), "nobody works at night")
        gap = self.sweep("2026-03-05 09:00:00")
        self.assertEqual(gap.due_at, datetime(2026, 3, 4, 16))
        self.assertEqual(gap.swept_hours, 1)
        self.assertIn("Call back", gap.note)

    def test_day_without_work_is_due_on_the_next(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "company_id": self.company.id,
                "resource_id": False,
                "date_from": "2026-03-08 23:00:00",
                "date_to": "2026-03-09 22:59:59",
            }
        )
        self.make_activity(self.customer, "2026-03-07")  # Saturday; Monday is free
        self.assertEqual(
            self.sweep("2026-03-12 09:00:00").due_at, datetime(2026, 3, 10, 16)
        )

    def test_hours_over_a_night_when_clocks_change(self):
        self.make_activity(self.customer, "2026-03-27")  # Friday before summer time
        gap = self.sweep("2026-03-30 15:00:00")  # Monday 17:00 in summer
        self.assertEqual(gap.due_at, datetime(2026, 3, 27, 16))
        self.assertEqual(gap.swept_hours, 8)
        self.make_activity(self.customer, "2026-10-23")
        gap = self.sweep("2026-10-26 09:00:00")[-1]  # Monday 10:00 in winter
        self.assertEqual(gap.due_at, datetime(2026, 10, 23, 15))
        self.assertEqual(gap.swept_hours, 1)

    def test_done_late(self):
        activity = self.make_activity(self.customer, "2026-03-04")
        self.set_done(activity, "2026-03-06", "2026-03-06 09:00:00")
        gap = self.sweep("2026-03-20 09:00:00")
        self.assertEqual(gap.state, "closed")
        self.assertEqual(gap.closed_at, datetime(2026, 3, 6, 9))
        self.assertEqual(gap.swept_hours, 9)

    def test_done_in_time(self):
        activity = self.make_activity(self.customer, "2026-03-04")
        self.set_done(activity, "2026-03-04", "2026-03-04 09:00:00")
        self.assertFalse(self.sweep("2026-03-20 09:00:00"))

    def set_done(self, activity, day, moment):
        activity.active = False
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mail_activity SET date_done = %s, write_date = %s WHERE id = %s",
            [day, moment, activity.id],
        )
        self.env.invalidate_all()

    def test_moved_and_cancelled_close_it(self):
        moved = self.make_activity(self.customer, "2026-03-03")
        cancelled = self.make_activity(self.customer, "2026-03-04")
        self.assertEqual(
            self.sweep("2026-03-05 09:00:00").mapped("state"), ["open", "open"]
        )
        moved.date_deadline = "2026-03-09"
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mail_activity SET write_date = '2026-03-05 10:00' WHERE id = %s",
            [moved.id],
        )
        cancelled.unlink()
        first, second = self.sweep("2026-03-06 09:00:00").sorted("due_at")
        self.assertEqual(first.closed_at, datetime(2026, 3, 5, 10))
        self.assertEqual(first.swept_hours, 8 + 2)
        self.assertEqual(second.closed_at, datetime(2026, 3, 6, 9))
        self.assertEqual(len(self.sweep("2026-03-11 09:00:00")), 3, "the new day too")

    def test_what_a_third_person_was_asked_is_nobodys_gap(self):
        self.make_activity(self.customer, "2026-03-03", self.plain)
        self.assertFalse(self.sweep("2026-03-05 09:00:00"))


class TestResponsible(GapCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.deputy = cls.make_user("deputy", "sales_manager_kpi.group_manager")
        cls.substitution = cls.make_substitution(
            cls.manager_a, cls.deputy, "2026-03-09", "2026-03-13"
        )

    def test_who_answers_is_who_stands_in(self):
        self.make_activity(self.customer, "2026-03-10", self.deputy)
        gap = self.sweep("2026-03-11 10:00:00")
        self.assertEqual(gap.user_id, self.deputy)
        self.assertEqual(gap.principal_id, self.manager_a)
        self.assertEqual(gap.substitution_id, self.substitution)
        self.assertEqual(gap.branch_id, self.branch)

    def test_overdue_before_the_absence_stays_the_principals(self):
        self.make_activity(self.customer, "2026-03-05")
        gap = self.sweep("2026-03-11 10:00:00")
        self.assertEqual((gap.user_id, gap.turn), (self.manager_a, 0))

    def test_passes_back_with_the_end_whenever_the_job_runs(self):
        self.make_activity(self.customer, "2026-03-12")
        early = self.sweep("2026-03-13 10:00:00")
        self.assertEqual(early.state, "open")
        for gaps in (
            self.sweep("2026-03-17 10:00:00"),
            self.sweep("2026-03-18 10:00:00"),
        ):
            first, second = gaps
            self.assertEqual(first.user_id, self.deputy)
            self.assertEqual(first.closed_at, datetime(2026, 3, 13, 23))
            self.assertEqual(first.swept_hours, 8)
            self.assertEqual((second.user_id, second.turn), (self.manager_a, 1))
            self.assertEqual(second.due_at, datetime(2026, 3, 13, 23))
            self.assertFalse(second.principal_id)

    def test_passes_with_the_customer(self):
        self.make_activity(self.customer, "2026-03-17")
        self.env["customer.assignment"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "user_id": self.manager_b.id,
                "branch_id": self.other_branch.id,
                "date_from": "2026-03-19",
            }
        )
        first, second = self.sweep("2026-03-20 10:00:00")
        self.assertEqual(first.closed_at, datetime(2026, 3, 18, 23))
        self.assertEqual(second.user_id, self.manager_b)
        self.assertEqual(second.branch_id, self.other_branch)

    def test_other_areas_only(self):
        self.make_substitution(
            self.manager_a,
            self.deputy,
            "2026-04-06",
            "2026-04-10",
            scope_orders=False,
        )
        self.make_activity(self.customer, "2026-04-07")
        self.assertEqual(self.sweep("2026-04-08 10:00:00").user_id, self.manager_a)


class TestBudget(GapCommon):
    """Queries do not grow with what there is to find.

    Odoo writes a hundred rows a statement; the numbers here stay below.
    """

    def make_obligations(self, number):
        for i in range(number):
            customer = self.make_customer(f"Customer {i}", self.manager_a)
            customer.customer_assignment_ids.date_from = "2020-01-01"
            self.make_activity(customer, "2026-03-03")
            self.hear(customer, "2026-03-02 08:00:00")
        self.env.flush_all()

    def count(self, moment):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        gaps = self.sweep(moment)
        return self.env.cr.sql_log_count - before, gaps

    def test_constant_number_of_queries(self):
        self.make_obligations(3)
        self.sweep("2026-03-04 10:00:00")
        self.make_obligations(3)
        few_new, gaps = self.count("2026-03-05 10:00:00")
        self.assertEqual(len(gaps), 12)
        few_known, __ = self.count("2026-03-06 10:00:00")
        self.make_obligations(8)
        many_new, gaps = self.count("2026-03-09 10:00:00")
        self.assertEqual(len(gaps), 28)
        many_known, __ = self.count("2026-03-10 10:00:00")
        self.assertLessEqual(many_new, few_new)
        self.assertLessEqual(many_known, few_known)
        self.assertLessEqual(few_new, 45)
        self.assertLessEqual(few_known, 40)
