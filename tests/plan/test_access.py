from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time

from .common import PlanCommon

FORGED = {
    "state": "approved",
    "version": 7,
    "approver_id": 2,
    "approved_on": "2026-03-01 00:00:00",
    "reason": "forged",
}


@freeze_time("2026-03-10 12:00:00")
class TestPlanAccess(PlanCommon):
    """Who may do what, asked as a client asks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls.make_plan(lines=[(cls.linen, 100)])

    def assert_refused(self, user, records, method, *args):
        with self.assertRaises(UserError) as caught:
            self.rpc(user, records, method, *args)
        return str(caught.exception)

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    def test_who_sees_a_plan(self):
        seen_by = {self.manager_a, self.director, self.commercial, self.admin}
        for user in (
            *seen_by,
            self.manager_b,
            self.other_director,
        ):
            for model in ("sales.plan", "sales.plan.line"):
                found = self.env[model].with_user(user).search([])
                self.assertEqual(bool(found), user in seen_by, (user.name, model))
        for user in (self.supervisor, self.plain):
            for model in ("sales.plan", "sales.plan.line", "sales.plan.report"):
                with self.assertRaises(AccessError):
                    self.env[model].with_user(user).search([])

    def test_members_of_the_group_without_branch_see_nothing(self):
        self.branch.director_id = self.other_director
        self.assertFalse(self.env["sales.plan"].with_user(self.director).search([]))

    # ------------------------------------------------------------------
    # Transitions
    # ------------------------------------------------------------------

    def test_only_the_manager_submits(self):
        for user in (
            self.manager_b,
            self.director,
            self.other_director,
            self.commercial,
            self.admin,
            self.supervisor,
            self.plain,
        ):
            self.assert_refused(user, self.plan, "action_submit")
        self.rpc(self.manager_a, self.plan, "action_submit")
        self.assertEqual(self.plan.state, "submitted")

    def test_who_approves_and_returns(self):
        self.submit(self.plan)
        for user in (
            self.manager_a,
            self.manager_b,
            self.other_director,
            self.supervisor,
            self.plain,
        ):
            self.assert_refused(user, self.plan, "action_approve")
            self.assert_refused(user, self.plan, "return_plans", "No")
            self.assert_refused(user, self.plan, "cancel_plans", "No")
        for user in (self.director, self.commercial, self.admin):
            self.rpc(user, self.plan, "return_plans", "Again")
            self.submit(self.plan)
        self.rpc(self.director, self.plan, "action_approve")
        self.assertEqual(self.plan.state, "running")

    def test_nobody_decides_on_their_own(self):
        users = self.director, self.commercial, self.admin
        self.branch.member_ids = [
            (0, 0, {"user_id": user.id, "date_from": "2020-01-01"}) for user in users
        ]
        for user in users:
            plan = self.submit(self.make_plan(user))
            message = self.assert_refused(user, plan, "action_approve")
            self.assertIn("nobody decides on their own plan", message)
            self.assert_refused(user, plan, "return_plans", "No")
            self.assert_refused(user, plan, "cancel_plans", "No")
            self.assert_refused(user, plan.line_ids, "write", {"target_amount": 1})
            self.assert_refused(user, plan, "write", {"user_id": self.manager_b.id})
            self.assertEqual(plan.state, "submitted")

    def test_only_those_concerned_revise(self):
        self.approve(self.plan)
        for user in (self.manager_b, self.other_director, self.supervisor, self.plain):
            self.assert_refused(user, self.plan, "revise", "Because")
        self.rpc(self.director, self.plan, "revise", "Because")
        self.assertEqual(self.plan.revision_ids.user_id, self.manager_a)

    # ------------------------------------------------------------------
    # Forging
    # ------------------------------------------------------------------

    def test_states_and_approvals_are_not_written(self):
        for user in (self.manager_a, self.director, self.commercial, self.admin):
            for name, value in FORGED.items():
                message = self.assert_refused(user, self.plan, "write", {name: value})
                self.assertIn("not typed in", message)
        self.assertEqual(self.plan.state, "draft")

    def test_states_and_approvals_are_not_created(self):
        april = self.month("2026-04-01")
        for name in ("state", "version", "approver_id", "approved_on"):
            vals = {"period_id": april.id, name: FORGED[name]}
            with self.refused("begins as a draft"):
                self.rpc_create(self.manager_a, "sales.plan", vals)
        with self.refused("begins as a draft"):
            self.rpc_create(
                self.manager_a,
                "sales.plan",
                {"period_id": april.id, "previous_id": self.plan.id},
            )
        with self.refused("begins as a draft"):
            self.rpc_create(
                self.manager_a,
                "sales.plan",
                {"period_id": april.id},
                context={"default_state": "approved"},
            )

    def test_the_system_mark_does_not_come_by_rpc(self):
        for mark in (True, 1, "SYSTEM", {}):
            with self.refused("not typed in"):
                self.rpc(
                    self.manager_a,
                    self.plan,
                    "write",
                    {"state": "approved"},
                    context={"sales_plan_system": mark, "sales_plan_whole": mark},
                )
        for name in ("_as_system", "_set_state", "_start_begun", "_facts"):
            with self.assertRaises(AccessError):
                self.rpc(self.admin, self.plan, name)

    def test_a_form_tells_nothing_about_colleagues(self):
        """A client may fill a form that is never saved, with any name in it."""
        self.make_fact(self.manager_b, "2026-03-05", 777)
        values = {
            "user_id": self.manager_b.id,
            "company_id": self.company.id,
            "period_id": self.march.id,
            "branch_id": self.branch.id,
            "basis": "invoice",
            "line_ids": [Command.create({"dimension": "total", "target_amount": 1})],
        }
        names = ("fact_amount", "fulfilment", "planned_days")
        line_names = ("fact_amount", "last_year_amount", "open_orders", "avg_3m")
        spec = {
            **{name: {} for name in names},
            "line_ids": {"fields": {name: {} for name in line_names}},
        }

        def told(user):
            return self.rpc(
                user, self.env["sales.plan"], "onchange", values, ["user_id"], spec
            )["value"]

        for user in (self.manager_a, self.director):
            self.assertFalse(told(user).keys() & set(names))
            self.assertNotIn("777", str(told(user)))
        for user in (self.manager_b, self.other_director, self.commercial):
            self.assertEqual(told(user)["fact_amount"], 777)

    def test_import_cannot_approve(self):
        result = (
            self.env["sales.plan"]
            .with_user(self.admin)
            .load(
                ["user_id/.id", "period_id/.id", "state"],
                [[str(self.manager_b.id), str(self.march.id), "approved"]],
            )
        )
        self.assertFalse(result["ids"])
        self.assertIn("begins as a draft", result["messages"][0]["message"])

    def test_lines_are_not_smuggled_in(self):
        self.submit(self.plan)
        vals = {"categ_id": self.tools.id, "target_amount": 1}
        for extra, context in (
            ({"plan_id": self.plan.id}, {}),
            ({}, {"default_plan_id": self.plan.id}),
        ):
            with self.assertRaises(UserError):
                self.rpc_create(
                    self.manager_a, "sales.plan.line", vals | extra, context=context
                )
        other = self.make_plan(period=self.month("2026-04-01"))
        self.assert_refused(
            self.manager_a, other.line_ids, "write", {"plan_id": self.plan.id}
        )

    # ------------------------------------------------------------------
    # What stands, stands
    # ------------------------------------------------------------------

    def test_an_approved_plan_is_immutable(self):
        april = self.make_plan(period=self.month("2026-04-01"))
        old = self.approve(self.make_plan(period=self.month("2026-05-01")))
        new = self.act(old, self.manager_a).revise("Other").sudo()
        self.approve(new.sudo(False).with_env(self.env))
        plans = self.approve(april) + self.approve(self.plan) + old
        self.assertEqual(plans.mapped("state"), ["approved", "running", "superseded"])
        for plan in plans:
            for user in (self.manager_a, self.director, self.commercial, self.admin):
                for records, method, args in (
                    (plan, "write", [{"basis": "order"}]),
                    (plan, "write", [{"note": "x"}]),
                    (plan, "write", [{"line_ids": [(5, 0, 0)]}]),
                    (plan, "write", [{"branch_id": self.other_branch.id}]),
                    (plan, "unlink", []),
                    (plan.line_ids, "write", [{"target_amount": 1}]),
                    (plan.line_ids, "unlink", []),
                ):
                    message = self.assert_refused(user, records, method, *args)
                    self.assertRegex(message, "stays as it is|Only drafts")
                with self.refused("stays as it is"):
                    self.rpc_create(
                        user,
                        "sales.plan.line",
                        {"plan_id": plan.id, "categ_id": self.tools.id},
                    )
        self.assertEqual(plans.mapped("target_amount"), [1000, 1000, 1000])

    def test_rules_stop_what_code_forgot(self):
        """The record rules know the states too."""
        self.approve(self.plan)
        for user in (self.manager_a, self.director, self.commercial, self.admin):
            plan = self.plan.with_user(user)
            self.assertTrue(plan.has_access("read"))
            for operation in ("write", "unlink", "create"):
                self.assertFalse(plan.has_access(operation))
                self.assertFalse(plan.line_ids.has_access(operation))

    def test_only_drafts_are_deleted(self):
        self.submit(self.plan)
        for user in (self.manager_a, self.director, self.admin):
            self.assert_refused(user, self.plan, "unlink")
        self.rpc(self.director, self.plan, "return_plans", "No")
        self.assert_refused(self.manager_a, self.plan, "unlink")
        draft = self.make_plan(period=self.month("2026-04-01"))
        self.rpc(self.manager_a, draft, "unlink")
        self.assertFalse(draft.exists())

    # ------------------------------------------------------------------
    # Whose plan, which branch
    # ------------------------------------------------------------------

    def test_a_manager_plans_for_nobody_else(self):
        april = self.month("2026-04-01")
        for user, other in (
            (self.manager_a, self.manager_b),
            (self.other_director, self.manager_a),
            (self.director, self.manager_b),
        ):
            with self.assertRaises(AccessError):
                self.rpc_create(
                    user, "sales.plan", {"user_id": other.id, "period_id": april.id}
                )
        self.assert_refused(
            self.manager_a, self.plan, "write", {"user_id": self.manager_b.id}
        )

    def test_a_director_plans_for_members(self):
        april = self.month("2026-04-01")
        plan_id = self.rpc_create(
            self.director,
            "sales.plan",
            {
                "user_id": self.manager_a.id,
                "period_id": april.id,
                "line_ids": [(0, 0, {"dimension": "total", "target_amount": 9})],
            },
        )
        plan = self.env["sales.plan"].browse(plan_id)
        self.assertEqual(plan.branch_id, self.branch)
        self.rpc(self.director, plan, "write", {"note": "From above"})
        self.assert_refused(self.manager_b, plan, "write", {"note": "x"})
        self.rpc(self.manager_a, plan, "action_submit")

    def test_a_manager_does_not_choose_the_approver(self):
        self.assert_refused(
            self.manager_a, self.plan, "write", {"branch_id": self.other_branch.id}
        )
        with self.refused("Leave the branch"):
            self.rpc_create(
                self.manager_a,
                "sales.plan",
                {
                    "period_id": self.month("2026-04-01").id,
                    "branch_id": self.other_branch.id,
                },
            )
        self.assert_refused(
            self.director, self.plan, "write", {"branch_id": self.other_branch.id}
        )
        self.rpc(
            self.commercial, self.plan, "write", {"branch_id": self.other_branch.id}
        )
        self.assertEqual(self.plan.branch_id, self.other_branch)

    def test_wizards_are_personal(self):
        wizard = (
            self.env["sales.plan.proposal"]
            .with_user(self.manager_a)
            .create({"plan_ids": self.plan.ids})
        )
        with self.assertRaises(AccessError):
            wizard.with_user(self.manager_b).read(["method"])

    def test_talk_goes_on_after_approval(self):
        self.approve(self.plan)
        message = self.rpc(self.manager_a, self.plan, "message_post", body="Thanks")
        self.assertTrue(message)
