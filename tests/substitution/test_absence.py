from datetime import datetime
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time
from odoo.tools import SQL

from odoo.addons.sales_manager_kpi.models.sales_absence import SalesAbsence

from ..common import MANAGER
from .absence_common import NOON, AbsenceCommon


@freeze_time(NOON)
class TestAbsence(AbsenceCommon):
    """Absences are Odoo's leaves; who enters them, and who sees what."""

    def leave(self, absence):
        return self.env["resource.calendar.leaves"].browse(absence.id)

    def test_an_absence_is_a_leave(self):
        absence = self.away(self.manager_a, "2026-08-10", "2026-08-14")
        leave = self.leave(absence)
        self.assertEqual(leave.resource_id.user_id, self.manager_a)
        # midnight in Utrecht, as Odoo ends days
        self.assertEqual(leave.date_from, datetime(2026, 8, 9, 22))
        self.assertEqual(leave.date_to, datetime(2026, 8, 14, 21, 59, 59))
        self.assertTrue(absence.whole_days)
        self.assertEqual(
            (str(absence.date_from), str(absence.date_to)), ("2026-08-10", "2026-08-14")
        )
        self.assertEqual(absence.branch_id, self.branch)
        self.assertEqual(absence.working_days, 5)
        self.assertFalse(absence.from_hr)
        absence.with_user(self.director).unlink()
        self.assertFalse(leave.exists())

    def test_a_leave_is_an_absence(self):
        [resource] = self.env["resource.resource"].search(
            [("user_id", "=", self.manager_a.id)]
        )
        leave = self.env["resource.calendar.leaves"].create(
            {
                "name": "Operation",
                "resource_id": resource.id,
                "date_from": "2026-08-10 06:00:00",
                "date_to": "2026-08-10 10:00:00",
            }
        )
        absence = self.Absence.browse(leave.id)
        self.assertFalse(absence.whole_days)
        self.assertEqual((absence.hour_from, absence.hour_to), (8, 12))
        self.assertEqual(absence.working_days, 0.5)
        # why is told to nobody
        data = self.rpc(
            self.director,
            absence,
            "web_read",
            specification={name: {} for name in self.Absence._fields},
        )
        self.assertNotIn("Operation", str(data))
        # who sells nothing has no absences here
        self.env["resource.resource"].create(
            {"name": "Plain", "user_id": self.plain.id, "company_id": self.company.id}
        )
        self.assertFalse(self.Absence.search([("user_id", "=", self.plain.id)]))

    def test_hours_and_clock_change(self):
        absence = self.away(
            self.manager_a,
            "2026-10-24",
            "2026-10-26",
            whole_days=False,
            hour_from=13.5,
            hour_to=10.25,
        )
        self.assertEqual(absence.start_at, datetime(2026, 10, 24, 11, 30))
        self.assertEqual(absence.stop_at, datetime(2026, 10, 26, 9, 15))
        self.assertEqual((absence.hour_from, absence.hour_to), (13.5, 10.25))
        absence.with_user(self.director).write({"whole_days": True})
        self.assertEqual(absence.stop_at, datetime(2026, 10, 26, 22, 59, 59))
        self.assertEqual(absence.working_days, 1)

    def test_own_absence(self):
        new = {"date_from": "2026-08-10", "date_to": "2026-08-11"}
        ids = self.rpc(self.manager_a, self.Absence, "create", [new])
        absence = self.Absence.browse(ids)
        self.assertEqual(absence.user_id, self.manager_a)
        self.rpc(self.manager_a, absence, "write", {"date_to": "2026-08-12"})
        self.assertEqual(str(absence.date_to), "2026-08-12")
        self.rpc(self.manager_a, absence, "write", {"date_from": "2026-08-03"})
        with freeze_time("2026-08-04 10:00:00"):
            for method, args in (
                ("write", [{"date_to": "2026-08-13"}]),
                ("unlink", []),
            ):
                with self.refused("has begun"):
                    self.rpc(self.manager_a, absence, method, *args)
            self.rpc(self.director, absence, "write", {"date_to": "2026-08-05"})
            self.rpc(self.director, absence, "unlink")
        with self.refused("have begun"):
            self.rpc(
                self.manager_a,
                self.Absence,
                "create",
                [{"date_from": "2026-08-02", "date_to": "2026-08-11"}],
            )

    def test_who_enters_for_whom(self):
        new = {"date_from": "2026-08-10", "date_to": "2026-08-11"}
        for by, user, allowed in (
            (self.manager_a, self.manager_c, False),
            (self.director, self.manager_a, True),
            (self.other_director, self.manager_a, False),
            (self.commercial, self.manager_c, True),
            (self.commercial, self.director, True),
            (self.commercial, self.supervisor, True),
            (self.director, self.supervisor, False),
            (self.supervisor, self.manager_b, False),
            (self.plain, self.manager_b, False),
        ):
            with self.subTest(by=by.login, user=user.login):
                values = [{**new, "user_id": user.id}]
                if allowed:
                    self.rpc(by, self.Absence, "create", values)
                    continue
                with self.assertRaises(AccessError):
                    self.rpc(by, self.Absence, "create", values)
        self.rpc(
            self.supervisor,
            self.Absence,
            "create",
            [{"date_from": "2026-09-10", "date_to": "2026-09-11"}],
        )

    def test_the_deputy_of_the_director_enters(self):
        new = [
            {
                "user_id": self.manager_a.id,
                "date_from": "2026-08-10",
                "date_to": "2026-08-11",
            }
        ]
        with self.assertRaises(AccessError):
            self.rpc(self.other_director, self.Absence, "create", new)
        self.appoint(
            self.director,
            self.other_director,
            "2026-08-03",
            "2026-08-07",
            by=self.commercial,
            scope_orders=False,
            scope_invoices=False,
            scope_leads=False,
            scope_direction=True,
        )
        self.rpc(self.other_director, self.Absence, "create", new)
        with freeze_time("2026-08-08 10:00:00"), self.assertRaises(AccessError):
            self.rpc(
                self.other_director,
                self.Absence,
                "create",
                [{**new[0], "date_from": "2026-08-20", "date_to": "2026-08-20"}],
            )

    def test_who_sees_whom(self):
        own = self.away(self.manager_a, "2026-08-10", "2026-08-11")
        head = self.away(self.director, "2026-08-10", "2026-08-11", by=self.commercial)
        office = self.away(
            self.supervisor, "2026-08-10", "2026-08-11", by=self.commercial
        )
        other = self.away(
            self.manager_b, "2026-08-10", "2026-08-11", by=self.other_director
        )
        every = own | head | office | other
        for user, seen in (
            (self.manager_a, own | head),
            (self.manager_c, own | head),
            (self.manager_b, other),
            (self.director, own | head),
            (self.other_director, other),
            (self.supervisor, office),
            (self.commercial, every),
            (self.admin, every),
        ):
            ids = self.rpc(user, self.Absence, "search", [("id", "in", every.ids)])
            self.assertEqual(set(ids), set(seen.ids), user.login)
        with self.assertRaises(AccessError):
            self.rpc(self.plain, self.Absence, "search", [])
        # a colleague changes nothing, and sees who stands in
        self.appoint(self.manager_a, self.manager_c, "2026-08-10", "2026-08-11")
        for method, args in (("write", [{"date_to": "2026-08-13"}]), ("unlink", [])):
            with self.assertRaises(AccessError):
                self.rpc(self.manager_c, own, method, *args)
        other_colleague = self.make_user("manager_d", MANAGER)
        self.branch.member_ids = [
            Command.create({"user_id": other_colleague.id, "date_from": "2020-01-01"})
        ]
        [data] = self.rpc(
            other_colleague,
            own,
            "web_read",
            specification={
                "cover": {},
                "deputy_ids": {"fields": {"display_name": {}}},
                "substitution_ids": {"fields": {"display_name": {}}},
            },
        )
        self.assertEqual(data["cover"], "covered")
        self.assertEqual(data["deputy_ids"][0]["id"], self.manager_c.id)
        self.assertEqual(data["substitution_ids"], [])

    def test_bad_input(self):
        base = {"date_from": "2026-08-10", "date_to": "2026-08-14"}
        self.rpc(self.manager_a, self.Absence, "create", [base])
        for values, words in (
            (
                {"date_from": "2026-08-20", "date_to": "2026-08-19"},
                "ends after it begins",
            ),
            ({"date_from": "2026-08-14", "date_to": "2026-08-20"}, "absent already"),
            (
                {
                    "date_from": "2026-08-20",
                    "date_to": "2026-08-20",
                    "whole_days": False,
                    "hour_from": 12,
                    "hour_to": 11,
                },
                "ends after it begins",
            ),
            (
                {
                    "date_from": "2026-08-20",
                    "date_to": "2026-08-20",
                    "whole_days": False,
                    "hour_from": 9,
                    "hour_to": 25,
                },
                "between 0:00 and 24:00",
            ),
            ({"date_from": False, "date_to": "2026-08-19"}, "first and a last day"),
        ):
            with self.subTest(words=words), self.refused(words, ValidationError):
                self.rpc(self.manager_a, self.Absence, "create", [values])
        with self.refused("absent already", ValidationError):
            self.rpc(
                self.director,
                self.Absence,
                "create",
                [
                    {**base, "user_id": self.manager_c.id},
                    {**base, "user_id": self.manager_c.id, "date_from": "2026-08-12"},
                ],
            )
        nobody = self.make_user("nobody", MANAGER)
        with self.refused("belongs to no branch", ValidationError):
            self.rpc(nobody, self.Absence, "create", [base])
        absence = self.Absence.search([("user_id", "=", self.manager_a.id)])
        with self.refused("stays with its person"):
            self.rpc(self.director, absence, "write", {"user_id": self.manager_c.id})
        with self.refused("by its own dates"):
            self.rpc(self.director, absence, "copy")

    def test_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        base = {
            "date_from": "2026-08-10",
            "date_to": "2026-08-14",
            "company_id": other.id,
        }
        with self.refused("no access to company", ValidationError):
            self.rpc(self.manager_a, self.Absence, "create", [base])
        self.manager_c.company_ids |= other
        branch = self.env["sales.branch"].create(
            {
                "code": "OTH",
                "name": "Other",
                "company_id": other.id,
                "tz": "UTC",
                "resource_calendar_id": False,
            }
        )
        branch.member_ids = [
            Command.create({"user_id": self.manager_c.id, "date_from": "2020-01-01"})
        ]
        with self.assertRaises(AccessError):
            self.rpc(
                self.director,
                self.Absence,
                "create",
                [{**base, "user_id": self.manager_c.id}],
            )
        # of another company, nobody here sees anything
        absence = self.away(
            self.manager_c,
            "2026-08-10",
            "2026-08-14",
            by=self.env.ref("base.user_root"),
            company_id=other.id,
        )
        self.assertEqual(absence.branch_id, branch)
        found = self.rpc(
            self.commercial, self.Absence, "search", [("id", "=", absence.id)]
        )
        self.assertFalse(found)
        # the same days in this company are another absence
        self.away(self.manager_c, "2026-08-10", "2026-08-14")

    def test_leaves_of_hr_are_changed_there(self):
        absence = self.away(self.manager_a, "2026-08-10", "2026-08-14")
        with patch.object(SalesAbsence, "_from_hr", lambda self: SQL("TRUE")):
            self.env.invalidate_all()
            self.assertTrue(absence.from_hr)
            self.assertFalse(absence.with_user(self.director).can_change)
            for method, args in (
                ("write", [{"date_to": "2026-08-13"}]),
                ("unlink", []),
            ):
                with self.refused("approved leave"):
                    self.rpc(self.director, absence, method, *args)
        with self.assertRaises(UserError):
            absence.with_user(self.manager_a).write({"date_to": "2026-08-09"})
