from datetime import datetime

from dateutil.relativedelta import relativedelta

from odoo import Command
from odoo.tests import HttpCase, tagged

from ..common import OrganisationWorld


@tagged("standard", "post_install", "-at_install")
class TestClosingTour(OrganisationWorld, HttpCase):
    """The commercial director sees what blocks, and closes the month."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls._make_world()
        cls.manager_a.name = "Maria"
        cls.company.sales_manager_kpi_plan_basis = "order"
        today = cls.env["sales.branch"]._company_local_date(cls.company)
        cls.first = today.replace(day=1) - relativedelta(months=1)
        cls.company.sales_manager_kpi_first_managed_month = cls.first
        cls.period = cls.env["sales.period"]._for_date(cls.company, cls.first)
        product = cls.env["product.product"].create(
            {"name": "Linen", "type": "service"}
        )
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "price_unit": 100,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )
        order.action_confirm()
        order.sudo().first_confirmation_date = datetime.combine(
            cls.first + relativedelta(day=15), datetime.min.time()
        )

    def test_close_a_month(self):
        plan = self.env["sales.plan"].create(
            {
                "user_id": self.manager_a.id,
                "period_id": self.period.id,
                "line_ids": [
                    Command.create({"dimension": "total", "target_amount": 1000.0})
                ],
            }
        )
        url = "/odoo/sales-closing"
        self.start_tour(url, "sales_closing_blocked_tour", login="commercial")
        plan.with_user(self.manager_a).action_submit()
        plan.with_user(self.commercial).action_approve()
        self.start_tour(url, "sales_closing_tour", login="commercial")
        self.assertEqual(self.period.state, "closed")
        self.assertEqual(self.period.frozen_count, 1)
