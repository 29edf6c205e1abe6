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
