import doctest
import random
import unittest

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from odoo.addons.sales_manager_kpi.engine import season

from .common import PlanCommon


class TestSeasonEngine(unittest.TestCase):
    def test_doctests(self):
        result = doctest.testmod(season)
        self.assertTrue(result.attempted)
        self.assertFalse(result.failed)

    def test_months_are_the_year_exactly(self):
        """Whatever the target, the weights, the first month and the rounding."""
        chance = random.Random(42)
        for __ in range(500):
            weights = season.profile(
                [chance.choice((0, 1, 7, 900)) for __ in range(12)]
            )
            if not weights:
                continue
            self.assertEqual(sum(weights), 10_000)
            total, step = chance.randrange(1, 10**9), chance.choice((1, 100, 5000))
            first = chance.randrange(1, 13)
            months = season.months_of_year(total, weights, first, step)
            if months is None:
                self.assertFalse(any(weights[first - 1 :]))
                continue
            self.assertEqual(sum(months.values()), total)
            self.assertEqual(list(months), list(range(first, 13)))
            odd = [part for part in months.values() if part % step]
            self.assertLessEqual(len(odd), 1)  # the largest takes what is over
            parts = season.divide(total, {n: w for n, w in enumerate(weights)}, step)
            self.assertEqual(sum(parts.values()), total)


@freeze_time("2026-03-10 12:00:00")
class TestSeasonProfile(PlanCommon):
    def make_profile(self, user=None, **values):
        return (
            self.env["sales.season.profile"]
            .with_user(user or self.commercial)
            .create({"name": "Year", "company_id": self.company.id, **values})
        )

    def make_year(self, user=None, year=2025, categ=None, **values):
        """A hundred in every month, and as much again in November and December."""
        for month in range(1, 13):
            amount = 200 if month > 10 else 100
            day = f"{year}-{month:02d}-03"
            self.make_fact(user or self.manager_a, day, amount, categ, **values)

    def test_computed_from_the_last_whole_years(self):
        self.make_year(year=2024)
        self.make_year(year=2025)
        self.make_fact(self.manager_a, "2026-01-02", 300)  # instead of January 2024
        self.make_fact(self.manager_a, "2026-02-02", 100)
        self.make_fact(self.manager_a, "2026-03-02", 9999)  # a month that still runs
        profile = self.make_profile()
        self.rpc(self.commercial, profile, "action_compute")
        self.assertEqual(
            (str(profile.history_from), str(profile.history_to)),
            ("2024-03-01", "2026-02-28"),
        )
        # two years of 1,400, and 200 more in one January
        self.assertEqual(profile.weight_11, round(400 / 3000 * 10_000))
        self.assertEqual(profile.weight_1, round(400 / 3000 * 10_000))
        self.assertEqual(profile.total, 10_000)
        self.assertIn("13.33 %", profile.strongest)

    def test_less_than_a_year_is_said(self):
        self.make_fact(self.manager_a, "2025-04-20", 5)  # April was not full
        for month in (5, 6, 7):
            self.make_fact(self.manager_a, f"2025-{month:02d}-02", 100)
        profile = self.make_profile()
        with self.refused("12 full months of history, and for Year there are 10"):
            self.rpc(self.commercial, profile, "action_compute")
        empty = self.make_profile(categ_ids=self.tools.ids, name="Tools")
        with self.refused("for Tools there are 0"):
            empty.action_compute()
        self.make_fact(self.manager_a, "2024-01-02", -5, self.tools)
        with self.refused("Nothing was sold for Tools"):
            empty.action_compute()

    def test_profile_of_a_category_and_of_the_company(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.make_year(categ=self.linen)
        self.make_year(categ=self.tools, company_id=other.id, year=2025)
        self.make_fact(self.manager_a, "2025-06-05", 5000, self.tools)
        profile = self.make_profile(categ_ids=self.fabrics.ids, years=1)
        with self.refused("for Year there are"):
            self.make_profile(categ_ids=self.cotton.ids).action_compute()
        self.make_fact(self.manager_a, "2026-01-05", 100, self.linen)
        self.make_fact(self.manager_a, "2026-02-05", 100, self.linen)
        profile.action_compute()
        self.assertEqual(profile.weight_6, 714)
        self.assertEqual(profile.weight_12, 1429)

    def test_rules_hold_however_it_is_written(self):
        profile = self.make_profile()
        self.assertEqual(profile.total, 10_000)
        with self.refused("add up to 10001.*Change another month by -1"):
            self.rpc(self.commercial, profile, "write", {"weight_1": 835})
        with self.refused("less than nothing"):
            profile.write({"weight_1": -1, "weight_2": 1669})
        with self.refused("between 1 and 5 years"):
            profile.years = 6
        with self.refused("Fabrics includes Fabrics / Linen"):
            profile.categ_ids = self.fabrics | self.linen
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.cr.savepoint(),
        ):
            self.env.cr.execute("UPDATE sales_season_profile SET weight_1 = 0")
        profile.write({"weight_1": 0, "weight_2": 1668})
        copied = profile.copy()
        self.assertEqual((copied.name, copied.weight_2), ("Year (copy)", 1668))
        self.assertFalse(copied.history_from)

    def test_by_role(self):
        profile = self.make_profile()
        for user in (self.manager_a, self.director):
            read = self.rpc(user, profile, "read", ["weight_1", "strongest"])
            self.assertEqual(read[0]["weight_1"], 834)
            with self.refused("", AccessError):
                self.rpc(user, profile, "write", {"name": "Mine"})
            with self.refused("", AccessError):
                self.rpc(user, profile, "action_compute")
        for user in (self.plain, self.supervisor):
            with self.refused("", AccessError):
                self.rpc(user, profile, "read", ["weight_1"])
        other = self.env["res.company"].create({"name": "Elsewhere"})
        theirs = self.make_profile(self.env.user, company_id=other.id)
        with self.refused("", AccessError):
            self.rpc(self.commercial, theirs, "read", ["weight_1"])


@freeze_time("2026-03-10 12:00:00")
class TestSeasonProposal(PlanCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # January and February weigh half of March
        weights = {"weight_1": 500, "weight_2": 500, "weight_3": 1000}
        cls.season = cls.env["sales.season.profile"].create(
            {
                "name": "Year",
                "company_id": cls.company.id,
                **weights,
                **{f"weight_{month}": 889 for month in range(4, 12)},
                "weight_12": 888,
            }
        )

    def propose(self, user, plans=None, **values):
        wizard = (
            self.env["sales.plan.proposal"]
            .with_user(user)
            .create({"plan_ids": plans.ids if plans else [], **values})
        )
        wizard.action_propose()
        return wizard, {
            (line.user_id.login, line.categ_id.name or "total"): line.proposed_amount
            for line in wizard.line_ids
        }

    def test_season_takes_its_own_out_and_puts_the_months_in(self):
        """Two weak months of 100 say 200 for a month that weighs twice as much."""
        for day in ("2026-01-05", "2026-02-05"):
            self.make_fact(self.manager_a, day, 100, self.linen)
        wizard, amounts = self.propose(
            self.manager_a, self.make_plan(), method="season", months=2, growth=0.1
        )
        self.assertEqual(
            amounts, {("manager_a", "total"): 220, ("manager_a", "Fabrics"): 220}
        )
        self.assertIn("March 2026 is 10 % of the year", wizard.message)

    def test_categories_follow_their_own_profile(self):
        self.make_fact(self.manager_a, "2026-02-05", 100, self.linen)
        self.make_fact(self.manager_a, "2026-02-05", 100, self.tools)
        self.season.copy(
            {
                "name": "Linen",
                "categ_ids": self.linen.ids,
                "weight_2": 1000,
                "weight_1": 0,
            }
        )
        plan = self.make_plan()
        values = {
            "method": "season",
            "months": 1,
            "level": 2,
            "split": "chosen",
            "categ_ids": (self.linen | self.tools).ids,
        }
        __, amounts = self.propose(self.manager_a, plan, **values)
        self.assertEqual(amounts["manager_a", "Linen"], 100)
        self.assertEqual(amounts["manager_a", "Tools"], 200)
        __, amounts = self.propose(self.manager_a, plan, own_profiles=False, **values)
        self.assertEqual(amounts["manager_a", "Linen"], 200)

    def test_year_target_is_spread_exactly(self):
        """The months of the year add up to its target, whatever is rounded."""
        self.make_fact(self.manager_a, "2025-06-05", 100, self.linen)
        self.make_fact(self.manager_a, "2025-06-05", 50, self.tools)
        total = 0
        for month in range(1, 13):
            period = self.month(f"2026-{month:02d}-01")
            plan = self.make_plan(period=period)
            __, amounts = self.propose(
                self.manager_a, plan, method="year", year_amount=123456.78, step=50
            )
            total += amounts["manager_a", "total"]
            parts = sum(v for key, v in amounts.items() if key[1] != "total")
            self.assertAlmostEqual(parts, amounts["manager_a", "total"], 2)
        self.assertAlmostEqual(total, 123456.78, 2)

    def test_rest_of_the_year(self):
        self.make_fact(self.manager_a, "2026-01-05", 1000)
        self.make_fact(self.manager_a, "2026-02-05", 1000)
        self.make_fact(self.manager_a, "2026-03-05", 555)  # the month still runs
        values = {"method": "year", "year_amount": 92000, "count_past": True}
        __, amounts = self.propose(self.manager_a, self.make_plan(), **values)
        self.assertEqual(amounts["manager_a", "total"], 10000)  # 90000 × 10/90
        values["year_amount"] = 1500  # reached already
        __, amounts = self.propose(
            self.manager_a, self.make_plan(period=self.month("2026-04-01")), **values
        )
        self.assertEqual(amounts, {})

    def test_year_target_of_a_branch(self):
        self.make_member(self.branch, self.plain)
        self.make_fact(self.manager_a, "2025-06-05", 100, self.linen)
        self.make_fact(self.plain, "2025-06-05", 300, self.linen)
        values = {
            "method": "year",
            "year_amount": 100000,
            "branch_id": self.branch.id,
            "period_id": self.march.id,
        }
        __, amounts = self.propose(self.director, year_scope="together", **values)
        self.assertEqual(amounts["manager_a", "total"], 2500)
        self.assertEqual(amounts["plain", "total"], 7500)
        wizard, amounts = self.propose(self.director, **values)
        self.assertEqual(amounts["manager_a", "total"], 10000)
        self.assertEqual(amounts["plain", "Fabrics"], 10000)
        wizard.action_apply()
        plans = self.env["sales.plan"].search([("period_id", "=", self.march.id)])
        self.assertEqual(plans.mapped("target_amount"), [10000, 10000])
        with self.refused("Only the director", Exception):
            self.propose(self.other_director, **values)

    def make_member(self, branch, user):
        self.env["sales.branch.member"].create(
            {"branch_id": branch.id, "user_id": user.id, "date_from": "2020-01-01"}
        )

    def test_wrong_choices(self):
        plan = self.make_plan()
        with self.refused("target of the year", ValidationError):
            self.propose(self.manager_a, plan, method="year")
        with self.refused("between 1 and 36"):
            self.propose(self.manager_a, plan, method="season", months=0)
        with self.refused("Choose a season profile"):
            self.propose(self.manager_a, plan, method="season", profile_id=False)
        self.season.write(
            {f"weight_{month}": 10_000 * (month == 2) for month in range(1, 13)}
        )
        with self.refused("no weight"):
            self.propose(
                self.manager_a, plan, method="year", year_amount=5, count_past=True
            )
