from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time

from .common import PlanCommon


@freeze_time("2026-03-10 12:00:00")
class TestNegotiation(PlanCommon):
    """Proposed, countered and agreed, with who and why."""

    def setUp(self):
        super().setUp()
        self.plan = self.make_plan(lines=[(self.linen, 400)])
        self.total, self.line = self.plan.line_ids.sorted(
            lambda x: x.dimension != "total"
        )

    def trail(self, plan=None):
        return [
            (row.step, row.role, row.label, row.value_before, row.value_after)
            for row in (plan or self.plan).negotiation_ids.sorted("id")
        ]

    def counter(self, amount, line=None, user=None):
        line = line or self.line
        self.rpc(user or self.director, line, "write", {"target_amount": amount})

    def test_handed_in_and_agreed_as_it_is(self):
        self.approve(self.plan)
        self.assertRecordValues(
            self.line,
            [{"proposed_amount": 400, "target_amount": 400, "is_countered": False}],
        )
        self.assertEqual(
            self.trail(),
            [
                ("propose", "manager", "Fabrics / Linen", 0, 400),
                ("propose", "manager", "Total", 0, 1000),
                ("agree", "head", "The whole plan", 1000, 1000),
            ],
        )
        rows = self.plan.negotiation_ids
        self.assertEqual(rows.author_id, self.manager_a | self.commercial)

    def test_counter_returned_accepted_agreed(self):
        self.submit(self.plan)
        self.counter(600)
        self.assertRecordValues(
            self.line,
            [
                {
                    "proposed_amount": 400,
                    "counter_amount": 600,
                    "target_amount": 600,
                    "is_countered": True,
                }
            ],
        )
        self.rpc(self.director, self.plan, "return_plans", "Linen is in fashion")
        self.submit(self.plan)  # as it is: the counter is accepted
        self.assertRecordValues(
            self.line, [{"proposed_amount": 600, "is_countered": False}]
        )
        self.assertIs(self.rpc(self.director, self.plan, "action_approve"), True)
        self.assertEqual(
            self.trail()[2:],
            [
                ("counter", "head", "Fabrics / Linen", 400, 600),
                ("return", "head", "The whole plan", 1000, 1000),
                ("accept", "manager", "Fabrics / Linen", 400, 600),
                ("agree", "head", "The whole plan", 1000, 1000),
            ],
        )
        rows = self.plan.negotiation_ids
        self.assertEqual(sorted(set(rows.mapped("round"))), [1, 2])
        [returned] = rows.filtered(lambda row: row.step == "return")
        self.assertEqual(returned.reason, "Linen is in fashion")

    def test_counter_answered_by_another_proposal(self):
        self.submit(self.plan)
        self.counter(600)
        self.plan.with_user(self.director).return_plans("More")
        self.rpc(self.manager_a, self.line, "write", {"target_amount": 500})
        self.submit(self.plan)
        self.assertEqual(
            self.trail()[-1], ("propose", "manager", "Fabrics / Linen", 600, 500)
        )
        self.assertEqual(self.line.proposed_amount, 500)

    def test_agreeing_on_other_amounts_needs_a_reason(self):
        self.submit(self.plan)
        self.counter(600)
        action = self.rpc(self.director, self.plan, "action_approve")
        self.assertEqual(action["res_model"], "sales.plan.reason")
        self.assertEqual(self.plan.state, "submitted")
        with self.refused("Give the reason"):
            self.rpc(self.director, self.plan, "approve_plans", " ")
        wizard = self.rpc_create(
            self.director,
            "sales.plan.reason",
            {"reason": "They order more"},
            context=action["context"],
        )
        wizard = self.env["sales.plan.reason"].browse(wizard)
        self.rpc(self.director, wizard, "action_confirm")
        self.assertEqual(self.plan.state, "running")
        agreed = self.plan.negotiation_ids.filtered(lambda row: row.step == "agree")
        self.assertEqual(set(agreed.mapped("reason")), {"They order more"})
        self.assertIn(("agree", "head", "Fabrics / Linen", 400, 600), self.trail())

    def test_counter_taken_back_needs_no_reason(self):
        self.submit(self.plan)
        self.counter(600)
        self.counter(400)
        self.assertIs(self.rpc(self.director, self.plan, "action_approve"), True)

    def test_lines_added_and_removed_by_the_head(self):
        self.submit(self.plan)
        commands = [
            Command.delete(self.line.id),
            Command.create({"categ_id": self.tools.id, "target_amount": 70}),
        ]
        self.rpc(self.director, self.plan, "write", {"line_ids": commands})
        self.assertEqual(
            self.trail()[2:],
            [
                ("counter", "head", "Fabrics / Linen", 400, 0),
                ("counter", "head", "Tools", 0, 70),
            ],
        )
        self.assertEqual(self.plan._countered(), self.plan)
        self.assertIsInstance(
            self.rpc(self.director, self.plan, "action_approve"), dict
        )

    def test_removing_alone_differs(self):
        self.submit(self.plan)
        self.rpc(self.director, self.line, "unlink")
        self.assertEqual(self.plan._countered(), self.plan)

    def test_another_category_is_another_line(self):
        self.submit(self.plan)
        self.rpc(self.director, self.line, "write", {"categ_id": self.cotton.id})
        self.assertEqual(
            self.trail()[2:],
            [
                ("counter", "head", "Fabrics / Linen", 400, 0),
                ("counter", "head", "Fabrics / Cotton", 0, 400),
            ],
        )

    def test_changed_by_the_head_after_returning(self):
        self.submit(self.plan)
        self.plan.with_user(self.director).return_plans("More")
        self.counter(700)
        self.submit(self.plan)
        self.assertEqual(self.trail()[-1][0], "accept")

    def test_quantities(self):
        metre = self.env.ref("uom.product_uom_meter")
        line = self.further(self.plan, self.linen, 50, "quantity", metre)
        self.submit(self.plan)
        self.rpc(self.director, line, "write", {"target_quantity": 80})
        self.assertEqual((line.proposed_quantity, line.counter_quantity), (50, 80))
        [row] = self.plan.negotiation_ids.filtered(lambda row: row.step == "counter")
        self.assertEqual((row.before, row.after), ("50.00 m", "80.00 m"))

    def test_a_new_version_begins_afresh(self):
        self.approve(self.plan)
        draft = self.act(self.plan, self.manager_a).revise("More")
        self.assertFalse(draft.negotiation_ids or draft.negotiation_round)
        self.assertFalse(any(draft.line_ids.mapped("proposed_amount")))

    def test_nobody_writes_the_trail(self):
        self.submit(self.plan)
        row = self.plan.negotiation_ids[0]
        vals = {"plan_id": self.plan.id, "step": "agree", "role": "head"}
        vals["author_id"] = self.commercial.id
        for user in (self.manager_a, self.director, self.commercial, self.admin):
            with self.refused("evidence"):
                self.rpc(user, row, "write", {"value_after": 5})
            with self.refused("", AccessError):
                self.rpc(user, row, "unlink")
            with self.refused("evidence"):
                self.rpc_create(user, "sales.plan.negotiation", vals)
            with self.refused("are not typed in|evidence|rows|rights|allowed"):
                command = [Command.create({"step": "agree", "role": "head"})]
                self.rpc(user, self.plan, "write", {"negotiation_ids": command})
            result = (
                self.env["sales.plan.negotiation"]
                .with_user(user)
                .load(
                    ["plan_id/.id", "step", "role", "author_id/.id"],
                    [[str(self.plan.id), "agree", "head", str(user.id)]],
                )
            )
            self.assertFalse(result["ids"])
        for function in (lambda: row.write({"round": 9}), row.unlink):
            with self.refused("evidence"):
                function()
        with self.refused("follows from submitting"):
            self.rpc(self.director, self.line, "write", {"proposed_amount": 1})
        with self.refused("follows from submitting"):
            self.env["sales.plan.line"].create(
                {"plan_id": self.plan.id, "categ_id": self.tools.id, "is_countered": 1}
            )

    def test_a_default_says_nothing_about_the_other_side(self):
        context = {
            "default_proposed_amount": 77,
            "default_counter_amount": 5,
            "default_is_countered": True,
        }
        vals = {"plan_id": self.plan.id, "categ_id": self.tools.id, "target_amount": 5}
        line = self.env["sales.plan.line"].browse(
            self.rpc_create(self.manager_a, "sales.plan.line", vals, context=context)
        )
        self.assertFalse(line.is_countered)
        self.assertFalse(line.proposed_amount or line.counter_amount)

    def test_who_reads_the_trail(self):
        self.submit(self.plan)
        for user, sees in (
            (self.manager_a, True),
            (self.manager_b, False),
            (self.director, True),
            (self.other_director, False),
            (self.commercial, True),
        ):
            found = self.env["sales.plan.negotiation"].with_user(user).search([])
            self.assertEqual(bool(found), sees)

    def test_several_at_once(self):
        other = self.make_plan(self.manager_b)
        self.submit(self.plan + other)
        self.counter(600)
        both = (self.plan + other).with_user(self.commercial)
        both.approve_plans("As we said")
        self.assertEqual(both.mapped("state"), ["running", "running"])
        reasons = [row.reason for row in other.negotiation_ids if row.step == "agree"]
        self.assertEqual(reasons, [False])
