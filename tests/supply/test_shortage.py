from odoo import Command
from odoo.exceptions import UserError

from .common import SupplyCommon


class TestShortage(SupplyCommon):
    """Orders that lack goods ask by themselves, once, and get what comes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # the branch's deliveries ask the central warehouse for what is not there
        cls.store.delivery_route_id.rule_ids.filtered(
            lambda rule: rule.location_src_id == cls.store.lot_stock_id
        ).procure_method = "mts_else_mto"
        (cls.cloth | cls.felt).route_ids = cls.store.resupply_route_ids
        cls.depot = cls.make_warehouse("DEP", "Depot")
        cls.Request = cls.env["supply.request"]

    def make_order(self, *lines, **values):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "user_id": self.manager_a.id,
                "warehouse_id": self.store.id,
                "order_line": [
                    Command.create({"product_id": p.id, "product_uom_qty": quantity})
                    for p, quantity in lines
                ],
                **values,
            }
        )
        order.action_confirm()
        return order

    def transfers(self, order):
        """The moves that leave the central warehouse for the order."""
        return order.stock_reference_ids.move_ids.filtered(
            lambda move: (
                move.location_id == self.central.lot_stock_id
                and move.state not in ("done", "cancel")
            )
        )

    def raise_for(self, order):
        moves = self.transfers(order)
        short = self.Request._short_quantities(moves)
        lines = {move.product_id: move for move in moves}
        return self.Request._raise_shortages(
            [
                (self.branch, line, lines[line.product_id], short[move])
                for line in order.order_line
                for move in lines[line.product_id]
                if move in short
            ]
        )

    def test_what_lacks_is_measured(self):
        self.stock(self.cloth, self.central, 6)
        self.stock(self.felt, self.central, 100)
        order = self.make_order((self.cloth, 10), (self.felt, 10))
        moves = self.transfers(order)
        self.assertEqual(len(moves), 2)
        short = self.Request._short_quantities(moves)
        self.assertEqual(
            {move.product_id: quantity for move, quantity in short.items()},
            {self.cloth: 4},
        )

    def test_raised_once_and_follows_the_shortage(self):
        self.stock(self.cloth, self.central, 6)
        order = self.make_order((self.cloth, 10), supply_tell_customer=True)
        request = self.raise_for(order)
        self.assertEqual(request.state, "submitted")
        self.assertEqual(request.user_id, self.manager_a)
        self.assertEqual(request.partner_id, self.customer)
        self.assertTrue(request.tell_customer)
        self.assertEqual(request.line_ids.asked_qty, 4)
        self.assertEqual(request.line_ids.origin_move_id, self.transfers(order))
        self.assertEqual(self.raise_for(order), request)
        self.assertEqual(request.line_ids.asked_qty, 4, "not asked twice")
        order.order_line.product_uom_qty = 13
        self.assertEqual(self.raise_for(order), request)
        self.assertEqual(sum(request.line_ids.mapped("asked_qty")), 7)
        # what has come meanwhile is not asked any more
        self.stock(self.cloth, self.central, 5)
        self.transfers(order)._action_assign()
        self.raise_for(order)
        waiting = request.line_ids.filtered(lambda line: line.state == "waiting")
        self.assertEqual(sum(waiting.mapped("asked_qty")), 2)

    def test_another_line_of_the_order_joins_the_request(self):
        order = self.make_order((self.cloth, 3))
        request = self.raise_for(order)
        order.order_line = [
            Command.create({"product_id": self.felt.id, "product_uom_qty": 2})
        ]
        self.assertEqual(self.raise_for(order), request)
        self.assertEqual(request.line_ids.product_id, self.cloth | self.felt)
        self.assertEqual(order.supply_request_count, 1)

    def test_many_lines_take_as_many_searches_as_one(self):
        counts = []
        for number in (1, 6):
            goods = [self.make_goods(f"Goods {n}") for n in range(number)]
            for product in goods:
                product.route_ids = self.store.resupply_route_ids
            order = self.make_order(*((product, 2) for product in goods))
            self.raise_for(order)  # asked once: what follows changes nothing
            self.env.flush_all()
            self.env.invalidate_all()
            moves = self.transfers(order).grouped("product_id")
            shortages = [
                (self.branch, line, moves[line.product_id], 2.0)
                for line in order.order_line
            ]
            before = self.cr.sql_log_count
            request = self.Request._raise_shortages(shortages)
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
            self.assertEqual(len(request.line_ids), number)
        self.assertEqual(*counts)

    def test_no_is_not_asked_again(self):
        order = self.make_order((self.cloth, 3))
        request = self.raise_for(order)
        self.answer(request.line_ids, "rejected")
        self.assertEqual(self.raise_for(order), request)
        self.assertEqual(len(request.line_ids), 1)
        self.assertEqual(request.state, "done")

    def test_granted_goods_reach_the_order_by_the_transfer_that_waits(self):
        self.central.resupply_wh_ids = self.depot
        self.stock(self.cloth, self.central, 6)
        self.stock(self.cloth, self.depot, 50)
        order = self.make_order((self.cloth, 10))
        transfer = self.transfers(order)
        request = self.raise_for(order)
        line = self.answer(request.line_ids)
        self.assertFalse(line.error)
        self.assertEqual(request.state, "in_progress")
        self.assertEqual(self.transfers(order), transfer, "no second transfer")
        self.assertEqual(transfer.product_qty, 10)
        legs = request.sudo().reference_id.move_ids - transfer
        from_depot = legs.filtered(
            lambda move: move.location_id == self.depot.lot_stock_id
        )
        self.assertEqual(from_depot.product_qty, 4)
        into_central = legs.filtered(
            lambda move: move.location_dest_id == self.central.lot_stock_id
        )
        self.carry_out(from_depot)
        self.carry_out(into_central)
        self.assertEqual(transfer.quantity, 10, "it goes to who asked")
        self.assertEqual((line.arrived_qty, line.state), (0, "in_progress"))
        self.carry_out(transfer)
        self.carry_out(transfer.move_dest_ids.filtered(lambda m: m.state != "done"))
        self.assertEqual((line.arrived_qty, line.state), (4, "done"))
        delivery = order.order_line.move_ids.filtered(
            lambda m: m.location_dest_id.usage == "customer"
        )
        self.assertEqual(sum(delivery.mapped("quantity")), 10)

    def test_an_order_that_shrinks_takes_from_the_transfer_that_is_followed(self):
        self.central.resupply_wh_ids = self.depot
        order = self.make_order((self.cloth, 10))
        transfer = self.transfers(order)
        self.answer(self.raise_for(order).line_ids)
        order.order_line.product_uom_qty = 7
        self.assertEqual(sum(self.transfers(order).mapped("product_qty")), 7)
        self.assertEqual(transfer.product_qty, 7)

    def test_a_supplier_without_routes_says_so(self):
        order = self.make_order((self.cloth, 10))
        self.central.reception_route_id.active = True
        line = self.answer(self.raise_for(order).line_ids)
        self.assertIn("no route that buys", line.error)
        self.assertEqual(line.request_id.state, "answered")
        with self.assertRaises(UserError):
            line.action_answer()

    def test_a_cancelled_order_withdraws_what_is_on_the_way(self):
        self.central.resupply_wh_ids = self.depot
        order = self.make_order((self.cloth, 10))
        request = self.raise_for(order)
        self.answer(request.line_ids)
        order._action_cancel()
        self.assertEqual(request.line_ids.state, "cancelled")
        self.assertEqual(request.state, "cancelled")

    def test_a_cancelled_order_withdraws_what_waits_for_an_answer(self):
        order = self.make_order((self.cloth, 10))
        request = self.raise_for(order)
        order._action_cancel()
        self.assertEqual(request.state, "cancelled")
        self.assertFalse(
            request.sudo().activity_ids.filtered(lambda a: a.user_id == self.supervisor)
        )

    def test_made_goods_are_asked_of_production(self):
        maker = self.make_user("maker", "sales_manager_kpi.group_supply_supervisor")
        production = self.make_department(
            "Production", maker, kind="production", sequence=1
        )
        Department = self.env["supply.department"]
        found = Department._answering_for(self.branch, self.cloth | self.felt)
        self.assertEqual(set(found.values()), {self.regional})
        self.regional.active = False
        found = Department._answering_for(self.branch, self.cloth)
        self.assertEqual(found[self.cloth], production, "the only one")

    def test_without_departments_nothing_is_asked(self):
        self.regional.active = False
        order = self.make_order((self.cloth, 3))
        self.assertFalse(self.raise_for(order))
        self.assertEqual(order.supply_request_count, 0)
