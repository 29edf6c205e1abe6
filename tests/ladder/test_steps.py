from .common import LadderCommon


class TestSteps(LadderCommon):
    """Trap 15: warehouses that move goods inside themselves."""

    def warehouses(self, reception, delivery):
        steps = {"reception_steps": reception, "delivery_steps": delivery}
        (self.central | self.shop).write(steps)
        self.set_up()

    def both_ways(self, reception, delivery):
        self.warehouses(reception, delivery)
        self.put(12, self.shop)
        self.put(30, self.central)
        order = self.make_order((self.cloth, 20))
        self.assertLadder(order, ("branch", "approved", 12), ("central", "approved", 8))
        self.step(order, self.central, self.central)
        self.assertLadder(order, ("branch", "approved", 12), ("central", "approved", 8))
        self.finish(self.open_moves(order, self.central, None))
        self.assertLadder(
            order, ("branch", "approved", 12), ("central", "in_transit", 8)
        )
        self.receive(order)
        self.assertLadder(order, ("branch", "approved", 12), ("central", "arrived", 8))
        self.deliver(order, 5)
        self.assertAddsUp(order)
        self.assertEqual(order.order_line.qty_delivered, 5)
        self.assertIn(("branch", "delivered", 5), self.ladder(order))
        self.deliver(order)
        self.deliver(order)
        self.assertLadder(
            order, ("branch", "delivered", 12), ("central", "delivered", 8)
        )

    def test_two_steps(self):
        self.both_ways("two_steps", "pick_ship")

    def test_three_steps(self):
        self.both_ways("three_steps", "pick_pack_ship")

    def test_picked_but_not_shipped(self):
        self.warehouses("one_step", "pick_ship")
        self.put(12, self.shop)
        order = self.make_order((self.cloth, 10))
        pick = self.open_moves(order, self.shop, self.shop)
        self.finish(pick)
        self.assertLadder(order, ("branch", "approved", 10))
        self.deliver(order)
        self.assertLadder(order, ("branch", "delivered", 10))

    def test_cancel_in_transit(self):
        self.warehouses("two_steps", "pick_ship")
        self.put(30, self.central)
        order = self.make_order((self.cloth, 20))
        self.ship(order)
        self.assertLadder(order, ("central", "in_transit", 20))
        order._action_cancel()
        self.assertLadder(order, ("central", "cancelled", 20))
        Move = self.env["stock.move"]
        kept = [("stranded_line_id", "=", order.order_line.id)]
        receipt = Move.search(kept)
        self.assertEqual(receipt.location_dest_id, self.shop.wh_input_stock_loc_id)
        self.finish(receipt)
        store = Move.search(kept) - receipt
        self.finish(store)
        self.assertEqual(
            self.env["stock.quant"]._get_available_quantity(
                self.cloth, self.shop.lot_stock_id
            ),
            20,
        )
        self.env["sale.order.source"]._project(order.order_line)
        self.assertEqual(Move.search(kept), receipt | store)

    def test_decrease_before_and_after_a_part_left(self):
        self.warehouses("two_steps", "pick_ship")
        self.put(12, self.shop)
        self.put(30, self.central)
        order = self.make_order((self.cloth, 20))
        order.order_line.product_uom_qty = 10
        self.assertLadder(order, ("branch", "approved", 10))
        order.order_line.product_uom_qty = 20
        self.assertAddsUp(order)
        self.assertIn(("central", "approved", 8), self.ladder(order))
