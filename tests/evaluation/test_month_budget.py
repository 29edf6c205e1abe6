import json

from odoo import Command, fields

from .common import EvaluationCommon

MOST = 30  # queries, whichever target counts
GROWTH = ("territory_growth", "territory_growth_lfl", "sector_growth")


class TestMonthBudget(EvaluationCommon):
    """What My month may cost: half a year of plans, five criteria, either policy."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fabrics = cls.env["product.category"].create({"name": "Fabrics"})
        cls.product.categ_id = cls.fabrics
        cls.my_customer.industry_id = cls.env["res.partner.industry"].create(
            {"name": "Workshops"}
        )
        cls.env["customer.assignment"].search([]).date_from = "2020-01-01"
        months = [
            cls.env["sales.period"]._for_date(
                cls.company, fields.Date.subtract(cls.today, months=back)
            )
            for back in range(6)
        ]
        for period in months:
            cls.make_plan(cls.manager_a, 1000, {cls.fabrics: 600}, period_id=period.id)
        cls.sell(3)

    @classmethod
    def sell(cls, number):
        year_ago = fields.Date.subtract(cls.today, years=1)
        for i in range(number):
            cls.make_product_invoice(cls.product, 100 + i)
            cls.make_invoice(price=50 + i, date=year_ago)

    @classmethod
    def judge_by_five(cls):
        manual = cls.criterion.create(
            {"name": "Showroom", "code": "showroom", "measure": "manual"}
        )
        growth = [
            cls.env.ref(f"sales_manager_kpi.evaluation_criterion_{code}")
            for code in GROWTH
        ]
        cls.env["evaluation.scheme"].create(
            {
                "name": "Five criteria",
                "company_id": cls.company.id,
                "line_ids": [
                    Command.create({"criterion_id": criterion.id, "weight": 20})
                    for criterion in (cls.criterion, *growth, manual)
                ],
            }
        )
        cls.env["evaluation.manual.value"].sudo().create(
            {
                "criterion_id": manual.id,
                "user_id": cls.manager_a.id,
                "period_id": cls.period.id,
                "value": 0.9,
                "note": "Counted",
            }
        )

    def count(self, user):
        method = self.env["sales.my.month"].with_user(user).get_data
        for _warm in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            data = method(None, self.manager_a.id)
        self.assertEqual(data["status"], "ok")
        json.dumps(data)
        return self.env.cr.sql_log_count - before, data

    def assertBudget(self, criteria):
        for policy in ("agreed", "effective"):
            self.company.sales_manager_kpi_target_policy = policy
            for user in (self.manager_a, self.director, self.commercial):
                with self.subTest(policy=policy, user=user.login):
                    queries, data = self.count(user)
                    self.assertEqual(len(data["score"]["lines"]), criteria)
                    self.assertLessEqual(queries, MOST)

    def test_month_with_plan_fulfilment(self):
        """Plan, fact, categories, half a year of trend and the score of the plan."""
        self.assertBudget(1)

    def test_month_with_five_criteria(self):
        """The plan, growth of all, of the same customers and of a sector, one by hand.

        A criterion of a district takes one query more, customers new this year too.
        """
        self.judge_by_five()
        self.assertBudget(5)

    def test_no_more_for_more_data(self):
        self.judge_by_five()
        self.company.sales_manager_kpi_target_policy = "effective"
        few, before = self.count(self.manager_a)
        self.sell(12)
        many, after = self.count(self.manager_a)
        self.assertGreater(after["fact"]["amount"], before["fact"]["amount"])
        self.assertEqual(many, few)

    def test_what_was_read_once_is_forgotten(self):
        """Two calls of one transaction: the second sees what came between."""
        _queries, before = self.count(self.manager_a)
        self.make_product_invoice(self.product, 1000)
        _queries, after = self.count(self.manager_a)
        self.assertEqual(after["fact"]["amount"] - before["fact"]["amount"], 1000)
        self.assertGreater(after["score"]["score"], before["score"]["score"])

    def test_a_client_cannot_remember_for_us(self):
        Month = self.env["sales.my.month"].with_user(self.manager_a)
        data = Month.with_context(sales_read_once={"known": {}}).get_data()
        self.assertEqual(data["status"], "ok")
