from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form

from ..common import MANAGER
from ..substitution.common import DURING, SubstitutionWorld
from .common import NOW, HoldCommon

from freezegun import freeze_time  # isort: skip


class TestHoldRights(SubstitutionWorld, HoldCommon):
    """Who sees a hold, who extends and releases it, and who cannot touch it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_deputy()
        cls.put(cls.button, 500)
        cls.order = cls.make_quotation((cls.button, 40))

    def setUp(self):
        super().setUp()
        self.kept = self.hold(self.order.order_line)

    def as_user(self, user):
        hold = self.kept.with_user(user)
        hold.invalidate_recordset()
        return hold

    def release(self, user, reason="Another colour"):
        wizard = self.env["stock.hold.release"].with_user(user)
        return wizard.create(
            {"hold_ids": [Command.set(self.kept.ids)], "reason": reason}
        ).action_confirm()

    def test_who_reads(self):
        readers = (
            self.manager_a,
            self.deputy,
            self.third,
            self.director,
            self.commercial,
            self.admin,
            self.supervisor,
        )
        for user in readers:
            with self.subTest(user.login):
                self.assertEqual(self.as_user(user).state, "active")
        for user in (self.manager_b, self.other_director, self.plain):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.as_user(user).read(["state"])

    def test_who_extends(self):
        for user in (self.third, self.supervisor, self.manager_b, self.plain):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.as_user(user).action_extend()
        until = self.kept.until_at
        self.as_user(self.manager_a).action_extend()
        # Thursday and two working days more
        self.assertEqual(self.kept.until_at, NOW.replace(day=16, hour=16))
        self.assertGreater(self.kept.until_at, until)
        with self.assertRaisesRegex(UserError, "extended 1 times"):
            self.as_user(self.manager_a).action_extend()
        for user in (self.director, self.commercial):
            self.as_user(user).action_extend()
        self.assertEqual(self.kept.extension_count, 3)
        for user in (self.director, self.commercial, self.admin):
            with self.assertRaisesRegex(UserError, "extended 3 times"):
                self.as_user(user).action_extend()

    def test_who_releases(self):
        for user in (self.third, self.manager_b, self.other_director):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.release(user)
        for user in (self.supervisor, self.plain):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.as_user(user)._release("For me")
        self.release(self.director)
        self.assertRecordValues(
            self.kept.sudo(),
            [
                {
                    "state": "released",
                    "release_reason": "Another colour",
                    "ended_by_id": self.director.id,
                    "ended_at": NOW,
                }
            ],
        )
        self.assertEqual(self.free(self.button), 500)
        with self.assertRaisesRegex(UserError, "ended already"):
            self.release(self.manager_a)
        with self.assertRaisesRegex(UserError, "has ended"):
            self.as_user(self.manager_a).action_extend()

    def test_reason_is_needed(self):
        wizard = self.env["stock.hold.release"].with_user(self.manager_a)
        form = Form(wizard.with_context(default_hold_ids=self.kept.ids))
        with self.assertRaises(AssertionError):
            form.save()

    def test_fields_are_the_systems(self):
        for user in (self.manager_a, self.director, self.commercial, self.admin):
            hold = self.as_user(user)
            for vals in (
                {"state": "released"},
                {"until_at": "2030-01-01 00:00:00"},
                {"product_uom_qty": 1000},
                {"user_id": user.id, "note": "x"},
            ):
                with self.subTest(user=user.login, vals=vals):
                    with self.assertRaises(AccessError):
                        hold.write(vals)
            with self.assertRaises(AccessError):
                hold.create({"product_id": self.button.id})
            with self.assertRaises(AccessError):
                hold.unlink()
        self.as_user(self.manager_a).note = "Calls back tomorrow"
        with self.assertRaises(AccessError):
            self.as_user(self.third).note = "x"
        with self.assertRaises(ValidationError):
            self.kept.sudo().unlink()

    def test_whose_quotation(self):
        """Only who may write a quotation holds goods for it."""
        line = self.make_quotation((self.button, 4)).order_line
        # a director reads the quotations of the branch, and releases what is held
        others = (self.third, self.manager_b, self.director, self.supervisor)
        for user in (*others, self.plain):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.hold(line, user=user)
            with self.subTest(user.login), self.assertRaises(AccessError):
                line.with_user(user).action_hold_goods()
        hold = self.hold(line, 2, user=self.commercial)
        self.assertEqual(hold.sudo().user_id, self.manager_a)
        self.assertEqual(hold.sudo().held_by_id, self.commercial)
        self.assertFalse(hold.sudo().acting_for_id)

    def test_deputy(self):
        substitution = self.make_substitution()
        with freeze_time(DURING):
            self.env.invalidate_all()
            line = self.make_quotation((self.button, 4)).order_line
            hold = self.hold(line, user=self.deputy)
            self.assertRecordValues(
                hold.sudo(),
                [
                    {
                        "user_id": self.principal.id,
                        "held_by_id": self.deputy.id,
                        "acting_for_id": self.principal.id,
                    }
                ],
            )
            hold.with_user(self.deputy).action_extend()
            self.assertEqual(hold.sudo().extension_count, 1)
            with self.assertRaises(AccessError):
                hold.with_user(self.third).action_extend()
        self.assertTrue(substitution)
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            hold.with_user(self.deputy)._release("Afterwards")

    def test_director_deputy(self):
        stand_in = self.other_director
        self.make_substitution(
            principal_id=self.director.id,
            deputy_id=stand_in.id,
            by=self.commercial,
            scope_direction=True,
        )
        with freeze_time(DURING):
            self.env.invalidate_all()
            self.assertTrue(self.kept.with_user(stand_in).has_access("write"))
        self.env.invalidate_all()
        self.assertFalse(self.kept.with_user(stand_in).has_access("write"))

    def test_message_of_a_colleague(self):
        """Who wants the goods asks in the chatter of who holds them."""
        message = self.as_user(self.third).message_post(body="How likely is it?")
        self.assertTrue(message)

    def test_wizard(self):
        order = self.make_quotation((self.button, 30), (self.fabric, 40))
        self.put(self.fabric, 30, "R1")
        long = self.put(self.fabric, 45, "R3")
        self.put(self.fabric, 60, "R2")
        action = order.with_user(self.manager_a).action_hold_goods()
        wizard = (
            self.env["stock.hold.ask"]
            .with_user(self.manager_a)
            .with_context(**action["context"])
            .create({})
        )
        first, second = wizard.line_ids
        self.assertEqual((first.quantity, first.free_qty), (30, 460))
        self.assertEqual((second.quantity, second.lot_ids), (40, long))
        self.assertEqual(len(second.lot_choice_ids), 3)
        self.assertEqual(wizard.until_on, NOW.replace(day=12).date())
        first.quantity = 0
        wizard.until_on = NOW.replace(day=11).date()
        wizard.action_confirm()
        hold = order.stock_hold_ids
        self.assertEqual(hold.lot_ids, long)
        self.assertEqual(hold.until_at, NOW.replace(day=11, hour=16))
        self.assertEqual(order.stock_hold_count, 1)
        self.assertEqual(order.action_open_holds()["res_model"], "stock.hold")
        wizard.until_on = NOW.replace(day=13).date()
        with self.assertRaisesRegex(UserError, "until 2026-03-12 at the latest"):
            wizard.action_confirm()
        wizard.until_on = NOW.replace(day=9).date()
        with self.assertRaisesRegex(UserError, "is over"):
            wizard.action_confirm()
        wizard.line_ids.quantity = 0
        with self.assertRaisesRegex(UserError, "how much"):
            wizard.action_confirm()

    def test_wizard_of_one_line_and_short_goods(self):
        self.put(self.fabric, 30, "R1")
        self.put(self.fabric, 25, "R2")
        order = self.make_quotation((self.fabric, 40), (self.fabric, 25))
        first, __ = order.order_line
        action = first.with_user(self.manager_a).action_hold_goods()
        Ask = self.env["stock.hold.ask"].with_user(self.manager_a)
        wizard = Ask.with_context(**action["context"]).create({})
        self.assertEqual(wizard.line_ids.order_line_id, first)
        self.assertEqual(wizard.line_ids.quantity, 30)
        # the second line is offered what the first leaves
        whole = Ask.with_context(default_order_id=order.id).create({})
        self.assertEqual(
            whole.line_ids.lot_ids.mapped("name"),
            ["R1", "R2"],
        )
        wizard.line_ids.write({"order_line_id": self.order.order_line.id})
        with self.assertRaisesRegex(UserError, "one quotation"):
            wizard.action_confirm()

    def test_two_companies(self):
        company = self.env["res.company"].create({"name": "Other"})
        boss = self.make_user("boss", MANAGER, self.company | company)
        hold = self.kept.with_user(boss)
        commercial = self.commercial
        commercial.company_ids |= company
        self.assertTrue(
            self.kept.with_user(commercial)
            .with_context(allowed_company_ids=[self.company.id])
            .has_access("read")
        )
        self.assertFalse(
            self.kept.with_user(commercial)
            .with_context(allowed_company_ids=[company.id])
            .has_access("read")
        )
        self.assertFalse(hold.has_access("read"))
        # no location of one company is used by the other
        branch = self.env["sales.branch"].create(
            {
                "code": "X",
                "name": "X",
                "company_id": company.id,
                "resource_calendar_id": False,
                "tz": "UTC",
            }
        )
        location = branch._hold_location()
        self.assertEqual(location.company_id, company)
        self.assertNotEqual(
            location.location_id, self.branch.hold_location_id.location_id
        )

    def test_screens_open(self):
        """Each role opens the views with all that they show."""
        for user in (self.manager_a, self.third, self.director, self.supervisor):
            hold = self.as_user(user)
            views = hold.get_views(
                [(False, "list"), (False, "form"), (False, "kanban")]
            )
            names = list(views["models"]["stock.hold"]["fields"])
            self.assertTrue(hold.read(names))
