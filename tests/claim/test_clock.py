from datetime import datetime

from freezegun import freeze_time

from odoo import fields

from ..common import MANAGER
from .common import ClaimCommon

LATE = "sales_manager_kpi.mail_activity_type_claim_late"
MONDAY = "2026-03-02 09:00:00"  # ten o'clock in Utrecht


class TestClock(ClaimCommon):
    """Deadlines in working hours of the branch, and who is warned of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.env["resource.calendar"].create(
            {"name": "Shop", "tz": "Europe/Amsterdam", "company_id": cls.company.id}
        )
        cls.branch.resource_calendar_id = cls.calendar
        cls.other_branch.resource_calendar_id = cls.calendar
        cls.company.sales_manager_kpi_claim_hours = 16
        cls.kind = cls.env["customer.claim.kind"].create(
            {"name": "Urgent", "hours": 4, "fault_area": "transport"}
        )

    def make_at(self, moment, **values):
        with freeze_time(moment):
            return self.make_claim(opened_at=moment, user=self.env.user, **values)

    def warn(self, moment):
        with freeze_time(moment):
            self.env["customer.claim"]._cron_warn()
            self.env.flush_all()

    def test_deadline(self):
        claim = self.make_at(MONDAY)
        self.assertEqual(claim.due_at, datetime(2026, 3, 4, 9))
        self.assertEqual(claim.half_at, datetime(2026, 3, 3, 9))
        self.assertEqual(claim.due_on, fields.Date.to_date("2026-03-04"))
        friday = self.make_at("2026-03-06 15:00:00", kind_id=self.kind.id)
        self.assertEqual(friday.due_at, datetime(2026, 3, 9, 10))

    def test_holiday_and_summer_time(self):
        """A day off moves it, and so does the night in which clocks change."""
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Day off",
                "calendar_id": self.calendar.id,
                "date_from": "2026-03-30 00:00:00",
                "date_to": "2026-03-30 22:00:00",
            }
        )
        # Friday before clocks go forward, four o'clock: one hour of the four is left
        claim = self.make_at("2026-03-27 15:00:00", kind_id=self.kind.id)
        self.assertEqual(claim.due_at, datetime(2026, 3, 31, 9))  # eleven in summer

    def test_without_branch(self):
        self.customer.user_id = False
        nobody = self.make_customer("Nobody's")
        self.company.resource_calendar_id.tz = "Europe/Amsterdam"
        claim = self.make_at(MONDAY, order_id=False, partner_id=nobody.id)
        self.assertFalse(claim.branch_id)
        self.assertEqual(claim.due_at, datetime(2026, 3, 4, 9))

    def test_deadline_stays(self):
        """Other settings change new claims alone; a verdict stops the clock."""
        claim = self.make_at(MONDAY)
        due_at = claim.due_at
        self.company.sales_manager_kpi_claim_hours = 8
        self.kind.hours = 1
        self.assertEqual(claim.due_at, due_at)
        with freeze_time("2026-03-04 10:00:00"):
            self.assertTrue(claim.is_late)
            self.assertIn(
                claim, self.env["customer.claim"].search([("is_late", "=", True)])
            )
            claim.with_user(self.manager_a).action_review()
            self.decide(claim)
        self.assertFalse(claim.is_decided_in_time)
        self.assertFalse(claim.is_late)
        self.assertEqual(claim.due_at, due_at)
        with freeze_time("2026-03-09 09:00:00"):
            self.step(claim, "appeal")
        self.assertEqual(claim.due_at, datetime(2026, 3, 10, 9))

    def test_warnings(self):
        claim = self.make_at(MONDAY)
        self.warn("2026-03-03 08:59:00")
        self.assertFalse(claim.activity_search([LATE]))
        for __ in range(2):  # again changes nothing
            self.warn("2026-03-03 09:00:00")
            self.assertEqual(len(claim.activity_search([LATE])), 1)
        for __ in range(2):
            self.warn("2026-03-04 10:00:00")
            warned = claim.activity_search([LATE])
            self.assertEqual(len(warned), 1)  # in the place of the first
            self.assertIn("is over", warned.summary)
        self.assertEqual(claim.activity_search([LATE]).user_id, self.manager_a)
        with freeze_time("2026-03-04 11:00:00"):
            claim.with_user(self.manager_a).action_review()
            self.decide(claim)
        self.assertFalse(claim.activity_search([LATE]))
        self.warn("2026-03-20 10:00:00")
        self.assertFalse(claim.activity_search([LATE]))

    def test_another_handler(self):
        """Warnings go along with the claim."""
        claim = self.make_at(MONDAY)
        self.warn("2026-03-03 09:00:00")
        claim.with_user(self.director).user_id = self.colleague
        self.assertEqual(claim.activity_search([LATE]).user_id, self.colleague)

    def test_missed_half(self):
        """Where the job did not run, the end alone is told."""
        claim = self.make_at(MONDAY)
        self.warn("2026-03-06 09:00:00")
        self.warn("2026-03-06 10:00:00")
        self.assertEqual(len(claim.activity_search([LATE])), 1)

    def test_substitute_is_warned(self):
        deputy = self.make_user("stand_in", MANAGER)
        claim = self.make_at(MONDAY)
        with freeze_time("2026-03-02 10:00:00"):
            row = (
                self.env["sales.substitution"]
                .with_user(self.director)
                .create(
                    {
                        "company_id": self.company.id,
                        "principal_id": self.manager_a.id,
                        "deputy_id": deputy.id,
                        "date_from": "2026-03-02",
                        "date_to": "2026-03-03",
                    }
                )
            )
            row.action_appoint()
        self.warn("2026-03-03 09:00:00")
        self.assertEqual(claim.activity_search([LATE]).user_id, deputy)
        self.warn("2026-03-04 10:00:00")
        self.assertEqual(claim.activity_search([LATE]).user_id, self.manager_a)

    def test_budget(self):
        """As many queries for fifty as for one: opening, warning, reading the list."""
        counts = {}
        for number in (1, 50):
            self.env["customer.claim"].search([]).write({"due_warned_at": MONDAY})
            self.env.invalidate_all()
            self.make_at(MONDAY)  # what is cached once is cached for both
            with freeze_time(MONDAY):
                self.warn("2026-03-20 09:00:00")
                opened = self.env.cr.sql_log_count
                claims = self.env["customer.claim"].create(
                    [
                        {"subject": "Wrong", "order_id": self.order.id}
                        for __ in range(number)
                    ]
                )
                self.env.flush_all()
                opened = self.env.cr.sql_log_count - opened
            self.env.invalidate_all()
            warned = self.env.cr.sql_log_count
            self.warn("2026-03-20 10:00:00")
            warned = self.env.cr.sql_log_count - warned
            self.assertEqual(len(claims.activity_search([LATE])), number)
            self.env.invalidate_all()
            read = self.env.cr.sql_log_count
            claims.with_user(self.director).read(
                ["is_late", "counts", "weight", "due_at", "display_name", "is_mine"]
            )
            read = self.env.cr.sql_log_count - read
            counts[number] = (opened, warned, read)
        # a number is drawn for each, in two queries; all else is one for all
        self.assertLessEqual(counts[50][0], counts[1][0] + 2 * 49)
        self.assertLessEqual(counts[50][1], counts[1][1])
        self.assertLessEqual(counts[50][2], counts[1][2])
