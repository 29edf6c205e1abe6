from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError

from .common import PromotionCommon


class TestProgram(PromotionCommon):
    def test_only_what_was_approved_counts(self):
        program = self.make_program(approve=False)
        self.assertFalse(self.rewards(self.rewarded()))
        program.action_submit_promotion()
        self.assertFalse(self.rewards(self.rewarded()))
        program.with_user(self.admin).action_approve_promotion()
        order = self.rewarded()
        self.assertEqual(order.amount_total, 900)
        self.assertEqual(program.approver_id, self.admin)
        self.assertEqual(
            program.promotion_decision_ids.mapped("decision"), ["submit", "approve"]
        )

    def test_others_stay_as_in_core(self):
        program = self.make_program(approve=False, is_governed=False)
        self.assertEqual(self.rewarded().amount_total, 900)
        program.reward_ids.discount = 20
        self.assertEqual(self.rewarded().amount_total, 800)

    def test_four_eyes(self):
        program = self.make_program(approve=False, owner_id=self.commercial.id)
        program.with_user(self.admin).action_submit_promotion()
        todo = program.activity_ids.filtered(lambda a: a.user_id == self.commercial)
        self.assertFalse(todo, "nobody is asked about their own")
        for user in (self.commercial, self.admin):
            with self.assertRaisesRegex(AccessError, "your own"):
                program.with_user(user).action_approve_promotion()
            self.assertFalse(program.with_user(user).can_approve)
        with self.assertRaisesRegex(AccessError, "commercial director"):
            program.with_user(self.director).action_approve_promotion()
        other = self.make_user("other_commercial", self.COMMERCIAL)
        self.assertTrue(program.with_user(other).can_approve)
        program.with_user(other).action_approve_promotion()
        self.assertEqual(program.approval_state, "approved")

    COMMERCIAL = "sales_manager_kpi.group_commercial_director"

    def test_approvers_are_asked(self):
        program = self.make_program(approve=False, owner_id=self.manager_a.id)
        program.with_user(self.manager_a).action_submit_promotion()
        self.assertIn(self.commercial, program.activity_ids.user_id)
        program.with_user(self.commercial).action_approve_promotion()
        self.assertFalse(program.activity_ids)

    def test_terms_stand(self):
        program = self.make_program()
        theirs = program.with_user(self.admin)
        for change in (
            lambda: theirs.write({"budget_amount": 5}),
            lambda: theirs.write({"is_governed": False}),
            lambda: theirs.reward_ids.write({"discount": 90}),
            lambda: theirs.rule_ids.write({"minimum_qty": 0}),
            lambda: theirs.rule_ids.unlink(),
            lambda: theirs.write({"rule_ids": [Command.create({})]}),
            lambda: (
                self.env["loyalty.reward"]
                .with_user(self.admin)
                .create({"program_id": program.id, "discount": 90})
            ),
            lambda: theirs.reward_ids.write({"active": False}),
        ):
            with self.assertRaisesRegex(UserError, "was submitted"):
                change()
        with self.assertRaisesRegex(AccessError, "buttons"):
            theirs.write({"approval_state": "draft"})
        with self.assertRaises(AccessError):
            theirs.promotion_decision_ids.write({"decision": "stop"})
        theirs.action_archive()
        self.assertFalse(program.reward_ids.active)
        self.assertFalse(self.rewards(self.rewarded()))
        theirs.action_unarchive()
        self.assertTrue(self.rewards(self.rewarded()))

    def test_a_copy_is_a_draft(self):
        copy = self.make_program().with_user(self.admin).copy()
        self.assertTrue(copy.is_governed)
        self.assertEqual(copy.approval_state, "draft")
        self.assertEqual(copy.owner_id, self.admin)

    def test_begins_as_a_draft(self):
        with self.assertRaisesRegex(AccessError, "begins as a draft"):
            self.env["loyalty.program"].with_user(self.admin).create(
                {
                    "name": "X",
                    "is_governed": True,
                    "approval_state": "approved",
                    "reward_ids": [Command.create({})],
                }
            )

    def test_bad_input(self):
        program = self.make_program(approve=False, goal=False)
        with self.assertRaisesRegex(UserError, "goal"):
            program.action_submit_promotion()
        program.write({"goal": "Sell", "limit_budget": True})
        with self.assertRaisesRegex(UserError, "budget of nothing"):
            program.action_submit_promotion()
        for domain in ("[('nothing', '=', 1)]", "no domain", "[('id'", "5", "[(1,)]"):
            with self.assertRaisesRegex(ValidationError, "filter of customers"):
                program.customer_domain = domain
        with self.assertRaisesRegex(ValidationError, "means of payment"):
            program.program_type = "ewallet"
        other = self.env["res.company"].create({"name": "Elsewhere"})
        branch = self.env["sales.branch"].create(
            {
                "name": "Elsewhere",
                "code": "ELS",
                "company_id": other.id,
                "resource_calendar_id": False,
            }
        )
        with self.assertRaisesRegex(ValidationError, "of that company"):
            program.branch_ids = branch
        for method in ("action_approve_promotion", "action_stop_promotion"):
            with self.assertRaises(UserError):
                getattr(program, method)()
        with self.assertRaises(UserError):
            self.make_program(
                approve=False, is_governed=False
            ).action_submit_promotion()


class TestDrafting(PromotionCommon):
    """By role, as remote calls come in."""

    def draft(self, user, **values):
        return (
            self.env["loyalty.program"]
            .with_user(user)
            .create(
                {
                    "name": "Idea",
                    "program_type": "promotion",
                    "company_id": self.company.id,
                    "is_governed": True,
                    "goal": "More",
                    "rule_ids": [Command.create({})],
                    "reward_ids": [Command.create({"discount": 10})],
                    **values,
                }
            )
        )

    def test_a_manager_drafts(self):
        program = self.draft(self.manager_a)
        program.reward_ids.discount = 15
        program.reward_ids.description = "15 % for you"
        self.assertTrue(program.reward_ids.sudo().discount_line_product_id)
        program.rule_ids = [Command.clear(), Command.create({"minimum_qty": 5})]
        program.action_submit_promotion()
        with self.assertRaises(UserError):
            program.goal = "Less"
        with self.assertRaises(AccessError):
            program.action_approve_promotion()
        program.with_user(self.commercial).action_approve_promotion()
        program.action_stop_promotion()
        program.action_return_promotion()
        program.goal = "Less"

    def test_not_what_is_anothers(self):
        program = self.draft(self.manager_a)
        theirs = program.with_user(self.manager_b)
        for change in (
            lambda: theirs.write({"goal": "Mine"}),
            lambda: theirs.reward_ids.write({"discount": 99}),
            lambda: theirs.rule_ids.unlink(),
            theirs.action_submit_promotion,
        ):
            with self.assertRaises(AccessError):
                change()
        program.action_submit_promotion()
        for method in ("action_return_promotion",):
            with self.assertRaises(AccessError):
                getattr(theirs, method)()
        program.with_user(self.commercial).action_return_promotion()
        self.assertEqual(program.approval_state, "draft")

    def test_nothing_ungoverned(self):
        for user in (self.manager_a, self.director, self.commercial):
            with self.assertRaises(AccessError):
                self.draft(user, is_governed=False)
        core = self.make_program(approve=False, is_governed=False)
        with self.assertRaises(AccessError):
            core.with_user(self.commercial).name = "Mine"
        core.with_user(self.admin).name = "As in core"

    def test_system_rows(self):
        program = self.make_program()
        for model, vals in (
            ("promotion.use", {"program_id": program.id, "state": "confirmed"}),
            ("promotion.decision", {"program_id": program.id, "decision": "stop"}),
            ("loyalty.program.budget", {"program_id": program.id}),
        ):
            for user in (self.manager_a, self.admin):
                with self.assertRaises(AccessError):
                    self.env[model].with_user(user).create(vals)
