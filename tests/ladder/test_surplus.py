from .test_known import KnownCommon


class SurplusCommon(KnownCommon):
    def setUp(self):
        super().setUp()
        self.order = self.make_order((self.cloth, 20))
        self.line = self.order.order_line

    def demands(self, moves):
        return sorted(m.product_qty for m in moves if m.state not in ("done", "cancel"))

    def legs(self):
        """What brings goods from the centre to the branch for the order."""
        return self.line.move_ids.filtered(
            lambda move: move.location_dest_id.usage != "customer"
        )

    def free(self):
        return self.env["stock.quant"]._get_available_quantity(
            self.cloth, self.shop.lot_stock_id
        )

    def badges(self):
        return [
            (rung["kind"], rung["quantity"])
            for rung in self.line.supply_ladder
            if rung["state"] == "surplus"
        ]


class TestGrantedAndNotNeeded(SurplusCommon):
    """An order needs less than a supervisor granted for it."""

    MODE = "approval"

    def setUp(self):
        super().setUp()
        self.put(50, self.central)
        self.asked_line = self.order.supply_request_ids.line_ids
        self.answer(self.asked_line, "granted", 8)

    def test_not_shipped_is_called_off(self):
        self.line.product_uom_qty = 15
        self.assertEqual(self.demands(self.asked_line.move_ids), [3, 3])
        self.assertEqual(self.asked_line.granted_qty, 3)
        self.assertEqual(self.asked(self.order), [(3, "in_progress")])
        self.assertLadder(
            self.order, ("branch", "approved", 12), ("regional", "approved", 3)
        )
        self.assertFalse(self.line.supply_surplus_qty)
        self.assertEqual(
            self.asked_line.decision_ids.mapped("decision"), ["answer", "run", "change"]
        )
        self.carry()
        self.assertEqual(self.asked(self.order), [(3, "done")])
        self.assertTrue(self.asked_line.is_promise_kept)

    def test_none_of_it_is_needed(self):
        self.line.product_uom_qty = 10
        self.assertFalse(self.demands(self.asked_line.move_ids))
        self.assertEqual(self.asked(self.order), [(8, "cancelled")])
        self.assertFalse(self.asked_line.error)
        self.assertEqual(self.order.supply_request_ids.state, "cancelled")
        self.assertLadder(self.order, ("branch", "approved", 10))

    def test_shipped_stays_at_the_branch(self):
        self.finish(self.asked_line.move_ids.filtered(lambda m: m.state == "assigned"))
        self.line.product_uom_qty = 15
        self.assertEqual(self.demands(self.asked_line.move_ids), [8])
        self.assertEqual(self.line.supply_surplus_qty, 5)
        self.assertEqual(self.badges(), [("surplus", "5 Units")])
        self.assertIn("5 Units of Linen", self.order.message_ids[0].body)
        told = self.order.supply_request_ids.activity_ids.filtered(
            lambda activity: activity.user_id == self.supervisor
        )
        self.assertIn("5 Units of Linen less", told.note)
        self.carry()
        self.assertEqual(self.asked(self.order), [(8, "done")])
        self.assertFalse(self.line.supply_surplus_qty)
        self.assertFalse(self.badges())
        self.assertLadder(self.order, ("branch", "approved", 15))
        self.assertEqual(self.free(), 5)

    def test_needed_again(self):
        self.finish(self.asked_line.move_ids.filtered(lambda m: m.state == "assigned"))
        self.line.product_uom_qty = 15
        self.line.product_uom_qty = 18
        self.assertEqual(self.line.supply_surplus_qty, 2)
        self.assertLadder(
            self.order, ("branch", "approved", 12), ("regional", "approved", 6)
        )

    def test_part_has_left(self):
        out = self.asked_line.move_ids.filtered(lambda m: m.state == "assigned")
        self.finish(out, 6)
        self.line.product_uom_qty = 15
        self.assertEqual(self.demands(self.asked_line.move_ids), [6])
        self.assertEqual(self.asked_line.granted_qty, 6)
        self.assertEqual(self.line.supply_surplus_qty, 3)

    def carry(self):
        """What was granted comes to the branch."""
        for _leg in range(2):
            self.finish(
                self.asked_line.move_ids.filtered(lambda m: m.state == "assigned")
            )


class TestAskedAndNotNeeded(SurplusCommon):
    """An order needs less than a warehouse was asked for."""

    MODE = "approval"

    def setUp(self):
        self.put(50, self.central)
        super().setUp()
        self.order.action_request_supply()
        self.assertEqual(self.demands(self.legs()), [8, 8])

    def test_transfer_is_reduced(self):
        self.line.product_uom_qty = 15
        self.assertEqual(self.demands(self.legs()), [3, 3])
        self.assertLadder(
            self.order, ("branch", "approved", 12), ("central", "approved", 3)
        )
        self.line.product_uom_qty = 12
        self.assertFalse(self.demands(self.legs()))
        self.assertLadder(self.order, ("branch", "approved", 12))

    def test_shipped(self):
        self.ship(self.order)
        self.line.product_uom_qty = 15
        self.assertEqual(self.line.supply_surplus_qty, 5)
        self.receive(self.order)
        self.assertFalse(self.line.supply_surplus_qty)
        self.assertLadder(
            self.order, ("branch", "approved", 7), ("central", "arrived", 8)
        )
        self.assertEqual(self.free(), 5)

    def test_a_manager_changes_it(self):
        self.line.with_user(self.manager_a).product_uom_qty = 14
        self.assertEqual(self.demands(self.legs()), [2, 2])


class TestTurnedUp(SurplusCommon):
    """Granted, but nobody could order it; then the goods are there all the same."""

    def setUp(self):
        super().setUp()
        self.central.resupply_wh_ids = False
        self.asked_line = self.order.supply_request_ids.line_ids
        self.answer(self.asked_line, "granted", 8)
        self.assertEqual(self.asked_line.state, "answered")
        self.assertTrue(self.asked_line.error)

    def test_at_the_centre(self):
        self.put(30, self.central)
        self.order._look_after_supply()
        self.assertEqual(self.asked(self.order), [(8, "cancelled")])
        self.assertFalse(self.asked_line.error)
        self.assertEqual(self.order.supply_request_ids.state, "cancelled")
        self.assertLadder(
            self.order, ("branch", "approved", 12), ("central", "approved", 8)
        )
        [last] = self.asked_line.decision_ids[-1]
        self.assertEqual((last.decision, bool(last.comment)), ("cancel", True))

    def test_some_of_it(self):
        self.put(3, self.central)
        self.order._look_after_supply()
        self.assertEqual(self.asked(self.order), [(5, "answered")])
        self.assertTrue(self.asked_line.error, "5 are still to be ordered")
        self.assertAddsUp(self.order)

    def test_before_it_is_ordered_after_all(self):
        mill = self.env["stock.warehouse"].search([("code", "=", "MIL")])
        self.central.resupply_wh_ids = mill
        self.put(30, self.central)
        self.open_moves(self.order, self.central, None)._action_assign()
        self.asked_line.with_user(self.supervisor).action_run()
        self.assertEqual(self.asked(self.order), [(8, "cancelled")])
        self.assertFalse(self.asked_line.move_ids - self.line.move_ids)
