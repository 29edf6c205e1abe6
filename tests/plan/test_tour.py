from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from ..common import OrganisationWorld


@tagged("standard", "post_install", "-at_install")
class TestPlanTour(OrganisationWorld, HttpCase):
    """The manager drafts from history, the director returns, then approves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls._make_world()
        cls.manager_a.name = "Maria"
        cls._make_history()

    @classmethod
    def _make_history(cls):
        """An order of 100 in the month of last year that the new plan is for."""
        fabrics = cls.env["product.category"].create({"name": "Fabrics"})
        product = cls.env["product.product"].create(
            {"name": "Linen", "categ_id": fabrics.id, "type": "service"}
        )
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "order_line": [
                    fields.Command.create(
                        {
                            "product_id": product.id,
                            "price_unit": 100,
                            "tax_ids": [fields.Command.clear()],
                        }
                    )
                ],
            }
        )
        order.action_confirm()
        moment = fields.Datetime.now() - relativedelta(years=1)
        order.first_confirmation_date = moment.replace(day=15)
        cls.company.sales_manager_kpi_plan_basis = "order"

    def test_plan_tour(self):
        self.start_tour("/odoo", "sales_plan_manager_tour", login="manager_a")
        plan = self.env["sales.plan"].search([("user_id", "=", self.manager_a.id)])
        self.assertEqual((plan.state, plan.target_amount), ("submitted", 110))
        self.start_tour("/odoo", "sales_plan_director_tour", login="director")
        self.assertEqual(
            (plan.state, plan.reason), ("returned", "More fabrics, please")
        )
        plan.with_user(self.manager_a).action_submit()
        url = "/odoo/sales-plans-to-approve"
        self.start_tour(url, "sales_plan_approve_tour", login="director")
        self.assertIn(plan.state, ("approved", "running"))
        self.assertEqual(plan.approver_id, self.director)

    def test_negotiation_tour(self):
        plan = (
            self.env["sales.plan"]
            .with_user(self.manager_a)
            .create(
                {
                    "line_ids": [
                        fields.Command.create(
                            {"dimension": "total", "target_amount": 1000}
                        )
                    ]
                }
            )
        )
        plan.action_submit()
        url = "/odoo/sales-plans-to-approve"
        self.start_tour(url, "sales_plan_counter_tour", login="director")
        self.assertEqual((plan.state, plan.target_amount), ("returned", 1500))
        url = "/odoo/my-sales-plans"
        self.start_tour(url, "sales_plan_accept_tour", login="manager_a")
        self.assertEqual(plan.line_ids.proposed_amount, 1500)
        self.start_tour(
            "/odoo/who-has-no-plan", "sales_plan_matrix_tour", login="director"
        )
