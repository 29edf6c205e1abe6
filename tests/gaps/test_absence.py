from datetime import date, datetime
from unittest.mock import patch

from .common import GapCommon

ABSENCE_ACTIVITY = "sales_manager_kpi.mail_activity_type_uncovered"


class TestAbsence(GapCommon):
    """Nobody stands in; every active customer is left alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.deputy = cls.make_user("deputy", "sales_manager_kpi.group_manager")
        cls.second = cls.make_customer("Second", cls.manager_a)
        cls.second.customer_assignment_ids.date_from = "2026-03-11"
        cls.sleeping = cls.make_customer("Sleeping", cls.manager_a)
        cls.sleeping.customer_assignment_ids.date_from = "2020-01-01"
        active = (cls.customer | cls.second).ids
        cls.startClassPatcher(
            patch.object(
                type(cls.env["service.gap.time"]),
                "_active_customers",
                lambda self, company, partner_ids, month: (
                    set(partner_ids) & set(active)
                ),
            )
        )

    def absent(self, first="2026-03-09 23:00:00", last="2026-03-12 22:59:59"):
        """Tuesday to Thursday, in the time zone of the branch."""
        return self.make_absence(self.manager_a, first, last)

    def activities(self, gap):
        return self.env["mail.activity"].search(
            [("res_model", "=", "service.gap"), ("res_id", "=", gap.id)]
        )

    def test_one_gap_with_the_customers_owned_day_by_day(self):
        self.absent()
        self.assertFalse(self.sweep("2026-03-10 07:59:00"))
        gap = self.sweep("2026-03-10 10:00:00")
        self.assertEqual((gap.kind, gap.state), ("absence", "open"))
        self.assertEqual(gap.user_id, self.manager_a)
        self.assertFalse(gap.partner_id)
        self.assertEqual((gap.swept_hours, gap.partner_count), (2, 1))
        gap = self.sweep("2026-03-16 10:00:00")
        self.assertEqual(gap.state, "closed")
        self.assertEqual(gap.due_at, datetime(2026, 3, 10, 8))
        self.assertEqual(gap.closed_at, datetime(2026, 3, 12, 16))
        self.assertEqual((gap.swept_hours, gap.partner_count), (24, 2))
        days = [(row.partner_id, row.date.day) for row in gap.day_ids]
        self.assertCountEqual(
            days,
            [
                (self.customer, 10),
                (self.customer, 11),
                (self.customer, 12),
                (self.second, 11),
                (self.second, 12),
            ],
        )

    def test_late_run_finds_the_same(self):
        self.absent()
        gap = self.sweep("2026-04-16 10:00:00")
        self.assertEqual(gap.closed_at, datetime(2026, 3, 12, 16))
        self.assertEqual((gap.swept_hours, len(gap.day_ids)), (24, 5))

    def test_covered_is_no_gap_and_partly_covered_is_one(self):
        self.absent()
        self.make_substitution(
            self.manager_a, self.deputy, "2026-03-10", "2026-03-11", hour_to=13
        )
        self.assertFalse(self.sweep("2026-03-11 11:00:00"))
        gap = self.sweep("2026-03-16 10:00:00")
        self.assertEqual(gap.due_at, datetime(2026, 3, 11, 12))
        self.assertEqual(gap.swept_hours, 4 + 8)
        self.assertEqual({row.date.day for row in gap.day_ids}, {11, 12})

    def test_somebody_appointed_closes_it(self):
        self.absent()
        self.assertEqual(self.sweep("2026-03-10 10:00:00").state, "open")
        self.make_substitution(self.manager_a, self.deputy, "2026-03-11", "2026-03-12")
        gap = self.sweep("2026-03-11 09:00:00")
        self.assertEqual((gap.state, gap.swept_hours), ("closed", 8))
        self.assertEqual(gap.closed_at, datetime(2026, 3, 10, 16))

    def test_the_director_is_asked_once(self):
        self.absent()
        gap = self.sweep("2026-03-10 10:00:00")
        self.sweep("2026-03-10 11:00:00")
        activity = self.activities(gap)
        self.assertEqual(activity.user_id, self.director)
        self.assertEqual(activity.activity_type_id, self.env.ref(ABSENCE_ACTIVITY))
        self.sweep("2026-03-16 10:00:00")
        self.assertFalse(self.activities(gap), "nothing is left to do")

    def test_shorter_than_it_was_entered(self):
        leave = self.absent()
        self.sweep("2026-03-12 10:00:00")
        leave.date_to = "2026-03-10 22:59:59"
        gap = self.sweep("2026-03-12 11:00:00")
        self.assertEqual((gap.swept_hours, gap.state), (8, "closed"))
        self.assertEqual({row.date for row in gap.day_ids}, {date(2026, 3, 10)})

    def test_no_working_hours_no_gap(self):
        self.absent("2026-03-13 23:00:00", "2026-03-15 22:59:59")  # a weekend
        self.assertFalse(self.sweep("2026-03-20 10:00:00"))

    def test_taken_back_touches_nobody(self):
        leave = self.absent()
        gap = self.sweep("2026-03-12 10:00:00")
        leave.unlink()
        self.sweep("2026-03-12 11:00:00")
        self.assertEqual(gap.state, "excused")
        self.assertFalse(gap.day_ids)
        self.assertFalse(gap.excused_by_id)
