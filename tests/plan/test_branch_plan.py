from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time

from .common import PlanCommon


@freeze_time("2026-03-10 12:00:00")
class TestBranchPlan(PlanCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.april = cls.month("2026-04-01")
        cls.mates = cls.manager_a
        for number in (1, 2):
            cls.mates |= cls.make_user(
                f"mate_{number}", "sales_manager_kpi.group_manager"
            )
        cls.branch.member_ids = [
            Command.create({"user_id": user.id, "date_from": "2020-01-01"})
            for user in cls.mates - cls.manager_a
        ]
        cls.branch_plan = (
            cls.env["sales.branch.plan"]
            .with_user(cls.commercial)
            .create(
                {
                    "branch_id": cls.branch.id,
                    "period_id": cls.april.id,
                    "target_amount": 1000,
                    "split_method": "equal",
                }
            )
            .with_env(cls.env)
        )

    def divide(self, method, **values):
        self.rpc(
            self.director, self.branch_plan, "write", {"split_method": method, **values}
        )
        self.rpc(self.director, self.branch_plan, "action_split")
        by_user = {s.user_id: s.amount for s in self.branch_plan.share_ids}
        self.assertEqual(by_user.keys(), set(self.mates))
        self.assertAlmostEqual(
            sum(by_user.values()), self.branch_plan.target_amount, places=6
        )
        return [by_user[user] for user in self.mates]

    def plans(self):
        return self.env["sales.plan"].search([("period_id", "=", self.april.id)])

    # ------------------------------------------------------------------
    # Dividing
    # ------------------------------------------------------------------

    def test_equal_shares_add_up_to_the_cent(self):
        self.assertEqual(sorted(self.divide("equal")), [333.33, 333.33, 333.34])
        self.branch_plan.with_user(self.commercial).target_amount = 100.01
        self.assertAlmostEqual(self.branch_plan.shared_amount, 100.01)

    def test_typed_shares(self):
        self.divide("equal")
        shares = self.branch_plan.share_ids
        first = shares.filtered(lambda s: s.user_id == self.manager_a)
        self.rpc(self.director, self.branch_plan, "write", {"split_method": "typed"})
        self.rpc(self.director, first, "write", {"weight": 2})
        self.assertEqual(self.divide("typed"), [500, 250, 250])
        self.assertEqual(first.share, 0.5)
        with self.refused("cannot be negative"):
            self.rpc(self.director, first, "write", {"weight": -2})

    def test_shares_follow_from_the_target(self):
        self.divide("equal")
        share = self.branch_plan.share_ids[0]
        for name, value in (("amount", 999), ("share", 0.9)):
            with self.refused("follow from the rest"):
                self.rpc(self.director, share, "write", {name: value})
        with self.refused("follow from the rest"):
            self.rpc(
                self.director,
                self.branch_plan,
                "write",
                {"share_ids": [Command.update(share.id, {"amount": 999})]},
            )
        with self.refused("follow from the rest"):
            self.rpc(
                self.commercial, self.branch_plan, "write", {"date_from": "2020-01-01"}
            )
        made = self.rpc_create(
            self.commercial,
            "sales.branch.plan",
            {"branch_id": self.other_branch.id, "period_id": self.april.id},
            context={"default_state": "shared", "default_message": "All agreed"},
        )
        made = self.env["sales.branch.plan"].browse(made)
        self.assertEqual((made.state, made.message), ("draft", False))

    def test_history(self):
        amounts = (600, 300, -50)
        for user, amount in zip(self.mates, amounts, strict=True):
            self.make_fact(user, "2025-04-30", amount)
            self.make_fact(user, "2025-12-01", 2 * amount)
            self.make_fact(user, "2025-05-01", 9999)
        self.assertEqual(self.divide("last_year"), [666.67, 333.33, 0])
        for user in self.mates:
            self.make_fact(user, "2026-03-05", 7777)  # not a full month yet
        self.make_fact(self.mates[2], "2026-02-28", 500)
        self.assertEqual(self.divide("average"), [545.45, 272.73, 181.82])

    def test_no_history_is_said(self):
        with self.refused("no manager has history"):
            self.divide("last_year")

    def test_customers(self):
        for number, user in enumerate(self.mates[1] + self.mates[1] + self.mates[2]):
            self.make_customer(f"Shop {number}", user)
        own = [1, 2, 1] if self.customer.user_id == self.manager_a else [0, 2, 1]
        total = sum(own)
        expected = [round(1000 * part / total, 2) for part in own]
        for amount, part in zip(self.divide("customers"), expected, strict=True):
            self.assertAlmostEqual(amount, part, delta=0.011)

    def test_turnover_of_customers_whoever_sold(self):
        shop = self.make_customer("Shop", self.mates[1])
        self.make_fact(self.manager_a, "2026-01-05", 300, partner_id=self.customer.id)
        self.make_fact(self.manager_a, "2026-01-05", 100, partner_id=shop.id)
        self.assertEqual(self.divide("turnover"), [750, 250, 0])

    def test_who_left_has_no_share(self):
        self.divide("equal")
        member = self.branch.member_ids.filtered(lambda m: m.user_id == self.mates[2])
        member.date_to = "2026-03-31"
        with self.refused("no longer belong to"):
            self.rpc(self.director, self.branch_plan, "action_share_out")
        self.rpc(self.director, self.branch_plan, "action_split")
        self.assertEqual(self.branch_plan.share_ids.mapped("amount"), [500, 500])

    def test_a_form_tells_nothing_about_other_branches(self):
        self.make_plan(self.manager_b, total=555, period=self.april)
        values = {"branch_id": self.other_branch.id, "period_id": self.april.id}
        for user, told in ((self.director, None), (self.commercial, 555)):
            value = self.rpc(
                user,
                self.branch_plan,
                "onchange",
                values,
                ["branch_id"],
                {"bottom_up_amount": {}},
            )["value"]
            self.assertEqual(value.get("bottom_up_amount"), told)

    # ------------------------------------------------------------------
    # Sharing out
    # ------------------------------------------------------------------

    def test_who_moves_keeps_the_plan_of_the_other_branch(self):
        member = self.branch.member_ids.filtered(lambda m: m.user_id == self.manager_a)
        member.date_to = "2026-04-14"
        self.other_branch.member_ids = [
            Command.create({"user_id": self.manager_a.id, "date_from": "2026-04-15"})
        ]
        there = self.make_plan(
            total=77, period=self.april, branch_id=self.other_branch.id
        )
        self.assertEqual(there.day_from.day, 15)
        self.divide("equal")
        self.rpc(self.commercial, self.branch_plan, "action_share_out")
        self.assertEqual(there.target_amount, 77)
        here = self.plans().filtered(lambda p: p.user_id == self.manager_a) - there
        self.assertEqual((here.branch_id, here.day_to.day), (self.branch, 14))

    def test_share_out_makes_drafts(self):
        self.divide("equal")
        self.rpc(self.director, self.branch_plan, "action_share_out")
        plans = self.plans()
        self.assertEqual(set(plans.user_id), set(self.mates))
        self.assertEqual(set(plans.mapped("state")), {"draft"})
        self.assertEqual(plans.branch_id, self.branch)
        self.assertAlmostEqual(sum(plans.mapped("target_amount")), 1000)
        self.assertRecordValues(
            self.branch_plan,
            [
                {
                    "state": "shared",
                    "agreed_amount": 0,
                    "prepared_amount": 1000,
                    "bottom_up_amount": 1000,
                    "difference": 0,
                    "plan_count": 3,
                }
            ],
        )
        self.rpc(self.director, self.branch_plan, "action_share_out")
        self.assertEqual(self.plans(), plans)

    def test_what_is_there_already(self):
        agreed = self.make_plan(period=self.april, total=700)
        self.approve(agreed)
        draft = self.make_plan(
            self.mates[1], None, [(self.linen, 100)], period=self.april
        )
        handed_in = self.submit(
            self.make_plan(self.mates[2], total=200, period=self.april)
        )
        self.divide("equal")
        self.rpc(self.director, self.branch_plan, "action_share_out")
        self.assertEqual(agreed.target_amount, 700)
        self.assertIn(self.manager_a.name, self.branch_plan.message)
        amounts = {s.user_id: s.amount for s in self.branch_plan.share_ids}
        self.assertEqual(draft.target_amount, amounts[self.mates[1]])
        self.assertEqual(len(draft.line_ids), 2)
        self.assertEqual(handed_in.line_ids.counter_amount, amounts[self.mates[2]])
        self.assertEqual(handed_in.state, "submitted")
        self.assertEqual(self.branch_plan.agreed_amount, 700)

    def test_sums_count_a_manager_once(self):
        agreed = self.approve(self.make_plan(period=self.april, total=700))
        self.act(agreed, self.manager_a).revise("More")
        self.assertEqual(
            (self.branch_plan.agreed_amount, self.branch_plan.prepared_amount), (700, 0)
        )
        self.assertEqual(self.branch_plan.difference, -300)

    def test_share_out_is_all_or_nothing(self):
        self.divide("equal")
        self.make_plan(self.mates[1], None, [(self.linen, 900)], period=self.april)
        with self.refused("more than its total"):
            self.rpc(self.director, self.branch_plan, "action_share_out")
        self.assertEqual(len(self.plans()), 1)
        self.assertEqual(self.branch_plan.state, "draft")

    def test_nothing_to_share_out(self):
        with self.refused("Divide the target"):
            self.rpc(self.director, self.branch_plan, "action_share_out")
        self.branch_plan.with_user(self.commercial).target_amount = 0
        with self.refused("no target above zero"):
            self.rpc(self.director, self.branch_plan, "action_share_out")

    def test_shared_out_is_kept(self):
        self.divide("equal")
        self.rpc(self.director, self.branch_plan, "action_share_out")
        with self.refused("is shared out and is kept"):
            self.rpc(self.commercial, self.branch_plan, "unlink")

    # ------------------------------------------------------------------
    # Rights and bad input
    # ------------------------------------------------------------------

    def test_who_sees_what(self):
        self.divide("equal")
        for model in ("sales.branch.plan", "sales.branch.plan.share"):
            for user, sees in (
                (self.director, True),
                (self.other_director, False),
                (self.commercial, True),
                (self.admin, True),
            ):
                found = self.env[model].with_user(user).search([])
                self.assertEqual(bool(found), sees, (model, user.login))
            for user in (self.manager_a, self.supervisor, self.plain):
                with self.assertRaises(AccessError):
                    self.env[model].with_user(user).search([])

    def test_only_the_commercial_director_gives_the_amount(self):
        with self.refused("Only the commercial director", AccessError):
            self.rpc(self.director, self.branch_plan, "write", {"target_amount": 1})
        vals = {"branch_id": self.branch.id, "period_id": self.march.id}
        with self.refused("", AccessError):
            self.rpc_create(self.director, "sales.branch.plan", vals)
        with self.refused("", AccessError):
            self.rpc(self.director, self.branch_plan, "unlink")
        with self.refused("", AccessError):
            self.rpc(self.other_director, self.branch_plan, "action_split")
        with self.refused("", AccessError):
            self.rpc(self.other_director, self.branch_plan, "action_share_out")

    def test_the_status_is_not_written(self):
        for user in (self.director, self.commercial, self.admin):
            with self.refused("follows from the button"):
                self.rpc(user, self.branch_plan, "write", {"state": "shared"})
        vals = {"branch_id": self.other_branch.id, "period_id": self.april.id}
        with self.refused("begins as a draft"):
            self.rpc_create(
                self.commercial, "sales.branch.plan", {**vals, "state": "shared"}
            )

    def test_bad_input(self):
        with self.refused("cannot be negative"):
            self.rpc(self.commercial, self.branch_plan, "write", {"target_amount": -1})
        self.mates[1].active = False
        with self.refused("archived or has no access"):
            self.env["sales.branch.plan.share"].create(
                {"branch_plan_id": self.branch_plan.id, "user_id": self.mates[1].id}
            )
        self.env.cr.execute(
            "UPDATE sales_period SET state = 'closed' WHERE id = %s", [self.march.id]
        )
        self.march.invalidate_recordset()
        with self.refused("is closed"):
            self.rpc_create(
                self.commercial,
                "sales.branch.plan",
                {"branch_id": self.branch.id, "period_id": self.march.id},
            )
