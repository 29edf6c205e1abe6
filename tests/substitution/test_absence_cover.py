from odoo.tests import freeze_time

from .absence_common import DIRECTION, NOON, AbsenceCommon


@freeze_time(NOON)
class TestCover(AbsenceCommon):
    """Covered, partly, not, to come: by instants and working hours."""

    def test_kinds(self):
        weekend = self.away(self.manager_a, "2026-08-08", "2026-08-09")
        self.assertEqual(weekend.cover, "none")
        absence = self.away(self.manager_a, "2026-08-10", "2026-08-14")
        self.assertEqual((absence.cover, absence.uncovered_days), ("uncovered", 5))
        later = self.away(self.manager_a, "2026-08-24", "2026-08-28")
        self.assertEqual(later.cover, "later")
        self.company.sales_manager_kpi_absence_days = 30
        self.env.invalidate_all()
        self.assertEqual(later.cover, "uncovered")
        # from Monday to Tuesday noon: a day and a half of five
        self.appoint(
            self.manager_a, self.manager_c, "2026-08-10", "2026-08-11", hour_to=12.5
        )
        self.assertEqual((absence.cover, absence.uncovered_days), ("partly", 3.5))
        self.appoint(
            self.manager_a, self.manager_b, "2026-08-11", "2026-08-14", hour_from=12.5
        )
        self.assertEqual(absence.cover, "covered")
        self.assertEqual(absence.deputy_ids, self.manager_c | self.manager_b)
        for kinds, found in (
            (["covered"], absence),
            (["uncovered", "partly"], later),
            (["none"], weekend),
            (["later"], self.Absence),
        ):
            every = (absence | later | weekend).ids
            self.assertEqual(
                self.Absence.search([("cover", "in", kinds), ("id", "in", every)]),
                found,
            )

    def test_public_holidays_are_nobodys_absence(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "company_id": self.company.id,
                "date_from": "2026-08-09 22:00:00",
                "date_to": "2026-08-10 21:59:59",
            }
        )
        absence = self.away(self.manager_a, "2026-08-10", "2026-08-11")
        self.assertEqual((absence.working_days, absence.uncovered_days), (1, 1))

    def test_every_duty(self):
        absence = self.away(self.manager_a, "2026-08-10", "2026-08-14")
        self.appoint(
            self.manager_a,
            self.manager_c,
            "2026-08-10",
            "2026-08-14",
            scope_invoices=False,
        )
        self.assertEqual(absence.cover, "uncovered")
        self.appoint(
            self.manager_a,
            self.manager_b,
            "2026-08-10",
            "2026-08-14",
            scope_orders=False,
            scope_leads=False,
        )
        self.assertEqual(absence.cover, "covered")

    def test_a_deputy_who_is_away_covers_nothing(self):
        absence = self.away(self.manager_a, "2026-08-10", "2026-08-14")
        self.appoint(self.manager_a, self.manager_c, "2026-08-10", "2026-08-14")
        self.assertFalse(self.activities(absence))
        sick = self.away(self.manager_c, "2026-08-12", "2026-08-12")
        self.assertEqual((absence.cover, absence.uncovered_days), ("partly", 1))
        self.assertEqual(self.activities(absence).user_id, self.director)
        sick.with_user(self.director).unlink()
        self.assertEqual(absence.cover, "covered")
        self.assertFalse(self.activities(absence))

    def test_standing_by_is_not_standing_in(self):
        absence = self.away(self.manager_a, "2026-08-03", "2026-08-07")
        row = self.appoint(
            self.manager_a, self.manager_c, "2026-08-01", "2026-08-31", mode="passive"
        )
        self.assertEqual(absence.cover, "uncovered")
        self.assertEqual(absence.substitution_ids, row)
        row.with_user(self.manager_c).action_adopt()
        # this morning nobody did
        self.assertEqual(absence.cover, "partly")
        self.assertFalse(self.activities(absence))
        row.with_user(self.director).action_revoke()
        self.assertEqual(absence.cover, "uncovered")
        self.assertEqual(len(self.activities(absence)), 1)

    def test_a_director_needs_a_director(self):
        absence = self.away(
            self.director, "2026-08-10", "2026-08-14", by=self.commercial
        )
        self.assertTrue(absence.is_director)
        self.assertFalse(absence.is_member)
        self.appoint(
            self.director,
            self.other_director,
            "2026-08-10",
            "2026-08-14",
            by=self.commercial,
            **DIRECTION,
        )
        self.assertEqual(absence.cover, "covered")

    def test_same_queries_for_many(self):
        absences = self.Absence
        for day in range(10, 15):
            absences |= self.away(self.manager_a, f"2026-08-{day}", f"2026-08-{day}")
        self.appoint(self.manager_a, self.manager_c, "2026-08-10", "2026-08-12")
        counts = []
        for some in (absences, absences[:1], absences):
            self.env.invalidate_all()
            self.env.flush_all()
            before = self.cr.sql_log_count
            some.mapped("cover")
            some.mapped("deputy_ids")
            counts.append(self.cr.sql_log_count - before)
        # one more for the setting that says which are still to come
        self.assertLessEqual(counts[2], counts[1] + 1)


@freeze_time(NOON)
class TestProposal(AbsenceCommon):
    """Whoever directs is asked once for a deputy, as long as there is none."""

    def test_asked_at_once_and_no_more(self):
        absence = self.away(self.manager_a, "2026-08-10", "2026-08-14")
        activity = self.activities(absence)
        self.assertEqual(activity.user_id, self.director)
        self.assertEqual(str(activity.date_deadline), "2026-08-09")
        self.assertIn(self.manager_a.name, activity.summary)
        self.Absence._cron_propose()
        self.assertEqual(self.activities(absence), activity)
        row = self.appoint(self.manager_a, self.manager_c, "2026-08-10", "2026-08-14")
        self.assertFalse(self.activities(absence))
        row.with_user(self.director).write({"date_to": "2026-08-12"})
        self.assertEqual(len(self.activities(absence)), 1)
        absence.with_user(self.director).write({"date_to": "2026-08-12"})
        self.assertFalse(self.activities(absence))
        row.with_user(self.director).action_revoke()
        self.assertEqual(len(self.activities(absence)), 1)
        absence.with_user(self.director).unlink()
        self.assertFalse(self.activities(absence))

    def test_asked_in_time(self):
        absence = self.away(self.manager_a, "2026-08-20", "2026-08-21")
        self.assertFalse(self.activities(absence))
        for moment, count in (
            ("2026-08-05 10:00:00", 0),
            ("2026-08-06 10:00:00", 1),
            ("2026-08-21 10:00:00", 1),
            ("2026-08-22 10:00:00", 0),
        ):
            with freeze_time(moment):
                self.env.invalidate_all()
                self.Absence._cron_propose()
                self.assertEqual(len(self.activities(absence)), count, moment)

    def test_weekends_ask_nobody(self):
        weekend = self.away(self.manager_a, "2026-08-08", "2026-08-09")
        self.assertFalse(self.activities(weekend))

    def test_who_is_asked(self):
        head = self.away(self.director, "2026-08-10", "2026-08-14", by=self.commercial)
        office = self.away(
            self.supervisor, "2026-08-10", "2026-08-14", by=self.commercial
        )
        for absence in head | office:
            self.assertEqual(self.activities(absence).user_id, self.commercial)
        self.appoint(
            self.director,
            self.other_director,
            "2026-08-03",
            "2026-08-14",
            by=self.commercial,
            **DIRECTION,
        )
        absence = self.away(
            self.manager_a, "2026-08-10", "2026-08-14", by=self.commercial
        )
        self.assertEqual(self.activities(absence).user_id, self.other_director)
        self.branch.director_id = False
        self.Absence._cron_propose()
        self.assertEqual(self.activities(absence).user_id, self.commercial)

    def test_from_the_activity_to_the_absence(self):
        absence = self.away(self.manager_a, "2026-08-10", "2026-08-14")
        found = self.rpc(
            self.director,
            self.Absence,
            "search",
            [("my_activity_date_deadline", ">", "2026-08-01")],
        )
        self.assertEqual(found, absence.ids)
        for view in ("list", "form", "calendar", "search"):
            self.rpc(self.director, self.Absence, "get_views", [(False, view)])
        data = self.rpc(
            self.director,
            absence,
            "web_read",
            specification={
                "can_appoint": {},
                "activity_ids": {"fields": {"summary": {}}},
            },
        )
        self.assertTrue(data[0]["can_appoint"])

    def test_leaves_of_others_cost_nothing(self):
        leaves = self.env["resource.calendar.leaves"]
        values = {
            "name": "Public",
            "company_id": self.company.id,
            "date_from": "2026-08-10 08:00:00",
            "date_to": "2026-08-10 10:00:00",
        }
        leaves.create(values)
        before = self.cr.sql_log_count
        leaves.create(values).flush_recordset()
        self.assertLessEqual(self.cr.sql_log_count - before, 2)
