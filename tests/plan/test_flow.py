from odoo.tests import Form, freeze_time

from .common import PlanCommon

APPROVE = "sales_manager_kpi.mail_activity_type_plan_approve"
RETURNED = "sales_manager_kpi.mail_activity_type_plan_returned"


@freeze_time("2026-03-10 12:00:00")
class TestPlanFlow(PlanCommon):
    def start_plans(self):
        self.env.ref("sales_manager_kpi.ir_cron_plan_start").method_direct_trigger()

    def test_from_draft_to_running(self):
        plan = self.make_plan(lines=[(self.fabrics, 600)])
        self.assertRecordValues(
            plan,
            [
                {
                    "state": "draft",
                    "branch_id": self.branch.id,
                    "target_amount": 1000,
                    "version": 1,
                    "basis": "invoice",
                    "currency_id": self.company.currency_id.id,
                }
            ],
        )
        self.act(plan, self.manager_a).action_submit()
        self.assertEqual(plan.state, "submitted")
        self.act(plan, self.director).return_plans("More linen, please")
        self.assertEqual((plan.state, plan.reason), ("returned", "More linen, please"))
        plan.with_user(self.manager_a).line_ids[0].target_amount = 700
        self.act(plan, self.manager_a).action_submit()
        self.act(plan, self.director).action_approve()
        self.assertEqual(plan.state, "running")  # March has begun
        self.assertEqual(plan.approver_id, self.director)
        self.assertTrue(plan.approved_on)

    def test_approved_plan_waits_for_its_month(self):
        plan = self.approve(self.make_plan(period=self.month("2026-04-01")))
        self.assertEqual(plan.state, "approved")
        valid = self.env["sales.plan"]._valid_plans(plan.period_id, self.manager_a)
        self.assertEqual(valid, plan)
        with freeze_time("2026-04-01 09:00:00"), self.enter_registry_test_mode():
            self.start_plans()
        self.assertEqual(plan.state, "running")

    def test_month_begins_by_the_branch_clock(self):
        """At 23:30 UTC on 31 March it is April in Amsterdam, not yet in New York."""
        april = self.month("2026-04-01")
        self.other_branch.tz = "America/New_York"
        east = self.make_plan(self.manager_a, period=april)
        west = self.make_plan(self.manager_b, period=april)
        with freeze_time("2026-03-31 23:30:00"):
            self.approve(east + west)
            self.assertEqual((east.state, west.state), ("running", "approved"))
        with freeze_time("2026-04-01 03:59:00"), self.enter_registry_test_mode():
            self.start_plans()
        self.assertEqual(west.state, "approved")
        with freeze_time("2026-04-01 04:00:00"), self.enter_registry_test_mode():
            self.start_plans()
        self.assertEqual(west.state, "running")

    def test_states_are_tracked(self):
        plan = self.make_plan()
        plan = plan.with_context(tracking_disable=False, mail_notrack=False)
        self.env.cr.flush()
        self.submit(plan)
        self.env.cr.flush()
        values = plan.message_ids.sudo().tracking_value_ids
        self.assertIn("Submitted", values.mapped("new_value_char"))

    def test_activities_follow_the_state(self):
        plan = self.make_plan()
        self.submit(plan)
        self.assertEqual(plan.activity_ids.user_id, self.director)
        self.assertEqual(plan.activity_ids.activity_type_id, self.env.ref(APPROVE))
        self.act(plan, self.director).return_plans("Lower")
        self.assertEqual(plan.activity_ids.user_id, self.manager_a)
        self.assertEqual(plan.activity_ids.activity_type_id, self.env.ref(RETURNED))
        self.assertIn("Lower", plan.activity_ids.note)
        self.submit(plan)
        self.assertEqual(plan.activity_ids.user_id, self.director)
        self.act(plan, self.director).action_approve()
        self.assertFalse(plan.activity_ids)

    def test_a_directors_own_plan_goes_to_the_commercial_directors(self):
        self.branch.member_ids = [
            (0, 0, {"user_id": self.director.id, "date_from": "2020-01-01"})
        ]
        plan = self.submit(self.make_plan(self.director))
        self.assertEqual(plan.activity_ids.user_id, self.commercial | self.commercial_2)

    def test_submit_without_anybody_to_approve(self):
        self.branch.director_id = False
        plan = self.make_plan()
        empty = self.env["res.users"]
        self.patch(
            self.registry["sales.plan"],
            "_company_approvers",
            lambda self, company: (empty, empty),
        )
        with self.refused("Nobody could approve"):
            self.submit(plan)

    def test_return_asks_for_a_reason(self):
        plan = self.submit(self.make_plan())
        action = self.act(plan, self.director).action_return()
        self.assertEqual(action["res_model"], "sales.plan.reason")
        wizard = (
            self.env["sales.plan.reason"]
            .with_user(self.director)
            .with_context(**action["context"])
            .create({"reason": "Too low"})
        )
        wizard.action_confirm()
        self.assertEqual((plan.state, plan.reason), ("returned", "Too low"))
        plan = self.submit(plan)
        for reason in ("", "   ", None):
            with self.refused("Give the reason"):
                self.act(plan, self.director).return_plans(reason)

    def test_director_changes_amounts_while_submitted(self):
        plan = self.submit(self.make_plan(total=1000))
        self.rpc(self.director, plan.line_ids, "write", {"target_amount": 1200})
        self.assertEqual(plan.target_amount, 1200)
        with self.refused("only its amounts"):
            self.rpc(self.director, plan, "write", {"basis": "order"})
        with self.refused("ask them to return it"):
            self.rpc(self.manager_a, plan.line_ids, "write", {"target_amount": 1})

    def test_needs_a_positive_target(self):
        for plan in (
            self.make_plan(total=0),
            self.make_plan(total=None, period=self.month("2026-04-01")),
        ):
            with self.refused("target above zero"):
                self.submit(plan)

    def test_mass_submit_and_approve_are_all_or_nothing(self):
        april = self.make_plan(period=self.month("2026-04-01"))
        may = self.make_plan(total=0, period=self.month("2026-05-01"))
        with self.refused("May 2026"):
            (april + may).with_user(self.manager_a).action_submit()
        self.assertEqual(april.state, "draft")
        may.line_ids.target_amount = 5
        action = self.env.ref("sales_manager_kpi.sales_plan_action_server_submit")
        context = {"active_model": "sales.plan", "active_ids": (april + may).ids}
        action.with_user(self.manager_a).with_context(**context).run()
        self.assertEqual((april + may).mapped("state"), ["submitted"] * 2)
        other = self.make_plan(self.manager_b)
        with self.refused("manager_b.*it is draft"):
            (april + may + other).with_user(self.commercial).action_approve()
        self.assertEqual(april.state, "submitted")
        action = self.env.ref("sales_manager_kpi.sales_plan_action_server_approve")
        action.with_user(self.director).with_context(**context).run()
        self.assertEqual((april + may).mapped("state"), ["approved"] * 2)

    def test_cancel_keeps_the_plan_as_evidence(self):
        plan = self.approve(self.make_plan())
        self.act(plan, self.director).cancel_plans("Left the company")
        self.assertEqual(plan.state, "cancelled")
        again = self.make_plan()
        self.assertEqual(self.approve(again).state, "running")

    def test_form_shows_the_buttons_of_the_role(self):
        plan = self.make_plan()
        mine, theirs = self.act(plan, self.manager_a), self.act(plan, self.director)
        self.assertTrue(mine.can_submit and mine.can_edit)
        self.assertFalse(mine.can_approve or mine.can_choose_branch)
        self.assertTrue(theirs.can_edit and theirs.can_choose_branch)
        self.assertFalse(theirs.can_submit or theirs.can_approve)
        self.submit(plan)
        self.assertFalse(mine.can_submit or mine.can_edit)
        self.assertTrue(theirs.can_approve and theirs.can_return and theirs.can_edit)
        self.approve(plan)
        self.assertTrue(mine.can_revise and theirs.can_revise and theirs.can_cancel)
        self.assertFalse(mine.can_cancel or theirs.can_edit)

    def test_plan_in_the_form(self):
        with Form(self.env["sales.plan"].with_user(self.manager_a)) as form:
            self.assertEqual(form.period_id, self.march)
            self.assertEqual(form.branch_id, self.branch)
            with form.line_ids.new() as line:
                line.dimension = "total"
                line.target_amount = 100
            with form.line_ids.new() as line:
                line.categ_id = self.linen
                line.target_amount = 40
        plan = form.record
        self.assertEqual(plan.target_amount, 100)
        with Form(self.env["sales.plan"].with_user(self.manager_a)) as form:
            self.assertEqual(form.period_id, self.month("2026-04-01"))
            form.period_id = self.month("2026-06-01")

    def test_copy_goes_to_the_next_free_month(self):
        plan = self.approve(self.make_plan(lines=[(self.linen, 10)]))
        self.make_plan(period=self.month("2026-04-01"))
        copy = plan.with_user(self.manager_a).copy()
        self.assertRecordValues(
            copy,
            [
                {
                    "state": "draft",
                    "period_id": self.month("2026-05-01").id,
                    "version": 1,
                    "target_amount": 1000,
                    "approver_id": False,
                }
            ],
        )
        self.assertEqual(len(copy.line_ids), 2)
        self.assertEqual(
            (plan + copy).with_user(self.manager_a).copy().mapped("period_id.name"),
            ["2026-06", "2026-07"],
        )


@freeze_time("2026-03-10 12:00:00")
class TestPlanRevision(PlanCommon):
    def test_revise_keeps_the_old_until_the_new_is_approved(self):
        plan = self.approve(self.make_plan(lines=[(self.linen, 100), (self.tools, 50)]))
        draft = self.act(plan, self.manager_a).revise("A customer left")
        self.assertRecordValues(
            draft,
            [
                {
                    "version": 2,
                    "previous_id": plan.id,
                    "state": "draft",
                    "reason": "A customer left",
                    "target_amount": 1000,
                    "branch_id": self.branch.id,
                }
            ],
        )
        self.assertEqual(plan.state, "running")
        draft.line_ids.filtered(lambda x: x.categ_id == self.linen).target_amount = 80
        draft.line_ids.filtered(lambda x: x.categ_id == self.tools).unlink()
        draft.write(
            {"line_ids": [(0, 0, {"categ_id": self.cotton.id, "target_amount": 30})]}
        )
        self.assertEqual(
            [
                (kind, label, before.replace("\N{NO-BREAK SPACE}", ""), after[-5:])
                for kind, label, before, after in draft._difference()
            ],
            [
                ("changed", "Fabrics / Linen", "$100.00", "80.00"),
                ("added", "Fabrics / Cotton", "–", "30.00"),
                ("removed", "Tools", "$50.00", "–"),
            ],
        )
        linen = draft.line_ids.filtered(lambda x: x.categ_id == self.linen)
        self.assertEqual((linen.previous_amount, linen.difference), (100, -20))
        self.submit(draft)
        self.assertEqual(plan.state, "running")
        self.act(draft, self.director).action_approve()
        self.assertEqual((plan.state, draft.state), ("superseded", "running"))
        body = draft.message_ids.filtered(lambda m: "Removed" in (m.body or ""))
        self.assertIn("Tools", body.body)
        self.assertEqual(
            self.env["sales.plan"]._valid_plans(self.march, self.manager_a), draft
        )

    def test_one_revision_at_a_time(self):
        plan = self.approve(self.make_plan())
        self.act(plan, self.manager_a).revise("One")
        with self.refused("in preparation"):
            self.act(plan, self.director).revise("Two")

    def test_only_valid_plans_are_revised(self):
        plan = self.make_plan()
        with self.refused("cannot be revised"):
            self.act(plan, self.manager_a).revise("No")
        plan = self.approve(plan)
        with self.refused("Give the reason"):
            self.act(plan, self.manager_a).revise(" ")

    def test_revise_button_opens_the_draft(self):
        plan = self.approve(self.make_plan())
        action = self.act(plan, self.manager_a).action_revise()
        wizard = (
            self.env["sales.plan.reason"]
            .with_user(self.manager_a)
            .with_context(**action["context"])
            .create({"reason": "More"})
        )
        opened = wizard.action_confirm()
        draft = self.env["sales.plan"].browse(opened["res_id"])
        self.assertEqual(draft.previous_id, plan)
        draft.with_user(self.manager_a).unlink()
        self.assertEqual(plan.state, "running")
