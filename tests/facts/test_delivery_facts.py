from freezegun import freeze_time

from odoo import Command
from odoo.tests import Form

from .common import FactsCommon


class DeliveryCommon(FactsCommon):
    """Orders that are delivered and come back, by Odoo's own transfers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cloth.is_storable = True
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.stock_up(cls.cloth)

    @classmethod
    def stock_up(cls, *products):
        for product in products:
            cls.env["stock.quant"]._update_available_quantity(
                product, cls.warehouse.lot_stock_id, 1000
            )

    def deliver(self, order, moment="2026-01-20 10:00:00", quantities=None):
        """Do the open transfers of ``order``; ``quantities`` by product, else all."""
        with freeze_time(moment):
            for picking in order.picking_ids.filtered(
                lambda p: p.state not in ("done", "cancel")
            ).sorted("id"):
                for move in picking.move_ids:
                    move.quantity = (
                        move.product_uom_qty
                        if quantities is None
                        else quantities.get(move.product_id, 0)
                    )
                    move.picked = True
                picking._action_done()
        return order

    def give_back(self, order, moment="2026-02-03 10:00:00", quantity=1, refund=True):
        picking = order.picking_ids.filtered(
            lambda p: p.picking_type_code == "outgoing" and p.state == "done"
        )[:1]
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        wizard.product_return_moves.write({"quantity": quantity, "to_refund": refund})
        back = wizard._create_return()
        with freeze_time(moment):
            for move in back.move_ids:
                move.quantity = move.product_uom_qty
                move.picked = True
            back._action_done()
        return back

    def sell(self, lines, moment="2026-01-10 10:00:00", **values):
        with freeze_time(moment):
            return self.make_sale(lines, **values)

    def cloths(self, quantity=1, price=100, **values):
        return {
            **self._prepare_line((self.cloth, price)),
            "product_uom_qty": quantity,
            **values,
        }

    def delivered(self, order, **conditions):
        return self.facts(order, "delivery", **conditions)

    def by_month(self, order):
        """``{month: amount}`` of the counted deliveries of an order."""
        months = {}
        for fact in self.delivered(order, status="counted"):
            month = fact.date.strftime("%Y-%m")
            months[month] = round(months.get(month, 0) + fact.amount, 2)
        return months


class TestDeliveryFacts(DeliveryCommon):
    def test_goods_count_when_they_leave(self):
        order = self.sell([self.cloths(2)])
        self.assertFalse(self.delivered(order))
        self.deliver(order)
        fact = self.delivered(order)
        self.assertRecordValues(
            fact,
            [
                {
                    "basis": "delivery",
                    "status": "counted",
                    "amount": 200.0,
                    "quantity": 2.0,
                    "cost": 120.0,
                    "user_id": self.manager_a.id,
                    "branch_id": self.branch.id,
                    "partner_id": self.customer.id,
                    "categ_id": self.fabrics.id,
                    "order_line_id": order.order_line.id,
                    "is_return": False,
                    "discount_amount": 0.0,
                }
            ],
        )
        self.assertEqual(str(fact.date), "2026-01-20")

    def test_row_is_found_again_by_its_id(self):
        order = self.deliver(self.sell([self.cloths(2)]))
        fact = self.delivered(order)
        Fact = self.env["sales.fact.report"]
        self.assertEqual(Fact.search([("id", "=", fact.id)]), fact)
        self.assertEqual(fact.action_open_document()["res_id"], order.id)

    def test_last_evening_of_the_month_in_the_branch(self):
        """Trap 11: 23:30 UTC is February in Amsterdam and January in Lisbon."""
        order = self.deliver(self.sell([self.cloths()]), "2026-01-31 23:30:00")
        self.assertEqual(str(self.delivered(order).date), "2026-02-01")
        self.branch.tz = "Europe/Lisbon"
        self.assertEqual(str(self.delivered(order).date), "2026-01-31")
        figures = self.env["sales.fact.report"]._facts_by(
            self.company, "2026-01-31", "2026-01-31", "delivery"
        )
        self.assertEqual(figures, {self.manager_a.id: 100.0})

    def test_parts_of_a_line_are_the_line_to_the_cent(self):
        """Trap 22: three thirds of 100 are 100."""
        order = self.sell([self.cloths(3, 33.333)])
        self.assertEqual(order.order_line.price_subtotal, 100)
        for day in (11, 12, 13):
            self.deliver(order, f"2026-01-{day} 10:00:00", {self.cloth: 1})
        amounts = self.delivered(order).mapped("amount")
        self.assertEqual(sorted(amounts), [33.33, 33.33, 33.34])
        self.assertEqual(self.counted(order, "delivery"), 100)

    def test_return_is_negative_in_its_own_month(self):
        """Traps 4 and 20: of the manager of the order, also when gone."""
        order = self.deliver(self.sell([self.cloths(2)]))
        self.customer.user_id = self.manager_b
        self.give_back(order, quantity=2)
        self.manager_a.active = False
        self.assertEqual(self.by_month(order), {"2026-01": 200.0, "2026-02": -200.0})
        back = self.delivered(order, is_return=True)
        self.assertRecordValues(
            back,
            [{"user_id": self.manager_a.id, "quantity": -2.0, "cost": -120.0}],
        )

    def test_exchange_is_no_return(self):
        """As Odoo's delivered quantity: what is not to be refunded does not count."""
        order = self.deliver(self.sell([self.cloths(2)]))
        self.give_back(order, quantity=1, refund=False)
        self.assertEqual(order.order_line.qty_delivered, 2)
        self.assertEqual(self.by_month(order), {"2026-01": 200.0})

    def test_steps_inside_the_warehouse_do_not_count(self):
        self.warehouse.delivery_steps = "pick_pack_ship"
        order = self.sell([self.cloths(2)])
        for day in (11, 12):
            self.deliver(order, f"2026-01-{day} 10:00:00")
            self.assertFalse(self.delivered(order))
        self.deliver(order, "2026-02-01 10:00:00")
        self.assertEqual(order.order_line.qty_delivered, 2)
        self.assertEqual(self.by_month(order), {"2026-02": 200.0})

    def test_dropshipment_counts(self):
        """Straight from the supplier to the customer."""
        order = self.sell([self.cloths(2)])
        order.picking_ids.move_ids.location_id = self.env.ref(
            "stock.stock_location_suppliers"
        )
        self.deliver(order)
        self.assertEqual(self.by_month(order), {"2026-01": 200.0})

    def test_scrap_does_not_count(self):
        """Trap 28."""
        order = self.sell([self.cloths(2)])
        scrap = self.env["stock.location"].search(
            [("usage", "=", "inventory"), ("company_id", "=", self.company.id)], limit=1
        )
        move = order.picking_ids.move_ids
        move.location_dest_id = scrap
        self.deliver(order)
        self.assertEqual(move.location_dest_id, scrap)
        self.assertFalse(self.delivered(order))

    def test_unit_of_the_move_differs_from_the_line(self):
        """Trap 29: a dozen sold, pieces moved."""
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self.sell([self.cloths(2, 120, product_uom_id=dozen.id)])
        self.assertNotEqual(order.picking_ids.move_ids.product_uom, dozen)
        self.deliver(order, quantities={self.cloth: 6})
        self.assertRecordValues(
            self.delivered(order), [{"amount": 60.0, "quantity": 6.0}]
        )
        self.deliver(order, "2026-02-01 10:00:00")
        self.assertEqual(self.by_month(order), {"2026-01": 60.0, "2026-02": 180.0})

    def test_quantity_changed_later(self):
        order = self.sell([self.cloths(10)])
        self.deliver(order, quantities={self.cloth: 4})
        order.order_line.write({"product_uom_qty": 20, "price_unit": 100})
        self.assertEqual(self.by_month(order), {"2026-01": 400.0})
        self.deliver(order, "2026-02-02 10:00:00")
        self.assertEqual(self.by_month(order), {"2026-01": 400.0, "2026-02": 1600.0})

    def test_more_delivered_than_ordered(self):
        order = self.sell([self.cloths(2)])
        self.deliver(order, quantities={self.cloth: 3})
        self.assertEqual(self.by_month(order), {"2026-01": 300.0})

    def test_goods_nobody_ordered(self):
        """The warehouse adds a product: Odoo adds a line of zero ordered."""
        self.thread.is_storable = True
        self.thread.invoice_policy = "delivery"
        self.thread.lst_price = 5
        self.stock_up(self.thread)
        order = self.sell([self.cloths(1)])
        picking = order.picking_ids
        with freeze_time("2026-01-20 10:00:00"):
            picking.move_ids.write({"quantity": 1, "picked": True})
            self.env["stock.move"].create(
                {
                    "product_id": self.thread.id,
                    "product_uom_qty": 3,
                    "quantity": 3,
                    "picked": True,
                    "picking_id": picking.id,
                    "location_id": picking.location_id.id,
                    "location_dest_id": picking.location_dest_id.id,
                }
            )
            picking._action_done()
        added = order.order_line.filtered(lambda line: line.product_id == self.thread)
        self.assertEqual((added.product_uom_qty, added.qty_delivered), (0, 3))
        facts = self.delivered(order)
        self.assertEqual(facts.mapped("amount"), [100.0, 15.0])
        self.assertEqual(facts.mapped("quantity"), [1.0, 3.0])

    def test_order_cancelled_after_delivery(self):
        """Trap 13: what left counts until it comes back."""
        order = self.sell([self.cloths(4)])
        self.deliver(order, quantities={self.cloth: 1})
        order._action_cancel()
        self.assertEqual(self.by_month(order), {"2026-01": 100.0})
        self.give_back(order, quantity=1)
        self.assertEqual(self.by_month(order), {"2026-01": 100.0, "2026-02": -100.0})

    def test_confirming_again_counts_once(self):
        """Trap 1."""
        order = self.sell([self.cloths(2)])
        order._action_cancel()
        order.action_draft()
        with freeze_time("2026-02-01 08:00:00"):
            order.action_confirm()
        self.deliver(order, "2026-02-02 10:00:00")
        self.assertEqual(self.by_month(order), {"2026-02": 200.0})

    def test_services_count_when_invoiced(self):
        """Trap 17: nothing moves, so the invoice tells."""
        service = self.make_product("Hanging", self.services, type="service")
        order = self.sell([(service, 50), self.cloths(1)])
        self.deliver(order)
        self.assertEqual(self.by_month(order), {"2026-01": 100.0})
        invoice = order._create_invoices()
        invoice.invoice_date = "2026-02-10"
        self.assertEqual(self.by_month(order), {"2026-01": 100.0}, "a draft")
        invoice.action_post()
        self.assertEqual(self.by_month(order), {"2026-01": 100.0, "2026-02": 50.0})
        billed = self.delivered(order).filtered("move_id")
        self.assertEqual(billed.move_id, invoice)
        self.assertEqual(billed.search([("id", "=", billed.id)]), billed)
        refund = invoice._reverse_moves([{"invoice_date": "2026-03-01"}])
        refund.action_post()
        self.assertEqual(
            self.by_month(order),
            {"2026-01": 100.0, "2026-02": 50.0, "2026-03": -50.0},
        )

    def test_down_payment_does_not_count(self):
        """Trap 5."""
        order = self.sell([self.cloths(2)])
        invoice = self._create_down_payment_invoice(order, "fixed", 30)
        invoice.action_post()
        self.assertEqual(
            self.delivered(order).mapped(lambda f: (f.status, f.reason)),
            [("excluded", "down_payment")],
        )
        self.deliver(order)
        self.assertEqual(self.counted(order, "delivery"), 200)

    def test_global_discount_leaves_with_the_goods(self):
        """Trap 6: over the lines, in the measure that they are delivered."""
        self.thread.is_storable = True
        self.stock_up(self.thread)
        order = self.sell([self.cloths(3), (self.thread, 100)])
        self._apply_sale_order_discount(order, "percent", 10)
        self.deliver(order, quantities={self.cloth: 1})
        facts = self.delivered(order)
        self.assertEqual(sorted(facts.mapped("amount")), [-10.0, 100.0])
        self.assertEqual(facts.product_id, self.cloth)
        self.assertEqual(sum(facts.mapped("discount_amount")), 10)
        self.assertEqual(sum(facts.mapped("spread_amount")), -10)
        self.deliver(order, "2026-02-01 10:00:00")
        self.assertEqual(self.by_month(order), {"2026-01": 90.0, "2026-02": 270.0})

    def test_discount_on_the_line(self):
        order = self.deliver(self.sell([self.cloths(2, discount=25)]))
        self.assertRecordValues(
            self.delivered(order), [{"amount": 150.0, "discount_amount": 50.0}]
        )

    def test_shared_order(self):
        """Trap 21: thirds of every delivery are the delivery."""
        order = self.sell([self.cloths(3, 33.333)])
        self.share(order, {self.manager_a: 3333, self.manager_b: 6667})
        for day in (11, 12, 13):
            self.deliver(order, f"2026-01-{day} 10:00:00", {self.cloth: 1})
        facts = self.delivered(order)
        self.assertEqual(len(set(facts.ids)), 6)
        self.assertEqual(facts.user_id, self.manager_a | self.manager_b)
        self.assertEqual(self.counted(order, "delivery"), 100)
        self.assertAlmostEqual(sum(facts.mapped("quantity")), 3)

    def test_intercompany_and_nobody(self):
        """Traps 28 and 36."""
        sister = self.env["res.company"].create({"name": "Sister"}).partner_id
        order = self.deliver(self.sell([self.cloths()], partner_id=sister.id))
        self.assertEqual(self.delivered(order).reason, "intercompany")
        order = self.deliver(self.sell([self.cloths()], partner_id=self.orphan.id))
        self.assertEqual(self.delivered(order).status, "unassigned")

    def test_foreign_currency_at_the_rate_of_the_order(self):
        """Trap 12: the order's rate, whatever it is on the day of delivery."""
        foreign = self.setup_other_currency(
            "EUR", rates=[("2020-01-01", 2.0), ("2026-01-15", 4.0)]
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": foreign.id}
        )
        order = self.sell([self.cloths(2, 100)], pricelist_id=pricelist.id)
        self.deliver(order)
        self.assertRecordValues(self.delivered(order), [{"amount": 100.0, "rate": 2.0}])

    def test_taxes_are_left_out(self):
        """Trap 14."""
        tax = self.percent_tax(21, price_include_override="tax_included")
        order = self.sell([self.cloths(1, 121, tax_ids=[Command.set(tax.ids)])])
        self.deliver(order)
        self.assertEqual(self.counted(order, "delivery"), 100)

    def test_negative_line_is_a_return(self):
        order = self.sell([self.cloths(-1)])
        self.deliver(order)
        self.assertEqual(order.order_line.qty_delivered, -1)
        self.assertRecordValues(
            self.delivered(order),
            [{"amount": -100.0, "quantity": -1.0, "is_return": True}],
        )

    def test_backorder_wizard_of_the_form(self):
        """By hand, as the warehouse does it."""
        order = self.sell([self.cloths(5)])
        with freeze_time("2026-01-20 10:00:00"):
            action = order.picking_ids.button_validate()
            if isinstance(action, dict):
                Form.from_action(self.env, action).save().process()
        self.assertEqual(self.by_month(order), {"2026-01": 500.0})


class TestKitFacts(DeliveryCommon):
    """Kits, without manufacturing: moves of other products than the line's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rail = cls.make_product("Rail", cls.fabrics, is_storable=True)
        cls.stock_up(cls.rail)
        cls.classPatch(
            cls.registry["sales.fact.report"], "_has_kits", lambda self: True
        )

    def sell_kits(self, quantity=2):
        """Two cloths and one rail make a kit of 100."""
        kit = self.make_product("Curtain", self.fabrics, type="service")
        order = self.sell(
            [{**self._prepare_line((kit, 100)), "product_uom_qty": quantity}]
        )
        self.line = order.order_line
        self.total = quantity
        return order

    def move(self, product, quantity, moment, back=False):
        places = [
            self.warehouse.lot_stock_id.id,
            self.env.ref("stock.stock_location_customers").id,
        ]
        source, target = reversed(places) if back else places
        with freeze_time(moment):
            move = self.env["stock.move"].create(
                {
                    "product_id": product.id,
                    "product_uom_qty": quantity,
                    "location_id": source,
                    "location_dest_id": target,
                    "sale_line_id": self.line.id,
                    "to_refund": back,
                }
            )
            move._action_confirm(merge=False)
            move.quantity = quantity
            move.picked = True
            move._action_done()
        self.env.flush_all()
        return move

    def set_delivered(self, quantity):
        self.line.qty_delivered = quantity

    def test_kit_counts_when_it_is_complete(self):
        order = self.sell_kits()
        self.move(self.cloth, 4, "2026-01-20 10:00:00")
        self.assertEqual(self.by_month(order), {"2026-01": 0.0})
        self.move(self.rail, 1, "2026-02-02 10:00:00")
        self.move(self.rail, 1, "2026-03-02 10:00:00")
        self.set_delivered(2)
        self.assertEqual(
            self.by_month(order), {"2026-01": 0.0, "2026-02": 100.0, "2026-03": 100.0}
        )
        facts = self.delivered(order)
        self.assertEqual(facts.product_id, self.line.product_id)
        self.assertAlmostEqual(sum(facts.mapped("quantity")), 2)
        self.assertEqual(len(set(facts.ids)), 3)

    def test_part_of_the_kits(self):
        order = self.sell_kits()
        self.move(self.cloth, 2, "2026-01-20 10:00:00")
        self.move(self.rail, 1, "2026-01-21 10:00:00")
        self.set_delivered(1)
        self.assertEqual(self.by_month(order), {"2026-01": 100.0})

    def test_kits_that_come_back(self):
        order = self.sell_kits()
        self.move(self.cloth, 4, "2026-01-20 10:00:00")
        self.move(self.rail, 2, "2026-01-21 10:00:00")
        self.move(self.cloth, 4, "2026-02-20 10:00:00", back=True)
        self.move(self.rail, 2, "2026-02-20 10:00:00", back=True)
        self.set_delivered(0)
        self.assertEqual(self.by_month(order), {"2026-01": 200.0, "2026-02": -200.0})
