from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError

from .common import DiscountCommon

TEN = {"role": "manager", "max_line_percent": 10, "pricelist": "forbidden"}


class TestClassPricelist(DiscountCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cheap = cls.make_pricelist(
            "Class A",
            {
                "applied_on": "3_global",
                "compute_price": "percentage",
                "percent_price": 20,
            },
        )
        cls.class_a = cls.env["customer.class"].create(
            {"code": "A", "name": "Large", "pricelist_id": cls.cheap.id}
        )
        cls.buyer = cls.make_customer("Buyer", cls.manager_a)
        cls.contact = cls.make_customer("Desk", is_company=False).create(
            {"name": "Desk", "parent_id": cls.buyer.id}
        )

    def put(self, partner, customer_class, **values):
        return self.env["customer.class.member"].create(
            {
                "partner_id": partner.id,
                "class_id": customer_class.id,
                "date_from": "2020-01-01",
                **values,
            }
        )

    def test_norm_of_the_class(self):
        before = self.buyer.property_product_pricelist
        row = self.put(self.buyer, self.class_a)
        self.assertEqual(self.buyer.property_product_pricelist, self.cheap)
        self.assertEqual(self.contact.property_product_pricelist, self.cheap)
        self.assertFalse(self.buyer.specific_property_product_pricelist)
        self.assertEqual(self.customer.property_product_pricelist, self.pricelist)
        order = self.make_quotation((self.cloth, 1, {}), partner_id=self.buyer.id)
        self.assertEqual(order.pricelist_id, self.cheap)
        [line] = order._concession_figures().lines
        self.assertAlmostEqual(line.norm_price, 80)
        row.unlink()
        self.assertEqual(self.buyer.property_product_pricelist, before)

    def test_own_list_goes_before(self):
        self.put(self.buyer, self.class_a)
        self.buyer.property_product_pricelist = self.pricelist
        self.assertEqual(self.buyer.property_product_pricelist, self.pricelist)
        self.buyer.property_product_pricelist = self.cheap
        self.assertFalse(self.buyer.specific_property_product_pricelist)

    def test_dated(self):
        tomorrow = fields.Date.today() + timedelta(days=2)
        self.put(self.buyer, self.class_a, date_from=tomorrow)
        self.assertNotEqual(self.buyer.property_product_pricelist, self.cheap)
        self.assertFalse(self.buyer.customer_class_id)

    def test_no_query_without_lists(self):
        self.class_a.pricelist_id = False
        self.env["customer.class"]._pricelists(self.company.id)
        with self.assertQueryCount(0):
            self.assertEqual(self.buyer._class_pricelists(), {})

    def test_class_list_appears_later(self):
        self.put(self.buyer, self.class_a)
        self.class_a.pricelist_id = False
        self.assertNotEqual(self.buyer.property_product_pricelist, self.cheap)
        self.class_a.pricelist_id = self.cheap
        self.assertEqual(self.buyer.property_product_pricelist, self.cheap)

    def test_searched_and_shown(self):
        self.put(self.buyer, self.class_a)
        partners = self.env["res.partner"].with_user(self.manager_a)
        found = partners.search([("customer_class_id", "=", self.class_a.id)])
        self.assertEqual(found, self.buyer | self.contact)
        found = partners.search([("customer_class_id.code", "=", "A")])
        self.assertEqual(found, self.buyer | self.contact)
        nobody = partners.search([("customer_class_id", "=", False)])
        self.assertFalse(nobody & found)
        self.assertIn(self.customer, nobody)
        others = partners.search([("customer_class_id", "!=", self.class_a.id)])
        self.assertIn(self.customer, others)
        self.assertFalse(others & found)
        self.open_form(self.buyer.with_user(self.manager_a))
        self.assertEqual(self.class_a.member_count, 1)

    def test_other_company(self):
        company = self.setup_other_company()["company"]
        with self.assertRaises(ValidationError):
            self.put(self.contact, self.class_a)
        self.put(self.buyer, self.class_a)
        theirs = self.buyer.with_company(company)
        self.assertNotEqual(theirs.property_product_pricelist, self.cheap)
        self.assertFalse(theirs.customer_class_id)

    def test_roles(self):
        row = self.put(self.buyer, self.class_a)
        for user in (self.manager_a, self.supervisor):
            with self.assertRaises(AccessError):
                row.with_user(user).write({"class_id": False})
        with self.assertRaises(AccessError):
            self.class_a.with_user(self.director).write({"pricelist_id": False})
        row.with_user(self.director).write({"reason": "Asked for"})


class TestTermsGuard(DiscountCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vip = cls.make_pricelist("VIP")
        cls.late = cls.env["account.payment.term"].create({"name": "Late"})

    def test_inert(self):
        theirs = self.customer.with_user(self.manager_a)
        theirs.property_product_pricelist = self.vip
        theirs.property_payment_term_id = self.late
        self.assertEqual(self.customer.property_product_pricelist, self.vip)

    def test_salespeople_may_not(self):
        """T5: the customer's list and terms are discounts too."""
        self.make_policy(TEN)
        theirs = self.customer.with_user(self.manager_a)
        for values in (
            {"property_product_pricelist": self.vip.id},
            {"specific_property_product_pricelist": self.vip.id},
            {"property_product_pricelist": False},
            {"property_payment_term_id": self.late.id},
        ):
            with self.subTest(values=values), self.assertRaises(AccessError):
                theirs.write(values)
        # what stays as it is, is no change
        theirs.write({"phone": "1", "property_product_pricelist": self.pricelist.id})

    def test_new_customers(self):
        self.make_policy(TEN)
        partners = self.env["res.partner"].with_user(self.manager_a)
        for name, value in (
            ("property_product_pricelist", self.vip.id),
            ("specific_property_product_pricelist", self.vip.id),
            ("property_payment_term_id", self.late.id),
        ):
            with self.subTest(name=name), self.assertRaises(AccessError):
                partners.create({"name": "New", name: value})
        usual = partners.create({"name": "New"})
        self.assertTrue(usual)
        contact = partners.create({"name": "Desk", "parent_id": self.customer.id})
        self.assertEqual(contact.property_product_pricelist, self.pricelist)

    def test_directors_may_and_it_is_kept(self):
        self.make_policy(TEN)
        theirs = self.customer.with_user(self.director)
        theirs.property_product_pricelist = self.vip
        theirs.property_payment_term_id = self.late
        bodies = " ".join(self.customer.message_ids.mapped("body"))
        self.assertEqual(bodies.count("→ VIP"), 1)
        self.assertIn("→ Late", bodies)

    def test_off_refuses_nothing(self):
        self.make_policy(TEN, mode="off")
        theirs = self.customer.with_user(self.manager_a)
        theirs.property_payment_term_id = self.late

    def test_other_list_on_an_order(self):
        """T5, P3: swapping the list of an order is measured against the customer's."""
        self.make_policy(TEN)
        order = self.make_quotation((self.cloth, 1, {}), pricelist_id=self.vip.id)
        error = order.with_user(self.manager_a)._discount_error()
        self.assertIn("Another price list", error)
