from datetime import datetime

from dateutil.relativedelta import relativedelta

from odoo import Command
from odoo.tests import HttpCase, tagged

from ..common import OrganisationWorld


@tagged("standard", "post_install", "-at_install")
class TestSeasonTour(OrganisationWorld, HttpCase):
    """A season is learned, a plan is made by it, and explained when it ran."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls._make_world()
        cls.company.sales_manager_kpi_plan_basis = "order"
        fabrics = cls.env["product.category"].create({"name": "Fabrics"})
        cls.product = cls.env["product.product"].create(
            {"name": "Linen", "categ_id": fabrics.id, "type": "service"}
        )
        cls.today = cls.env["sales.branch"]._company_local_date(cls.company)
        cls.profile = cls.env["sales.season.profile"].create(
            {
                "name": "Whole year",
                "company_id": cls.company.id,
                **{f"weight_{n}": 1000 if n == 1 else 818 for n in range(1, 13)},
                "weight_12": 820,
            }
        )

    @classmethod
    def sell(cls, ago, price=100):
        """An order of the 3rd of the month ``ago`` months before this one."""
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": cls.product.id,
                            "price_unit": price,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )
        order.action_confirm()
        day = cls.today.replace(day=3) - relativedelta(months=ago)
        order.sudo().first_confirmation_date = datetime.combine(
            day, datetime.min.time()
        )
        return order

    def test_learn_the_season(self):
        for ago in range(1, 14):
            self.sell(ago, price=200 if ago == 1 else 80)
        self.start_tour(
            "/odoo/season-profiles", "sales_season_profile_tour", login="commercial"
        )
        self.assertEqual(self.profile.total, 10_000)

    def test_propose_by_season_and_by_year(self):
        self.profile.write(
            {f"weight_{n}": 833 for n in range(1, 13)} | {"weight_1": 837}
        )
        for ago in (1, 2, 3):
            self.sell(ago)
        url = "/odoo/my-sales-plans"
        self.start_tour(url, "sales_plan_season_tour", login="manager_a")
        plan = self.env["sales.plan"].search([("user_id", "=", self.manager_a.id)])
        self.assertIn(plan.target_amount, (1000, 1004))

    def test_why(self):
        self.sell(12)
        self.sell(0, price=70)
        plan = (
            self.env["sales.plan"]
            .with_user(self.manager_a)
            .create(
                {
                    "user_id": self.manager_a.id,
                    "period_id": self.env["sales.period"]
                    ._for_date(self.company, self.today)
                    .id,
                    "line_ids": [
                        Command.create(
                            {
                                "categ_id": self.product.categ_id.id,
                                "target_amount": 120,
                            }
                        )
                    ],
                }
            )
        )
        plan.action_submit()
        plan.with_user(self.commercial).action_approve()
        url = f"/odoo/my-sales-plans/{plan.id}"
        self.start_tour(url, "sales_plan_bridge_tour", login="manager_a")
