from datetime import date

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import mute_logger

from .common import CounterCommon

RULES = ("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")


class TestNeed(CounterCommon):
    @classmethod
    def need(cls, user=None, **values):
        thing = {} if "categ_id" in values else {"product_id": cls.velvet.id}
        needs = cls.env["customer.need"].with_user(user or cls.manager_a)
        return needs.with_company(cls.company).create(
            {"partner_id": cls.customer.id, **thing, **values}
        )

    # ------------------------------------------------------------------
    # What is written down
    # ------------------------------------------------------------------

    def test_units(self):
        roll = self.env["uom.uom"].create(
            {
                "name": "Roll of 50",
                "relative_factor": 50,
                "relative_uom_id": self.metre.id,
            }
        )
        need = self.need(quantity=2, uom_id=roll.id)
        self.assertEqual(need.product_quantity, 100)
        self.assertEqual(self.need().uom_id, self.metre)
        kilo = self.env.ref("uom.product_uom_kgm")
        with self.assertRaisesRegex(ValidationError, "cannot be converted"):
            need.uom_id = kilo
        with self.assertRaises(ValidationError):
            self.need(categ_id=self.velvets.id, quantity=3)

    @mute_logger("odoo.sql_db")
    def test_bad_input(self):
        person = self.env["res.partner"].create(
            {"name": "P", "parent_id": self.customer.id}
        )
        both = {"product_id": self.velvet.id, "categ_id": self.velvets.id}
        for refusal, values in (
            (IntegrityError, {"product_id": False}),
            (IntegrityError, both),
            (IntegrityError, {"quantity": -1}),
            (IntegrityError, {"season_from": "3"}),
            (IntegrityError, {"season_to": "3"}),
            (ValueError, {"season_from": "13", "season_to": "1"}),
            (ValidationError, {"partner_id": person.id}),
            (UserError, {"confirmed_on": "2020-01-01"}),
            (UserError, {"confirmed_by_id": self.manager_b.id}),
        ):
            with (
                self.subTest(values=values),
                self.assertRaises(refusal),
                self.env.cr.savepoint(),
            ):
                self.need(**values)
                self.env.flush_all()

    def test_confirmed(self):
        need = self.need()
        self.assertEqual(need.confirmed_by_id, self.manager_a)
        with freeze_time("2030-05-05 10:00:00"):
            need.with_user(self.commercial).action_confirm()
        self.assertEqual(need.confirmed_on, date(2030, 5, 5))
        self.assertEqual(need.confirmed_by_id, self.commercial)
        with self.assertRaises(UserError):
            need.confirmed_on = "2020-01-01"
        # neither by a context, nor by saying that nobody supposes it any more
        need.sudo().is_supposed = True
        with self.assertRaisesRegex(UserError, "its button"):
            need.with_user(self.manager_a).is_supposed = False
        for name, value in (
            ("confirmed_on", "2020-01-01"),
            ("confirmed_by_id", self.manager_b.id),
        ):
            needs = need.with_user(self.manager_a).browse()
            with self.assertRaisesRegex(UserError, "its button"):
                needs.with_context(**{f"default_{name}": value}).create(
                    {"partner_id": self.customer.id, "product_id": self.velvet.id}
                )

    # ------------------------------------------------------------------
    # Seasons
    # ------------------------------------------------------------------

    def search(self, *domain):
        return self.env["customer.need"].with_user(self.manager_a).search([*domain])

    def test_in_season(self):
        winter = self.need(season_from="11", season_to="2")
        summer = self.need(season_from="6", season_to="8")
        always = self.need()
        for day, expected in (
            ("2025-01-15", winter | always),
            ("2025-07-31 20:00:00", summer | always),
            ("2025-07-31 23:00:00", summer | always),  # August in Amsterdam
            ("2025-08-31 23:00:00", always),  # September in Amsterdam
            ("2025-11-01", winter | always),
        ):
            with freeze_time(day):
                self.env.invalidate_all()
                found = self.search(("is_in_season", "=", True))
                self.assertEqual(found, expected, day)
                self.assertEqual(found.filtered("is_in_season"), found)
                self.assertEqual(
                    self.search(("is_in_season", "=", False)),
                    (winter | summer | always) - expected,
                )

    def test_due(self):
        """The season begins soon and nothing was quoted in time, by whomever."""
        need = self.need(season_from="3", season_to="5")
        self.need(season_from="9", season_to="9")
        self.need()
        whole = self.need(season_from="3", season_to="4", categ_id=self.velvets.id)
        with freeze_time("2025-02-10 10:00:00"):
            self.assertEqual(self.search(("is_due", "=", True)), need | whole)
            self.assertTrue(need.is_due)
            quoted = self.sell_goods(self.lamp, confirm=False)
            self.assertTrue(need.search_count([("is_due", "=", True)]), quoted)
            late = self.sell_goods(self.velvet, day="2024-10-01 10:00:00")
            self.assertEqual(self.search(("is_due", "=", True)), need | whole)
            late.date_order = "2025-01-05 10:00:00"
            self.assertFalse(self.search(("is_due", "=", True)))
            late._action_cancel()
            self.assertEqual(self.search(("is_due", "=", True)), need | whole)
            self.sell_goods(self.velvet, confirm=False)
            self.env.invalidate_all()
            self.assertFalse(need.is_due)
        with freeze_time("2025-04-10 10:00:00"):  # it has begun
            self.assertFalse(self.search(("is_due", "=", True)))

    def test_needed_products(self):
        plush = self.make_goods("Plush", categ_id=self.velvets.id)
        gone = self.make_goods("Gone", categ_id=self.velvets.id, sale_ok=False)
        person = self.env["res.partner"].create(
            {"name": "P", "parent_id": self.customer.id}
        )
        self.need(season_from="3", season_to="5", product_id=self.lamp.id)
        self.need(season_from="11", season_to="2", categ_id=self.velvets.id)
        self.need(self.manager_b, partner_id=self.rival.id)
        partners = self.customer | self.rival | person
        needs = self.env["customer.need"].with_user(self.commercial)
        winter = needs._needed_products(partners, date(2025, 1, 5))
        self.assertEqual(winter[self.customer], self.velvet | plush)
        self.assertEqual(winter[person], winter[self.customer])
        self.assertEqual(winter[self.rival], self.velvet)
        soon = needs._needed_products(partners, date(2025, 2, 20))
        self.assertEqual(soon[self.customer], self.velvet | plush | self.lamp)
        spring = needs._needed_products(partners, date(2025, 5, 5))
        self.assertEqual(spring[self.customer], self.lamp)
        self.assertNotIn(gone, winter[self.customer])
        # what one may not see is not told
        own = self.env["customer.need"].with_user(self.manager_a)
        own = own._needed_products(partners.with_user(self.manager_a), date(2025, 1, 5))
        self.assertFalse(own[self.rival.with_user(self.manager_a)])

    def test_needed_products_budget(self):
        customers = self.customer.browse()
        for number in range(40):
            customers |= self.make_customer(f"C{number}", self.manager_a)
        self.env["customer.need"].create(
            [
                {"partner_id": customer.id, "product_id": self.velvet.id}
                for customer in customers
            ]
            + [
                {"partner_id": customer.id, "categ_id": self.velvets.id}
                for customer in customers
            ]
        )
        self.env.flush_all()
        self.env.invalidate_all()
        needs = self.env["customer.need"].with_user(self.manager_a)
        needs._needed_products(customers[:1])
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        found = needs._needed_products(customers)
        self.assertEqual(len(found), 40)
        self.assertLessEqual(self.env.cr.sql_log_count - before, 12)

    # ------------------------------------------------------------------
    # From history
    # ------------------------------------------------------------------

    def test_propose(self):
        with freeze_time("2025-06-15 10:00:00"):
            for day in ("2023-12-05", "2024-11-10", "2025-01-20"):
                self.sell_goods(self.velvet, day=day, product_uom_qty=20)
            for day in ("2025-01-05", "2025-05-05"):
                dozen = self.env.ref("uom.product_uom_dozen")
                self.sell_goods(
                    self.lamp, day=day, product_uom_qty=1, product_uom_id=dozen.id
                )
            once = self.make_goods("Once")
            self.sell_goods(once, day="2025-05-05")
            old = self.make_goods("Old")
            for __ in range(2):
                self.sell_goods(old, day="2022-05-05")
            customer = self.customer.with_user(self.manager_a)
            action = customer.action_propose_needs()
            found = self.env["customer.need"].search(action["domain"], order="id")
            self.assertEqual(found.product_id, self.velvet | self.lamp)
            velvet = found.filtered(lambda need: need.product_id == self.velvet)
            self.assertRecordValues(
                velvet,
                [
                    {
                        "quantity": 30.0,  # 60 in two years
                        "season_from": "11",
                        "season_to": "1",
                        "is_supposed": True,
                        "confirmed_on": False,
                        "uom_id": self.metre.id,
                    }
                ],
            )
            self.assertEqual((found - velvet).quantity, 12.0)
            with self.assertRaisesRegex(UserError, "nothing to propose"):
                customer.action_propose_needs()
            velvet.active = False  # not proposed again
            with self.assertRaises(UserError):
                customer.action_propose_needs()
            velvet.with_user(self.manager_a).action_confirm()
            self.assertFalse(velvet.is_supposed)

    def test_propose_to_a_young_customer(self):
        """Two months of buying are not two years; nor do they make a season."""
        with freeze_time("2025-06-15 10:00:00"):
            for day in ("2025-04-15", "2025-05-20"):
                self.sell_goods(self.velvet, day=day, product_uom_qty=10)
            for day in ("2023-03-01", "2025-05-20", "2025-06-14"):
                self.sell_goods(self.velvet, self.rival, day=day, product_uom_qty=10)
            customers = self.customer | self.rival
            needs = self.env["customer.need"]._propose(customers)
            young, known = (
                needs.filtered(lambda need, one=one: need.partner_id == one)
                for one in customers
            )
            # 20 in 61 days, so 119.75 in a year
            self.assertEqual((young.quantity, young.season_from), (119.75, False))
            self.assertEqual((known.quantity, known.season_from), (10.0, "5"))
            # begun last week: a month at the least
            needs.unlink()
            self.env["sale.order"].search(
                [("partner_id", "=", self.customer.id)]
            ).date_order = "2025-06-10"
            young = self.env["customer.need"]._propose(self.customer)
            self.assertEqual(young.quantity, 240.0)

    def test_propose_last_year(self):
        with freeze_time("2025-06-15 10:00:00"):
            for day in ("2024-01-05", "2025-01-05"):
                self.sell_goods(self.velvet, day=day)
            with self.assertRaises(UserError):
                self.customer.with_user(self.manager_a).action_propose_needs_year()

    # ------------------------------------------------------------------
    # Rights
    # ------------------------------------------------------------------

    def test_roles(self):
        own = self.need()
        theirs = self.need(self.manager_b, partner_id=self.rival.id)
        self.env["customer.figure"]._refresh_company(self.company)
        for user, expected in (
            (self.manager_a, own),
            (self.colleague, own.browse()),
            (self.manager_b, theirs),
            (self.director, own),
            (self.other_director, theirs),
            (self.commercial, own | theirs),
        ):
            found = self.env["customer.need"].with_user(user).search([])
            self.assertEqual(found.sudo(), expected, user.login)
            self.assertEqual(
                self.customer.with_user(user).customer_need_count, len(expected & own)
            )
        for user in (self.plain, self.supervisor):
            with self.assertRaises(AccessError):
                self.env["customer.need"].with_user(user).search([])
        with mute_logger(*RULES):
            for act in (
                lambda: own.with_user(self.manager_b).action_confirm(),
                lambda: own.with_user(self.manager_b).unlink(),
                lambda: self.need(self.manager_b),
                lambda: own.write({"partner_id": self.rival.id}),
            ):
                with self.assertRaises(AccessError):
                    act()
        figure = self.env["customer.figure"].search(
            [("partner_id", "=", self.customer.id)]
        )
        labels = dict(figure.with_user(self.manager_a)._card_rows())
        self.assertIn("Velvet", labels["Needs now"])

    def test_other_company(self):
        self.need()
        stranger = self.make_stranger()
        needs = self.env["customer.need"].with_user(stranger)
        self.assertFalse(needs.search([]))
        theirs = needs.with_company(stranger.company_id).create(
            {"partner_id": self.customer.id, "product_id": self.lamp.id}
        )
        self.assertEqual(theirs.company_id, stranger.company_id)
        found = self.env["customer.need"].with_user(self.manager_a).search([])
        self.assertNotIn(theirs.sudo(), found.sudo())
        products = needs._needed_products(self.customer, date(2025, 1, 5))
        self.assertEqual(products[self.customer], self.lamp)

    def test_import(self):
        """As a list from a spreadsheet."""
        needs = self.env["customer.need"].with_user(self.manager_a)
        result = needs.load(
            ["partner_id", "product_id", "quantity", "season_from", "season_to"],
            [["Customer A", "Velvet", "12", "November", "February"]],
        )
        self.assertTrue(result["ids"], result["messages"])
        need = needs.browse(result["ids"])
        self.assertEqual((need.season_from, need.season_to), ("11", "2"))
        self.assertEqual(need.copy().quantity, 12)
        self.assertTrue(fields.Date.to_date(need.confirmed_on))
        self.customer.customer_need_ids = [Command.clear()]
