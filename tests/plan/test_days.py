from datetime import datetime

import pytz

from odoo import fields

from ..common import ADMIN
from .common import PlanCommon

MARCH_DAYS = 22  # working days of March 2026, from Monday to Friday


def moment(text, tz="Europe/Amsterdam"):
    """A local time as Odoo keeps it."""
    local = pytz.timezone(tz).localize(datetime.fromisoformat(text))
    return local.astimezone(pytz.utc).replace(tzinfo=None)


class DaysCommon(PlanCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.env["resource.calendar"].create(
            {"name": "Office", "company_id": cls.company.id, "tz": "Europe/Amsterdam"}
        )
        cls.branch.resource_calendar_id = cls.calendar
        cls.other_branch.resource_calendar_id = cls.calendar
        cls.resource = cls.resource_of(cls.manager_a)
        cls.resource_of(cls.manager_b)
        cls.env["resource.calendar.leaves"].search([]).unlink()

    @classmethod
    def resource_of(cls, user):
        resource = cls.env["resource.resource"].search(
            [("user_id", "=", user.id), ("company_id", "=", cls.company.id)]
        )
        resource.calendar_id = cls.calendar
        return resource

    @classmethod
    def absent(cls, start, end, resource=None, **values):
        """An absence of manager A in local time; ``resource=False`` of everybody."""
        resource = cls.resource if resource is None else resource
        return cls.env["resource.calendar.leaves"].create(
            {
                "name": "Away",
                "resource_id": resource.id if resource else False,
                "calendar_id": cls.calendar.id,
                "company_id": cls.company.id,
                "date_from": moment(start),
                "date_to": moment(end),
                **values,
            }
        )

    @classmethod
    def days_of(cls, plan):
        plan.invalidate_recordset()
        return plan.working_days, plan.planned_days


class TestWorkingDays(DaysCommon):
    def test_whole_month(self):
        plan = self.make_plan(total=2200)
        self.assertEqual(self.days_of(plan), (MARCH_DAYS, MARCH_DAYS))
        self.assertEqual(plan.effective_target, 2200)
        self.assertEqual(plan.days_note, "22 of 22 working days")

    def test_absence_lowers_the_days_present_only(self):
        plan = self.make_plan(total=2200)
        leave = self.absent("2026-03-09T00:00", "2026-03-12T23:59:59")
        self.assertEqual(self.days_of(plan), (22, 18))
        self.assertEqual(plan.effective_target, 1800)
        self.assertEqual(plan.days_note, "18 of 22 working days")
        leave.date_to = moment("2026-03-10T23:59:59")
        self.assertEqual(self.days_of(plan), (22, 20))
        leave.unlink()
        self.assertEqual(self.days_of(plan), (22, 22))

    def test_half_day(self):
        plan = self.make_plan()
        self.absent("2026-03-09T13:00", "2026-03-09T17:00")
        self.assertEqual(self.days_of(plan), (22, 21.5))

    def test_public_holiday_lowers_both(self):
        plan = self.make_plan(total=2200)
        self.absent("2026-03-09T00:00", "2026-03-09T23:59:59", resource=False)
        self.assertEqual(self.days_of(plan), (21, 21))
        self.assertEqual(plan.effective_target, 2200)
        everywhere = {"calendar_id": False, "resource": False}
        self.absent("2026-03-10T00:00", "2026-03-10T23:59:59", **everywhere)
        self.assertEqual(self.days_of(plan), (20, 20))

    def test_absence_of_others_and_on_a_holiday(self):
        plan = self.make_plan()
        self.absent("2026-03-09T00:00", "2026-03-09T23:59:59", resource=False)
        self.absent("2026-03-09T00:00", "2026-03-09T23:59:59")
        other = self.resource_of(self.manager_b)
        self.absent("2026-03-11T00:00", "2026-03-12T23:59:59", resource=other)
        self.assertEqual(self.days_of(plan), (21, 21))

    def test_a_training_is_work(self):
        plan = self.make_plan()
        self.absent("2026-03-09T00:00", "2026-03-09T23:59:59", time_type="other")
        self.assertEqual(self.days_of(plan), (22, 22))

    def test_joiner_and_leaver(self):
        plan = self.make_plan(total=2200)
        member = self.branch.member_ids
        member.date_from = "2026-03-16"
        self.assertEqual(self.days_of(plan), (22, 12))
        self.assertEqual(plan.effective_target, 1200)
        member.write({"date_from": "2020-01-01", "date_to": "2026-03-13"})
        self.assertEqual(self.days_of(plan), (22, 10))

    def test_month_of_the_clock_change(self):
        """The absence begins in winter time and ends in summer time."""
        plan = self.make_plan()
        self.absent("2026-03-27T00:00", "2026-03-30T23:59:59")
        self.assertEqual(self.days_of(plan), (22, 20))

    def test_days_are_those_of_the_branch(self):
        """The last day of February over there is March already in UTC."""
        plan = self.make_plan()
        self.branch.tz = "America/Los_Angeles"
        self.absent(
            "2026-03-01T02:00", "2026-03-02T08:30"
        )  # Sunday evening, by the branch's clock
        self.assertEqual(self.days_of(plan), (22, 22))

    def test_without_resource(self):
        plan = self.make_plan()
        self.absent("2026-03-09T00:00", "2026-03-09T23:59:59", resource=False)
        self.resource.unlink()
        self.assertEqual(self.days_of(plan), (21, 21))

    def test_resource_without_calendar(self):
        plan = self.make_plan()
        self.resource.calendar_id = False
        self.absent("2026-03-09T00:00", "2026-03-09T23:59:59", calendar_id=False)
        self.assertEqual(self.days_of(plan), (22, 21))

    def test_no_calendar_at_all(self):
        plan = self.make_plan(total=2200)
        self.resource.calendar_id = False
        self.branch.resource_calendar_id = False
        self.company.resource_calendar_id = False
        self.assertEqual(self.days_of(plan), (0, 0))
        self.assertEqual(plan.effective_target, 2200, "nothing to divide by")

    def test_a_month_of_absence(self):
        self.company.sales_manager_kpi_target_policy = "effective"
        plan = self.approve(self.make_plan(total=2200))
        self.absent("2026-02-20T00:00", "2026-04-10T23:59:59")
        self.assertEqual(self.days_of(plan), (22, 0))
        self.assertEqual(plan.effective_target, 0)
        self.assertFalse(plan.has_base)

    def test_part_time(self):
        part = self.calendar.copy({"name": "Part"})
        part.attendance_ids.filtered(lambda a: a.dayofweek in ("2", "4")).unlink()
        self.resource.calendar_id = part
        plan = self.make_plan()
        self.assertEqual(self.days_of(plan), (14, 14))

    def test_queries_do_not_depend_on_managers(self):
        users = self.env["res.users"]
        for number in range(8):
            users |= self.make_user(f"many_{number}", "sales_manager_kpi.group_manager")
        self.env["sales.branch.member"].create(
            [
                {
                    "branch_id": self.branch.id,
                    "user_id": user.id,
                    "date_from": "2020-01-01",
                }
                for user in users
            ]
        )
        counts = []
        for some in (users[:1], users):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["sales.working.days"]._of(
                some, self.company, self.march.date_from, self.march.date_to
            )
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)
        self.assertLessEqual(counts[0], 12)


class TestPolicy(DaysCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls.approve(cls.make_plan(total=2200, lines=[(cls.fabrics, 1100.0)]))
        cls.absent("2026-03-09T00:00", "2026-03-12T23:59:59")
        cls.make_fact(cls.manager_a, "2026-03-03", 900.0, cls.fabrics)

    def measured(self):
        Criterion = self.env["evaluation.criterion"].sudo()
        return Criterion._measure_plan_fulfilment(self.march, self.manager_a)[
            self.manager_a.id
        ]

    def test_agreed(self):
        self.assertAlmostEqual(self.plan.fulfilment, 900 / 2200)
        self.assertEqual(self.plan.counting_target, 2200)
        self.assertEqual(self.measured()[1], 2200)
        self.assertFalse(self.plan.target_note)

    def test_effective_everywhere(self):
        self.company.sales_manager_kpi_target_policy = "effective"
        self.env.invalidate_all()
        self.assertEqual(self.plan.counting_target, 1800)
        self.assertAlmostEqual(self.plan.fulfilment, 0.5)
        line = self.plan.line_ids.filtered("categ_id")
        self.assertAlmostEqual(line.fulfilment, 1.0)
        self.assertEqual(self.measured()[:3], (900, 1800, 0.5))
        self.assertEqual(self.plan.target_amount, 2200, "the agreement stays")
        self.assertIn("18 of 22 working days", self.plan.target_note)

    def test_settings(self):
        admin = self.make_user("boss", f"{ADMIN},base.group_system")
        settings = self.env["res.config.settings"].with_user(admin).create({})
        settings.sales_manager_kpi_target_policy = "effective"
        settings.execute()
        self.assertEqual(self.company.sales_manager_kpi_target_policy, "effective")

    def test_roles(self):
        """Whoever reads the plan reads the same days, without rights on calendars."""
        for user in (self.manager_a, self.director, self.commercial):
            with self.subTest(user=user.login):
                [values] = self.rpc(
                    user, self.plan, "read", ["effective_target", "days_note"]
                )
                self.assertEqual(values["effective_target"], 1800)

    def test_not_typed_in(self):
        draft = self.make_plan(self.manager_b)
        self.rpc(self.manager_b, draft, "write", {"note": "x"})
        self.env.invalidate_all()
        self.assertEqual(draft.planned_days, 22)
        self.assertEqual(draft.day_from, fields.Date.to_date("2026-03-01"))
