from datetime import timedelta

from odoo import Command
from odoo.tests import HttpCase

from .common import EvaluationCommon


class TestMyMonthTour(EvaluationCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        category = cls.env["product.category"].create({"name": "Fabrics"})
        cls.product.categ_id = category
        cls.make_plan(cls.manager_a, 1000, {category: 600})
        invoice = cls.make_invoice(price=450, date=cls.today, post=False)
        invoice.invoice_line_ids.tax_ids = [Command.clear()]
        invoice.action_post()
        cls.compute()

    def test_as_manager(self):
        self.start_tour("/odoo", "sales_my_month_manager", login="manager_a")

    def test_as_director(self):
        self.start_tour("/odoo", "sales_my_month_director", login="director")

    def test_without_plan(self):
        self.start_tour("/odoo", "sales_my_month_no_plan", login="manager_b")


class TestScorecardTour(EvaluationCommon, HttpCase):
    """The month before: 70 of 100 reached, assessed by both and agreed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        last_month = cls.today.replace(day=1) - timedelta(days=1)
        cls.period = cls.env["sales.period"]._for_date(cls.company, last_month)
        cls.make_plan(cls.manager_a, 1000)
        cls.make_invoice(price=700, date=last_month)
        cls.company.sales_manager_kpi_self_assessment = True
        cls.compute()
        cls.card = cls.card_of(cls.manager_a)
        cls.card.with_user(cls.director).action_start()

    def test_assess_oneself(self):
        self.start_tour("/odoo", "sales_scorecard_manager", login="manager_a")
        self.assertEqual(self.card.state, "head")

    def test_agree(self):
        self.card.with_user(self.manager_a).action_hand_in()
        self.start_tour("/odoo", "sales_scorecard_director", login="director")
        self.assertEqual((self.card.state, self.card.final_score), ("agreed", 80))

    def test_enter_a_figure(self):
        self.criterion.create(
            {"name": "Showroom", "code": "showroom", "measure": "manual"}
        )
        self.start_tour("/odoo", "sales_entered_figure", login="director")
        value = self.env["evaluation.manual.value"].search([])
        self.assertEqual((value.value, value.reviewer_id), (0.9, self.director))
