from datetime import date

from odoo import Command
from odoo.tests import freeze_time

from .common import PlanCommon


@freeze_time("2026-03-10 12:00:00")
class TestPlanFact(PlanCommon):
    def line(self, plan, categ):
        return plan.line_ids.filtered(lambda line: line.categ_id == categ)

    # ------------------------------------------------------------------
    # Plan against fact
    # ------------------------------------------------------------------

    def test_categories_include_their_children(self):
        plan = self.make_plan(lines=[(self.fabrics, 400), (self.tools, 100)])
        self.make_fact(self.manager_a, "2026-03-01", 100, self.linen)
        self.make_fact(self.manager_a, "2026-03-31", 60, self.fabrics)
        self.make_fact(self.manager_a, "2026-03-10", -10, self.cotton)
        self.make_fact(self.manager_a, "2026-03-10", 350)
        self.assertEqual(self.line(plan, self.fabrics).fact_amount, 150)
        self.assertEqual(self.line(plan, self.fabrics).fulfilment, 0.375)
        self.assertEqual(self.line(plan, self.tools).fact_amount, 0)
        self.assertRecordValues(
            plan, [{"fact_amount": 500, "fulfilment": 0.5, "has_base": True}]
        )

    def test_what_does_not_count(self):
        plan = self.make_plan()
        manager = self.manager_a
        self.make_fact(manager, "2026-02-28", 1)
        self.make_fact(manager, "2026-04-01", 2)
        self.make_fact(manager, "2026-03-05", 4, status="excluded")
        self.make_fact(manager, "2026-03-05", 8, basis="order")
        self.make_fact(self.manager_b, "2026-03-05", 16)
        self.make_fact(self.env["res.users"], "2026-03-05", 32, status="unassigned")
        self.make_fact(manager, "2026-03-05", 64, company_id=self.company.id + 1000)
        self.assertEqual(plan.fact_amount, 0)
        plan.basis = "order"
        self.assertEqual(plan.fact_amount, 8)

    def test_without_total_only_the_categories_fill_the_plan(self):
        plan = self.make_plan(total=None, lines=[(self.linen, 100)])
        self.make_fact(self.manager_a, "2026-03-01", 80, self.linen)
        self.make_fact(self.manager_a, "2026-03-01", 500, self.tools)
        self.assertEqual((plan.fact_amount, plan.fulfilment), (80, 0.8))

    def test_no_base_is_not_zero_percent(self):
        plan = self.make_plan(total=0)
        self.make_fact(self.manager_a, "2026-03-01", 80)
        self.assertFalse(plan.has_base or plan.line_ids.has_base)
        self.assertEqual(plan._fulfilments(), {plan: (80, 0, None)})

    def test_figures_do_not_depend_on_the_reader(self):
        plan = self.make_plan(lines=[(self.linen, 100)])
        self.make_fact(self.manager_a, "2026-03-01", 80, self.linen)
        for user in (self.manager_a, self.director, self.commercial, self.admin):
            mine = self.act(plan, user)
            mine.invalidate_recordset()
            self.assertEqual((mine.fact_amount, mine.fulfilment), (80, 0.08))
            self.assertIn(80, mine.line_ids.mapped("fact_amount"))

    def test_last_year_stands_beside(self):
        plan = self.make_plan(
            lines=[(self.linen, 100)], period=self.month("2028-02-01")
        )
        self.make_fact(self.manager_a, "2027-02-28", 80, self.linen)
        self.make_fact(self.manager_a, "2027-03-01", 1, self.linen)
        total, linen = plan.line_ids.sorted(lambda x: x.dimension != "total")
        self.assertEqual((total.last_year_amount, linen.last_year_amount), (80, 80))

    def test_queries_do_not_grow_with_plans(self):
        users = [
            self.make_user(f"many_{i}", "sales_manager_kpi.group_manager")
            for i in range(50)
        ]
        self.branch.member_ids = [
            Command.create({"user_id": user.id, "date_from": "2020-01-01"})
            for user in users
        ]
        plans = self.env["sales.plan"].create(
            [
                {
                    "user_id": user.id,
                    "period_id": self.march.id,
                    "basis": ("invoice", "order")[i % 2],
                    "line_ids": [
                        Command.create({"dimension": "total", "target_amount": 10}),
                        Command.create({"categ_id": self.linen.id}),
                    ],
                }
                for i, user in enumerate(users)
            ]
        )
        names = [
            "display_name",
            "user_id",
            "branch_id",
            "target_amount",
            "fact_amount",
            "fulfilment",
            "state",
            "can_approve",
        ]
        counts = []
        for some in (plans[:5], plans, plans[:5]):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            some.with_user(self.commercial).read(names)
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])
        self.assertLess(counts[1], 20)

    # ------------------------------------------------------------------
    # Report
    # ------------------------------------------------------------------

    def report(self, *groupby, user=None):
        rows = (
            self.env["sales.plan.report"]
            .with_user(user or self.commercial)
            ._read_group(
                [("date", ">=", "2026-03-01"), ("date", "<", "2026-04-01")],
                groupby,
                ["plan_amount:sum", "fact_amount:sum"],
            )
        )
        return {row[: len(groupby)]: row[len(groupby) :] for row in rows}

    def test_report_puts_facts_under_the_plan(self):
        self.approve(self.make_plan(lines=[(self.fabrics, 400), (self.tools, 100)]))
        self.approve(self.make_plan(self.manager_b, None, [(self.linen, 70)]))
        self.make_fact(self.manager_a, "2026-03-02", 100, self.linen)
        self.make_fact(self.manager_a, "2026-03-02", 30)
        self.make_fact(self.manager_a, "2026-03-02", 5, basis="order")
        self.make_fact(self.manager_b, "2026-03-02", 20, self.linen)
        self.make_fact(self.manager_b, "2026-03-02", 7, self.tools)
        self.make_fact(self.director, "2026-03-02", 3, branch_id=self.branch.id)
        none = self.env["product.category"]
        self.assertEqual(
            self.report("user_id", "scope", "categ_id"),
            {
                (self.manager_a, "category", self.fabrics): (400, 100),
                (self.manager_a, "category", self.tools): (100, 0),
                (self.manager_a, "rest", none): (500, 30),
                (self.manager_b, "category", self.linen): (70, 20),
                (self.manager_b, "outside", none): (0, 7),
                (self.director, "unplanned", none): (0, 3),
            },
        )
        self.assertEqual(
            self.report("branch_id"),
            {(self.branch,): (1000, 133), (self.other_branch,): (70, 27)},
        )

    def test_report_shows_the_role_its_rows(self):
        self.approve(self.make_plan())
        self.approve(self.make_plan(self.manager_b))
        self.make_fact(self.manager_a, "2026-03-02", 5)
        for user, users in (
            (self.manager_a, self.manager_a),
            (self.director, self.manager_a),
            (self.other_director, self.manager_b),
            (self.commercial, self.manager_a | self.manager_b),
        ):
            found = [key[0] for key in self.report("user_id", user=user)]
            self.assertEqual(self.env["res.users"].union(*found), users)

    def test_report_knows_only_valid_plans(self):
        plan = self.approve(self.make_plan())
        draft = self.act(plan, self.manager_a).revise("More")
        draft.line_ids.target_amount = 5000
        self.env.flush_all()
        self.assertEqual(self.report(), {(): (1000, 0.0)})

    def test_report_agrees_with_the_plan(self):
        plan = self.approve(self.make_plan(lines=[(self.fabrics, 400)]))
        for i, categ in enumerate((self.linen, self.cotton, self.tools, None)):
            self.make_fact(self.manager_a, f"2026-03-{i + 1:02}", 10**i, categ)
        self.assertEqual(self.report(), {(): (plan.target_amount, plan.fact_amount)})

    # ------------------------------------------------------------------
    # Companies and currencies
    # ------------------------------------------------------------------

    def _other_company(self):
        other = self.env["res.company"].create(
            {
                "name": "Other",
                "currency_id": self.env.ref("base.GBP").id,
                "sales_manager_kpi_plan_basis": "order",
            }
        )
        for user in (self.manager_a, self.commercial):
            user.company_ids |= other
        self.env["sales.branch"].create(
            {
                "code": "LON",
                "name": "London",
                "company_id": other.id,
                "tz": "Europe/London",
                "resource_calendar_id": False,
                "member_ids": [
                    Command.create(
                        {"user_id": self.manager_a.id, "date_from": "2020-01-01"}
                    )
                ],
            }
        )
        return other

    def test_two_companies_and_currencies(self):
        other = self._other_company()
        here = self.make_plan()
        with self.refused("A plan|belongs to|Incompatible"):
            self.make_plan(company_id=other.id)
        plans = self.env["sales.plan"].with_user(self.manager_a)
        plans = plans.with_company(other).with_context(
            allowed_company_ids=(other + self.company).ids
        )
        there = plans.create(
            {
                "period_id": self.month("2026-03-01", other).id,
                "line_ids": [
                    Command.create({"dimension": "total", "target_amount": 50})
                ],
            }
        )
        self.assertEqual(
            (there.currency_id.name, there.basis, there.branch_id.code),
            ("GBP", "order", "LON"),
        )
        self.make_fact(self.manager_a, "2026-03-01", 500)
        self.make_fact(
            self.manager_a, "2026-03-01", 20, company_id=other.id, basis="order"
        )
        both = here + there.with_env(self.env)
        self.assertEqual(both.mapped("fact_amount"), [500, 20])
        alone = self.env["sales.plan"].with_user(self.commercial)
        alone = alone.with_context(allowed_company_ids=self.company.ids)
        self.assertNotIn(there, alone.search([]))
        self.assertEqual(
            len(self.env["sales.plan"].with_user(self.admin).search([])), 1
        )

    def test_manager_without_access_to_the_company(self):
        other = self._other_company()
        with self.refused("has no access to Other|belongs to no branch"):
            self.env["sales.plan"].create(
                {
                    "user_id": self.manager_b.id,
                    "company_id": other.id,
                    "period_id": self.month("2026-03-01", other).id,
                }
            )

    def test_setting_of_the_company(self):
        settings = self.env["res.config.settings"].create(
            {"sales_manager_kpi_plan_basis": "order"}
        )
        settings.execute()
        self.assertEqual(self.make_plan().basis, "order")
        self.assertEqual(self.march.date_from, date(2026, 3, 1))
