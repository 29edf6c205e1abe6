from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tools import SQL

from .common import NOW, THURSDAY, HoldCommon


class TestHoldEnd(HoldCommon):
    """Lowered, shrunk, over, or taken away with the addon."""

    # ------------------------------------------------------------------
    # Less is needed
    # ------------------------------------------------------------------

    def test_lowered_line(self):
        self.put(self.button, 100)
        order = self.make_quotation((self.button, 40))
        first = self.hold(order.order_line, 25).sudo()
        second = self.hold(order.order_line, 15).sudo()
        order.order_line.product_uom_qty = 30
        self.assertEqual((first.held_qty, second.held_qty), (25, 5))
        self.assertEqual((second.product_qty, second.state), (5, "active"))
        self.assertFalse(second.activity_ids)
        self.assertEqual(self.free(self.button), 70)
        order.order_line.product_uom_qty = 20
        self.assertEqual((first.held_qty, second.state), (20, "released"))
        self.assertEqual(self.free(self.button), 80)
        order.order_line.product_uom_qty = 50
        self.assertEqual(first.held_qty, 20)

    def test_lowered_with_several_rolls(self):
        lots = self.put(self.fabric, 30, "R1") | self.put(self.fabric, 25, "R2")
        line = self.make_quotation((self.fabric, 40)).order_line
        hold = self.hold(line, lots=lots).sudo()
        line.product_uom_qty = 20
        self.assertEqual(self.lines_of(hold), {"R1": 20})
        self.assertEqual((hold.held_qty, hold.state), (20, "active"))
        self.assertFalse(hold.activity_ids)

    def test_deleted_whichever_key_is_checked_first(self):
        """PostgreSQL checks foreign keys in the order in which they were made."""
        self.put(self.button, 100)
        for column, table in (
            ("order_id", "sale_order"),
            ("order_line_id", "sale_order_line"),
        ):
            order = self.make_quotation((self.button, 40))
            hold = self.hold(order.order_line).sudo()
            self.env.flush_all()
            name = SQL.identifier(f"stock_hold_{column}_fkey")
            self.env.cr.execute(
                SQL(
                    "ALTER TABLE stock_hold DROP CONSTRAINT %s, ADD CONSTRAINT %s "
                    "FOREIGN KEY (%s) REFERENCES %s ON DELETE SET NULL",
                    name,
                    name,
                    SQL.identifier(column),
                    SQL.identifier(table),
                )
            )
            order.unlink()
            self.assertEqual(hold.state, "released")
            self.assertFalse(hold.order_id or hold.order_line_id)

    def test_ends_with_what_it_was_for(self):
        self.put(self.button, 100)
        self.put(self.fabric, 100, "R1")
        ends = {
            "cancelled": lambda order: order.action_cancel(),
            "deleted": lambda order: order.unlink(),
            "line was deleted": lambda order: order.order_line.unlink(),
            "other goods": lambda order: order.order_line.write(
                {"product_id": self.fabric.id}
            ),
            "goods now": lambda order: order.order_line.write(
                {"product_uom_id": self.metre.id}
            ),
        }
        for words, end in ends.items():
            with self.subTest(words):
                order = self.make_quotation((self.button, 40))
                hold = self.hold(order.order_line).sudo()
                end(order)
                self.assertEqual(hold.state, "released")
                self.assertIn(words, hold.release_reason)
                self.assertEqual(self.free(self.button), 100)

    def test_follows_the_quotation(self):
        self.put(self.button, 100)
        order = self.make_quotation((self.button, 40))
        hold = self.hold(order.order_line).sudo()
        other = self.make_customer("Customer B", self.manager_b)
        order.write({"user_id": self.manager_b.id, "partner_id": other.id})
        self.assertEqual((hold.user_id, hold.partner_id), (self.manager_b, other))

    def test_copy_holds_nothing(self):
        self.put(self.button, 100)
        order = self.make_quotation((self.button, 40))
        self.hold(order.order_line)
        self.assertFalse(order.copy().stock_hold_ids)

    # ------------------------------------------------------------------
    # A count
    # ------------------------------------------------------------------

    def count(self, product, quantity, lot=None):
        quant = self.env["stock.quant"].search(
            [
                ("product_id", "=", product.id),
                ("location_id", "=", self.stock.id),
                ("lot_id", "=", lot.id if lot else False),
            ]
        )
        quant.inventory_quantity = quantity
        quant.action_apply_inventory()

    def test_a_count_shrinks_it(self):
        """Trap 24b: the manager is told."""
        self.put(self.button, 40)
        order = self.make_quotation((self.button, 40))
        hold = self.hold(order.order_line).sudo()
        self.count(self.button, 20)
        self.assertEqual((hold.held_qty, hold.state), (20, "partial"))
        activity = hold.activity_ids
        self.assertEqual(activity.user_id, self.manager_a)
        self.assertIn("20", activity.note)
        order.action_confirm()
        self.assertEqual(hold.state, "consumed")
        self.assertEqual(sum(self.reserved(order.order_line).values()), 20)
        self.assertFalse(hold.activity_ids)

    def test_a_count_gives_no_other_roll(self):
        lot = self.put(self.fabric, 40, "R1")
        self.put(self.fabric, 90, "R2")
        hold = self.hold(self.make_quotation((self.fabric, 40)).order_line).sudo()
        self.count(self.fabric, 25, lot)
        self.assertEqual(self.lines_of(hold), {"R1": 25})
        self.assertEqual((hold.held_qty, hold.state), (25, "partial"))

    def test_other_pieces_are_as_good(self):
        shelf = self.env["stock.location"].create(
            {"name": "Shelf", "location_id": self.stock.id}
        )
        self.put(self.button, 40)
        hold = self.hold(self.make_quotation((self.button, 40)).order_line).sudo()
        self.put(self.button, 100, location=shelf)
        self.count(self.button, 10)
        self.assertEqual((hold.held_qty, hold.state), (40, "active"))
        self.assertFalse(hold.activity_ids)

    # ------------------------------------------------------------------
    # Time
    # ------------------------------------------------------------------

    def test_expired_on_touch(self):
        self.put(self.button, 40)
        hold = self.hold(self.make_quotation((self.button, 40)).order_line).sudo()
        line = self.make_quotation((self.button, 30), user=self.manager_a).order_line
        with freeze_time(THURSDAY - timedelta(minutes=1)):
            with self.assertRaisesRegex(UserError, "Only 0"):
                self.hold(line)
        with freeze_time(THURSDAY):
            other = self.hold(line)
        self.assertEqual((hold.state, hold.held_qty), ("expired", 0))
        self.assertEqual(other.sudo().held_qty, 30)

    def test_own_order_still_gets_it(self):
        self.put(self.button, 40)
        order = self.make_quotation((self.button, 40))
        hold = self.hold(order.order_line).sudo()
        with freeze_time(THURSDAY + timedelta(days=1)):
            order.action_confirm()
        self.assertEqual(hold.state, "consumed")

    def test_cron(self):
        self.put(self.button, 40)
        over = self.hold(self.make_quotation((self.button, 10)).order_line).sudo()
        with freeze_time(NOW + timedelta(days=1)):
            later = self.hold(self.make_quotation((self.button, 10)).order_line).sudo()
        with freeze_time(THURSDAY), self.enter_registry_test_mode():
            self.env.ref(
                "sales_manager_kpi.ir_cron_hold_expire"
            ).method_direct_trigger()
        self.assertEqual((over.state, later.state), ("expired", "active"))
        told = self.env["mail.message"].search(
            [
                ("model", "=", "stock.hold"),
                ("res_id", "=", over.id),
                ("message_type", "=", "user_notification"),
            ]
        )
        self.assertEqual(told.partner_ids, self.manager_a.partner_id)
        self.assertEqual(self.free(self.button), 30)

    def test_until_the_end_of_a_working_day(self):
        branch = self.branch
        friday_evening = NOW.replace(day=13, hour=18)
        self.assertEqual(branch._hold_end(friday_evening), NOW.replace(day=17, hour=16))
        # the clocks go forward on 29 March
        self.assertEqual(
            branch._hold_end(NOW.replace(day=27)), NOW.replace(day=31, hour=15)
        )
        self.company.sales_manager_kpi_hold_days = 0
        self.assertEqual(branch._hold_end(NOW), NOW.replace(hour=16))
        self.assertEqual(
            branch._hold_end(NOW.replace(hour=20)), NOW.replace(day=11, hour=16)
        )
        branch.resource_calendar_id.attendance_ids.unlink()
        self.assertEqual(branch._hold_end(NOW), NOW.replace(hour=23))

    def test_holiday_does_not_count(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "company_id": self.company.id,
                "date_from": NOW.replace(day=11, hour=0),
                "date_to": NOW.replace(day=11, hour=22),
            }
        )
        self.assertEqual(self.branch._hold_end(NOW), NOW.replace(day=13, hour=16))

    # ------------------------------------------------------------------
    # Odoo's own machinery
    # ------------------------------------------------------------------

    def test_nothing_is_bought_for_a_hold(self):
        """Trap 24: unless the company wants it."""
        self.put(self.button, 40)
        point = self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": self.button.id,
                "warehouse_id": self.warehouse.id,
                "location_id": self.stock.id,
                "product_min_qty": 10,
                "product_max_qty": 10,
            }
        )
        self.hold(self.make_quotation((self.button, 40)).order_line)
        point.invalidate_recordset()
        self.assertEqual(point.qty_forecast, 40)
        self.assertEqual(point.qty_to_order, 0)
        self.company.sales_manager_kpi_hold_reorders = True
        point.invalidate_recordset()
        point._compute_qty_to_order_computed()
        self.assertEqual(point.qty_forecast, 0)
        self.assertEqual(point.qty_to_order, 10)

    def test_far_horizon_changes_nothing(self):
        """Trap 22: the move of a hold is of now, however far reordering looks."""
        self.put(self.button, 40)
        self.company.horizon_days = 365
        hold = self.hold(self.make_quotation((self.button, 40)).order_line).sudo()
        self.assertLessEqual(hold.move_id.date, NOW)

    def test_uninstall_gives_everything_back(self):
        self.put(self.button, 40)
        hold = self.hold(self.make_quotation((self.button, 40)).order_line).sudo()
        move, location = hold.move_id, self.branch.hold_location_id
        self.env["stock.hold"]._give_all_back()
        self.assertEqual(self.free(self.button), 40)
        self.assertFalse(move.exists() or location.active)
        self.env["stock.quant"]._quant_tasks()
        self.assertEqual(self.free(self.button), 40)
