from psycopg2 import IntegrityError

from odoo import Command
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from .common import PlanCommon


@freeze_time("2026-03-10 12:00:00")
class TestPlanInput(PlanCommon):
    def assert_integrity(self, text, function, *args, **kwargs):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(IntegrityError, text),
            self.cr.savepoint(),
        ):
            function(*args, **kwargs)
            self.env.flush_all()

    def test_no_negative_target(self):
        with self.refused("cannot be negative"):
            self.make_plan(total=-1)
        line = self.make_plan().line_ids
        with self.refused("cannot be negative"):
            line.target_amount = -1
        self.assert_integrity(
            "target_positive",
            self.cr.execute,
            "UPDATE sales_plan_line SET target_amount = -1 WHERE id = %s",
            [line.id],
        )

    def test_one_total(self):
        plan = self.make_plan()
        self.assert_integrity(
            "total_uniq",
            plan.write,
            {"line_ids": [Command.create({"dimension": "total"})]},
        )

    def test_category_line_needs_its_category(self):
        self.assert_integrity(
            "category_set",
            self.env["sales.plan.line"].create,
            {"plan_id": self.make_plan().id, "target_amount": 1},
        )

    def test_overlapping_categories_are_named(self):
        with self.refused("Fabrics includes Fabrics / Linen"):
            self.make_plan(lines=[(self.linen, 1), (self.fabrics, 2)])
        with self.refused("Tools stands twice"):
            self.make_plan(lines=[(self.tools, 1), (self.tools, 2)])
        plan = self.make_plan(lines=[(self.linen, 1), (self.cotton, 2)])
        line = plan.line_ids.filtered(lambda x: x.categ_id == self.linen)
        with self.refused("includes"):
            line.categ_id = self.fabrics

    def test_categories_stay_within_the_total(self):
        with self.refused("more than its total"):
            self.make_plan(total=100, lines=[(self.linen, 60), (self.tools, 60)])
        plan = self.make_plan(total=100, lines=[(self.linen, 60), (self.tools, 40)])
        line = plan.line_ids.filtered(lambda x: x.categ_id == self.linen)
        with self.refused("more than its total"):
            line.target_amount = 61
        with self.refused("more than its total"):
            self.env["sales.plan.line"].create(
                {"plan_id": plan.id, "categ_id": self.cotton.id, "target_amount": 1}
            )

    def test_total_and_categories_change_together(self):
        plan = self.make_plan(total=100, lines=[(self.linen, 60)])
        linen, total = plan.line_ids.sorted(lambda x: x.dimension)
        plan.write(
            {
                "line_ids": [
                    Command.update(total.id, {"target_amount": 50}),
                    Command.update(linen.id, {"target_amount": 40}),
                ]
            }
        )
        self.assertEqual(plan.target_amount, 50)

    def test_without_total_the_target_is_the_sum(self):
        plan = self.make_plan(total=None, lines=[(self.linen, 60), (self.tools, 50)])
        self.assertEqual(plan.target_amount, 110)

    def test_archived_user(self):
        self.manager_a.active = False
        with self.refused("archived"):
            self.env["sales.plan"].with_user(self.director).create(
                {"user_id": self.manager_a.id, "period_id": self.march.id}
            )

    def test_user_archived_after_submitting(self):
        plan = self.submit(self.make_plan())
        self.manager_a.active = False
        with self.refused("archived"):
            self.act(plan, self.director).action_approve()

    def test_user_without_branch(self):
        user = self.make_user("loner", "sales_manager_kpi.group_manager")
        with self.refused("belongs to no branch"):
            self.make_plan(user)

    def test_joiner_in_the_middle_of_the_month(self):
        user = self.make_user("joiner", "sales_manager_kpi.group_manager")
        self.env["sales.branch.member"].create(
            {
                "branch_id": self.other_branch.id,
                "user_id": user.id,
                "date_from": "2026-03-16",
            }
        )
        self.assertEqual(self.make_plan(user).branch_id, self.other_branch)
        with self.refused("belongs to no branch"):
            self.make_plan(user, period=self.month("2026-02-01"))

    def test_mover_belongs_where_the_month_began(self):
        member = self.branch.member_ids.filtered(lambda m: m.user_id == self.manager_a)
        member.date_to = "2026-03-14"
        self.other_branch.member_ids = [
            Command.create({"user_id": self.manager_a.id, "date_from": "2026-03-15"})
        ]
        self.assertEqual(self.make_plan().branch_id, self.branch)
        april = self.make_plan(period=self.month("2026-04-01"))
        self.assertEqual(april.branch_id, self.other_branch)

    def test_duplicates(self):
        self.make_plan()
        self.assert_integrity("open_uniq", self.make_plan)

    def test_an_approved_month_changes_by_revising_alone(self):
        first = self.approve(self.make_plan())
        vals = {"user_id": self.manager_a.id, "period_id": self.march.id}
        for user in (self.manager_a, self.director):
            with self.refused("Revise that plan"):
                self.rpc_create(user, "sales.plan", vals)
        april = self.make_plan(period=self.month("2026-04-01"))
        with self.refused("Revise that plan"):
            self.rpc(self.manager_a, april, "write", {"period_id": self.march.id})
        second = self.act(first, self.manager_a).revise("More").with_env(self.env)
        self.approve(second)
        self.assertEqual((first.state, second.state), ("superseded", "running"))
        self.assertEqual((second.version, second.previous_id), (2, first))

    def test_derived_fields_are_not_typed_in(self):
        """What a plan is measured in follows from its month and its company."""
        plan = self.make_plan()
        other = self.env["res.company"].create({"name": "Other"})
        given = {"date_from": "2025-09-01", "currency_id": self.env.ref("base.JPY").id}
        head = {"user_id": self.manager_b.id, "period_id": self.march.id}
        for name, value in given.items():
            for user in (self.manager_a, self.director, self.admin):
                with self.refused("follow from the rest"):
                    self.rpc(user, plan, "write", {name: value})
            with self.refused("follow from the rest"):
                self.rpc_create(self.manager_b, "sales.plan", {**head, name: value})
        with self.refused("follow from the rest"):
            self.rpc(self.manager_a, plan.line_ids, "write", {"company_id": other.id})
        with self.refused("follow from the rest"):
            self.rpc_create(
                self.manager_a,
                "sales.plan.line",
                {"plan_id": plan.id, "dimension": "total", "company_id": other.id},
            )
        context = {"default_date_from": "2025-09-01"}
        made = self.rpc_create(self.manager_b, "sales.plan", head, context=context)
        made = self.env["sales.plan"].browse(made)
        self.assertEqual(made.date_from, self.march.date_from)

    def test_closed_month(self):
        plan = self.make_plan()
        self.env.cr.execute(
            "UPDATE sales_period SET state = 'closed' WHERE id = %s", [self.march.id]
        )
        self.march.invalidate_recordset()
        with self.refused("closed"):
            self.submit(plan)
        with self.refused("closed"):
            self.make_plan(self.manager_b)

    def test_import_names_the_wrong_row(self):
        names = [
            "user_id/.id",
            "period_id/.id",
            "line_ids/dimension",
            "line_ids/target_amount",
        ]
        rows = [
            [str(self.manager_a.id), str(self.march.id), "total", "10"],
            [str(self.manager_b.id), str(self.march.id), "total", "-10"],
        ]
        with mute_logger("odoo.sql_db"):
            result = self.env["sales.plan"].with_user(self.commercial).load(names, rows)
        self.assertFalse(result["ids"])
        named = {m["rows"]["from"]: m["message"] for m in result["messages"]}
        self.assertIn("cannot be negative", named[1])
        self.assertFalse(self.env["sales.plan"].search([]))
