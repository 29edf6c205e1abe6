from datetime import date, datetime, timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError

from .common import SupplyCommon


class TestStocking(SupplyCommon):
    """What a branch should ask for, from its own sales, and how it turned out."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls.env.ref("stock.stock_location_customers")
        cls.branch.write(
            {
                "supply_history_weeks": 4,
                "supply_lead_days": 5,
                "supply_cover_days": 20,
            }
        )

    def move(self, product, source, destination, quantity, days_ago=7, done=True):
        """A move that was done some days ago, or waits."""
        move = self.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom": product.uom_id.id,
                "product_uom_qty": quantity,
                "location_id": source.id,
                "location_dest_id": destination.id,
                "company_id": self.company.id,
            }
        )
        move._action_confirm()
        if done:
            move.write({"quantity": quantity, "picked": True})
            move._action_done()
            day = fields.Datetime.now() - timedelta(days=days_ago)
            move.date = day
            move.move_line_ids.date = day
        return move

    def sell(self, product, quantity, warehouse=None, days_ago=7):
        place = (warehouse or self.store).lot_stock_id
        return self.move(product, place, self.customers, quantity, days_ago)

    def draft(self, **values):
        return self.make_request(kind="stocking", submit=False, **values)

    def test_suggestion_and_its_evidence(self):
        self.stock(self.cloth, self.store, 200)
        self.sell(self.cloth, 44)
        self.move(self.cloth, self.customers, self.store.lot_stock_id, 4)
        self.sell(self.cloth, 500, days_ago=60)
        self.stock(self.cloth, self.central, 900)
        self.sell(self.cloth, 300, self.central)
        self.env["stock.quant"]._update_available_quantity(
            self.cloth, self.store.lot_stock_id, 316
        )
        # 200 - 44 + 4 - 500 + 316 is less than nothing: 24 are left on purpose
        self.env["stock.quant"]._update_available_quantity(
            self.cloth, self.store.lot_stock_id, 48
        )
        transit = self.company.internal_transit_location_id
        self.move(self.cloth, transit, self.store.lot_stock_id, 6, done=False)
        request = self.draft()
        request.action_suggest()
        line = request.line_ids
        self.assertEqual(line.product_id, self.cloth)
        self.assertEqual(line.sold_qty, 40, "net, of this branch, of these weeks")
        self.assertEqual(line.on_hand_qty, 24)
        self.assertEqual(line.free_qty, 24)
        self.assertEqual(line.in_transit_qty, 6)
        self.assertEqual(line.history_days, 20)
        self.assertEqual(line.daily_qty, 2)
        # 2 a day for 25 days, less 30 that are there or coming
        self.assertEqual(line.suggested_qty, 20)
        self.assertEqual(line.product_uom_qty, 20)
        self.assertTrue(line.suggested_at)

    def test_held_goods_are_not_free(self):
        self.stock(self.cloth, self.store, 64)
        self.sell(self.cloth, 40)
        quotation = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "user_id": self.manager_a.id,
                "warehouse_id": self.store.id,
                "order_line": [
                    Command.create({"product_id": self.cloth.id, "product_uom_qty": 10})
                ],
            }
        )
        quotation.order_line._hold(10)
        request = self.draft()
        request.action_suggest()
        line = request.line_ids
        self.assertEqual((line.held_qty, line.free_qty), (10, 14))
        # 2 a day for 25 days, less 14
        self.assertEqual(line.suggested_qty, 36)

    def test_suggestion_keeps_what_was_entered(self):
        self.stock(self.cloth, self.store, 40)
        self.sell(self.cloth, 40)
        request = self.draft()
        request.line_ids = [
            Command.create({"product_id": self.cloth.id, "product_uom_qty": 7}),
            Command.create({"product_id": self.felt.id, "product_uom_qty": 3}),
        ]
        request.action_suggest()
        cloth, felt = request.line_ids
        self.assertEqual((cloth.product_uom_qty, cloth.suggested_qty), (7, 50))
        self.assertEqual((felt.product_uom_qty, felt.suggested_qty), (3, 0))

    def test_whole_rolls_and_unmet_demand(self):
        roll = self.env["uom.uom"].create(
            {
                "name": "Roll of 30",
                "relative_factor": 30,
                "relative_uom_id": self.cloth.uom_id.id,
            }
        )
        self.cloth.uom_ids = roll
        lost = self.make_request((self.cloth, 9), kind="shortage")
        self.answer(lost.line_ids, "partial", 4)
        lost.line_ids.sudo().move_ids._action_cancel()
        lost.sudo().line_ids.answered_at = fields.Datetime.now() - timedelta(days=7)
        self.stock(self.cloth, self.store, 20)
        self.sell(self.cloth, 20)
        request = self.draft()
        request.action_suggest()
        line = request.line_ids
        self.assertEqual(line.unmet_qty, 5)
        self.assertEqual(line.multiple_qty, 30)
        # 1 a day for 25 days and 5 that were refused: one roll
        self.assertEqual(line.suggested_qty, 30)
        self.sell(self.cloth, 1)
        request.action_suggest()
        self.assertEqual(line.suggested_qty, 60)

    def test_the_season_ahead(self):
        today = self.branch._local_today()
        season = self.env["sales.season.profile"].create(
            {"name": "Year", "company_id": self.company.id}
        )
        request = self.draft()
        weights = self.env["supply.stocking"]._seasons(self.company, self.cloth)
        self.assertEqual(weights, {self.cloth.id: season._weights()})
        season.categ_ids = self.env["product.category"].create({"name": "Other"})
        weights = self.env["supply.stocking"]._seasons(self.company, self.cloth)
        self.assertFalse(weights, "another category's")
        days = self.env["supply.stocking"]._days(self.branch, today, 4, 5, 20)
        self.assertEqual((len(days[2]), len(days[3])), (20, 20))
        self.assertTrue(all(day < today for day in days[2]))
        self.assertTrue(request)

    def test_nothing_to_suggest(self):
        with self.assertRaisesRegex(UserError, "Nothing to ask for"):
            self.draft().action_suggest()
        request = self.make_request((self.cloth, 1), submit=False)
        with self.assertRaisesRegex(UserError, "stocking a branch"):
            request.action_suggest()
        with self.assertRaises(AccessError):
            self.draft().with_user(self.manager_b).action_suggest()

    def test_a_suggestion_is_made_by_who_asks_only(self):
        self.stock(self.cloth, self.store, 40)
        self.sell(self.cloth, 40)
        request = self.draft()
        request.action_suggest()
        request.action_submit()
        with self.assertRaises(UserError):
            request.action_suggest()
        request.with_user(self.director).action_suggest()
        with self.assertRaises(AccessError):
            request.line_ids.with_user(self.director).suggested_qty = 1

    def test_all_suggestions_take_as_many_queries_as_one(self):
        goods = [self.make_goods(f"Goods {number}") for number in range(12)]
        self.stock(goods[0], self.store, 40)
        self.sell(goods[0], 10)
        queries = []
        for rest in (goods[:0], goods[1:]):
            for product in rest:
                self.stock(product, self.store, 40)
                self.sell(product, 10)
            self.env.flush_all()
            self.env.invalidate_all()
            with self.capture() as found:
                self.env["supply.stocking"]._figures(
                    self.branch, datetime(2020, 1, 1), fields.Datetime.now()
                )
            queries.append(found())
        self.assertEqual(*queries)

    def capture(self):
        """Counts the queries of a block."""
        cr = self.env.cr
        start = cr.sql_log_count

        class Counter:
            def __enter__(self):
                return lambda: cr.sql_log_count - start

            def __exit__(self, *error):
                pass

        return Counter()

    def test_scored_when_the_cover_is_over(self):
        self.stock(self.cloth, self.central, 100)
        request = self.make_request((self.cloth, 40), kind="stocking")
        request.with_user(self.director).action_approve()
        line = self.answer(request.line_ids)
        moves = line.sudo().move_ids
        self.carry_out(moves.filtered(lambda m: m.location_id.usage == "internal"))
        self.carry_out(moves.filtered(lambda m: m.location_id.usage == "transit"))
        self.assertEqual(line.state, "done")
        today = self.branch._local_today()
        self.assertGreaterEqual((line.score_due_on - today).days, 25)
        Request = self.env["supply.request"]
        Request._cron_score()
        self.assertFalse(line.scored_on, "too early")
        line.sudo().write(
            {
                "arrived_at": fields.Datetime.now() - timedelta(days=40),
                "score_due_on": today - timedelta(days=10),
            }
        )
        self.sell(self.cloth, 35, days_ago=20)
        self.move(self.cloth, self.customers, self.store.lot_stock_id, 5, days_ago=19)
        self.sell(self.cloth, 5, days_ago=2)  # after the cover
        self.stock(self.cloth, self.central, 9)
        self.sell(self.cloth, 9, self.central, days_ago=20)  # another warehouse
        Request._cron_score()
        self.assertEqual(line.sold_in_cover_qty, 30)
        self.assertEqual(line.accuracy, 0.75)
        self.assertTrue(line.scored_on)

    def test_days_of_a_branch_without_calendar_hours(self):
        self.branch.resource_calendar_id.attendance_ids.unlink()
        days = self.env["supply.stocking"]._days(self.branch, date(2026, 3, 2), 2, 1, 3)
        self.assertEqual(len(days[2]), 14)
        self.assertEqual([day.day for day in days[3]], [3, 4, 5])
