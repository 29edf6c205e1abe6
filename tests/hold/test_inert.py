from unittest.mock import patch

from odoo.sql_db import Cursor

from .common import HoldCommon


class TestInert(HoldCommon):
    """As long as nobody holds anything, orders and stock know nothing of holds."""

    def queries(self, step):
        found = []
        execute = Cursor.execute

        def kept(cursor, query, *args, **kwargs):
            found.append(str(getattr(query, "code", query)))
            return execute(cursor, query, *args, **kwargs)

        self.env.flush_all()
        self.env.invalidate_all()
        with patch.object(Cursor, "execute", kept):
            step()
            self.env.flush_all()
        return found

    def flow(self):
        """Every query of an order that is made, changed, confirmed and cancelled."""
        order = self.env["sale.order"]

        def make():
            nonlocal order
            order = self.make_quotation((self.button, 5), (self.fabric, 5))

        def change():
            order.order_line[0].product_uom_qty = 6
            order.partner_id = self.customer
            order.order_line[1].unlink()

        def cancel():
            order._action_cancel()

        steps = (make, change, lambda: order.action_confirm(), cancel)
        return [query for step in steps for query in self.queries(step)]

    def test_no_query_more(self):
        self.put(self.button, 100)
        self.put(self.fabric, 100, "R1")
        self.assertFalse(self.env["sales.branch"]._hold_locations())
        queries = self.flow()
        self.assertGreater(len(queries), 20)
        for word in ("stock_hold", "FOR UPDATE OF quant"):
            self.assertFalse([query for query in queries if word in query])

    def test_with_a_hold_it_does(self):
        """So that the other test can fail."""
        self.put(self.button, 100)
        self.put(self.fabric, 100, "R1")
        self.hold(self.make_quotation((self.button, 5)).order_line)
        queries = self.flow()
        for word in ("stock_hold", "FOR UPDATE OF quant"):
            self.assertTrue([query for query in queries if word in query])

    def test_count_without_holds(self):
        self.put(self.button, 100)
        quant = self.env["stock.quant"].search([("product_id", "=", self.button.id)])
        quant.inventory_quantity = 90
        queries = self.queries(quant.action_apply_inventory)
        self.assertFalse([query for query in queries if "stock_hold" in query])
