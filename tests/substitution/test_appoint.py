from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time

from odoo.addons.sales_manager_kpi.models.sales_absence_board import DAYS

from ..common import DIRECTOR, SUPPLY
from .absence_common import DIRECTION, NOON, AbsenceCommon

MANY = 200


@freeze_time(NOON)
class TestAppoint(AbsenceCommon):
    """From an absence to a deputy in three clicks."""

    def dialog(self, absence, user=None):
        action = self.rpc(user or self.director, absence, "action_appoint")
        return Form(
            self.env["sales.substitution.appoint"]
            .with_user(user or self.director)
            .with_context(**action["context"])
        )

    def test_prefilled_and_appointed(self):
        self.make_customer("Another", self.manager_c)
        absence = self.away(self.manager_a, "2026-08-10", "2026-08-14")
        form = self.dialog(absence)
        self.assertEqual(form.principal_id, self.manager_a)
        self.assertEqual((form.date_from, form.hour_from), (absence.date_from, 0))
        self.assertEqual((form.date_to, form.hour_to), (absence.date_to, 24))
        self.assertEqual(form.deputy_id, self.manager_c)
        [first, second] = form.suggestions
        self.assertEqual(
            (first["id"], second["id"]), (self.manager_c.id, self.manager_b.id)
        )
        self.assertIn("there all the time", first["why"])
        self.assertIn("customers: 1", first["why"])
        wizard = form.save()
        self.rpc(self.director, wizard, "action_appoint")
        row = absence.substitution_ids
        self.assertEqual(row.state, "appointed")
        self.assertEqual(row._scopes(), {"orders", "invoices", "leads"})
        self.assertEqual(row.appointed_by_id, self.director)
        self.assertEqual(absence.cover, "covered")
        with self.refused("needs no deputy"):
            self.rpc(self.director, absence, "action_appoint")

    def test_who_is_away_comes_last(self):
        absence = self.away(self.manager_a, "2026-08-10", "2026-08-14")
        self.away(self.manager_c, "2026-08-12", "2026-08-12")
        form = self.dialog(absence)
        self.assertEqual(form.deputy_id, self.manager_b)
        self.assertIn("working days away: 1", form.suggestions[1]["why"])
        # there in the days that are left
        form.date_to = "2026-08-11"
        self.assertEqual(form.suggestions[0]["id"], self.manager_c.id)
        # who is absent with a deputy of their own cannot
        self.appoint(self.manager_c, self.manager_b, "2026-08-12", "2026-08-12")
        form = self.dialog(absence)
        self.assertEqual([row["id"] for row in form.suggestions], [self.manager_b.id])
        self.assertEqual(form.suggestions[0]["elsewhere"], 1)

    def test_only_what_is_left(self):
        absence = self.away(self.manager_a, "2026-08-03", "2026-08-14")
        self.appoint(
            self.manager_a,
            self.manager_c,
            "2026-08-06",
            "2026-08-10",
            hour_to=12.5,
            scope_leads=False,
        )
        self.appoint(
            self.manager_a,
            self.manager_b,
            "2026-08-06",
            "2026-08-10",
            hour_to=12.5,
            scope_orders=False,
            scope_invoices=False,
        )
        form = self.dialog(absence)
        self.assertEqual(str(form.date_to), "2026-08-05")
        form.deputy_id = self.manager_c
        self.rpc(self.director, form.save(), "action_appoint")
        form = self.dialog(absence)
        self.assertEqual((str(form.date_from), form.hour_from), ("2026-08-10", 12.5))
        form.deputy_id = self.manager_c
        self.rpc(self.director, form.save(), "action_appoint")
        # the morning of the first day has passed before anybody was appointed
        self.assertEqual(absence.cover, "partly")
        self.assertFalse(absence.is_open)
        self.assertFalse(absence.with_user(self.director).can_appoint)

    def test_only_what_nobody_does(self):
        absence = self.away(self.manager_a, "2026-08-10", "2026-08-14")
        self.appoint(
            self.manager_a,
            self.manager_c,
            "2026-08-10",
            "2026-08-14",
            scope_leads=False,
        )
        form = self.dialog(absence)
        form.deputy_id = self.manager_b
        self.rpc(self.director, form.save(), "action_appoint")
        rows = absence.substitution_ids
        [row] = rows.filtered(lambda s: s.deputy_id == self.manager_b)
        self.assertEqual(row._scopes(), {"leads"})
        self.assertEqual(absence.cover, "covered")

    def test_directors_and_supervisors(self):
        head = self.away(self.director, "2026-08-10", "2026-08-14", by=self.commercial)
        form = self.dialog(head, self.commercial)
        self.assertEqual(form.deputy_id, self.other_director)
        self.rpc(self.commercial, form.save(), "action_appoint")
        self.assertEqual(head.substitution_ids._scopes(), {"direction"})
        self.assertEqual(head.cover, "covered")
        other = self.make_user("supervisor_2", SUPPLY)
        office = self.away(
            self.supervisor, "2026-08-10", "2026-08-14", by=self.commercial
        )
        form = self.dialog(office, self.commercial)
        self.assertEqual(form.deputy_id, other)
        self.rpc(self.commercial, form.save(), "action_appoint")
        self.assertEqual(office.cover, "covered")

    def test_who_may_not(self):
        absence = self.away(self.manager_a, "2026-08-10", "2026-08-14")
        for user in (self.manager_c, self.other_director, self.supervisor):
            with self.assertRaises(AccessError):
                wizard = self.env["sales.substitution.appoint"].with_user(user)
                wizard = wizard.create(
                    {"absence_id": absence.id, "deputy_id": self.manager_b.id}
                )
                self.rpc(user, wizard, "action_appoint")
        head = self.away(self.director, "2026-08-10", "2026-08-14", by=self.commercial)
        self.assertFalse(head.with_user(self.director).can_appoint)
        wizard = (
            self.env["sales.substitution.appoint"]
            .with_user(self.director)
            .create({"absence_id": head.id, "deputy_id": self.other_director.id})
        )
        with self.assertRaises(AccessError):
            self.rpc(self.director, wizard, "action_appoint")
        self.assertFalse((absence | head).substitution_ids)

    def test_bad_input(self):
        absence = self.away(self.manager_a, "2026-08-10", "2026-08-14")
        wizard = self.dialog(absence).save()
        wizard.deputy_id = False
        with self.refused("Choose who stands in"):
            self.rpc(self.director, wizard, "action_appoint")
        wizard.deputy_id = self.manager_b
        wizard.date_to = False
        with self.refused("from when to when"):
            self.rpc(self.director, wizard, "action_appoint")
        with freeze_time("2026-08-17 10:00:00"), self.refused("is over"):
            self.env.invalidate_all()
            self.rpc(self.director, absence, "action_appoint")


@freeze_time(NOON)
class TestBoard(AbsenceCommon):
    """People by days, and red where nobody stands in."""

    def data(self, user, **kwargs):
        return self.rpc(user, self.env["sales.absence.board"], "get_data", **kwargs)

    def kinds(self, data, user):
        [row] = [row for row in data["rows"] if row["user_id"] == user.id]
        return {
            day["date"]: cell["kind"]
            for day, cell in zip(data["days"], row["cells"], strict=True)
        }

    def test_days(self):
        absence = self.away(self.manager_a, "2026-08-07", "2026-08-11")
        self.away(self.manager_a, "2026-08-24", "2026-08-24")
        self.appoint(
            self.manager_a, self.manager_c, "2026-08-10", "2026-08-11", hour_to=12.5
        )
        data = self.data(self.director)
        self.assertEqual(len(data["days"]), DAYS)
        kinds = self.kinds(data, self.manager_a)
        self.assertEqual(kinds["2026-08-06"], "there")
        self.assertEqual(kinds["2026-08-07"], "uncovered")
        self.assertEqual(kinds["2026-08-08"], "off")
        self.assertEqual(kinds["2026-08-10"], "covered")
        self.assertEqual(kinds["2026-08-11"], "partly")
        self.assertEqual(kinds["2026-08-24"], "later")
        missing = {day["date"]: day["missing"] for day in data["days"]}
        self.assertEqual((missing["2026-08-07"], missing["2026-08-10"]), (1, 0))
        [row] = [r for r in data["rows"] if r["user_id"] == self.manager_a.id]
        cell = row["cells"][7]
        self.assertEqual(cell["absence_id"], absence.id)
        self.assertEqual(cell["by"], [self.manager_c.name])
        self.assertTrue(row["can_appoint"])
        [row] = [r for r in data["rows"] if r["user_id"] == self.manager_c.id]
        self.assertEqual(row["cells"][7]["acts"], [self.manager_a.name])

    def test_who_sees_whom(self):
        utrecht = self.director | self.manager_a | self.manager_c
        hamburg = self.other_director | self.manager_b
        for user, seen, appoints in (
            (self.manager_a, utrecht, self.env["res.users"]),
            (self.director, utrecht, self.manager_a | self.manager_c),
            (self.other_director, hamburg, self.manager_b),
            (self.commercial, utrecht | hamburg, utrecht | hamburg),
        ):
            rows = self.data(user)["rows"]
            self.assertEqual(
                {row["user_id"] for row in rows}, set(seen.ids), user.login
            )
            able = {row["user_id"] for row in rows if row["can_appoint"]}
            self.assertEqual(able, set(appoints.ids), user.login)
        for user in (self.supervisor, self.plain):
            with self.assertRaises(AccessError):
                self.data(user)
        data = self.data(self.director, branch_id=self.other_branch.id)
        self.assertFalse(data["rows"])
        self.appoint(
            self.director,
            self.other_director,
            "2026-08-03",
            "2026-08-07",
            by=self.commercial,
            **DIRECTION,
        )
        rows = self.data(self.other_director)["rows"]
        self.assertEqual({row["user_id"] for row in rows}, set((utrecht | hamburg).ids))

    def test_other_weeks(self):
        data = self.data(self.director, first="2026-09-10")
        self.assertEqual(data["first"], "2026-09-07")
        self.assertEqual(
            self.data(self.director, first="nonsense")["first"], "2026-08-03"
        )
        with self.assertRaises(UserError):
            self.data(self.director, first="1999-01-01")
        member = self.branch.member_ids.filtered(lambda m: m.user_id == self.manager_a)
        member.date_to = "2026-08-05"
        kinds = self.kinds(self.data(self.director), self.manager_a)
        self.assertEqual((kinds["2026-08-05"], kinds["2026-08-06"]), ("there", "away"))

    def test_few_queries_for_many(self):
        group = self.env.ref(DIRECTOR)
        users = self.env["res.users"].create(
            [
                {
                    "name": f"Many {i}",
                    "login": f"many_{i}",
                    "group_ids": [Command.set(group.ids)],
                }
                for i in range(MANY)
            ]
        )
        self.branch.member_ids = [
            Command.create({"user_id": user.id, "date_from": "2020-01-01"})
            for user in users
        ]
        resources = self.env["resource.resource"].search([("user_id", "in", users.ids)])
        self.env["resource.calendar.leaves"].create(
            [
                {
                    "name": "Away",
                    "resource_id": resource.id,
                    "date_from": "2026-08-09 22:00:00",
                    "date_to": "2026-08-14 21:59:59",
                }
                for resource in resources
            ]
        )
        self.appoint(users[0], users[1], "2026-08-20", "2026-08-21")
        Board = self.env["sales.absence.board"].with_user(self.director)
        context = {"allowed_company_ids": self.company.ids, "lang": "en_US"}
        Board = Board.with_context(**context)  # as the web client asks
        Board.get_data()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        data = Board.get_data()
        self.assertLessEqual(self.cr.sql_log_count - before, 8)
        self.assertGreaterEqual(len(data["rows"]), MANY)
        red = [c for r in data["rows"] for c in r["cells"] if c["kind"] == "uncovered"]
        self.assertEqual(len(red), MANY * 5)
