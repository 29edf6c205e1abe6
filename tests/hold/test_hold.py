from odoo.exceptions import UserError, ValidationError

from .common import THURSDAY, HoldCommon


class TestHold(HoldCommon):
    """From the wish to the order: what is held, until when, and what becomes of it."""

    # ------------------------------------------------------------------
    # Held
    # ------------------------------------------------------------------

    def test_goods_are_reserved_for_nobody_else(self):
        self.put(self.button, 50)
        line = self.make_quotation((self.button, 40)).order_line
        hold = self.hold(line)
        self.assertRecordValues(
            hold.sudo(),
            [
                {
                    "state": "active",
                    "held_qty": 40,
                    "product_qty": 40,
                    "user_id": self.manager_a.id,
                    "held_by_id": self.manager_a.id,
                    "branch_id": self.branch.id,
                    "warehouse_id": self.warehouse.id,
                    "until_at": THURSDAY,
                }
            ],
        )
        self.assertRegex(hold.name, r"^HOLD/2026/\d{4}$")
        self.assertEqual(self.free(self.button), 10)
        move = hold.sudo().move_id
        self.assertFalse(move.picking_id or move.picking_type_id)
        self.assertEqual(move.state, "assigned")

    def test_location_lies_outside_every_warehouse(self):
        branch = self.branch
        location = branch._hold_location()
        self.assertEqual(location, branch._hold_location())
        self.assertEqual(location.usage, "internal")
        self.assertFalse(location.warehouse_id or location.replenish_location)
        root = location.location_id
        self.assertEqual((root.usage, root.location_id.id), ("view", False))
        self.assertEqual(root.company_id, self.company)
        self.assertEqual(self.other_branch._hold_location().location_id, root)
        self.assertIn(location.id, branch._hold_locations())

    def test_scheduler_leaves_holds_alone(self):
        """Trap 5: real move lines, so that no clean-up takes them."""
        self.put(self.button, 50)
        hold = self.hold(self.make_quotation((self.button, 40)).order_line).sudo()
        self.env["stock.quant"]._quant_tasks()
        self.env["stock.rule"]._run_scheduler_tasks(company_id=self.company.id)
        self.assertEqual((hold.held_qty, hold.state), (40, "active"))
        self.assertEqual(self.free(self.button), 10)

    def test_beyond_what_is_free(self):
        self.put(self.button, 30)
        line = self.make_quotation((self.button, 40)).order_line
        with self.assertRaisesRegex(UserError, r"Only 30"):
            self.hold(line)
        self.hold(line, 20)
        with self.assertRaisesRegex(UserError, r"Only 10"):
            self.hold(line, 20)

    def test_not_more_than_the_line(self):
        self.put(self.button, 100)
        line = self.make_quotation((self.button, 40)).order_line
        self.hold(line, 30)
        with self.assertRaisesRegex(UserError, r"The line is of 40"):
            self.hold(line, 20)
        hold = self.hold(line, 10).sudo()
        with self.assertRaises(ValidationError):
            hold.product_qty = 11

    def test_bad_input(self):
        self.put(self.button, 100)
        order = self.make_quotation((self.button, 40))
        line = order.order_line
        for quantity in (0, -5):
            with self.assertRaisesRegex(UserError, "more than 0"):
                line._hold(quantity)
        service = self.make_product("Talk", self.button.uom_id, type="service")
        other = self.make_quotation((service, 1)).order_line
        with self.assertRaisesRegex(UserError, "not kept in stock"):
            other._hold(1)
        self.button.active = False
        with self.assertRaisesRegex(UserError, "archived"):
            line._hold(1)
        self.button.active = True
        line.product_uom_id = self.metre
        with self.assertRaisesRegex(UserError, "same kind"):
            line._hold(1)

    def test_where_nothing_can_be_held(self):
        self.put(self.button, 100)
        order = self.make_quotation((self.button, 4))
        order.warehouse_id = self.other_warehouse
        with self.assertRaisesRegex(UserError, "ships from HAMS"):
            order.order_line._hold(1)
        order.warehouse_id = self.warehouse
        self.branch.warehouse_id = False
        with self.assertRaisesRegex(UserError, "has no warehouse"):
            order.order_line._hold(1)
        self.branch.warehouse_id = self.warehouse
        order.user_id = self.commercial
        with self.assertRaisesRegex(UserError, "belongs to no branch"):
            order.order_line._hold(1)
        order.user_id = self.manager_a
        order.warehouse_id = self.warehouse
        order.action_confirm()
        with self.assertRaisesRegex(UserError, "quotations only"):
            order.order_line._hold(1)

    def test_units(self):
        """Trap 13: yards become metres, and never pieces."""
        self.put(self.fabric, 45, "R1")
        line = self.make_quotation((self.fabric, 40)).order_line
        line.product_uom_id = self.env.ref("uom.product_uom_yard")
        hold = self.hold(line, 40).sudo()
        self.assertEqual((hold.product_uom_qty, hold.product_qty), (40, 36.58))
        self.assertEqual(hold.held_qty, 36.58)

    def test_remnants_are_nothing(self):
        """Trap 14: what rounding leaves over is not held, nor does it miss."""
        self.put(self.button, 10.004)
        line = self.make_quotation((self.button, 10)).order_line
        self.hold(line)
        with self.assertRaisesRegex(UserError, r"Only 0"):
            self.hold(self.make_quotation((self.button, 1)).order_line)

    # ------------------------------------------------------------------
    # Rolls
    # ------------------------------------------------------------------

    def test_shortest_roll_that_fits(self):
        """Trap 12: one cut, one roll."""
        for name, length in (("R1", 30), ("R2", 60), ("R3", 45)):
            self.put(self.fabric, length, name)
        hold = self.hold(self.make_quotation((self.fabric, 40)).order_line).sudo()
        self.assertEqual(hold.lot_ids.mapped("name"), ["R3"])
        self.assertEqual(hold.move_id.move_line_ids.lot_id.mapped("name"), ["R3"])

    def test_no_roll_is_long_enough(self):
        for name, length in (("R1", 30), ("R2", 25)):
            self.put(self.fabric, length, name)
        line = self.make_quotation((self.fabric, 40)).order_line
        with self.assertRaisesRegex(UserError, r"longest has 30.*R1 30"):
            self.hold(line)
        lots = self.env["stock.lot"].search([("product_id", "=", self.fabric.id)])
        hold = self.hold(line, lots=lots).sudo()
        self.assertEqual(self.lines_of(hold), {"R1": 30, "R2": 10})

    def test_joined_where_it_may_be(self):
        self.fabric.may_join_rolls = True
        for name, length in (("R1", 30), ("R2", 25)):
            self.put(self.fabric, length, name)
        hold = self.hold(self.make_quotation((self.fabric, 40)).order_line).sudo()
        self.assertEqual(sum(self.lines_of(hold).values()), 40)

    def test_one_chosen_roll_that_is_too_short(self):
        lot = self.put(self.fabric, 30, "R1")
        self.put(self.fabric, 60, "R2")
        line = self.make_quotation((self.fabric, 40)).order_line
        with self.assertRaisesRegex(UserError, r"Only 30"):
            self.hold(line, lots=lot)

    def test_a_roll_in_two_places_is_two_pieces(self):
        shelf = self.env["stock.location"].create(
            {"name": "Shelf", "location_id": self.stock.id}
        )
        self.put(self.fabric, 30, "R1")
        self.put(self.fabric, 30, "R1", location=shelf)
        line = self.make_quotation((self.fabric, 40)).order_line
        with self.assertRaisesRegex(UserError, r"longest has 30"):
            self.hold(line)

    # ------------------------------------------------------------------
    # The order takes over
    # ------------------------------------------------------------------

    def test_confirmation_takes_the_held_roll(self):
        for name, length in (("R1", 30), ("R2", 60), ("R3", 45)):
            self.put(self.fabric, length, name)
        order = self.make_quotation((self.fabric, 40))
        hold = self.hold(order.order_line).sudo()
        order.with_user(self.manager_a).action_confirm()
        self.assertEqual((hold.state, hold.held_qty), ("consumed", 0))
        self.assertEqual(hold.move_id.state, "cancel")
        self.assertEqual(self.reserved(order.order_line), {"R3": 40})
        self.assertEqual(order.order_line.move_ids.state, "assigned")

    def test_the_rest_comes_as_core_takes_it(self):
        for name, length in (("R1", 30), ("R3", 45)):
            self.put(self.fabric, length, name)
        order = self.make_quotation((self.fabric, 60))
        lot = self.env["stock.lot"].search([("name", "=", "R3")])
        self.hold(order.order_line, 40, lots=lot)
        order.action_confirm()
        self.assertEqual(self.reserved(order.order_line)["R3"], 40)
        self.assertEqual(sum(self.reserved(order.order_line).values()), 60)

    def test_another_line_does_not_take_it(self):
        for name, length in (("R1", 30), ("R3", 45)):
            self.put(self.fabric, length, name)
        order = self.make_quotation((self.fabric, 30), (self.fabric, 30))
        first, second = order.order_line
        lot = self.env["stock.lot"].search([("name", "=", "R1")])
        self.hold(second, 30, lots=lot)
        order.action_confirm()
        self.assertEqual(self.reserved(second), {"R1": 30})
        self.assertEqual(self.reserved(first), {"R3": 30})

    def test_two_and_three_steps(self):
        """Trap 15: the hold lies on the stock, whatever the goods pass afterwards."""
        for steps in ("pick_ship", "pick_pack_ship"):
            self.warehouse.delivery_steps = steps
            product = self.make_product(steps, self.metre, tracking="lot")
            self.put(product, 30, f"{steps} 1")
            self.put(product, 45, f"{steps} 2")
            order = self.make_quotation((product, 25))
            lot = self.env["stock.lot"].search([("name", "=", f"{steps} 2")])
            self.hold(order.order_line, lots=lot)
            order.action_confirm()
            self.assertEqual(self.reserved(order.order_line), {f"{steps} 2": 25})

    def test_nothing_is_ordered_for_what_is_held(self):
        """Trap 7: core looks at free goods once; held ones are free to their order."""
        rule = self.warehouse.delivery_route_id.rule_ids.filtered(
            lambda rule: rule.location_src_id == self.stock
        )
        rule.procure_method = "mts_else_mto"
        supplier = self.env.ref("stock.stock_location_suppliers", False) or (
            self.env["stock.location"].create({"name": "S", "usage": "supplier"})
        )
        route = self.env["stock.route"].create(
            {
                "name": "Vendor",
                "product_selectable": True,
                "rule_ids": [
                    (
                        0,
                        0,
                        {
                            "name": "In",
                            "action": "pull",
                            "location_src_id": supplier.id,
                            "location_dest_id": self.stock.id,
                            "picking_type_id": self.warehouse.in_type_id.id,
                            "procure_method": "make_to_stock",
                        },
                    )
                ],
            }
        )
        self.button.route_ids = route
        self.put(self.button, 50)
        order = self.make_quotation((self.button, 60))
        self.hold(order.order_line, 40)
        order.action_confirm()
        coming = self.env["stock.move"].search(
            [
                ("product_id", "=", self.button.id),
                ("location_dest_id", "=", self.stock.id),
            ]
        )
        self.assertEqual(sum(coming.mapped("product_qty")), 10)

    def test_order_of_another_warehouse(self):
        self.put(self.button, 50)
        self.put(self.button, 50, location=self.other_warehouse.lot_stock_id)
        order = self.make_quotation((self.button, 40))
        hold = self.hold(order.order_line).sudo()
        order.warehouse_id = self.other_warehouse
        order.action_confirm()
        self.assertEqual(hold.state, "released")
        self.assertIn("does not take", hold.release_reason)
        self.assertEqual(self.free(self.button), 50)
