from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import UserError

from .common import LadderCommon


class TestFlow(LadderCommon):
    """From the order to the customer with automatic transfers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up()

    def stocked(self, quantity=20, branch=12, central=30, **values):
        self.put(branch, self.shop)
        self.put(central, self.central)
        return self.make_order((self.cloth, quantity), **values)

    def test_down_the_ladder(self):
        order = self.stocked()
        self.assertLadder(order, ("branch", "approved", 12), ("central", "approved", 8))
        self.ship(order)
        self.assertLadder(
            order, ("branch", "approved", 12), ("central", "in_transit", 8)
        )
        self.receive(order)
        self.assertLadder(order, ("branch", "approved", 12), ("central", "arrived", 8))
        self.deliver(order)
        self.assertLadder(
            order, ("branch", "delivered", 12), ("central", "delivered", 8)
        )
        self.assertEqual(order.order_line.qty_delivered, 20)

    def test_a_ladder_keeps_its_rows(self):
        """What changes on the way is written, so that no row is made anew."""
        order = self.stocked()
        rows = order.order_line.supply_source_ids
        self.assertEqual(len(rows), 2)
        for step in (self.ship, self.receive, self.deliver):
            step(order)
            self.assertEqual(order.order_line.supply_source_ids, rows)
            self.assertEqual(
                [set(row.move_ids.mapped("state")) & {"cancel"} for row in rows],
                [set(), set()],
            )

    def test_a_route_is_named_where_goods_have_others(self):
        """Core finds the only route of goods itself, and asks for each it is told."""
        route = self.branch._resupply_routes()[:1]
        self.category.route_ids = route
        order = self.stocked()
        self.assertFalse(order.order_line.move_ids.route_ids)
        self.assertLadder(order, ("branch", "approved", 12), ("central", "approved", 8))
        other = route.copy({"name": "Another", "rule_ids": False})
        silk = self.make_cloth("Silk", route_ids=[Command.link(other.id)])
        self.put(5, self.central, silk)
        order = self.make_order((silk, 5))
        self.assertEqual(order.order_line.move_ids.route_ids, route)
        self.assertLadder(order, ("central", "approved", 5))

    def test_increase_and_decrease(self):
        order = self.stocked()
        order.order_line.product_uom_qty = 25
        self.assertLadder(
            order, ("branch", "approved", 12), ("central", "approved", 13)
        )
        order.order_line.product_uom_qty = 15
        self.assertLadder(order, ("branch", "approved", 12), ("central", "approved", 3))
        order.order_line.product_uom_qty = 10
        self.assertLadder(order, ("branch", "approved", 10))
        order.order_line.product_uom_qty = 0
        self.assertLadder(order)

    def test_line_added_and_taken_off(self):
        order = self.stocked()
        silk = self.make_cloth("Silk")
        self.put(3, self.shop, silk)
        order.order_line = [
            Command.create({"product_id": silk.id, "product_uom_qty": 4})
        ]
        line = order.order_line[1]
        self.assertAddsUp(order)
        self.assertEqual(len(line.supply_source_ids), 2)
        draft = self.make_order((self.cloth, 2), confirm=False)
        draft.order_line.unlink()
        self.assertFalse(draft.supply_source_ids)

    def test_centre_is_short(self):
        """Trap 8: core says today; nobody has answered."""
        order = self.stocked(central=5)
        self.assertLadder(
            order,
            ("branch", "approved", 12),
            ("central", "approved", 5),
            ("central", "requested", 3),
        )
        self.assertFalse(order.supply_promised_at)
        self.assertTrue(order.supply_unanswered)
        [short] = order.supply_source_ids._short()
        self.assertEqual((short.kind, short.quantity), ("central", 3))
        self.put(10, self.central)
        self.open_moves(order, self.central, None)._action_assign()
        self.assertLadder(order, ("branch", "approved", 12), ("central", "approved", 8))
        self.assertTrue(order.supply_promised_at)

    def test_promise_is_the_last_of_the_facts(self):
        order = self.stocked()
        friday = fields.Datetime.now().replace(microsecond=0) + timedelta(days=3)
        self.open_moves(order, None, self.shop).date = friday
        self.ship(order)
        self.assertEqual(order.supply_promised_at, friday)
        central = order.supply_source_ids.filtered(lambda s: s.kind == "central")
        self.assertFalse(central.is_late)
        self.open_moves(order, None, self.shop).date = friday - timedelta(days=9)
        self.env["sale.order.source"]._project(order.order_line)
        late = self.env["sale.order.source"].search([("is_late", "=", True)])
        self.assertIn(central, late)
        self.assertTrue(central.is_late)
        self.assertNotIn(
            central, self.env["sale.order.source"].search([("is_late", "=", False)])
        )

    def test_partial_deliveries_and_backorder(self):
        order = self.stocked()
        self.deliver(order, 5)
        self.assertLadder(
            order,
            ("branch", "delivered", 5),
            ("branch", "approved", 7),
            ("central", "approved", 8),
        )
        self.ship(order)
        self.assertLadder(
            order,
            ("branch", "delivered", 5),
            ("branch", "approved", 7),
            ("central", "in_transit", 8),
        )

    def test_backorder_of_the_centre(self):
        order = self.stocked()
        out = self.open_moves(order, self.central, None)
        self.finish(out, 3)
        self.assertLadder(
            order,
            ("branch", "approved", 12),
            ("central", "approved", 5),
            ("central", "in_transit", 3),
        )
        self.finish(self.open_moves(order, None, self.shop), 3)
        self.assertLadder(
            order,
            ("branch", "approved", 12),
            ("central", "approved", 5),
            ("central", "arrived", 3),
        )

    def test_returned_goods_are_not_missing(self):
        order = self.stocked(quantity=10)
        self.deliver(order)
        delivery = order.picking_ids.filtered(lambda p: p.state == "done")
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=delivery.id, active_model="stock.picking")
            .create({})
        )
        wizard.product_return_moves.quantity = 4
        back = self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        self.assertLadder(order, ("branch", "delivered", 10))
        self.finish(back.move_ids)
        self.assertLadder(order, ("branch", "delivered", 6), ("branch", "cancelled", 4))
        self.assertFalse(order.supply_source_ids._short())

    def test_delivery_without_backorder(self):
        order = self.stocked()
        out = self.open_moves(order, self.shop, None)
        out.quantity, out.picked = 12, True
        out._action_done(cancel_backorder=True)
        self.assertAddsUp(order)
        states = dict.fromkeys(state for _kind, state, _qty in self.ladder(order))
        self.assertIn("delivered", states)
        self.assertFalse(order.supply_source_ids._short())

    def test_cancel_and_back_to_draft(self):
        order = self.stocked()
        order._action_cancel()
        self.assertLadder(
            order, ("branch", "cancelled", 12), ("central", "cancelled", 8)
        )
        self.assertFalse(order.supply_promised_at)
        self.assertFalse(order.supply_unanswered)
        order.action_draft()
        self.assertFalse(order.supply_source_ids)
        order.action_confirm()
        self.assertLadder(order, ("branch", "approved", 12), ("central", "approved", 8))

    def test_cancel_after_a_part(self):
        order = self.stocked()
        self.deliver(order, 5)
        order._action_cancel()
        self.assertLadder(
            order,
            ("branch", "delivered", 5),
            ("branch", "cancelled", 7),
            ("central", "cancelled", 8),
        )

    def test_cancel_in_transit(self):
        """Trap 9: what has left still arrives, with a document and for anybody."""
        order = self.stocked()
        self.ship(order)
        order._action_cancel()
        receipt = self.env["stock.move"].search(
            [("stranded_line_id", "=", order.order_line.id)]
        )
        self.assertEqual((receipt.product_uom_qty, receipt.state), (8, "assigned"))
        self.assertFalse(receipt.sale_line_id | receipt.picking_id.sale_id.order_line)
        self.assertTrue(receipt.picking_id)
        self.env["sale.order.source"]._project(order.order_line)
        self.assertEqual(
            receipt,
            self.env["stock.move"].search(
                [("stranded_line_id", "=", order.order_line.id)]
            ),
        )
        self.finish(receipt)
        self.assertEqual(receipt.location_dest_id, self.shop.lot_stock_id)
        self.assertEqual(
            self.cloth.with_context(warehouse_id=self.shop.id).qty_available, 20
        )
        self.assertEqual(self.in_transit(), 0)

    def test_decrease_in_transit(self):
        order = self.stocked()
        self.ship(order)
        order.order_line.product_uom_qty = 14
        self.assertLadder(
            order, ("branch", "approved", 12), ("central", "in_transit", 2)
        )
        self.assertDocumented(order)

    def assertDocumented(self, order):
        """What is in transit is received by open documents, once."""
        receipts = self.env["stock.move"].search(
            [
                ("product_id", "=", self.cloth.id),
                ("location_id.usage", "=", "transit"),
                ("state", "not in", ("done", "cancel")),
            ]
        )
        self.assertEqual(sum(receipts.mapped("product_uom_qty")), self.in_transit())

    def in_transit(self):
        quants = self.env["stock.quant"].search(
            [("product_id", "=", self.cloth.id), ("location_id.usage", "=", "transit")]
        )
        return sum(quants.mapped("quantity"))

    def test_vendors_never_meet_a_need_silently(self):
        """Without routes on product or category, the centre supplies all the same."""
        order = self.stocked()
        self.assertFalse(self.category.route_ids | self.cloth.route_ids)
        self.assertFalse(
            order.order_line.move_ids.filtered(
                lambda move: move.location_id.usage == "supplier"
            )
        )

    def test_arrival_goes_to_the_order_that_asked(self):
        order = self.stocked()
        other = self.make_order((self.cloth, 5))
        other.picking_ids.move_ids.date = fields.Datetime.now() - timedelta(days=9)
        self.ship(order)
        self.receive(order)
        self.assertLadder(order, ("branch", "approved", 12), ("central", "arrived", 8))

    def test_nobody_has_it(self):
        order = self.make_order((self.cloth, 20))
        self.assertLadder(order, ("central", "requested", 20))
        self.assertEqual(len(order.supply_source_ids._short()), 1)

    def test_services_and_other_warehouses_have_no_ladder(self):
        service = self.env["product.product"].create(
            {"name": "Cutting", "type": "service"}
        )
        glue = self.env["product.product"].create({"name": "Glue", "type": "consu"})
        order = self.make_order((service, 2), (glue, 3))
        order.order_line = [Command.create({"display_type": "line_note", "name": "x"})]
        self.assertFalse(order.supply_source_ids)
        elsewhere = self.make_order((self.cloth, 2), warehouse=self.central)
        self.assertFalse(elsewhere.supply_source_ids)
        self.assertFalse(elsewhere.order_line.supply_ladder)

    def test_units(self):
        """Trap 13: sources are in the product's unit, whatever was typed."""
        roll = self.env["uom.uom"].create(
            {
                "name": "Roll of 50",
                "relative_factor": 50,
                "relative_uom_id": self.cloth.uom_id.id,
            }
        )
        self.cloth.uom_ids = roll
        self.put(60, self.shop)
        self.put(90, self.central)
        order = self.make_order((self.cloth, 0.0), confirm=False)
        order.order_line.write({"product_uom_id": roll.id, "product_uom_qty": 2.5})
        order.action_confirm()
        self.assertLadder(
            order, ("branch", "approved", 60), ("central", "approved", 65)
        )
        self.assertEqual(order.order_line._to_steps(1, self.hour()), 0)

    def hour(self):
        return self.env.ref("uom.product_uom_hour")

    def test_lots(self):
        self.cloth.tracking = "lot"
        rolls = self.env["stock.lot"].create(
            [{"name": name, "product_id": self.cloth.id} for name in ("R1", "R2", "R3")]
        )
        self.put(7, self.shop, lot=rolls[0])
        self.put(5, self.shop, lot=rolls[1])
        self.put(30, self.central, lot=rolls[2])
        order = self.make_order((self.cloth, 20))
        self.assertLadder(order, ("branch", "approved", 12), ("central", "approved", 8))
        for target in (None, self.shop):
            source = self.central if target is None else None
            moves = self.open_moves(order, source, target)
            moves.picked = True
            moves.picking_id._action_done()
        self.assertLadder(order, ("branch", "approved", 12), ("central", "arrived", 8))
        self.assertIn(rolls[2], self.open_moves(order, self.shop, None).lot_ids)

    def test_quotation_is_planned_live(self):
        self.put(12, self.shop)
        self.put(5, self.central)
        order = self.make_order((self.cloth, 10), (self.cloth, 10), confirm=False)
        self.assertFalse(order.supply_source_ids)
        first, second = (line.supply_ladder for line in order.order_line)
        self.assertEqual(
            [(rung["kind"], rung["state"], rung["quantity"]) for rung in first],
            [("branch", "planned", "10 Units")],
        )
        self.assertEqual(
            [(rung["kind"], rung["quantity"]) for rung in second],
            [("branch", "2 Units"), ("central", "5 Units"), ("regional", "3 Units")],
        )
        self.assertEqual(second[1]["name"], "Central")

    def test_promise_of_a_partner_is_not_copied(self):
        order = self.stocked()
        self.assertFalse(order.copy().supply_source_ids)

    def test_more_than_delivered_cannot_be_taken_back(self):
        order = self.stocked()
        self.deliver(order)
        with self.assertRaises(UserError):
            order.order_line.product_uom_qty = 2
