from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time

from .common import PlanCommon


@freeze_time("2026-03-10 12:00:00")
class TestPlanProposal(PlanCommon):
    def wizard(self, user, plans=None, **values):
        return (
            self.env["sales.plan.proposal"]
            .with_user(user)
            .create({"plan_ids": plans.ids if plans else [], **values})
        )

    def proposed(self, wizard):
        wizard.action_propose()
        return {
            line.categ_id.name or "total": line.proposed_amount
            for line in wizard.line_ids
        }

    def test_last_year_with_growth(self):
        self.make_fact(self.manager_a, "2025-03-01", 100, self.linen)
        self.make_fact(self.manager_a, "2025-03-31", 104, self.cotton)
        self.make_fact(self.manager_a, "2025-03-31", 50)
        self.make_fact(self.manager_a, "2025-04-01", 1000, self.linen)
        self.make_fact(self.manager_a, "2025-03-10", 1000, self.linen, basis="order")
        self.make_fact(self.manager_b, "2025-03-10", 1000, self.linen)
        plan = self.make_plan()
        wizard = self.wizard(self.manager_a, plan, growth=0.1)
        self.assertEqual(self.proposed(wizard), {"total": 280, "Fabrics": 220})
        self.assertEqual(sorted(wizard.line_ids.mapped("base_amount")), [204, 254])
        self.assertEqual(plan.target_amount, 1000)  # only looked at so far
        wizard.level = 2
        self.assertEqual(
            self.proposed(wizard), {"total": 280, "Linen": 110, "Cotton": 110}
        )

    def test_average_of_full_months(self):
        for month, amount in (
            ("2026-02-28", 30),
            ("2025-12-01", 60),
            ("2025-11-30", 9),
        ):
            self.make_fact(self.manager_a, month, amount, self.linen)
        self.make_fact(self.manager_a, "2026-03-05", 1000, self.linen)  # not full
        may = self.make_plan(period=self.month("2026-05-01"))
        wizard = self.wizard(self.manager_a, may, method="average", step=0)
        self.assertEqual(self.proposed(wizard), {"total": 30, "Fabrics": 30})

    def test_chosen_categories(self):
        self.make_fact(self.manager_a, "2025-03-01", 100, self.linen)
        self.make_fact(self.manager_a, "2025-03-01", 40, self.tools)
        wizard = self.wizard(
            self.manager_a,
            self.make_plan(),
            split="chosen",
            categ_ids=self.linen.ids,
            with_total=False,
        )
        self.assertEqual(self.proposed(wizard), {"Linen": 100})
        wizard.split = "total"
        self.assertEqual(self.proposed(wizard), {"total": 140})

    def test_negative_history_proposes_nothing(self):
        self.make_fact(self.manager_a, "2025-03-01", -100, self.linen)
        self.make_fact(self.manager_a, "2025-03-01", 40, self.tools)
        wizard = self.wizard(self.manager_a, self.make_plan())
        self.assertEqual(self.proposed(wizard), {"total": 40, "Tools": 40})

    def test_customers_owned_now(self):
        """What the customers bought from whomever, for the one who has them now."""
        theirs = self.make_customer("Handed over", self.manager_b)
        self.env["customer.assignment"].search([]).flush_recordset()
        self.make_fact(
            self.manager_b, "2025-03-01", 70, self.linen, partner_id=self.customer.id
        )
        nobody = self.env["res.users"]
        self.make_fact(
            nobody,
            "2025-03-01",
            5,
            self.linen,
            partner_id=self.customer.id,
            status="unassigned",
        )
        self.make_fact(
            self.manager_a, "2025-03-01", 900, self.linen, partner_id=theirs.id
        )
        wizard = self.wizard(self.manager_a, self.make_plan(), source="owned", step=1)
        self.assertEqual(self.proposed(wizard), {"total": 75, "Fabrics": 75})

    def test_apply_replaces_the_lines_of_a_draft(self):
        self.make_fact(self.manager_a, "2025-03-01", 100, self.linen)
        plan = self.make_plan(lines=[(self.tools, 7)])
        wizard = self.wizard(self.manager_a, plan)
        with self.refused("Compute the proposal first"):
            wizard.action_apply()
        wizard.action_propose()
        wizard.line_ids.filtered("categ_id").proposed_amount = 60
        wizard.action_apply()
        self.assertEqual(
            {x.categ_id.name or "total": x.target_amount for x in plan.line_ids},
            {"total": 100, "Fabrics": 60},
        )

    def test_no_history_is_said(self):
        plan = self.make_plan()
        wizard = self.wizard(self.manager_a, plan)
        self.assertEqual(self.proposed(wizard), {})
        self.assertIn("No history for: manager_a", wizard.message)
        with self.refused("Compute the proposal first"):
            wizard.action_apply()
        self.assertEqual(plan.target_amount, 1000)

    def test_wrong_choices(self):
        plan = self.make_plan()
        for text, values in (
            ("between 1 and 36", {"method": "average", "months": 0}),
            ("between 1 and 36", {"method": "average", "months": 37}),
            ("Growth is at least", {"growth": -1.5}),
            ("Growth is at least", {"step": -1}),
            ("level is 1", {"level": 0}),
            ("Choose the product categories", {"split": "chosen"}),
            (
                "Fabrics includes Fabrics / Linen",
                {"split": "chosen", "categ_ids": (self.fabrics + self.linen).ids},
            ),
        ):
            wizard = self.wizard(self.manager_a, plan, **values)
            with self.refused(text):
                wizard.action_propose()
        with self.refused("Choose a branch and a month"):
            self.wizard(self.director).action_propose()

    def test_plans_of_others_give_no_history(self):
        plan = self.make_plan()
        for user in (self.manager_b, self.other_director):
            with self.assertRaises(AccessError):
                self.wizard(user, plan).action_propose()
        self.approve(plan)
        with self.assertRaises(AccessError):
            self.wizard(self.manager_a, plan).action_propose()

    # ------------------------------------------------------------------
    # A whole branch
    # ------------------------------------------------------------------

    def _branch_members(self, count):
        users = self.env["res.users"]
        for i in range(count):
            users |= self.make_user(
                f"member_{count}_{i}", "sales_manager_kpi.group_manager"
            )
        self.branch.member_ids = [
            Command.create({"user_id": user.id, "date_from": "2020-01-01"})
            for user in users
        ]
        for user in users:
            self.make_fact(user, "2025-03-01", 100, self.linen)
        return users

    def test_propose_for_a_branch(self):
        first, second, third = self._branch_members(3)
        draft = self.make_plan(first, total=1)
        running = self.approve(self.make_plan(second, total=2))
        wizard = self.wizard(
            self.director, branch_id=self.branch.id, period_id=self.march.id
        )
        wizard.action_propose()
        self.assertEqual(wizard.line_ids.user_id, first | third)
        self.assertIn(second.name, wizard.message)
        self.assertIn("No history for: manager_a", wizard.message)
        action = wizard.action_apply()
        opened = self.env["sales.plan"].search(action["domain"])
        self.assertEqual(opened.user_id, first | third)
        self.assertEqual(draft.target_amount, 100)
        self.assertEqual(running.target_amount, 2)
        made = self.env["sales.plan"].search([("user_id", "=", third.id)])
        self.assertEqual((made.state, made.target_amount), ("draft", 100))
        made.with_user(third).action_submit()

    def test_what_is_handed_in_is_not_replaced(self):
        first, second, __ = self._branch_members(3)
        submitted = self.make_plan(first, total=777)
        submitted.with_user(first).action_submit()
        draft = self.make_plan(second, total=5)
        wizard = self.wizard(
            self.director, branch_id=self.branch.id, period_id=self.march.id
        )
        wizard.action_propose()
        self.assertNotIn(first, wizard.line_ids.user_id)
        self.assertIn(first.name, wizard.message)
        self.assertIn(draft.display_name, wizard.message)
        wizard.action_apply()
        self.assertEqual(submitted.target_amount, 777)

    def test_another_choice_needs_another_proposal(self):
        wizard = self.wizard(
            self.director, branch_id=self.branch.id, period_id=self.march.id
        )
        self._branch_members(3)
        wizard.action_propose()
        self.assertTrue(wizard.line_ids)
        wizard.growth = 1
        self.assertFalse(wizard.line_ids)
        with self.assertRaises(UserError):
            wizard.action_apply()

    def test_only_the_director_proposes_for_a_branch(self):
        for user in (self.manager_a, self.other_director):
            wizard = self.wizard(
                user, branch_id=self.branch.id, period_id=self.march.id
            )
            with self.refused("Only the director"):
                wizard.action_propose()

    def test_one_query_whatever_the_number_of_managers(self):
        counts = []
        for number in (2, 12):
            users = self._branch_members(number)
            plans = self.env["sales.plan"].concat(*map(self.make_plan, users))
            wizard = self.wizard(self.director, plans)
            targets, __ = wizard._targets()
            for source in ("credited", "owned"):
                wizard.source = source
                wizard._history_by_target(targets)  # warms caches that outlive it
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.cr.sql_log_count
                wizard._history_by_target(targets)
                counts.append((source, self.cr.sql_log_count - before))
        self.assertEqual(counts[:2], counts[2:])

    def test_wizard_form(self):
        self.make_fact(self.manager_a, "2025-03-01", 100, self.linen)
        plan = self.make_plan()
        model = (
            self.env["sales.plan.proposal"]
            .with_user(self.manager_a)
            .with_context(active_model="sales.plan", active_ids=plan.ids)
        )
        with Form(model) as form:
            form.growth = 0.2
        form.record.action_propose()
        form.record.action_apply()
        self.assertEqual(plan.target_amount, 120)
