from odoo import Command
from odoo.tests import freeze_time

from ..common import SalesManagementCommon


@freeze_time("2026-03-20 12:00:00")
class TestPlanDocuments(SalesManagementCommon):
    """From Odoo's own documents to the plan, nothing by hand in between."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        day = cls.env["sales.period"]._fields["date_from"].to_date("2026-03-01")
        period = cls.env["sales.period"]._for_date(cls.company, day)
        cls.fabrics = cls.env["product.category"].create({"name": "Fabrics"})
        cls.product.categ_id = cls.env["product.category"].create(
            {"name": "Linen", "parent_id": cls.fabrics.id}
        )
        cls.plan = (
            cls.env["sales.plan"]
            .with_user(cls.manager_a)
            .create(
                {
                    "period_id": period.id,
                    "line_ids": [
                        Command.create({"dimension": "total", "target_amount": 1000}),
                        Command.create(
                            {"categ_id": cls.fabrics.id, "target_amount": 400}
                        ),
                    ],
                }
            )
        )
        cls.plan.action_submit()
        cls.plan.with_user(cls.director).action_approve()
        cls.plan = cls.plan.with_env(cls.env)

    def figures(self):
        self.env.flush_all()
        self.env.invalidate_all()
        lines = self.plan.line_ids.sorted(lambda line: line.dimension != "total")
        return [self.plan.fact_amount, *lines.mapped("fact_amount")]

    def test_invoices_and_credit_notes_fill_the_plan(self):
        order = self.make_order(price=100, quantity=3)
        self.assertEqual(self.figures(), [0, 0, 0])
        invoice = self.invoice_order(order, "2026-03-20")
        self.assertEqual(self.figures(), [300, 300, 300])
        refund = invoice._reverse_moves([{"invoice_date": "2026-03-20"}])
        refund.invoice_line_ids.quantity = 1
        refund.action_post()
        self.assertEqual(self.figures(), [200, 200, 200])
        self.make_invoice(price=70, date="2026-02-27")
        self.assertEqual(self.figures(), [200, 200, 200])

    def test_the_report_shows_the_same(self):
        self.invoice_order(self.make_order(price=100), "2026-03-20")
        rows = (
            self.env["sales.plan.report"]
            .with_user(self.manager_a)
            ._read_group([], ["categ_id"], ["plan_amount:sum", "fact_amount:sum"])
        )
        none = self.env["product.category"]
        self.assertEqual(rows, [(self.fabrics, 400, 100), (none, 600, 0)])

    def test_orders_fill_a_plan_on_orders(self):
        self.plan.with_user(self.director).cancel_plans("Other basis")
        plan = self.plan.with_user(self.manager_a).copy(
            {"period_id": self.plan.period_id.id, "basis": "order"}
        )
        self.make_order(price=100, quantity=3)
        self.assertEqual(plan.fact_amount, 300)
        self.assertEqual(plan.fulfilment, 0.3)
