from odoo import Command
from odoo.tools import file_open

from .common import PlanCommon
from .test_days import DaysCommon


class MoveCommon(DaysCommon):
    """Manager A of Utrecht moves to Hamburg on Monday the 16th of March 2026."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.member = cls.branch.member_ids.filtered(
            lambda member: member.user_id == cls.manager_a
        )

    @classmethod
    def move(cls, day="2026-03-16", before="2026-03-15"):
        cls.member.date_to = before
        return cls.env["sales.branch.member"].create(
            {
                "branch_id": cls.other_branch.id,
                "user_id": cls.manager_a.id,
                "date_from": day,
            }
        )

    def plans(self, states=("approved", "running")):
        return (
            self.env["sales.plan"]
            .search(
                [("user_id", "=", self.manager_a.id), ("state", "in", states)],
            )
            .sorted("day_from")
        )

    def assertDays(self, *expected):
        self.assertEqual(
            [
                (plan.branch_id.code, plan.day_from.day, plan.day_to.day)
                for plan in self.plans()
            ],
            list(expected),
        )


class TestMove(MoveCommon):
    def test_agreed_plan_is_divided_by_working_days(self):
        plan = self.approve(
            self.make_plan(total=1000, lines=[(self.linen, 333.33), (self.tools, 0.01)])
        )
        self.move()
        self.assertDays(("UTR", 1, 15), ("HAM", 16, 31))
        first, second = self.plans()
        self.assertEqual(plan.state, "superseded")
        self.assertEqual((plan.day_from.day, plan.day_to.day), (1, 31))
        self.assertEqual((first.version, first.previous_id), (2, plan))
        self.assertEqual((second.version, second.previous_id), (1, plan.browse()))
        self.assertEqual(first.approver_id, plan.approver_id)
        self.assertAlmostEqual(first.target_amount, 1000 * 10 / 22, delta=0.03)
        for key, target in (
            (self.linen.browse(), 1000),
            (self.linen, 333.33),
            (self.tools, 0.01),
        ):
            parts = [
                line.target_amount
                for line in (first | second).line_ids
                if line.categ_id == key
            ]
            self.assertEqual(len(parts), 2)
            self.assertAlmostEqual(sum(parts), target, 6)
        self.assertIn("1–15", first.display_name)
        self.assertIn("moved to Hamburg", first.reason)

    def test_both_directors_are_told_and_may_revise(self):
        self.approve(self.make_plan())
        self.move()
        first, second = self.plans()
        for plan in (first, second):
            message = plan.message_ids.filtered("notified_partner_ids")
            directors = self.director | self.other_director
            self.assertLessEqual(directors.partner_id, message.notified_partner_ids)
        for plan, director in ((first, self.director), (second, self.other_director)):
            draft = self.act(plan, director).revise("other customers")
            self.act(draft.line_ids, director).target_amount = 700
            self.submit(draft.with_env(self.env))
            self.act(draft, director).action_approve()
            self.assertEqual(plan.state, "superseded")
        self.assertDays(("UTR", 1, 15), ("HAM", 16, 31))
        self.assertEqual(self.plans().mapped("target_amount"), [700, 700])

    def test_undone(self):
        plan = self.approve(self.make_plan(total=999.99, lines=[(self.linen, 500)]))
        moved = self.move()
        moved.unlink()
        self.assertDays(("UTR", 1, 31))
        self.assertAlmostEqual(self.plans().target_amount, plan.target_amount)
        self.assertEqual(self.plans().version, 3)
        cancelled = self.plans(["cancelled"])
        self.assertEqual(cancelled.branch_id, self.other_branch)
        self.member.date_to = False
        self.assertDays(("UTR", 1, 31))
        self.assertEqual(self.plans().version, 3, "nothing changed")

    def test_moved_again(self):
        self.approve(self.make_plan(total=2200))
        moved = self.move()
        self.member.date_to = "2026-03-08"
        self.assertDays(("UTR", 1, 15), ("HAM", 16, 31))
        moved.date_from = "2026-03-09"
        self.assertDays(("UTR", 1, 8), ("HAM", 9, 31))
        self.assertEqual(self.plans().mapped("target_amount"), [500, 1700])
        self.member.date_to = "2026-03-01"
        moved.date_from = "2026-03-02"
        self.assertEqual(self.plans().mapped("target_amount"), [0, 2200])

    def test_from_the_first_of_the_month(self):
        self.approve(self.make_plan(total=2200))
        moved = self.move()
        self.member.date_to = "2026-02-28"
        moved.date_from = "2026-03-01"
        self.assertDays(("HAM", 1, 31))
        self.assertEqual(self.plans().target_amount, 2200)

    def test_three_branches(self):
        third = self.make_branch("GNT", "Gent", self.director, [])
        self.approve(self.make_plan(total=2200))
        moved = self.move()
        moved.date_to = "2026-03-22"
        third.member_ids = [
            Command.create({"user_id": self.manager_a.id, "date_from": "2026-03-23"})
        ]
        self.assertDays(("UTR", 1, 15), ("HAM", 16, 22), ("GNT", 23, 31))
        self.assertAlmostEqual(sum(self.plans().mapped("target_amount")), 2200)

    def test_drafts_are_restricted(self):
        plan = self.make_plan(total=1000)
        self.move()
        self.assertEqual(plan.state, "draft")
        self.assertEqual((plan.day_from.day, plan.day_to.day), (1, 15))
        self.assertEqual(plan.target_amount, 1000, "amounts are for people to change")
        other = self.make_plan(branch_id=self.other_branch.id)
        self.assertEqual(other.day_from.day, 16)
        self.approve(plan | other)
        self.assertDays(("UTR", 1, 15), ("HAM", 16, 31))

    def test_drafts_of_a_move_undone(self):
        moved = self.move()
        plan = self.make_plan()
        other = self.make_plan(branch_id=self.other_branch.id)
        moved.unlink()
        self.assertEqual((plan.day_from.day, plan.day_to.day), (1, 31))
        self.assertEqual((plan.state, other.state), ("draft", "cancelled"))

    def test_revision_in_preparation(self):
        plan = self.approve(self.make_plan(total=2200))
        draft = self.act(plan, self.manager_a).revise("more").with_env(self.env)
        self.move()
        first, second = self.plans()
        self.assertEqual((draft.previous_id, draft.version), (first, 3))
        self.assertEqual(draft.day_to.day, 15)
        self.approve(draft)
        self.assertEqual(self.plans(), draft | second)

    def test_other_months_stay(self):
        april = self.month("2026-04-01")
        plan = self.approve(self.make_plan(period=april))
        self.move()
        self.assertIn(plan, self.plans())
        self.assertEqual(plan.version, 1)

    def test_further_targets(self):
        meter = self.env.ref("uom.product_uom_meter")
        plan = self.approve(
            self.make_plan(
                total=2200,
                line_ids=[
                    Command.create({"dimension": "total", "target_amount": 2200}),
                    Command.create(
                        {
                            "dimension": "total",
                            "measure": "new_customers",
                            "target_quantity": 5,
                        }
                    ),
                    Command.create(
                        {
                            "categ_id": self.linen.id,
                            "measure": "quantity",
                            "uom_id": meter.id,
                            "target_quantity": 100.5,
                        }
                    ),
                ],
            )
        )
        self.move()
        for line in plan.line_ids:
            parts = self.plans().line_ids.filtered(
                lambda p, k=line: p._key() == k._key()
            )
            self.assertEqual(len(parts), 2)
            self.assertAlmostEqual(
                sum(parts.mapped("target_quantity")), line.target_quantity
            )
            if line.measure == "new_customers":
                self.assertTrue(all(part.target_quantity % 1 == 0 for part in parts))

    def test_month_without_working_days(self):
        self.approve(self.make_plan(total=1000))
        self.absent("2026-02-27T00:00", "2026-04-02T23:59:59", resource=False)
        self.move()
        self.assertEqual(self.plans().mapped("target_amount"), [1000, 0])


class TestFactsOfAMover(MoveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.approve(cls.make_plan(total=2200))
        cls.move()
        # branch of the fact is where its customer was served, not what counts it
        for day, amount in (
            ("2026-03-01", 1.0),
            ("2026-03-15", 10.0),
            ("2026-03-16", 100.0),
            ("2026-03-31", 1000.0),
            ("2026-04-01", 10000.0),
        ):
            cls.make_fact(cls.manager_a, day, amount, cls.linen)

    def test_none_lost_none_twice(self):
        first, second = self.plans()
        self.assertEqual((first.fact_amount, second.fact_amount), (11, 1100))

    def test_scorecard_adds_the_parts(self):
        Criterion = self.env["evaluation.criterion"].sudo()
        users = self.manager_a | self.manager_b
        measured = Criterion._measure_plan_fulfilment(self.march, users)
        self.assertEqual(measured[self.manager_a.id], (1111, 2200, 1111 / 2200, 4))
        evidence = Criterion._evidences_plan_fulfilment(self.march, users)
        model, domain = evidence[self.manager_a.id]["numerator"]
        groups = self.env[model]._read_group(domain, [], ["amount:sum", "__count"])
        self.assertEqual(groups, [(1111, 4)])
        model, domain = evidence[self.manager_a.id]["denominator"]
        self.assertEqual(self.env[model].search(domain), self.plans())

    def test_each_on_its_basis(self):
        self.make_fact(self.manager_a, "2026-03-20", 5.0, self.linen, basis="order")
        self.make_fact(self.manager_a, "2026-03-10", 7.0, self.linen, basis="order")
        second = self.plans()[1]
        draft = self.act(second, self.manager_a).revise("orders").with_env(self.env)
        draft.with_user(self.manager_a).basis = "order"
        self.approve(draft)
        measured = (
            self.env["evaluation.criterion"]
            .sudo()
            ._measure_plan_fulfilment(self.march, self.manager_a)
        )
        self.assertEqual(measured[self.manager_a.id][0], 11 + 5)

    def test_report_partitions(self):
        groups = self.env["sales.plan.report"]._read_group(
            [
                ("user_id", "=", self.manager_a.id),
                ("period_id", "=", self.march.id),
            ],
            ["branch_id"],
            ["plan_amount:sum", "fact_amount:sum"],
        )
        self.assertEqual(
            {branch.code: (plan, fact) for branch, plan, fact in groups},
            {"UTR": (1000, 11), "HAM": (1200, 1100)},
        )

    def test_both_directors_see_the_month(self):
        run = self.env["evaluation.run"]
        for director in (self.director, self.other_director):
            visible = run.with_user(director)._visible_members(self.march)
            self.assertEqual(visible[self.manager_a.id], self.branch)
        april = self.month("2026-04-01")
        visible = run.with_user(self.director)._visible_members(april)
        self.assertNotIn(self.manager_a.id, visible)

    def test_each_director_reads_the_plan_of_the_own_branch(self):
        first, second = self.plans()
        Plan = self.env["sales.plan"]
        domain = [("state", "in", ("approved", "running"))]
        self.assertEqual(Plan.with_user(self.director).search(domain), first)
        self.assertEqual(Plan.with_user(self.other_director).search(domain), second)

    def test_effective_target_of_the_parts(self):
        self.absent("2026-03-09T00:00", "2026-03-13T23:59:59")
        first, second = self.plans()
        self.assertEqual(self.days_of(first), (10, 5))
        self.assertEqual(self.days_of(second), (12, 12))


class TestMoveOfNobodyPlanned(PlanCommon):
    def test_costs_little(self):
        """Memberships without plans change as before."""
        member = self.branch.member_ids
        member.date_to = "2026-03-15"
        self.other_branch.member_ids = [
            Command.create({"user_id": self.manager_a.id, "date_from": "2026-03-16"})
        ]
        self.assertFalse(self.env["sales.plan"].search([]))


class TestMigration(MoveCommon):
    def test_plans_of_before_keep_their_month(self):
        """Also those of who had moved: nobody had divided them."""
        plan = self.approve(self.make_plan(total=1000))
        self.env.flush_all()
        self.env.cr.execute("ALTER TABLE sales_plan DROP COLUMN day_from CASCADE")
        self.env.cr.execute("ALTER TABLE sales_plan DROP COLUMN day_to")
        path = "sales_manager_kpi/migrations/19.0.2.0.0/pre-days.py"
        with file_open(path) as file:
            code = compile(file.read(), path, "exec")
        namespace = {}
        exec(code, namespace)  # noqa: S102 pylint: disable=exec-used
        for _again in range(2):
            namespace["migrate"](self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()
        self.assertEqual((plan.day_from.day, plan.day_to.day), (1, 31))
