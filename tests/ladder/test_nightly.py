from contextlib import contextmanager
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import Command, fields
from odoo.tools import mute_logger

from odoo.addons.sales_manager_kpi.engine.sourcing import Place, Rung

from .common import LadderCommon

SOURCE = "odoo.addons.sales_manager_kpi.models.sale_order_source.SaleOrderSource"
CRON = "odoo.addons.base.models.ir_cron.IrCron._commit_progress"


class TestNightly(LadderCommon):
    """Trap 7: Odoo measures what is free once; every night is looked again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up()

    @contextmanager
    def nights(self, left=float("inf")):
        """Run the job without committing; collect the shortages it tells of."""
        told = []

        def tell(sources, orders):
            told.extend(sources._shortages())

        with (
            patch(CRON, lambda *args, **kwargs: left),
            patch(f"{SOURCE}._raise_shortages", tell),
        ):
            yield told

    def test_goods_given_to_somebody_else_are_asked_for_again(self):
        self.put(20, self.shop)
        self.put(30, self.central)
        order = self.make_order((self.cloth, 20))
        self.assertLadder(order, ("branch", "approved", 20))
        self.env["stock.quant"].search(
            [
                ("product_id", "=", self.cloth.id),
                ("location_id", "=", self.shop.lot_stock_id.id),
            ]
        ).with_context(inventory_mode=True).write({"inventory_quantity": 12})
        self.env["stock.quant"].search(
            [
                ("product_id", "=", self.cloth.id),
                ("location_id", "=", self.shop.lot_stock_id.id),
            ]
        ).action_apply_inventory()
        self.assertLadder(order, ("branch", "approved", 12), ("central", "planned", 8))
        with self.nights() as told:
            self.env["sale.order"]._cron_supply_ladder()
        self.assertLadder(order, ("branch", "approved", 12), ("central", "approved", 8))
        self.assertFalse(told)
        legs = len(order.order_line.move_ids)
        order.supply_checked_at = False
        with self.nights():
            self.env["sale.order"]._cron_supply_ladder()
        self.assertEqual(len(order.order_line.move_ids), legs, "asked once")

    def test_goods_that_became_free_are_set_aside(self):
        order = self.make_order((self.cloth, 20))
        self.put(20, self.shop)
        with self.nights():
            self.env["sale.order"]._cron_supply_ladder()
        self.assertIn(("branch", "approved", 20), self.ladder(order))
        self.assertAddsUp(order)

    def test_shortages_are_told_at_confirmation_and_every_night(self):
        self.put(12, self.shop)
        self.put(5, self.central)
        with self.nights() as told:
            order = self.make_order((self.cloth, 20))
        [(branch, line, transfer, quantity)] = told
        self.assertEqual((branch, line), (self.branch, order.order_line))
        self.assertEqual(quantity, 3)
        self.assertEqual(transfer.location_id, self.central.lot_stock_id)
        with self.nights() as told:
            self.env["sale.order"]._cron_supply_ladder()
            self.env["sale.order"]._cron_supply_ladder()
        self.assertEqual(len(told), 1, "once a day")

    def test_goes_on_where_it_stopped(self):
        orders = self.env["sale.order"].union(
            *(self.make_order((self.cloth, 1)) for _number in range(3))
        )
        with (
            self.nights(left=0),
            patch("odoo.addons.sales_manager_kpi.models.sale_order_ladder.CHUNK", 2),
        ):
            self.env["sale.order"]._cron_supply_ladder()
            self.assertEqual(len(orders.filtered("supply_checked_at")), 2)
            self.env["sale.order"]._cron_supply_ladder()
        self.assertEqual(len(orders.filtered("supply_checked_at")), 3)

    def test_goods_in_use_keep_nobody_waiting(self):
        orders = self.env["sale.order"].union(
            *(self.make_order((self.cloth, 1)) for _number in range(2))
        )
        look_after = type(orders)._look_after_supply
        tries = []

        def collide(some):
            tries.append(some)
            if some == orders[0]:
                raise SerializationFailure("somebody else was first")
            return look_after(some)

        with (
            self.nights(),
            patch("odoo.addons.sales_manager_kpi.models.sale_order_ladder.CHUNK", 1),
            patch.object(type(orders), "_look_after_supply", collide),
            patch.object(self.env.cr, "rollback"),
        ):
            self.env["sale.order"]._cron_supply_ladder()
        self.assertGreater(tries.count(orders[0]), 1)
        self.assertEqual(
            orders.mapped(lambda o: bool(o.supply_checked_at)), [False, True]
        )

    @mute_logger("odoo.addons.sales_manager_kpi.models.sale_order_ladder")
    def test_an_order_without_route_keeps_nobody_waiting(self):
        silk = self.make_cloth("Silk")
        broken = self.make_order((silk, 2))
        fine = self.make_order((self.cloth, 2))
        broken.order_line.move_ids.filtered(
            lambda move: move.location_dest_id == self.shop.lot_stock_id
        )._action_cancel()
        fine_legs = fine.order_line.move_ids - fine.order_line.move_ids[0]
        fine_legs._action_cancel()
        broken_legs = broken.order_line.move_ids - broken.order_line.move_ids[0]
        broken_legs.filtered(lambda m: m.state != "cancel")._action_cancel()
        self.put(5, self.central, silk)
        self.put(5, self.central)
        rule = self.branch._resupply_routes().rule_ids[:1]
        (rule.browse(self.env["stock.rule"].search([]).ids)).filtered(
            lambda r: r.location_dest_id == self.shop.lot_stock_id
        ).active = False
        with self.nights():
            self.env["sale.order"]._cron_supply_ladder()
        self.assertTrue(broken.supply_checked_at and fine.supply_checked_at)
        self.assertIn("No rule has been found", broken.message_ids[0].body)

    def test_without_ladder_nothing_runs(self):
        self.branch._undo_supply_setup()
        order = self.make_order((self.cloth, 1))
        with self.nights():
            self.env["sale.order"]._cron_supply_ladder()
        self.assertFalse(order.supply_checked_at)


class TestOtherAreas(LadderCommon):
    """What holds and requests will say is taken up."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up()
        cls.put(12, cls.shop)

    def test_held_goods_are_shown_as_held(self):
        held = {"return_value": {}}
        with patch(f"{SOURCE}._held_by_line", side_effect=lambda lines: held):
            held = {}
            order = self.make_order((self.cloth, 10))
            self.assertLadder(order, ("branch", "approved", 10))
            held = {order.order_line.id: 4.0}
            self.env["sale.order.source"]._project(order.order_line)
            self.assertLadder(order, ("hold", "approved", 4), ("branch", "approved", 6))

    def test_answers_are_shown_and_promised(self):
        friday = fields.Datetime.to_datetime("2030-03-01 16:00:00")
        order = self.make_order((self.cloth, 20))
        order.order_line.move_ids.filtered(
            lambda move: move.location_id.warehouse_id != self.shop
        )._action_cancel()
        self.assertLadder(order, ("branch", "approved", 12), ("regional", "planned", 8))
        place = Place("regional")
        answers = [
            Rung(place, "partial", order.order_line._to_steps(5), friday),
            Rung(place, "rejected", order.order_line._to_steps(3)),
        ]
        with patch(
            f"{SOURCE}._answered_by_line",
            lambda self, lines: {order.order_line.id: answers},
        ):
            self.env["sale.order.source"]._project(order.order_line)
        self.assertLadder(
            order,
            ("branch", "approved", 12),
            ("regional", "partial", 5),
            ("regional", "rejected", 3),
        )
        self.assertFalse(order.supply_promised_at)
        self.assertFalse(order.supply_source_ids._short())


class TestBudget(LadderCommon):
    """What the ladder costs beside core's own chain with the same routes."""

    def many(self, products):
        return self.make_order(*((product, 20) for product in products), confirm=False)

    def confirm(self, order):
        # the last contact moves with every order, also within one second
        self.env["customer.figure"].sudo().search([]).last_contact_at = "2020-01-01"
        self.env.cr.flush()  # also what earlier orders left for the end of a call
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        order.action_confirm()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def products(self, number=30):
        products = self.env["product.product"].create(
            [
                {
                    "name": f"Cloth {place}",
                    "is_storable": True,
                    "categ_id": self.category.id,
                }
                for place in range(number)
            ]
        )
        for product in products:
            self.put(12, self.shop, product)
            self.put(300, self.central, product)
        return products

    def test_thirty_lines(self):
        self.set_up()
        products = self.products()
        self.category.route_ids = self.branch._resupply_routes()
        orders = [self.many(products) for _number in range(4)]
        self.confirm(orders[0])  # what is kept in memory afterwards
        with patch(
            "odoo.addons.sales_manager_kpi.models.sales_branch_ladder.SalesBranch._ladder",
            lambda self: {},
        ):
            core = self.confirm(orders[1])
        ours = self.confirm(orders[2])
        self.assertLessEqual(ours - core, 10, f"{ours} instead of {core}")
        self.assertEqual(len(orders[2].supply_source_ids), 30)

    def test_queries_do_not_grow_with_lines(self):
        self.set_up()
        products = self.products(20)
        orders = [self.many(products[:size]) for size in (2, 2, 20)]
        counts = []
        for order in orders:
            order.action_confirm()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["sale.order.source"]._project(order.order_line)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[2], counts[1])
        self.assertLessEqual(counts[2], 16)

    def test_quotation(self):
        self.set_up()
        order = self.many(self.products())
        lines = self.env["sale.order.line"].browse(order.order_line.ids)
        lines.mapped("supply_ladder")
        self.env.invalidate_all()
        # what the screen of the order reads anyway
        lines.mapped("product_id.uom_id.name")
        lines.mapped("warehouse_id.name")
        before = self.env.cr.sql_log_count
        lines.mapped("supply_ladder")
        self.assertLessEqual(self.env.cr.sql_log_count - before, 9)

    def test_inert(self):
        """Nothing set up: not one query more, and no row."""
        products = self.products(5)
        self.branch._ladder()
        # the first figures ever forget what is kept in memory
        self.env["customer.figure"].sudo()._refresh(self.customer, self.company)
        order, other = self.many(products), self.many(products)
        self.confirm(order)
        plain = self.confirm(other)
        with patch(
            "odoo.addons.sales_manager_kpi.models.sale_order_source.SaleOrderSource"
            "._project_batch",
            side_effect=AssertionError,
        ):
            third = self.many(products)
            self.assertEqual(self.confirm(third), plain)
        third.order_line = [Command.update(third.order_line[0].id, {"sequence": 3})]
        self.assertFalse((order | other | third).supply_source_ids)
