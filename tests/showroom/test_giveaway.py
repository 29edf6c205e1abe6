from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form
from odoo.tools import mute_logger

from .common import ShowroomCommon


class TestGiveaway(ShowroomCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.roll = cls.put(cls.velvet, 30, "R30")
        cls.short = cls.put(cls.velvet, 3, "R3")

    def make(self, user=None, **values):
        return (
            self.env["showroom.giveaway"]
            .with_user(user or self.manager_a)
            .create(
                {
                    "branch_id": self.branch.id,
                    "partner_id": self.customer.id,
                    "product_id": self.velvet.id,
                    **values,
                }
            )
        )

    def test_given_at_its_cost(self):
        gift = self.make(sample_type_id=self.swatch.id, courier="Post")
        self.assertRegex(gift.name, "^GA/")
        self.assertEqual(gift.product_qty, 0.5)
        gift.action_give()
        self.assertEqual((gift.state, gift.lot_id), ("given", self.short))
        self.assertEqual(gift.given_on, self.branch._local_today())
        secret = gift.sudo()
        self.assertEqual(secret.cost, 4.0)
        self.assertEqual(
            secret.move_ids.location_dest_id, self.branch.sample_location_id
        )
        self.assertFalse(secret.move_ids.picking_id)
        self.assertFalse(secret.move_ids.sale_line_id)
        self.assertEqual(self.quantity(self.velvet, self.stock), 32.5)
        gift.tracking_ref = "3S123"
        with self.assertRaisesRegex(UserError, "given already"):
            gift.product_qty = 1
        with self.assertRaisesRegex(UserError, "given already"):
            gift.action_give()
        with self.assertRaisesRegex(ValidationError, "is kept"):
            gift.unlink()
        copied = gift.copy()
        self.assertEqual((copied.state, copied.tracking_ref), ("draft", False))
        self.assertNotEqual(copied.name, gift.name)

    def test_a_chosen_roll(self):
        gift = self.make(product_qty=4, lot_id=self.short.id)
        with self.assertRaisesRegex(UserError, "R3 has 3 free"):
            gift.action_give()
        self.assertEqual((gift.state, gift.user_id), ("draft", self.manager_a))
        gift.lot_id = self.roll
        gift.action_give()
        self.assertEqual(gift.lot_id, self.roll)
        self.assertEqual(self.quantity(self.velvet, self.stock), 29)

    def test_in_the_form(self):
        with Form(self.env["showroom.giveaway"].with_user(self.manager_a)) as form:
            form.partner_id = self.customer
            form.product_id = self.velvet
            self.assertEqual(form.product_qty, 1)
            form.sample_type_id = self.swatch
            self.assertEqual(form.product_qty, 0.5)
            form.product_qty = 0.7
        self.assertEqual(form.save().product_qty, 0.7)

    def test_bad_input(self):
        with self.assertRaisesRegex(UserError, "how much"):
            self.make(product_qty=0).action_give()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.make(product_qty=-1)
        service = self.make_goods("Advice", type="service", is_storable=False)
        with self.assertRaisesRegex(ValidationError, "no goods"):
            self.make(product_id=service.id)
        with self.assertRaisesRegex(ValidationError, "another product"):
            self.make(product_id=self.lamp.id, lot_id=self.roll.id)
        with self.assertRaisesRegex(UserError, "Ask for goods"):
            self.make(product_id=self.lamp.id, product_qty=1).action_give()
        for vals in ({"state": "given"}, {"cost": 1}, {"given_on": "2026-01-01"}):
            with self.assertRaises(AccessError):
                self.make().write(vals)
            with self.assertRaises(AccessError):
                self.make(**vals)

    def test_rights(self):
        for user in (self.manager_a, self.director, self.commercial):
            self.make(user, product_qty=0.1).action_give()
        gift = self.make(product_qty=0.1)
        for user in (self.manager_b, self.other_director):
            other = gift.with_user(user)
            self.assertEqual(other.state, "draft")
            with self.assertRaises(AccessError):
                other.action_give()
            with self.assertRaises(AccessError):
                other.note = "Mine"
            with self.assertRaises(AccessError):
                self.make(user)
        with self.assertRaises(AccessError):
            gift.branch_id = self.other_branch
        for user in (self.plain, self.supervisor):
            with self.assertRaises(AccessError):
                gift.with_user(user).read(["state"])
        with self.assertRaises(AccessError):
            gift.read(["cost"])
        self.manager_a.group_ids |= self.env.ref("sales_manager_kpi.group_cost")
        gift.read(["cost"])
        other = self.env["res.company"].create({"name": "Other"})
        foreign = self.make_user("foreign", "sales_manager_kpi.group_manager", other)
        with self.assertRaises(AccessError):
            gift.with_user(foreign).read(["state"])
