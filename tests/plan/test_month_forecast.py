import json

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time

from .test_days import DaysCommon
from .test_move import MoveCommon


@freeze_time("2026-03-17 09:00:00")
class TestMonthForecast(DaysCommon):
    """On Tuesday the 17th: 11 working days are over, 11 are left with today."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["resource.calendar.leaves"].search([]).unlink()

    def get(self, user=None, of=None, date=None):
        screen = self.env["sales.my.month"].with_user(user or self.manager_a)
        data = screen.get_forecast(date, of and of.id)
        return json.loads(json.dumps(data))

    def sell_evenly(self, year, month, amount=100.0, **values):
        """Something on the 2nd, more on the 12th, most on the 25th."""
        for day, part in ((2, 0.2), (12, 0.3), (25, 0.5)):
            date = f"{year}-{month:02}-{day:02}"
            self.make_fact(self.manager_a, date, amount * part, **values)

    def test_linear(self):
        self.approve(self.make_plan(total=2200))
        self.make_fact(self.manager_a, "2026-03-03", 660.0)
        self.make_fact(self.manager_a, "2026-03-17", 11.0)
        data = self.get()
        self.assertEqual(data["method"], "linear")
        self.assertEqual((data["done"], data["left"]), (11, 11))
        self.assertEqual(data["run_rate"], 60)
        self.assertEqual(data["expected"], 1320)
        self.assertEqual(data["required"], (2200 - 671) / 11)
        self.assertEqual(data["pace"], "behind")
        self.assertIn("Straight on", data["words"])
        self.assertLess(data["low"], 1320)
        self.assertGreater(data["high"], 1320)

    def test_history(self):
        self.approve(self.make_plan(total=1000))
        for month in range(7, 13):
            self.sell_evenly(2025, month)
        self.make_fact(self.manager_a, "2026-03-03", 500.0)
        data = self.get()
        self.assertEqual((data["method"], data["months"]), ("history", 6))
        # half of the month is over, and half of the turnover came by then
        self.assertAlmostEqual(data["expected"], 1000, delta=1)
        self.assertEqual(data["pace"], "on_track")
        self.assertIn("6 earlier months", data["words"])

    def test_history_of_the_plan_only(self):
        """Other bases and categories than the plan's say nothing about its course."""
        self.approve(self.make_plan(total=None, lines=[(self.fabrics, 1000.0)]))
        for month in range(7, 13):
            self.sell_evenly(2025, month, categ=self.tools)
            self.sell_evenly(2025, month, categ=self.linen, basis="order")
        self.make_fact(self.manager_a, "2026-03-03", 500.0, self.linen)
        self.make_fact(self.manager_a, "2026-03-04", 70.0, self.tools)
        data = self.get()
        self.assertEqual((data["method"], data["months"]), ("linear", 0))
        self.assertEqual(data["fact"], 500)

    def test_absence_changes_what_is_left(self):
        self.approve(self.make_plan(total=2200))
        self.absent("2026-03-23T00:00", "2026-03-27T23:59:59")
        data = self.get()
        self.assertEqual((data["done"], data["left"]), (11, 6))
        self.assertEqual(data["effective_target"], 1700)
        self.assertEqual(data["days_note"], "17 of 22 working days")
        self.assertEqual((data["target"], data["agreed_target"]), (2200, 2200))
        self.company.sales_manager_kpi_target_policy = "effective"
        self.assertEqual(self.get()["target"], 1700)

    def test_other_months(self):
        self.make_fact(self.manager_a, "2026-02-03", 500.0)
        past = self.get(date="2026-02-10")
        self.assertEqual((past["method"], past["expected"]), ("final", 500))
        self.assertIsNone(past["required"])
        ahead = self.get(date="2026-04-01")
        self.assertIsNone(ahead["expected"])
        self.assertIn("no working day is over", ahead["words"])

    def test_nobody_works(self):
        self.approve(self.make_plan(total=2200))
        self.absent("2026-02-27T00:00", "2026-04-02T23:59:59", resource=False)
        data = self.get()
        self.assertIsNone(data["expected"])
        self.assertIsNone(data["required"])
        self.assertEqual(data["effective_target"], 2200)
        self.assertIn("no working day in this month", data["words"])

    def test_on_the_plan(self):
        plan = self.make_plan(total=2200)
        self.absent("2026-03-23T00:00", "2026-03-27T23:59:59")
        for user in (self.manager_a, self.director):
            prospect = self.rpc(user, plan, "get_prospect")
            self.assertEqual(prospect["effective_target"], 1700)
            self.assertFalse(prospect["forecast"], "nobody agreed to it yet")
        self.approve(plan)
        self.make_fact(self.manager_a, "2026-03-03", 660.0)
        prospect = self.rpc(self.director, plan, "get_prospect")
        self.assertEqual(prospect["forecast"], self.get_values())
        with self.assertRaises(AccessError):
            self.rpc(self.manager_b, plan, "get_prospect")

    def get_values(self):
        """The forecast of My month, without what stands beside it."""
        more = ("policy", "customers", "register")
        return {k: v for k, v in self.get().items() if k not in more}

    def test_customers_behind(self):
        named = {
            name: self.make_customer(name, self.manager_a)
            for name in ("Lost", "Grown", "Planned")
        }
        self.approve(
            self.make_plan(
                total=2200,
                line_ids=[
                    Command.create({"dimension": "total", "target_amount": 2200}),
                    Command.create(
                        {
                            "dimension": "customer",
                            "partner_id": named["Planned"].id,
                            "target_amount": 400,
                        }
                    ),
                ],
            )
        )
        for name, date, amount in (
            ("Lost", "2025-03-10", 300.0),
            ("Lost", "2025-03-25", 9000.0),  # after the same day of last year
            ("Grown", "2025-03-10", 100.0),
            ("Grown", "2026-03-10", 150.0),
            ("Planned", "2026-03-10", 50.0),
        ):
            partner = named[name]
            self.make_fact(self.manager_a, date, amount, partner_id=partner.id)
        rows = [
            (row["name"], row["kind"], row["gap"]) for row in self.get()["customers"]
        ]
        self.assertEqual(rows, [("Lost", "last_year", 300), ("Planned", "plan", 150)])
        for row in self.get()["customers"]:
            [(amount,)] = self.env["sales.fact.report"]._read_group(
                row["domain"], [], ["amount:sum"]
            )
            self.assertEqual(amount or 0, row["amount"])

    def test_roles(self):
        self.approve(self.make_plan(total=2200))
        self.make_fact(self.manager_a, "2026-03-03", 660.0)
        mine = self.get()
        for reader in (self.director, self.commercial):
            self.assertEqual(self.get(reader, self.manager_a), mine)
        for reader in (self.manager_b, self.other_director, self.plain):
            with self.assertRaises(AccessError):
                self.get(reader, self.manager_a)
        Team = self.env["sales.my.team"]
        team = Team.with_user(self.director).get_forecast()
        self.assertEqual(set(team), {self.manager_a.id})
        self.assertEqual(team[self.manager_a.id]["expected"], mine["expected"])
        with self.assertRaises(AccessError):
            Team.with_user(self.director).get_forecast(None, self.other_branch.id)

    def test_two_companies(self):
        """Facts and absences of another company are no matter of this month."""
        other = self.env["res.company"].create({"name": "Other"})
        self.manager_a.company_ids |= other
        self.approve(self.make_plan(total=2200))
        self.make_fact(self.manager_a, "2026-03-03", 660.0)
        self.make_fact(self.manager_a, "2026-03-03", 9999.0, company_id=other.id)
        elsewhere = self.env["resource.resource"].create(
            {"name": "A", "user_id": self.manager_a.id, "company_id": other.id}
        )
        self.absent(
            "2026-03-23T00:00",
            "2026-03-27T23:59:59",
            resource=elsewhere,
            calendar_id=other.resource_calendar_id.id,
        )
        data = self.get()
        self.assertEqual((data["fact"], data["left"]), (660, 11))
        screen = self.env["sales.my.month"].with_user(self.manager_a)
        both = screen.with_context(allowed_company_ids=(self.company | other).ids)
        self.assertEqual(both.get_data()["company"], self.company.name)
        one = screen.with_context(allowed_company_ids=self.company.ids)
        self.assertFalse(one.get_data()["company"])

    def test_query_budget(self):
        self.approve(self.make_plan(total=2200, lines=[(self.linen, 200.0)]))
        self.make_fact(self.manager_a, "2026-03-03", 660.0, self.linen)
        self.sell_evenly(2025, 7, categ=self.linen)
        for user in (self.manager_a, self.director):
            for _warm in range(2):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                self.env["sales.my.month"].with_user(user).get_forecast(
                    None, self.manager_a.id
                )
            self.assertLessEqual(self.env.cr.sql_log_count - before, 30)


@freeze_time("2026-03-24 09:00:00")
class TestMonthOfAMover(MoveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.approve(cls.make_plan(total=2200, lines=[(cls.linen, 1100.0)]))
        cls.move()
        for day, amount in (("2026-03-10", 600.0), ("2026-03-17", 600.0)):
            cls.make_fact(cls.manager_a, day, amount, cls.linen)

    def test_month_adds_the_parts(self):
        for user in (self.manager_a, self.director, self.other_director):
            with self.subTest(user=user.login):
                screen = self.env["sales.my.month"].with_user(user)
                data = screen.get_data(None, self.manager_a.id)
                self.assertEqual(data["fact"]["amount"], 1200)
                self.assertEqual(data["plan"]["target"], 2200)
                self.assertAlmostEqual(data["fulfilment"], 1200 / 2200)
                self.assertEqual(data["trend"][-1]["fact"], 1200)
                self.assertEqual(data["trend"][-1]["target"], 2200)
                [line] = data["categories"]
                self.assertEqual((line["amount"], line["target"]), (1200, 1100))
                [(amount,)] = self.env["sales.fact.report"]._read_group(
                    line["domain"], [], ["amount:sum"]
                )
                self.assertEqual(amount, 1200)
                forecast = screen.get_forecast(None, self.manager_a.id)
                self.assertEqual((forecast["fact"], forecast["target"]), (1200, 2200))
                self.assertEqual((forecast["done"], forecast["left"]), (16, 6))

    def test_days_without_a_plan(self):
        """What counted there is shown beside, never lost and never for another plan."""
        second = self.plans()[1]
        self.act(second, self.commercial).cancel_plans("will plan anew")
        screen = self.env["sales.my.month"].with_user(self.manager_a)
        data = screen.get_data()
        self.assertEqual(data["fact"]["amount"], 600)
        self.assertEqual(data["uncovered"]["amount"], 600)

    def test_team_row(self):
        Team = self.env["sales.my.team"]
        for director in (self.director, self.other_director):
            rows = Team.with_user(director).get_data()["rows"]
            [row] = [row for row in rows if row["user_id"] == self.manager_a.id]
            self.assertEqual((row["amount"], row["target"]), (1200, 2200))
            self.assertEqual(len(row["plan_ids"]), 2)
