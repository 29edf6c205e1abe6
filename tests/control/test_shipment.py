from ast import literal_eval
from datetime import date, timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, ValidationError

from .common import ControlCommon


class TestShipmentOfOrders(ControlCommon):
    """Promised, expected and real, of what leaves for the customer only."""

    def in_days(self, days):
        return fields.Datetime.now() + timedelta(days=days)

    def line(self, order):
        return self.env["sale.order.control.line"].search([("order_id", "=", order.id)])

    def test_from_order_to_customer(self):
        order = self.sell(quantity=10, commitment_date=self.in_days(2))
        row = self.control(order)
        self.assertEqual(row.promised_on, self.today + timedelta(days=2))
        self.assertEqual(row.shipment_state, "ready")
        self.assertTrue(row.expected_on)
        self.ship(order, 4)
        self.assertEqual((row.shipped_share, row.shipment_state), (0.4, "part"))
        self.assertEqual(self.line(order).shipped_qty, 4)
        self.assertFalse(self.line(order).shipped_on)
        first = row.first_shipped_at
        self.ship(order)
        self.assertEqual((row.shipped_share, row.shipment_state), (1, "shipped"))
        self.assertEqual(row.first_shipped_at, first)
        self.assertEqual((row.late_days, row.is_late), (0, False))
        self.assertTrue(self.line(order).is_on_time)

    def test_waiting_for_goods(self):
        order = self.sell(quantity=5000)
        self.assertEqual(self.control(order).shipment_state, "waiting")

    def test_services_are_not_shipped(self):
        advice = self.env["product.product"].create(
            {"name": "Advice", "type": "service", "taxes_id": [Command.clear()]}
        )
        order = self.make_order(confirm=False)
        order.order_line.product_id = advice
        order.action_confirm()
        self.settle()
        self.assertEqual(self.control(order).shipment_state, "nothing")

    def test_late(self):
        order = self.sell(commitment_date=self.in_days(-3))
        row = self.control(order)
        self.assertEqual(
            (row.is_late, row.late_days, row.shipment_state), (True, 3, "late")
        )
        # the promise is moved when it was late already: that keeps nothing
        order.commitment_date = self.in_days(3)
        self.settle()
        self.assertEqual(row.promised_on, self.today + timedelta(days=3))
        self.ship(order)
        self.assertFalse(self.line(order).is_on_time)
        self.assertEqual((row.shipment_state, row.late_days), ("shipped", 3))

    def test_moved_in_time(self):
        order = self.sell(commitment_date=self.in_days(1))
        order.commitment_date = self.in_days(5)
        self.settle()
        self.assertEqual(self.line(order).agreed_on, self.today + timedelta(days=5))

    def test_day_of_the_branch(self):
        """23:30 in Amsterdam is still the day that was promised."""
        self.branch.tz = "Europe/Amsterdam"
        with freeze_time("2026-06-10 12:00:00"):
            order = self.sell(commitment_date="2026-06-10 21:30:00")
        with freeze_time("2026-06-10 21:45:00"):
            self.ship(order)
        self.assertEqual(self.line(order).shipped_on, date(2026, 6, 10))
        self.assertTrue(self.line(order).is_on_time)
        with freeze_time("2026-06-10 12:00:00"):
            order = self.sell(commitment_date="2026-06-10 21:30:00")
        with freeze_time("2026-06-10 22:15:00"):
            self.ship(order)
        self.assertEqual(self.line(order).shipped_on, date(2026, 6, 11))
        self.assertFalse(self.line(order).is_on_time)

    def test_only_the_last_leg_counts(self):
        self.warehouse.delivery_steps = "pick_pack_ship"
        order = self.sell(quantity=2)
        row = self.control(order)
        picking = order.picking_ids
        self.assertEqual(len(picking), 1)
        self.assertEqual(picking.picking_type_id, self.warehouse.pick_type_id)
        self.assertTrue(row.expected_on)
        self.ship(order)
        self.assertEqual((row.shipped_share, row.shipment_state), (0, "ready"))
        self.assertFalse(row.first_shipped_at)
        self.ship(order)
        self.assertFalse(row.first_shipped_at)
        self.ship(order)
        self.assertEqual(row.shipment_state, "shipped")

    def test_from_the_centre_to_the_branch_is_no_shipment(self):
        centre = self.env["stock.warehouse"].create(
            {"name": "Centre", "code": "CEN", "company_id": self.company.id}
        )
        store = self.env["stock.warehouse"].create(
            {
                "name": "Store",
                "code": "STO",
                "company_id": self.company.id,
                "resupply_wh_ids": [Command.link(centre.id)],
            }
        )
        store.delivery_route_id.rule_ids.procure_method = "make_to_order"
        self.goods.route_ids = store.resupply_route_ids
        self.env["stock.quant"]._update_available_quantity(
            self.goods, centre.lot_stock_id, 10
        )
        order = self.sell(quantity=2, warehouse_id=store.id)
        row = self.control(order)
        legs = order.picking_ids | order.order_line.move_ids.move_orig_ids.picking_id
        legs |= legs.move_ids.move_orig_ids.picking_id
        out = legs.filtered(lambda p: p.picking_type_id == centre.out_type_id)
        self.assertTrue(out)
        out.action_assign()
        out.move_ids.picked = True
        out.button_validate()
        self.settle()
        self.assertEqual(out.state, "done")
        self.assertEqual((row.shipped_share, row.shipment_state), (0, "waiting"))
        self.assertFalse(row.first_shipped_at)

    def test_cancelled_rest_is_closed(self):
        order = self.sell(quantity=10)
        self.ship(order, 4)
        rest = order.picking_ids.filtered(lambda p: p.state != "done")
        rest.action_cancel()
        self.settle()
        row = self.control(order)
        self.assertEqual((row.shipment_state, row.shipped_share), ("shipped", 0.4))

    def test_refunded_return_comes_off(self):
        order = self.sell(quantity=4)
        picking = self.ship(order)
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        wizard.product_return_moves.write({"quantity": 1, "to_refund": True})
        back = wizard._create_return()
        back.move_ids.write({"quantity": 1, "picked": True})
        back.button_validate()
        self.settle()
        self.assertEqual(self.control(order).shipped_share, 0.75)

    def test_order_line_gone(self):
        order = self.sell()
        extra = self.env["sale.order.line"].create(
            {"order_id": order.id, "product_id": self.goods.id, "product_uom_qty": 2}
        )
        self.settle()
        self.assertEqual(len(self.line(order)), 2)
        extra.product_uom_qty = 0
        self.settle()
        self.assertEqual(len(self.line(order)), 1)
        order._action_cancel()
        self.settle()
        self.assertFalse(self.line(order))
        order.unlink()

    def test_reason_and_telling(self):
        order = self.sell(commitment_date=self.in_days(-3))
        row = self.control(order).with_user(self.manager_a)
        row.late_reason = "supplier"
        order.order_line.price_unit = 90
        self.settle()
        self.assertEqual(row.late_reason, "supplier")
        with self.assertRaises(AccessError):
            row.with_user(self.manager_b).late_reason = "other"
        action = row.action_tell_customer()
        self.customer.email = "customer@example.com"
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.manager_a)
            .with_context(**action["context"])
            .create({})
        )
        self.assertIn("promised for", composer.body)
        self.assertFalse(row.told_at)
        composer.action_send_mail()
        self.assertTrue(row.told_at)
        self.assertEqual(row.told_by_id, self.manager_a)
        self.assertIn(self.customer, order.message_ids[0].partner_ids)

    def test_hand_over(self):
        order = self.sell(quantity=5)
        picking = order.picking_ids.with_user(self.clerk)
        picking.write({"pickup_from": self.in_days(1), "pickup_to": self.in_days(2)})
        with self.assertRaises(ValidationError):
            picking.move_ids.write({"refused_qty": 1, "refused_reason": "torn"})
        self.ship(order)
        picking.action_loaded()
        self.assertEqual(picking.loaded_by_id, self.clerk)
        with self.assertRaises(ValidationError):
            picking.move_ids.write({"refused_qty": 1, "refused_reason": " "})
        with self.assertRaises(ValidationError):
            picking.move_ids.write({"refused_qty": 6, "refused_reason": "torn"})
        picking.move_ids.write({"refused_qty": 2, "refused_reason": "torn"})
        self.assertTrue(picking.is_refused)
        found = self.env["stock.picking"].search([("is_refused", "=", True)])
        self.assertEqual(found, picking.sudo())
        self.open_form(picking)

    def test_colleagues_without_our_groups(self):
        """A plain accountant, clerk and salesperson go on as ever."""
        seller = self.make_user("seller", "sales_team.group_sale_salesman")
        self.customer.user_id = seller
        order = self.sell(confirm=False, user_id=seller.id)
        order.with_user(seller).action_confirm()
        self.settle()
        self.ship(order, user=self.clerk)
        invoice = self.bill(order)
        self.pay(invoice, user=self.accountant)
        self.assertEqual(self.control(order).payment_state, "paid")
        self.open_form(order.with_user(seller))

    def test_board_rights(self):
        order = self.sell()
        Line = self.env["sale.order.control.line"]
        for user, sees in (
            (self.manager_a, True),
            (self.manager_b, False),
            (self.director, True),
            (self.other_director, False),
            (self.commercial, True),
        ):
            found = Line.with_user(user).search([("order_id", "=", order.id)])
            self.assertEqual(bool(found), sees, user.login)
        with self.assertRaises(AccessError):
            self.line(order).with_user(self.manager_a).write({"is_on_time": True})

    def test_new_owner_of_the_customer(self):
        order = self.sell()
        row = self.control(order)
        self.assertFalse(row.with_user(self.manager_b).search([]))
        self.customer.user_id = self.manager_b
        self.settle()
        self.assertTrue(row.with_user(self.manager_b).search([]))


@freeze_time("2026-03-20 12:00:00")
class TestControlMeasures(ControlCommon):
    """Each measure again from its evidence; no base is None."""

    def measured(self, code, user):
        criterion = self.env.ref(f"sales_manager_kpi.evaluation_criterion_{code}")
        period = self.env["sales.period"]._for_date(self.company, date(2026, 3, 1))
        users = self.manager_a | self.manager_b
        found = criterion._measure(period, users)[user.id]
        evidence = criterion._evidences(period, users)[user.id]
        records = {
            kind: self.env[model].search(literal_eval(repr(domain)))
            for kind, (model, domain) in evidence.items()
        }
        numerator = criterion._numerator(records["numerator"])
        self.assertAlmostEqual(numerator, found[0])
        self.assertEqual(len(records["numerator"]), found[3])
        return found[:3]

    def test_payment_discipline(self):
        measured = self.measured("payment_discipline", self.manager_a)
        self.assertEqual(measured, (0, None, None))
        in_time = self.bill(self.sell(), days_late=2)
        self.pay(in_time, payment_date=date(2026, 3, 18))
        late = self.bill(self.sell(quantity=2), days_late=10)
        self.pay(late, payment_date=date(2026, 3, 11))
        self.bill(self.sell(), days_late=1)
        self.bill(self.sell(), days_late=0)
        self.bill(self.sell(), days_late=40)
        measured = self.measured("payment_discipline", self.manager_a)
        self.assertEqual(measured, (100, 400, 0.25))
        measured = self.measured("payment_discipline", self.manager_b)
        self.assertEqual(measured, (0, None, None))

    def test_credit_notes_were_never_due(self):
        invoice = self.bill(self.sell(quantity=2), days_late=3)
        credit = invoice._reverse_moves([{"invoice_date": date(2026, 3, 19)}])
        credit.invoice_line_ids.quantity = 1
        credit.action_post()
        lines = (invoice | credit).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        lines.filtered(lambda line: not line.reconciled).reconcile()
        measured = self.measured("payment_discipline", self.manager_a)
        self.assertEqual(measured, (0, 100, 0))

    def test_shipment_on_time(self):
        measured = self.measured("shipment_on_time", self.manager_a)
        self.assertEqual(measured, (0, None, None))
        self.ship(self.sell(commitment_date="2026-03-25 10:00:00"))
        self.ship(self.sell(commitment_date="2026-03-18 10:00:00"))
        self.sell(commitment_date="2026-03-19 10:00:00")
        self.sell(commitment_date="2026-03-28 10:00:00")
        self.sell(commitment_date="2026-04-28 10:00:00")
        measured = self.measured("shipment_on_time", self.manager_a)
        self.assertEqual(measured[:2], (1, 3))
        measured = self.measured("shipment_on_time", self.manager_b)
        self.assertEqual(measured, (0, None, None))
