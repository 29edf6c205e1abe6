from odoo import Command
from odoo.exceptions import UserError

from ..ladder.common import LadderCommon


class WithModules(LadderCommon):
    """The branch, with Purchase, Manufacturing and Dropshipping installed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vendor = cls.env["res.partner"].create({"name": "Mill"})
        cls.department = cls.env["supply.department"].create(
            {
                "name": "Regional Policy",
                "company_id": cls.company.id,
                "supervisor_id": cls.supervisor.id,
                "tz": "Europe/Amsterdam",
            }
        )

    @classmethod
    def make_bought(cls, name, **values):
        seller = {"partner_id": cls.vendor.id, "price": 4.0}
        return cls.make_cloth(name, seller_ids=[Command.create(seller)], **values)

    @classmethod
    def make_made(cls, name, kind="normal", **values):
        """A product of two yarns each."""
        product = cls.make_cloth(name, **values)
        cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "type": kind,
                "bom_line_ids": [
                    Command.create({"product_id": cls.cloth.id, "product_qty": 2})
                ],
            }
        )
        return product

    def ask(self, product, quantity, **values):
        request = self.env["supply.request"].create(
            {
                "kind": "sample",
                "branch_id": self.branch.id,
                "department_id": self.department.id,
                "user_id": self.manager_a.id,
                "line_ids": [
                    Command.create(
                        {"product_id": product.id, "product_uom_qty": quantity}
                    )
                ],
                **values,
            }
        )
        request._ask_department()
        return request.line_ids

    def grant(self, line, route=None):
        line = line.with_user(self.supervisor)
        line.write(
            {
                "verdict": "granted",
                "granted_qty": line.asked_qty,
                "promised_date": "2099-01-05",
                **({"route_id": route.id} if route else {}),
            }
        )
        line.action_answer()
        self.assertFalse(line.error)
        self.assertEqual(line.state, "in_progress")

    def orders_of(self, product):
        return self.env["purchase.order.line"].search([("product_id", "=", product.id)])

    def receive(self, purchase):
        purchase.order_id.button_confirm()
        self.finish(purchase.move_ids)


class TestBought(WithModules):
    """A supervisor answers with a route that buys."""

    def setUp(self):
        super().setUp()
        self.silk = self.make_bought("Silk")
        self.buy = self.env.ref("purchase_stock.route_warehouse0_buy")

    def test_receipt_arrives_at_the_request(self):
        self.set_up()
        line = self.ask(self.silk, 7)
        self.grant(line, self.buy)
        purchase = self.orders_of(self.silk)
        self.assertEqual((purchase.partner_id, purchase.product_qty), (self.vendor, 7))
        self.assertEqual(purchase.order_id.picking_type_id.warehouse_id, self.shop)
        self.assertEqual(line.arrived_qty, 0)
        self.receive(purchase)
        self.assertEqual((line.arrived_qty, line.state), (7, "done"))
        self.assertTrue(line.is_promise_kept)
        self.assertEqual(line.request_id.state, "done")

    def test_part_of_a_receipt(self):
        self.set_up()
        line = self.ask(self.silk, 7)
        self.grant(line, self.buy)
        purchase = self.orders_of(self.silk)
        purchase.order_id.button_confirm()
        self.finish(purchase.move_ids, 4)
        self.assertEqual((line.arrived_qty, line.state), (4, "in_progress"))
        self.finish(purchase.move_ids.filtered(lambda move: move.state != "done"))
        self.assertEqual((line.arrived_qty, line.state), (7, "done"))

    def test_without_a_vendor(self):
        self.set_up()
        line = self.ask(self.make_cloth("Nobody's"), 7).with_user(self.supervisor)
        line.write(
            {
                "verdict": "granted",
                "granted_qty": 7,
                "promised_date": "2099-01-05",
                "route_id": self.buy.id,
            }
        )
        line.action_answer()
        self.assertEqual(line.state, "answered")
        self.assertIn("No vendor", line.error)

    def test_for_an_order_by_way_of_the_centre(self):
        """Bought for the centre, it goes on by the transfer that waits for it."""
        self.set_up()
        self.silk.route_ids = self.buy
        self.put(5, self.shop, self.silk)
        order = self.make_order((self.silk, 8))
        line = order.supply_request_ids.line_ids
        self.assertEqual(line.asked_qty, 3)
        self.grant(line)
        purchase = self.orders_of(self.silk)
        self.assertEqual(purchase.product_qty, 3)
        self.assertEqual(purchase.order_id.picking_type_id.warehouse_id, self.central)
        self.assertLadder(order, ("branch", "approved", 5), ("regional", "approved", 3))
        self.receive(purchase)
        self.assertIn(("central", "approved", 3), self.ladder(order))
        self.ship(order)
        LadderCommon.receive(self, order)
        self.assertEqual((line.arrived_qty, line.state), (3, "done"))
        self.assertEqual(len(self.orders_of(self.silk)), 1, "bought once")

    def test_needed_no_more_but_bought(self):
        """A purchase is not called off: the department decides."""
        self.set_up(mode="approval")
        order = self.make_order((self.silk, 8))
        line = order.supply_request_ids.line_ids
        self.grant(line, self.buy)
        order.order_line.product_uom_qty = 5
        self.assertEqual(line.granted_qty, 8)
        self.assertEqual(order.order_line.supply_surplus_qty, 3)
        told = line.request_id.activity_ids.filtered(
            lambda activity: activity.user_id == self.supervisor
        )
        self.assertIn("3 Units of Silk less", told.note)
        self.receive(self.orders_of(self.silk))
        self.assertEqual((line.arrived_qty, line.state), (8, "done"))
        self.assertEqual(order.order_line.supply_surplus_qty, 0)


class TestMade(WithModules):
    """A supervisor of Production answers with a route that manufactures."""

    def test_production_arrives_at_the_request(self):
        self.set_up()
        velvet = self.make_made("Velvet")
        self.put(50, self.shop)
        line = self.ask(velvet, 4)
        self.grant(line, self.env.ref("mrp.route_warehouse0_manufacture"))
        production = self.env["mrp.production"].search([("product_id", "=", velvet.id)])
        self.assertEqual(production.product_qty, 4)
        self.assertEqual(production.picking_type_id.warehouse_id, self.shop)
        if production.state == "draft":
            production.action_confirm()
        production.qty_producing = 4
        production.move_raw_ids.write({"quantity": 8, "picked": True})
        production.button_mark_done()
        self.assertEqual(production.state, "done")
        self.assertEqual((line.arrived_qty, line.state), (4, "done"))

    def test_shortages_are_asked_of_production(self):
        self.set_up()
        velvet = self.make_made("Velvet")
        velvet.route_ids = self.env.ref("mrp.route_warehouse0_manufacture")
        order = self.make_order((velvet, 4), confirm=False)
        kinds = [rung["kind"] for rung in order.order_line.supply_ladder]
        self.assertEqual(kinds, ["production"])


class TestBesideTheLadder(WithModules):
    """Kits and dropshipped lines have no sources, rather than wrong ones."""

    def setUp(self):
        super().setUp()
        self.set_up()
        self.put(3, self.shop)
        self.put(50, self.central)

    def test_kit(self):
        kit = self.make_made("Curtain set", "phantom")
        order = self.make_order((kit, 4), confirm=False)
        line = order.order_line
        self.assertFalse(line.supply_ladder)
        self.assertFalse(order.with_user(self.manager_a).get_supply_availability())
        with self.assertRaisesRegex(UserError, "in parts"):
            line._hold(1)
        order.action_confirm()
        self.assertFalse(line.supply_source_ids)
        self.assertFalse(order.supply_request_ids)
        parts = line.move_ids
        self.assertEqual(parts.product_id, self.cloth)
        self.ship(order)
        self.receive_parts(order)
        self.deliver(order)
        self.assertEqual(line.qty_delivered, 4)
        order.order_line.product_uom_qty = 5
        order._look_after_supply()
        self.assertFalse(line.supply_source_ids)

    def receive_parts(self, order):
        LadderCommon.receive(self, order)

    def test_kit_beside_goods(self):
        kit = self.make_made("Curtain set", "phantom")
        order = self.make_order((kit, 1), (self.cloth, 5))
        self.assertFalse(order.order_line[0].supply_source_ids)
        sources = order.order_line[1].supply_source_ids
        self.assertEqual(sum(sources.mapped("quantity")), 5)

    def test_dropship(self):
        route = self.env.ref("stock_dropshipping.route_drop_shipping")
        for where in ("line", "product"):
            with self.subTest(where=where):
                silk = self.make_bought(f"Silk by {where}")
                order = self.make_order((silk, 4), confirm=False)
                (order.order_line if where == "line" else silk).route_ids = route
                order.order_line.invalidate_recordset(["supply_ladder"])
                self.assertFalse(order.order_line.supply_ladder)
                order.action_confirm()
                purchase = self.orders_of(silk)
                self.assertEqual(purchase.product_qty, 4)
                self.assertFalse(order.supply_source_ids)
                self.assertFalse(order.supply_request_ids)
                purchase.order_id.button_confirm()
                self.finish(purchase.move_ids)
                self.assertEqual(order.order_line.qty_delivered, 4)
                order._look_after_supply()
                self.assertFalse(order.supply_source_ids)
