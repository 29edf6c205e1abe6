from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from freezegun import freeze_time

from odoo.exceptions import AccessError

import odoo.addons.sales_manager_kpi as addon

from .common import FactsCommon

MIGRATION = Path(addon.__file__).parent / "migrations" / "19.0.2.0.0" / "post-facts.py"


class TestCategoryFacts(FactsCommon):
    """Trap 30: a product that moves to another category does not move history."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.curtains = cls.env["product.category"].create({"name": "Curtains"})

    def test_orders_and_invoices_stay_in_their_category(self):
        order = self.make_sale([(self.cloth, 100)])
        before = self.make_document([(self.cloth, 100)])
        self.cloth.categ_id = self.curtains
        after = self.make_document([(self.cloth, 100)])
        self.assertEqual(self.facts(order).categ_id, self.fabrics)
        self.assertEqual(self.facts(before).categ_id, self.fabrics)
        self.assertEqual(self.facts(after).categ_id, self.curtains)
        refund = before._reverse_moves([{"invoice_date": "2026-02-03"}])
        refund.action_post()
        self.assertEqual(self.facts(refund).categ_id, self.fabrics)

    def test_draft_keeps_and_another_product_forgets(self):
        invoice = self.make_document([(self.cloth, 100)])
        self.cloth.categ_id = self.curtains
        invoice.button_draft()
        invoice.action_post()
        self.assertEqual(self.facts(invoice).categ_id, self.fabrics)
        invoice.button_draft()
        invoice.invoice_line_ids.product_id = self.thread
        self.thread.categ_id = self.curtains
        invoice.action_post()
        self.assertEqual(self.facts(invoice).categ_id, self.curtains)

    def test_confirming_again_keeps_the_category(self):
        with freeze_time("2026-01-10 10:00:00"):
            order = self.make_sale([(self.cloth, 100), (self.thread, 5)])
        self.cloth.categ_id = self.curtains
        self.thread.categ_id = self.curtains
        order._action_cancel()
        order.action_draft()
        order.action_confirm()
        self.assertEqual(self.facts(order).categ_id, self.fabrics)

    def test_what_was_not_kept_falls_back_on_today(self):
        invoice = self.make_document([(self.cloth, 100)])
        invoice.invoice_line_ids.sudo().recognition_categ_id = False
        self.cloth.categ_id = self.curtains
        self.assertEqual(self.facts(invoice).categ_id, self.curtains)

    def test_nobody_writes_it(self):
        order = self.make_sale([(self.cloth, 100)])
        invoice = self.make_document([(self.cloth, 100)])
        for line in (order.order_line, invoice.invoice_line_ids):
            for user in (self.manager_a, self.admin):
                with self.assertRaises(AccessError):
                    line.with_user(user).write(
                        {"recognition_categ_id": self.curtains.id}
                    )

    def test_migration_keeps_the_category_of_existing_lines(self):
        order = self.make_sale([(self.cloth, 100)])
        quotation = self.make_order(confirm=False)
        invoice = self.make_document([(self.cloth, 100)])
        cost = order.order_line.sudo().recognition_cost
        (order.order_line | quotation.order_line).sudo().recognition_categ_id = False
        invoice.invoice_line_ids.sudo().recognition_categ_id = False
        self.env.flush_all()
        spec = spec_from_file_location("post_facts", MIGRATION)
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        module.migrate(self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()
        self.cloth.categ_id = self.curtains
        self.assertEqual(self.facts(order).categ_id, self.fabrics)
        self.assertEqual(self.facts(invoice).categ_id, self.fabrics)
        self.assertEqual(order.order_line.sudo().recognition_cost, cost)
        self.assertFalse(quotation.order_line.recognition_categ_id)
