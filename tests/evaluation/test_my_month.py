import json
from datetime import timedelta

from odoo.exceptions import AccessError, UserError

from .common import EvaluationCommon


class TestMyMonth(EvaluationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Category = cls.env["product.category"]
        cls.fabrics = Category.create({"name": "Fabrics"})
        cls.linen = Category.create({"name": "Linen", "parent_id": cls.fabrics.id})
        cls.product.categ_id = cls.linen
        threads = Category.create({"name": "Threads"})
        cls.loose = cls.env["product.product"].create(
            {"name": "Thread", "categ_id": threads.id}
        )

    def get_data(self, user, *args):
        data = self.env["sales.my.month"].with_user(user).get_data(*args)
        return json.loads(json.dumps(data))

    def get_team(self, user, *args):
        data = self.env["sales.my.team"].with_user(user).get_data(*args)
        return json.loads(json.dumps(data))

    def assertOpens(self, user, tile):
        """The list behind a figure has its sum and, where given, its number of rows."""
        rows = self.env["sales.fact.report"].with_user(user).search(tile["domain"])
        self.assertAlmostEqual(sum(rows.mapped("amount")), tile["amount"], 2)
        if tile["count"]:
            self.assertEqual(len(rows), tile["count"])

    def test_plan_and_fact(self):
        self.make_plan(self.manager_a, 1000, {self.fabrics: 600})
        self.make_product_invoice(self.product, 300)
        self.make_product_invoice(self.loose, 150)
        data = self.get_data(self.manager_a)
        self.assertEqual(data["status"], "ok")
        self.assertEqual(data["fact"]["amount"], 450)
        self.assertAlmostEqual(data["fulfilment"], 0.45)
        self.assertEqual(data["remaining"], 550)
        (category,) = data["categories"]
        self.assertEqual((category["amount"], category["target"]), (300, 600))
        self.assertEqual(data["other"]["amount"], 150)
        self.assertEqual(data["other"]["target"], 400)
        self.assertTrue(data["other"]["counts"])
        self.assertEqual(data["score"]["score"], 45)
        self.assertEqual(data["trend"][-1]["fact"], 450)
        self.assertEqual(data["trend"][-1]["target"], 1000)
        for tile in (data["fact"], category, data["other"], data["not_counted"]):
            self.assertOpens(self.manager_a, tile)
        for month in data["trend"]:
            self.assertOpens(
                self.manager_a, {**month, "amount": month["fact"], "count": 0}
            )

    def test_plan_of_categories_alone(self):
        self.make_plan(self.manager_a, categories={self.fabrics: 600})
        self.make_product_invoice(self.product, 300)
        self.make_product_invoice(self.loose, 150)
        data = self.get_data(self.manager_a)
        self.assertEqual(data["fact"]["amount"], 300)
        self.assertAlmostEqual(data["fulfilment"], 0.5)
        self.assertFalse(data["other"]["counts"])
        self.assertOpens(self.manager_a, data["fact"])
        self.assertOpens(self.manager_a, data["other"])
        self.assertEqual(data["trend"][-1]["fact"], 300, "as the tile says")

    def test_a_plan_in_preparation_changes_no_fact(self):
        self.make_plan(self.manager_a, categories={self.fabrics: 600}, approve=False)
        self.make_product_invoice(self.product, 300)
        self.make_product_invoice(self.loose, 150)
        data = self.get_data(self.manager_a)
        self.assertEqual(data["plan"]["target"], 600)
        self.assertEqual(data["fact"]["amount"], 450)
        self.assertIsNone(data["fulfilment"])

    def test_every_month_has_the_basis_of_its_own_plan(self):
        self.make_plan(self.manager_a, 1000)
        self.make_product_invoice(self.product, 300)
        ahead = self.env["sales.period"]._for_date(
            self.company, self.period.date_to + timedelta(days=1)
        )
        self.make_plan(self.manager_a, 1000, period_id=ahead.id, basis="order")
        data = self.get_data(self.manager_a, ahead.date_from.isoformat())
        self.assertEqual(data["basis"]["code"], "order")
        self.assertEqual(data["trend"][-2]["fact"], 300)

    def test_director_sees_a_mover_whole(self):
        """A fact of another branch's customer is a fact of the manager all the same."""
        self.make_plan(self.manager_a, 1000)
        invoice = self.make_product_invoice(self.product, 300)
        self.make_product_invoice(self.loose, 150)
        invoice._store_credit(
            {invoice.id: (self.manager_a.id, self.other_branch.id, "single")}
        )
        user_id = self.manager_a.id
        for director in (self.director, self.commercial):
            data = self.get_data(director, None, user_id)
            self.assertEqual(data["fact"]["amount"], 450)
            self.assertOpens(director, data["fact"])
            (row,) = (
                row
                for row in self.get_team(director)["rows"]
                if row["user_id"] == user_id
            )
            self.assertEqual(row["amount"], 450)

    def test_unassigned_is_for_who_sees_it_all(self):
        self.assertTrue(self.get_team(self.commercial)["sees_unassigned"])
        self.assertFalse(self.get_team(self.director)["sees_unassigned"])

    def test_without_plan(self):
        self.make_product_invoice(self.product, 300)
        data = self.get_data(self.manager_a)
        self.assertFalse(data["plan"])
        self.assertEqual(data["fact"]["amount"], 300)
        self.assertIsNone(data["fulfilment"])
        self.assertIsNone(data["score"]["score"])
        self.assertOpens(self.manager_a, data["fact"])
        (category,) = data["categories"]
        self.assertEqual(category["amount"], 300)
        self.assertOpens(self.manager_a, category)

    def test_draft_is_shown_but_not_scored(self):
        self.make_plan(self.manager_a, 1000, approve=False)
        data = self.get_data(self.manager_a)
        self.assertEqual(data["plan"]["target"], 1000)
        self.assertFalse(data["plan"]["valid"])
        self.assertIsNone(data["score"]["score"])

    def test_without_branch(self):
        data = self.get_data(self.director)
        self.assertEqual(data["status"], "no_branch")
        self.assertTrue(data["has_team"])

    def test_without_scheme(self):
        self.env.ref("sales_manager_kpi.evaluation_scheme_default").active = False
        self.assertFalse(self.get_data(self.manager_a)["score"])

    def test_not_counted(self):
        """A manual credit note without origin waits for an owner."""
        self.make_invoice(price=70, date=self.today, move_type="out_refund")
        team = self.get_team(self.commercial)
        waiting = team["not_counted"]["unassigned"]
        self.assertTrue(waiting["count"] or team["not_counted"]["excluded"]["count"])
        for tile in team["not_counted"].values():
            self.assertOpens(self.commercial, tile)

    def test_whose_month(self):
        allowed = {
            self.manager_a: self.manager_a,
            self.director: self.manager_a,
            self.other_director: self.manager_b,
            self.commercial: self.manager_a | self.manager_b,
            self.admin: self.manager_a | self.manager_b,
        }
        for reader, managers in allowed.items():
            for manager in self.manager_a | self.manager_b:
                with self.subTest(reader=reader.login, manager=manager.login):
                    if manager in managers:
                        data = self.get_data(reader, None, manager.id)
                        self.assertEqual(data["user"]["id"], manager.id)
                    else:
                        with self.assertRaises(AccessError):
                            self.get_data(reader, None, manager.id)
        with self.assertRaises(AccessError):
            self.get_data(self.plain)
        with self.assertRaises(AccessError):
            self.get_team(self.plain)

    def test_bad_input(self):
        for date in ("yesterday", "9999-12-31", "1970-01-01", "2026-13-01"):
            with self.subTest(date=date), self.assertRaises(UserError):
                self.get_data(self.manager_a, date)
        with self.assertRaises(AccessError):
            self.get_data(self.manager_a, None, 2**31 - 1)
        with self.assertRaises(AccessError):
            self.get_team(self.director, None, self.other_branch.id)

    def test_other_months(self):
        data = self.get_data(self.manager_a)
        self.assertTrue(data["period"]["is_current"])
        previous = self.get_data(self.manager_a, data["period"]["previous"])
        self.assertFalse(previous["period"]["is_current"])
        self.assertEqual(previous["period"]["next"], data["period"]["date"])

    def test_team(self):
        self.make_plan(self.manager_a, 1000)
        self.make_invoice(price=500, date=self.today)
        self.make_invoice(self.other_customer, 100, self.today)
        team = self.get_team(self.commercial)
        row, other = sorted(team["rows"], key=lambda r: r["user_id"])
        self.assertEqual((row["target"], row["amount"]), (1000, 500))
        self.assertEqual((row["fulfilment"], row["score"]), (0.5, 50))
        self.assertEqual(other["amount"], 100)
        self.assertIsNone(other["fulfilment"])
        [total] = team["totals"]
        self.assertEqual(total["amount"], 600)
        self.assertEqual(total["fulfilment"], 0.5)
        self.assertEqual(total["without_plan"], 1)
        for tile in team["rows"]:
            self.assertOpens(self.commercial, tile)
        mine = self.get_team(self.director)
        self.assertEqual([r["user_id"] for r in mine["rows"]], [self.manager_a.id])
        one = self.get_team(self.commercial, None, self.other_branch.id)
        self.assertEqual([r["user_id"] for r in one["rows"]], [self.manager_b.id])

    def test_query_budget(self):
        self.make_plan(self.manager_a, 1000, {self.fabrics: 600})
        self.make_product_invoice(self.product, 300)
        for user in (self.manager_a, self.director):
            with self.subTest(user=user.login):
                args = (self.get_data, user, None, self.manager_a.id)
                self.assertLessEqual(self.count_queries(*args), 30)

    def count_queries(self, method, *args):
        for _warm in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            method(*args)
        return self.env.cr.sql_log_count - before

    def test_team_queries_do_not_depend_on_managers(self):
        self.make_managers(20)
        self.make_plan(self.manager_a, 1000)
        self.make_plan(self.manager_b, 1000)
        self.make_invoice(self.other_customer, 100, self.today)
        one, many = (
            self.count_queries(self.get_team, self.commercial, None, branch.id)
            for branch in (self.other_branch, self.branch)
        )
        self.assertLessEqual(many, one)  # of several plans, fewer fields are read
        self.assertLessEqual(many, 30)
