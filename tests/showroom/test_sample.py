from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from .common import ShowroomCommon


class TestSample(ShowroomCommon):
    def test_cut_from_a_roll(self):
        """The smallest roll that is long enough; its cost leaves stock for good."""
        self.put(self.velvet, 30, "R30")
        short = self.put(self.velvet, 0.2, "R02")
        fit = self.put(self.velvet, 3, "R3")
        sample = self.make_sample().with_user(self.manager_a)
        self.assertEqual(
            (sample.state, sample.product_qty, sample.lot_id, sample.dye_lot),
            ("on_display", 0.5, fit, "R3"),
        )
        self.assertEqual(self.quantity(self.velvet, self.stock), 32.7)
        self.assertFalse(short == sample.lot_id)
        self.assertEqual(self.velvet.with_context(warehouse_id=0).qty_available, 32.7)
        sample = sample.sudo()
        self.assertEqual(sample.cost, 4.0)
        self.assertEqual(sample.move_ids.location_dest_id.usage, "inventory")
        self.assertEqual(
            sample.move_ids.location_dest_id, self.branch.sample_location_id
        )
        self.assertFalse(sample.move_ids.reference_ids)
        self.assertFalse(sample.move_ids.picking_id)

    def test_many_at_once(self):
        """Rolls are read once for all of them, and none is cut beyond its end."""
        first, second = self.put(self.velvet, 1.2, "R1"), self.put(self.velvet, 9, "R9")
        self.make_sample()
        samples = self.env["showroom.sample"].union(
            *(self.make_sample(made=False) for __ in range(4))
        )
        samples._make(self.stock)
        self.assertEqual(samples.mapped("lot_id"), first | second)
        self.assertEqual(len(samples.filtered(lambda s: s.lot_id == first)), 1)
        self.assertEqual(self.quantity(self.velvet, self.stock), 7.7)
        self.assertEqual(samples.sudo().mapped("cost"), [4.0] * 4)
        Product = type(self.velvet)
        with patch.object(
            Product, "_free_pieces", autospec=True, side_effect=Product._free_pieces
        ) as read:
            self.env["showroom.sample"].union(
                *(self.make_sample(made=False) for __ in range(3))
            )._make(self.stock)
        self.assertEqual(read.call_count, 1)

    def test_piece_keeps_its_value(self):
        """A piece is moved as it is: outside the warehouse, worth the same."""
        self.put(self.lamp, 2)
        before = self.lamp.total_value
        sample = self.make_sample(self.lamp, self.piece)
        self.assertEqual(self.lamp.total_value, before)
        self.assertEqual(self.quantity(self.lamp, self.branch.showroom_location_id), 1)
        self.assertFalse(self.branch.showroom_location_id.warehouse_id)
        in_warehouse = self.lamp.with_context(warehouse_id=self.warehouse.id)
        self.assertEqual(in_warehouse.free_qty, 1)
        self.assertEqual(sample.cost, 0.0)

    def test_card_takes_nothing(self):
        sample = self.make_sample(kind=self.card)
        self.assertEqual((sample.state, sample.product_qty), ("on_display", 0.0))
        self.assertFalse(sample.sudo().move_ids)

    def test_cut_longer_than_the_roll(self):
        """Nothing is made, and the message names what is there."""
        lot = self.put(self.velvet, 0.4, "R04")
        sample = self.make_sample(made=False).with_user(self.manager_a)
        with self.assertRaisesRegex(UserError, "0.4"):
            sample._make(self.stock, lot)
        self.assertEqual(sample.state, "draft")
        self.assertEqual(self.quantity(self.velvet, self.stock), 0.4)

    def test_reserved_goods_are_not_cut(self):
        """What is promised to a customer is not free for a sample."""
        self.put(self.velvet, 10, "R10")
        move = self.env["stock.move"].create(
            {
                "product_id": self.velvet.id,
                "product_uom_qty": 9.8,
                "location_id": self.stock.id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
            }
        )
        move._action_confirm()
        move._action_assign()
        with self.assertRaisesRegex(UserError, "0.2"):
            self.make_sample()

    def test_life(self):
        """Worn, shown again, thrown away; found by its states and dates."""
        self.swatch.life_days = 10
        sample = self.make_sample(kind=self.swatch, made=False)
        self.put(self.velvet, 5, "R5")
        sample._make(self.stock)
        self.assertEqual((sample.replace_by - sample.received_on).days, 10)
        sample = sample.with_user(self.manager_a)
        sample.action_replace()
        self.assertEqual((sample.state, sample.replace_reason), ("to_replace", "worn"))
        sample.action_redisplay()
        self.assertEqual((sample.state, sample.replace_reason), ("on_display", False))
        wizard = self.wizard(
            sample.action_end(), self.manager_a, outcome="stock", reason="Back"
        )
        with self.assertRaisesRegex(UserError, "cut off"):
            wizard.action_confirm()
        wizard.outcome = "scrap"
        wizard.action_confirm()
        self.assertEqual((sample.state, sample.end_reason), ("consumed", "Back"))
        with self.assertRaisesRegex(UserError, "used up"):
            sample.action_redisplay()

    def test_piece_goes_back_or_is_lost(self):
        self.put(self.lamp, 2)
        kept, lost = (self.make_sample(self.lamp, self.piece) for __ in range(2))
        kept.with_user(self.manager_a)._end("stock", "Sold out elsewhere")
        lost.with_user(self.manager_a)._end("lost", "Not found")
        self.assertEqual((kept.state, lost.state), ("withdrawn", "lost"))
        self.assertEqual(self.quantity(self.lamp, self.stock), 1)
        self.assertEqual(self.quantity(self.lamp, self.branch.showroom_location_id), 0)
        lost.with_user(self.manager_a).action_redisplay()
        self.assertEqual(self.quantity(self.lamp, self.branch.showroom_location_id), 1)

    def test_uninstalling_gives_pieces_back(self):
        self.put(self.lamp, 3)
        self.put(self.velvet, 3, "R3")
        shown, worn, gone = (self.make_sample(self.lamp, self.piece) for __ in "123")
        cut = self.make_sample()
        worn.with_user(self.manager_a).action_replace()
        gone.with_user(self.manager_a)._end("scrap", "Broken")
        self.env["showroom.sample"]._give_all_back()
        self.assertEqual(self.quantity(self.lamp, self.stock), 2)
        self.assertEqual(self.quantity(self.velvet, self.stock), 2.5)
        self.assertFalse(self.branch.showroom_location_id.active)
        self.assertEqual(len((shown | cut).sudo().move_ids), 3)

    def test_nightly_marks(self):
        """What is too old, and what is not sold any more."""
        self.put(self.velvet, 5, "R5")
        old, gone, fine = (self.make_sample() for __ in range(3))
        old.replace_by = "2020-01-01"
        other = self.make_goods("Gone", uom_id=self.metre.id)
        gone.sudo().product_id = other
        other.active = False
        self.env["showroom.sample"]._cron_mark()
        self.assertEqual(
            [(s.state, s.replace_reason) for s in (old, gone, fine)],
            [
                ("to_replace", "aged"),
                ("to_replace", "discontinued"),
                ("on_display", False),
            ],
        )

    def test_stale(self):
        self.put(self.velvet, 5, "R5")
        fine, worn, unseen = (self.make_sample() for __ in range(3))
        worn.condition = "c"
        unseen.sudo().last_check_on = "2020-01-01"
        samples = fine | worn | unseen
        self.assertEqual(samples.filtered("is_stale"), worn | unseen)
        found = self.env["showroom.sample"].search([("is_stale", "=", True)])
        self.assertEqual(found & samples, worn | unseen)
        found = self.env["showroom.sample"].search([("is_stale", "=", False)])
        self.assertEqual(found & samples, fine)
        self.swatch.check_every_days = 0
        samples.invalidate_recordset(["is_stale"])
        self.assertFalse(unseen.is_stale)

    def test_barcodes_are_unique(self):
        sample = self.make_sample(kind=self.card)
        self.assertRegex(sample.barcode, r"^SM\d+")
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.make_sample(kind=self.card, barcode=sample.barcode)

    def test_bad_input(self):
        service = self.make_goods("Advice", type="service", is_storable=False)
        with self.assertRaisesRegex(ValidationError, "no goods"):
            self.make_sample(service, self.card)
        kilo = self.make_type("Kilo", "cut", 1.0)
        kilo.cut_uom_id = self.env.ref("uom.product_uom_kgm")
        with self.assertRaisesRegex(ValidationError, "another sample type"):
            self.make_sample(kind=kilo)
        with self.assertRaisesRegex(ValidationError, "stays stock"):
            self.piece.cut_qty = 0
        made = self.make_sample(kind=self.card)
        with self.assertRaisesRegex(UserError, "on display"):
            made.with_user(self.manager_a).action_make()
        with self.assertRaisesRegex(ValidationError, "are kept"):
            made.with_user(self.manager_a).unlink()


class TestSampleRights(ShowroomCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.put(cls.velvet, 30, "R30")
        cls.put(cls.lamp, 5)
        cls.sample = cls.make_sample()

    def test_who_keeps_a_showroom(self):
        """Who works in the branch or directs it; all others read."""
        for user in (self.manager_a, self.director, self.commercial):
            sample = self.sample.with_user(user)
            sample.place = user.login
            sample.action_replace()
            sample.action_redisplay()
        for user in (self.manager_b, self.other_director, self.supervisor):
            sample = self.sample.with_user(user)
            self.assertEqual(sample.state, "on_display")
            with self.assertRaises(AccessError):
                sample.place = "Elsewhere"
            with self.assertRaises(AccessError):
                sample.action_replace()
            with self.assertRaises(AccessError):
                self.env["showroom.sample"].with_user(user).create(
                    {
                        "branch_id": self.branch.id,
                        "product_id": self.velvet.id,
                        "sample_type_id": self.card.id,
                    }
                )
        nobody = new_test_user(self.env, login="nobody", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.sample.with_user(nobody).read(["state"])

    def test_deputy_keeps_it_too(self):
        """Who stands in for a member keeps the showroom, and only then."""
        self.assertNotIn(self.branch.id, self._kept(self.manager_b))
        substitution = (
            self.env["sales.substitution"]
            .with_user(self.director)
            .create({"principal_id": self.manager_a.id, "deputy_id": self.manager_b.id})
        )
        substitution.action_appoint()
        self.assertIn(self.branch.id, self._kept(self.manager_b))
        self.sample.with_user(self.manager_b).action_replace()
        substitution.action_revoke()
        with self.assertRaises(AccessError):
            self.sample.with_user(self.manager_b).action_redisplay()

    def test_named_keeper_keeps_it(self):
        """Also one who works elsewhere."""
        self.branch.showroom_user_id = self.manager_b
        self.assertIn(self.branch.id, self._kept(self.manager_b))
        self.sample.with_user(self.manager_b).place = "Stand 9"

    def _kept(self, user):
        return self.env["sales.branch"].with_user(user)._kept_ids()

    def test_system_fields(self):
        """Not by a call, not by an import: goods would not follow."""
        sample = self.sample.with_user(self.manager_a)
        for vals in (
            {"state": "lost"},
            {"product_qty": 9},
            {"lot_id": False},
            {"received_on": "2020-01-01"},
            {"cost": 0},
        ):
            with self.assertRaises(AccessError):
                sample.write(vals)
        with self.assertRaises(AccessError):
            self.env["showroom.sample"].with_user(self.manager_a).create(
                {
                    "branch_id": self.branch.id,
                    "product_id": self.velvet.id,
                    "sample_type_id": self.swatch.id,
                    "state": "on_display",
                }
            )
        with self.assertRaisesRegex(UserError, "made already"):
            sample.sample_type_id = self.card

    def test_selling_needs_a_right(self):
        sample = self.make_sample(self.lamp, self.piece)
        with self.assertRaisesRegex(AccessError, "right of its own"):
            sample.with_user(self.manager_a).action_sell()
        seller = self.env.ref("sales_manager_kpi.group_sell_display")
        self.manager_a.group_ids |= seller
        sample = sample.with_user(self.manager_a)
        wizard = self.wizard(
            sample.action_sell(), self.manager_a, partner_id=self.customer.id
        )
        action = wizard.action_confirm()
        order = self.env["sale.order"].browse(action["res_id"])
        self.assertEqual(
            (sample.state, sample.sold_line_id), ("sold", order.order_line)
        )
        self.assertEqual(order.order_line.product_id, self.lamp)
        self.assertEqual(order.stock_hold_ids.held_qty, 1)
        self.assertEqual(self.quantity(self.lamp, self.stock), 5)
        order.with_user(self.manager_a).action_confirm()
        self.assertEqual(len(order.order_line), 1)
        self.assertEqual(order.picking_ids.move_ids.quantity, 1)

    def test_selling_what_is_no_stock(self):
        with self.assertRaisesRegex(UserError, "no stock"):
            self.sample.with_user(self.director).action_sell()

    def test_sold_from_another_warehouse(self):
        sample = self.make_sample(self.lamp, self.piece)
        order = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "warehouse_id": self.other_warehouse.id}
        )
        with self.assertRaisesRegex(UserError, "where it stands"):
            sample.with_user(self.director)._sell(order)
        self.assertEqual(sample.state, "on_display")

    def test_making_by_wizard(self):
        wizard = (
            self.env["showroom.make"]
            .with_user(self.manager_a)
            .create(
                {
                    "branch_id": self.branch.id,
                    "product_id": self.velvet.id,
                    "sample_type_id": self.swatch.id,
                    "count": 3,
                    "place": "Stand 1",
                }
            )
        )
        self.assertEqual(wizard.need_qty, 1.5)
        action = wizard.action_confirm()
        samples = self.env["showroom.sample"].search(action["domain"])
        self.assertEqual(samples.mapped("state"), ["on_display"] * 3)
        wizard.count = 0
        with self.assertRaisesRegex(UserError, "1 to"):
            wizard.action_confirm()
        with self.assertRaises(AccessError):
            wizard.with_user(self.manager_b).read(["count"])

    def test_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        foreign = self.make_user("foreign", "sales_manager_kpi.group_manager", other)
        samples = self.env["showroom.sample"].with_user(foreign)
        self.assertFalse(samples.search([("id", "=", self.sample.id)]))

    def test_not_into_a_foreign_branch(self):
        draft = self.make_sample(kind=self.card, made=False)
        with self.assertRaises(AccessError):
            draft.with_user(self.manager_a).branch_id = self.other_branch
