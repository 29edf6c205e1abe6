from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time

from .common import EvaluationCommon


class TestScorecard(EvaluationCommon):
    def test_plan_fulfilment(self):
        """Plan 1000, 800 invoiced, 100 credited: 70 %."""
        plan = self.make_plan(self.manager_a, 1000)
        invoice = self.make_invoice(price=800, date=self.today)
        refund = invoice._reverse_moves([{"invoice_date": self.today}])
        refund.invoice_line_ids.price_unit = 100
        refund.action_post()
        card = self.compute().filtered(lambda c: c.user_id == self.manager_a)
        line = card.line_ids
        self.assertEqual((line.numerator, line.denominator), (700, 1000))
        self.assertEqual(line.value, 0.7)
        self.assertEqual((line.score, line.weighted_score), (70, 70))
        self.assertEqual(card.score, 70)
        self.assertEqual(card.branch_id, self.branch)
        self.assertEqual(line.value_display, "70.0 %")
        self.assertEqual(plan.fact_amount, line.numerator, "one definition")
        self.assertAlmostEqual(plan.fulfilment, line.value)

    def test_order_basis(self):
        self.make_plan(self.manager_a, 1000, basis="order")
        self.make_order(price=250)
        self.make_invoice(price=800, date=self.today)
        self.compute()
        self.assertEqual(self.card_of(self.manager_a).score, 25)

    def test_plan_of_categories_counts_these_alone(self):
        parent = self.env["product.category"].create({"name": "Fabrics"})
        child = self.env["product.category"].create(
            {"name": "Linen", "parent_id": parent.id}
        )
        self.make_plan(self.manager_a, categories={parent: 400})
        self.make_invoice(price=800, date=self.today)
        linen = self.env["product.product"].create(
            {"name": "Linen", "categ_id": child.id}
        )
        self.make_product_invoice(linen, 100)
        self.compute()
        card = self.card_of(self.manager_a)
        self.assertEqual(card.line_ids.numerator, 100)
        self.assertEqual(card.score, 25)

    def test_no_plan_is_no_base(self):
        self.make_invoice(price=800, date=self.today)
        self.compute()
        card = self.card_of(self.manager_a)
        self.assertTrue(card, "judged with or without a plan")
        self.assertFalse(card.has_score)
        line = card.line_ids
        self.assertFalse(line.has_value)
        self.assertEqual(line.value_display, "n/a")
        self.assertEqual(line.numerator, 800)
        self.env.cr.execute(
            "SELECT score FROM evaluation_scorecard WHERE id = %s", [card.id]
        )
        self.assertEqual(self.env.cr.fetchone(), (None,), "averages leave it out")
        action = line.action_open_evidence()
        rows = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(sum(rows.mapped("amount")), 800)

    def test_zero_target_is_no_base(self):
        plan = self.make_plan(self.manager_a, 100)
        # An agreed plan cannot be changed, so its target is emptied in the table.
        self.env.cr.execute(
            "UPDATE sales_plan SET target_amount = 0 WHERE id = %s", [plan.id]
        )
        plan.invalidate_recordset()
        self.compute()
        self.assertFalse(self.card_of(self.manager_a).has_score)

    def test_draft_plan_does_not_count(self):
        self.make_plan(self.manager_a, 1000, approve=False)
        self.compute()
        self.assertFalse(self.card_of(self.manager_a).has_score)

    def test_cap_and_floor(self):
        self.make_plan(self.manager_a, 100)
        self.make_plan(self.manager_b, 100)
        self.make_invoice(price=1000, date=self.today)
        self.make_invoice(
            self.other_customer, 50, self.today, move_type="out_refund", post=False
        )
        self.compute()
        self.assertEqual(self.card_of(self.manager_a).score, 150)
        self.assertEqual(self.card_of(self.manager_b).score, 0)
        self.assertTrue(self.card_of(self.manager_b).has_score, "0 is a base")

    def test_more_comes_back_than_is_sold(self):
        """Trap 24: a month below zero has a base; its score ends at the floor."""
        self.make_plan(self.manager_a, 100)
        invoice = self.make_invoice(price=20, date=self.today)
        refund = invoice._reverse_moves([{"invoice_date": self.today}])
        refund.invoice_line_ids.price_unit = 70
        refund.action_post()
        self.compute()
        line = self.card_of(self.manager_a).line_ids
        self.assertEqual((line.has_value, line.value, line.score), (True, -0.5, 0))

    def test_a_full_refund_takes_the_score_back(self):
        """Traps 10 and 34: what nets to zero is written as zero, not left standing."""
        self.make_plan(self.manager_a, 100)
        invoice = self.make_invoice(price=50, date=self.today)
        self.compute()
        card = self.card_of(self.manager_a)
        self.assertEqual(card.score, 50)
        invoice._reverse_moves([{"invoice_date": self.today}]).action_post()
        self.compute()
        line = card.line_ids
        self.assertEqual((card.score, line.numerator, line.value), (0, 0, 0))
        self.assertTrue(card.has_score)

    def test_base_found_and_lost(self):
        """n/a → a score → n/a: the columns follow, NULL included."""
        self.compute()
        card = self.card_of(self.manager_a)
        plan = self.make_plan(self.manager_a, 1000)
        self.compute()
        self.assertEqual((card.has_score, card.score), (True, 0))
        average = self.Scorecard._read_group(
            [("id", "=", card.id)], [], ["score:avg", "score:count"]
        )
        self.assertEqual(average, [(0, 1)], "0 weighs in an average")
        plan.with_user(self.director).cancel_plans("Moved to another job")
        self.compute()
        self.assertFalse(card.has_score)
        average = self.Scorecard._read_group(
            [("id", "=", card.id)], [], ["score:count"]
        )
        self.assertEqual(average, [(0,)], "n/a does not")

    def test_weight_of_na_goes_to_the_others(self):
        second = self.criterion.copy({"name": "Second", "code": "second"})
        self.env["evaluation.scheme"].create(
            {
                "name": "Two",
                "company_id": self.company.id,
                "line_ids": [
                    Command.create({"criterion_id": self.criterion.id, "weight": 60}),
                    Command.create({"criterion_id": second.id, "weight": 40}),
                ],
            }
        )
        self.make_plan(self.manager_a, 1000)
        self.make_invoice(price=500, date=self.today)
        measure = type(self.criterion)._measure_plan_fulfilment

        def without_second(criterion, period, users):
            measured = measure(criterion, period, users)
            if criterion == second:
                return {user_id: (None, None, None) for user_id in measured}
            return measured

        with patch.object(
            type(self.criterion), "_measure_plan_fulfilment", without_second
        ):
            self.compute()
        first, other = self.card_of(self.manager_a).line_ids
        self.assertEqual((first.weight, first.effective_weight), (60, 100))
        self.assertEqual((other.weight, other.effective_weight), (40, 0))
        self.assertFalse(other.has_value)
        self.assertEqual(self.card_of(self.manager_a).score, 50)

    def test_recompute_is_idempotent(self):
        self.make_plan(self.manager_a, 1000)
        self.make_invoice(price=500, date=self.today)
        cards = self.compute()
        before = self.snapshot(cards)
        again = self.compute()
        self.assertEqual(again, cards)
        self.assertEqual(self.snapshot(again), before)

    def snapshot(self, cards):
        self.env.flush_all()
        rows = []
        for records in (cards, cards.line_ids, cards.line_ids.evidence_ids):
            self.env.cr.execute(
                f"SELECT to_jsonb(t) - 'computed_on' - 'write_date'"
                f" FROM {records._table} AS t WHERE id = ANY(%s) ORDER BY id",
                [records.ids],
            )
            rows += self.env.cr.fetchall()
        return rows

    def test_unchanged_rows_are_not_written(self):
        self.make_plan(self.manager_a, 1000)
        cards = self.compute()
        with patch.object(type(cards.line_ids), "write") as write:
            self.compute()
        write.assert_not_called()

    def test_as_of_moves(self):
        with freeze_time("2026-03-10 10:00:00"):
            self.period = self.env["sales.period"]._for_date(
                self.company, self.today.replace(year=2026, month=3, day=10)
            )
            card = self.compute(self.manager_a)
        with freeze_time("2026-03-10 11:00:00"):
            self.compute(self.manager_a)
        self.assertEqual(str(card.computed_on), "2026-03-10 11:00:00")

    def test_who_leaves_is_not_judged(self):
        self.compute()
        member = self.branch.member_ids
        member.date_to = self.period.date_from.replace(day=1) - self.one_day
        self.compute()
        self.assertFalse(self.card_of(self.manager_a))
        self.assertTrue(self.card_of(self.manager_b))

    @property
    def one_day(self):
        return self.period.date_to.resolution

    def test_mover_is_judged_where_the_month_began(self):
        first, last = self.period.date_from, self.period.date_to
        self.branch.member_ids.date_to = first + 4 * self.one_day
        self.env["sales.branch.member"].create(
            {
                "user_id": self.manager_a.id,
                "branch_id": self.other_branch.id,
                "date_from": first + 5 * self.one_day,
                "date_to": last,
            }
        )
        self.compute()
        self.assertEqual(self.card_of(self.manager_a).branch_id, self.branch)

    def test_without_scheme_nobody_is_judged(self):
        self.env.ref("sales_manager_kpi.evaluation_scheme_default").active = False
        self.assertFalse(self.compute())

    def test_two_companies_and_currencies(self):
        """The same person in two companies: two scorecards, each in its currency."""
        other = self.setup_other_company()["company"]
        other.currency_id = self.env.ref("base.CHF")
        self.manager_a.company_ids |= other
        branch = self.env["sales.branch"].create(
            {
                "code": "BRN",
                "name": "Bern",
                "company_id": other.id,
                "tz": "Europe/Zurich",
                "resource_calendar_id": False,
                "member_ids": [
                    Command.create(
                        {"user_id": self.manager_a.id, "date_from": "2020-01-01"}
                    )
                ],
            }
        )
        self.make_plan(self.manager_a, 1000)
        self.make_invoice(price=500, date=self.today)
        period = self.env["sales.period"]._for_date(other, self.today)
        self.compute()
        card = self.Scorecard._compute_period(period)
        self.assertEqual(card.branch_id, branch)
        self.assertEqual(card.currency_id, self.env.ref("base.CHF"))
        self.assertEqual(card.line_ids.numerator, 0, "not the other company's sales")
        mine = self.Scorecard.with_user(self.manager_a)
        mine = mine.with_context(allowed_company_ids=self.company.ids)
        self.assertEqual(mine.search([]).company_id, self.company)
        both = mine.with_context(allowed_company_ids=(self.company + other).ids)
        self.assertEqual(both.search([]).company_id, self.company + other)

    def test_recomputing_loses_no_scorecard(self):
        self.make_plan(self.manager_a, 1000)
        self.compute()
        card = self.card_of(self.manager_a)
        self.env["evaluation.scheme"].search([]).active = False
        card.with_user(self.manager_a).action_recompute()
        self.assertTrue(card.exists())

    def test_queries_do_not_depend_on_managers(self):
        self.make_plan(self.manager_a, 1000)
        self.make_plan(self.manager_b, 1000)
        self.make_invoice(price=500, date=self.today)
        users = self.make_managers(20)
        few = self.count_queries(self.manager_a)
        many = self.count_queries(users)
        # one more or less is what another thread left in a cache
        self.assertAlmostEqual(few, many, delta=1)
        few = self.count_queries(self.manager_a)
        many = self.count_queries(users)
        self.assertAlmostEqual(few, many, delta=1, msg="nor does computing again")

    def count_queries(self, users):
        counts = []
        for user in (self.manager_b, users, users):  # the first one warms the caches
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.compute(user)
            counts.append(self.env.cr.sql_log_count - before)
        return min(counts[1:])

    def test_cron(self):
        self.make_plan(self.manager_a, 1000)
        with self.enter_registry_test_mode():
            self.env.ref("sales_manager_kpi.ir_cron_evaluation").method_direct_trigger()
        self.assertTrue(self.card_of(self.manager_a))
        with (
            self.enter_registry_test_mode(),
            patch.object(type(self.Scorecard), "_compute_period") as compute,
        ):
            self.env.ref("sales_manager_kpi.ir_cron_evaluation").method_direct_trigger()
        periods = [call.args[0] for call in compute.call_args_list]
        self.assertNotIn(self.period, periods, "what was computed today is done")

    def test_evidence_without_base(self):
        with self.assertRaises(UserError):
            self.env["evaluation.evidence"].action_open()


class TestScorecardRoles(EvaluationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_plan(cls.manager_a, 1000)
        cls.make_plan(cls.manager_b, 1000)
        cls.make_invoice(price=500, date=cls.today)
        cls.compute()
        cls.card_a = cls.card_of(cls.manager_a)
        cls.card_b = cls.card_of(cls.manager_b)

    def seen_by(self, user):
        return self.Scorecard.with_user(user).search([]).user_id

    def test_who_sees_what(self):
        both = self.manager_a | self.manager_b
        self.assertEqual(self.seen_by(self.manager_a), self.manager_a)
        self.assertEqual(self.seen_by(self.director), self.manager_a)
        self.assertEqual(self.seen_by(self.other_director), self.manager_b)
        self.assertEqual(self.seen_by(self.commercial), both)
        self.assertEqual(self.seen_by(self.admin), both)
        with self.assertRaises(AccessError):
            self.seen_by(self.plain)

    def test_lines_and_evidence_likewise(self):
        line = self.card_b.line_ids.with_user(self.manager_a)
        with self.assertRaises(AccessError):
            line.read(["score"])
        with self.assertRaises(AccessError):
            line.action_open_evidence()
        with self.assertRaises(AccessError):
            self.card_b.line_ids.evidence_ids.with_user(self.manager_a)[0].action_open()
        with self.assertRaises(AccessError):
            self.card_b.with_user(self.manager_a).action_open_my_month()

    def test_nobody_writes(self):
        users = (self.manager_a, self.director, self.commercial, self.admin)
        evidence = self.card_a.line_ids.evidence_ids[0]
        for user in users:
            for record in (self.card_a, self.card_a.line_ids, evidence):
                record = record.with_user(user)
                name = "sequence" if "sequence" in record._fields else "create_date"
                with self.subTest(user=user.login, model=record._name):
                    with self.assertRaises(AccessError):
                        record.write({name: False})
                    with self.assertRaises(AccessError):
                        record.unlink()
                    with self.assertRaises(AccessError):
                        record.create({})

    def test_recompute_own(self):
        self.make_invoice(price=100, date=self.today)
        self.card_a.with_user(self.manager_a).action_recompute()
        self.assertEqual(self.card_a.score, 60)
        with self.assertRaises(AccessError):
            self.card_b.with_user(self.manager_a).action_recompute()

    def test_recompute_without_selection(self):
        (self.card_a | self.card_b).sudo().unlink()
        self.Scorecard.with_user(self.director).action_recompute()
        self.assertTrue(self.card_of(self.manager_a))
        self.assertFalse(self.card_of(self.manager_b), "not the director's branch")
        with self.assertRaises(AccessError):
            self.Scorecard.with_user(self.plain).action_recompute()

    def test_open_my_month(self):
        action = self.card_a.with_user(self.director).action_open_my_month()
        self.assertEqual(action["params"]["user_id"], self.manager_a.id)
