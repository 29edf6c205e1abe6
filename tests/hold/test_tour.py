from odoo import Command
from odoo.tests import HttpCase

from .common import HoldCommon


class TestHoldTour(HoldCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # sessions are of the real day
        cls.freeze.stop()
        cls.addClassCleanup(cls.freeze.start)

    def test_held_extended_released(self):
        self.env.ref("base.group_user").implied_ids = [
            Command.link(self.env.ref("stock.group_production_lot").id)
        ]
        for name, length in (("R1", 30), ("R2", 60), ("R3", 45)):
            self.put(self.fabric, length, name)
        self.put(self.fabric, 25, "R4", location=self.other_warehouse.lot_stock_id)
        other = self.make_quotation((self.fabric, 20))
        self.hold(other.order_line)
        order = self.make_quotation((self.fabric, 40))
        self.start_tour(
            f"/odoo/sales/{order.id}", "sales_hold_goods", login="manager_a"
        )
        hold = order.stock_hold_ids
        self.assertEqual((hold.state, hold.extension_count), ("released", 1))
        self.assertEqual(hold.release_reason, "Another colour")
        self.assertEqual(hold.lot_ids.name, "R3")
