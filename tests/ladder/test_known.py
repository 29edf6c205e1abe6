from odoo import fields

from .common import LadderCommon


class KnownCommon(LadderCommon):
    """A branch with 12 of what is ordered, a department, and a supervisor."""

    MODE = "automatic"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        mill = cls.make_warehouse("Mill", "MIL")
        cls.central.resupply_wh_ids = mill
        cls.put(100, mill)
        cls.set_up(mode=cls.MODE)
        cls.put(12, cls.shop)
        cls.department = cls.env["supply.department"].create(
            {
                "name": "Regional Policy",
                "company_id": cls.company.id,
                "supervisor_id": cls.supervisor.id,
                "tz": "Europe/Amsterdam",
            }
        )
        cls.friday = fields.Date.add(fields.Date.today(), days=3)

    @staticmethod
    def asked(order):
        """``[(quantity, state)]`` of what the department was asked for."""
        lines = order.supply_request_ids.line_ids.sorted("id")
        return [(line.asked_qty, line.state) for line in lines]

    def answer(self, line, verdict, granted=0.0, **values):
        line = line.with_user(self.supervisor)
        line.write(
            {
                "verdict": verdict,
                "granted_qty": granted,
                "promised_date": self.friday if granted else False,
                "reason": "Sold out" if verdict != "granted" else False,
                **values,
            }
        )
        line.action_answer()


class TestShortages(KnownCommon):
    """The transfer waits at the centre, and somebody is asked by itself."""

    def setUp(self):
        super().setUp()
        self.order = self.make_order((self.cloth, 20))
        self.line = self.order.supply_request_ids.line_ids

    def test_asked_at_confirmation_and_once(self):
        self.assertEqual(self.asked(self.order), [(8, "waiting")])
        self.assertTrue(self.line.origin_move_id)
        self.assertEqual(self.order.supply_request_ids.state, "submitted")
        self.assertLadder(
            self.order, ("branch", "approved", 12), ("central", "requested", 8)
        )
        self.order._look_after_supply()
        self.assertEqual(self.asked(self.order), [(8, "waiting")])

    def test_granted_with_a_promise(self):
        self.assertFalse(self.order.supply_promised_at)
        self.answer(self.line, "granted", 8)
        self.assertLadder(
            self.order, ("branch", "approved", 12), ("regional", "approved", 8)
        )
        promised = self.branch._local_date(self.order.supply_promised_at)
        self.assertEqual(promised, self.friday)
        source = self.order.supply_source_ids.filtered("request_line_id")
        self.assertEqual(source.request_line_id, self.line)
        later = fields.Date.add(self.friday, days=4)
        self.line.with_user(self.supervisor).change_answer({"promised_date": later})
        promised = self.branch._local_date(self.order.supply_promised_at)
        self.assertEqual(promised, later)
        self.order._look_after_supply()
        self.assertFalse(self.line.error)
        self.assertEqual(self.asked(self.order), [(8, "in_progress")])

    def test_granted_in_part(self):
        self.answer(self.line, "partial", 5)
        self.assertLadder(
            self.order,
            ("branch", "approved", 12),
            ("regional", "partial", 5),
            ("regional", "rejected", 3),
        )
        self.assertFalse(self.order.supply_promised_at, "3 are promised by nobody")
        self.order._look_after_supply()
        self.assertEqual(len(self.asked(self.order)), 1, "a no is not asked again")

    def test_rejected(self):
        self.answer(self.line, "rejected")
        self.assertLadder(
            self.order, ("branch", "approved", 12), ("regional", "rejected", 8)
        )

    def test_from_the_promise_to_the_customer(self):
        self.answer(self.line, "granted", 8)
        self.carry_to_the_centre()
        self.assertLadder(
            self.order, ("branch", "approved", 12), ("central", "approved", 8)
        )
        self.ship(self.order)
        self.assertLadder(
            self.order, ("branch", "approved", 12), ("central", "in_transit", 8)
        )
        self.receive(self.order)
        self.assertLadder(
            self.order, ("branch", "approved", 12), ("central", "arrived", 8)
        )
        self.assertEqual(self.asked(self.order), [(8, "done")])
        self.assertEqual(self.line.arrived_qty, 8)
        self.deliver(self.order)
        self.assertLadder(
            self.order, ("branch", "delivered", 12), ("central", "delivered", 8)
        )

    def carry_to_the_centre(self):
        """The centre gets what was ordered for it."""
        while moves := self.line.move_ids.filtered(
            lambda move: (
                move.state not in ("done", "cancel")
                and move.location_dest_id.warehouse_id != self.shop
                and move.location_id.warehouse_id != self.central
            )
        ).filtered(lambda move: move.state == "assigned"):
            self.finish(moves[:1])

    def test_more_and_less(self):
        line = self.order.order_line
        line.product_uom_qty = 26
        self.assertEqual(self.asked(self.order), [(14, "waiting")])
        line.product_uom_qty = 15
        self.assertEqual(self.asked(self.order), [(3, "waiting")])
        line.product_uom_qty = 12
        self.assertEqual(self.asked(self.order), [(3, "cancelled")])
        self.assertEqual(self.order.supply_request_ids.state, "cancelled")
        self.assertLadder(self.order, ("branch", "approved", 12))

    def test_more_after_the_answer(self):
        self.answer(self.line, "granted", 8)
        self.order.order_line.product_uom_qty = 22
        self.assertEqual(self.asked(self.order), [(8, "in_progress"), (2, "waiting")])
        self.assertAddsUp(self.order)
        self.order._look_after_supply()
        self.assertEqual(self.asked(self.order), [(8, "in_progress"), (2, "waiting")])

    def test_cancelled_order(self):
        self.order._action_cancel()
        self.assertEqual(self.asked(self.order), [(8, "cancelled")])
        self.assertAddsUp(self.order)

    def test_a_manager_confirms(self):
        order = self.make_order((self.cloth, 3), confirm=False)
        order.with_user(self.manager_a).action_confirm()
        self.assertEqual(self.asked(order), [(3, "waiting")])
        self.assertEqual(order.supply_request_ids.user_id, self.manager_a)


class TestOnApproval(KnownCommon):
    """Nothing moves before the supervisor says so."""

    MODE = "approval"

    def test_asked_and_granted(self):
        order = self.make_order((self.cloth, 20))
        self.assertEqual(self.asked(order), [(8, "waiting")])
        line = order.supply_request_ids.line_ids
        self.assertFalse(line.origin_move_id)
        self.assertLadder(
            order, ("branch", "approved", 12), ("regional", "requested", 8)
        )
        order._look_after_supply()
        self.assertEqual(self.asked(order), [(8, "waiting")])
        self.answer(line, "granted", 8)
        self.assertFalse(line.error)
        self.assertLadder(
            order, ("branch", "approved", 12), ("regional", "approved", 8)
        )
        self.assertEqual(self.branch._local_date(order.supply_promised_at), self.friday)
        order.order_line.product_uom_qty = 12
        self.assertLadder(order, ("branch", "approved", 12))

    def test_withdrawn_when_nobody_misses_it(self):
        order = self.make_order((self.cloth, 20))
        order.order_line.product_uom_qty = 12
        self.assertEqual(self.asked(order), [(8, "cancelled")])


class TestHolds(KnownCommon):
    """What was held for the customer is a rung of its own."""

    def test_held_then_ordered(self):
        order = self.make_order((self.cloth, 20), confirm=False)
        line = order.order_line
        line._hold(5)
        rungs = [(row["kind"], row["state"]) for row in line.supply_ladder]
        self.assertIn(("hold", "approved"), rungs)
        rival = self.make_order((self.cloth, 12))
        self.assertLadder(rival, ("branch", "approved", 7), ("central", "requested", 5))
        order.action_confirm()
        self.assertLadder(order, ("hold", "approved", 5), ("central", "requested", 15))
        self.assertEqual(self.asked(order), [(15, "waiting")])
