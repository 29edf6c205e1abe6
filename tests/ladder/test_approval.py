from odoo.exceptions import AccessError, UserError

from .common import LadderCommon


class TestApproval(LadderCommon):
    """Nothing moves before somebody asks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up(mode="approval")
        cls.put(12, cls.shop)

    def test_planned_until_asked(self):
        self.put(6, self.central)
        order = self.make_order((self.cloth, 20))
        self.assertLadder(
            order,
            ("branch", "approved", 12),
            ("central", "planned", 6),
            ("regional", "planned", 2),
        )
        self.assertTrue(order.supply_to_request)
        self.assertEqual(len(order.picking_ids), 1)
        order.with_user(self.manager_a).action_request_supply()
        self.assertLadder(
            order,
            ("branch", "approved", 12),
            ("central", "approved", 6),
            ("regional", "planned", 2),
        )
        self.assertFalse(order.supply_to_request)
        legs = order.order_line.move_ids - order.order_line.move_ids[:1]
        self.assertTrue(
            all(move.reference_ids == order.stock_reference_ids for move in legs)
        )
        with self.assertRaisesRegex(UserError, "No warehouse has goods"):
            order.action_request_supply()

    def test_arrival_goes_to_the_order(self):
        self.put(30, self.central)
        order = self.make_order((self.cloth, 20))
        other = self.make_order((self.cloth, 5))
        order.action_request_supply()
        self.ship(order)
        self.receive(order)
        self.assertLadder(order, ("branch", "approved", 12), ("central", "arrived", 8))
        self.deliver(order)
        self.assertLadder(
            order, ("branch", "delivered", 12), ("central", "delivered", 8)
        )
        self.assertLadder(other, ("central", "planned", 5))

    def test_vendors_are_not_asked(self):
        """The trap: without routes the rule of vendor receipts meets the need."""
        self.put(30, self.central)
        order = self.make_order((self.cloth, 20))
        order.action_request_supply()
        usages = order.order_line.move_ids.location_id.mapped("usage")
        self.assertNotIn("supplier", usages)
        need = order.supply_source_ids[:1]._prepare_need()
        rule = self.env["stock.rule"]._get_rule(
            self.cloth, self.shop.lot_stock_id, {"warehouse_id": self.shop}
        )
        self.assertEqual(rule.location_src_id.usage, "supplier", "the trap is there")
        self.assertTrue(need.values["reference_ids"])

    def test_no_route(self):
        self.put(30, self.central)
        order = self.make_order((self.cloth, 20))
        self.branch._resupply_routes().rule_ids.active = False
        self.shop.reception_route_id.rule_ids.active = False
        with self.assertRaisesRegex(UserError, "No rule has been found"):
            order.action_request_supply()

    def test_two_orders_do_not_plan_the_same_goods_in_one_order(self):
        self.put(6, self.central)
        order = self.make_order((self.cloth, 15), (self.cloth, 8))
        planned = order.supply_source_ids.filtered(
            lambda s: s.kind == "central" and s.state == "planned"
        )
        self.assertEqual(sum(planned.mapped("quantity")), 6)
        self.assertAddsUp(order)

    def test_only_who_may_change_the_order(self):
        self.put(30, self.central)
        order = self.make_order((self.cloth, 20))
        for user in (self.manager_b, self.supervisor):
            with self.assertRaises(AccessError):
                order.with_user(user).action_request_supply()
