from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form
from odoo.tools import mute_logger

from .common import BaseCommon

PREFIX = "sales_manager_kpi.customer_data_rule_"
FULL = {
    "street": "Oudegracht 1",
    "zip": "3511 AA",
    "city": "Utrecht",
    "phone": "+31 30 123 4567",
    "email": "buyer@customer.example",
}


class TestCustomerData(BaseCommon):
    """What must be known, how much of it is, and what is named as missing."""

    def setUp(self):
        super().setUp()
        self.night()

    def missing(self, customer=None):
        return set(self.figure(customer).missing_rule_ids.mapped("name"))

    def test_shipped_rules(self):
        """Weights add up, and each gap is named in words."""
        figure = self.figure()
        self.assertEqual(
            self.missing(),
            {
                *("Street", "ZIP code", "City", "Country", "Phone", "E-mail"),
                *("Payment terms", "Industry", "Contact person", "Delivery address"),
            },
        )
        self.assertEqual((figure.asked_weight, figure.filled_weight), (11.5, 2.0))
        self.assertAlmostEqual(figure.completeness, 2 / 11.5, places=4)
        self.assertIn("ZIP code, City", figure.missing_words)

    def test_followed_at_once(self):
        """Whatever way a value comes: on the customer, its people, or by an owner."""
        self.customer.write(FULL)
        self.assertNotIn("Street", self.missing())
        self.customer.street = False
        self.assertIn("Street", self.missing())
        person = self.env["res.partner"].create(
            {"name": "Ms Buyer", "parent_id": self.customer.id, "type": "contact"}
        )
        self.assertNotIn("Contact person", self.missing())
        person.type = "delivery"
        self.assertIn("Contact person", self.missing())
        self.assertNotIn("Delivery address", self.missing())
        self.customer.user_id = False
        self.assertIn("Owner", self.missing())
        self.customer.property_payment_term_id = self.env.ref(
            "account.account_payment_term_30days"
        )
        self.assertNotIn("Payment terms", self.missing())

    def test_vat_only_of_companies_in_the_union(self):
        for country, is_company, asked in (
            ("base.nl", True, True),
            ("base.us", True, False),
            ("base.nl", False, False),
        ):
            self.customer.write(
                {"country_id": self.env.ref(country).id, "is_company": is_company}
            )
            self.assertEqual("VAT number" in self.missing(), asked)

    def test_of_a_class_and_of_a_company(self):
        rule = self.env["customer.data.rule"].create(
            {
                "name": "Website",
                "field_id": self.env.ref("base.field_res_partner__website").id,
                "class_ids": [Command.link(self.a_class.id)],
            }
        )
        other = self.make_customer("Customer B", self.manager_a)
        self.put_in_class(self.customer)
        self.night()
        self.env["customer.figure"]._refresh_company(self.company)
        self.figure(other).action_refresh()
        self.assertIn("Website", self.missing())
        self.assertNotIn("Website", self.missing(other))
        self.assertEqual(rule.company_id, self.company)
        found = self.env["customer.data.rule"]._of_company(
            self.env["res.company"].create({"name": "Elsewhere"})
        )
        self.assertNotIn(rule, found)
        self.assertIn(self.env.ref(PREFIX + "street"), found)

    def test_without_rules_there_is_no_base(self):
        self.env["customer.data.rule"].search([]).active = False
        self.figure().action_refresh()
        self.assertEqual(self.figure().asked_weight, 0)
        self.assertFalse(self.figure().is_incomplete)

    def test_bad_rules(self):
        Rule = self.env["customer.data.rule"]
        for values in ({"kind": "field", "field_id": False}, {"weight": 0}):
            with (
                self.subTest(values=values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
            ):
                Rule.create({"name": "Bad", "kind": "owner", **values})
        for xmlid in (
            "sale.field_sale_order__name",
            "base.field_res_partner__child_ids",
        ):
            with self.subTest(field=xmlid), self.assertRaises(ValidationError):
                Rule.create({"name": "Bad", "field_id": self.env.ref(xmlid).id})

    def test_who_sets_rules(self):
        rule = self.env.ref(PREFIX + "street")
        rule.with_user(self.manager_a).read(["name"])
        for user in (self.manager_a, self.director, self.commercial):
            with self.assertRaises(AccessError):
                rule.with_user(user).weight = 5
        rule.with_user(self.admin).weight = 5

    def test_many_at_once(self):
        """As many queries to write forty customers as to write two."""
        many = self.env["res.partner"].union(
            *(self.make_customer(f"C{n}", self.manager_a) for n in range(40))
        )
        self.night()
        counts = []
        for partners in (many[:2], many):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            partners.write({"street": f"Street {len(partners)}"})
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 3, counts)

    def test_nothing_is_asked_where_nothing_is_kept(self):
        """A contact that concerns no figure costs nothing."""
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        self.env.flush_all()
        stranger.street = "A"
        self.env.flush_all()
        self.assertFalse(self.figure(stranger))


class TestDuplicates(BaseCommon):
    """Whoever enters a customer once more learns of it, as far as it may be known."""

    def setUp(self):
        super().setUp()
        self.customer.write(FULL)
        self.night()

    def type_in(self, user, **values):
        Partner = self.env["res.partner"].with_user(user)
        form = Form(Partner.with_context(default_is_company=True))
        form.name = "Somebody new"
        for name, value in values.items():
            form[name] = value
        return form

    def test_while_typing(self):
        """By e-mail, phone however written, or name and place; else nothing."""
        for values, reason in (
            ({"email": "Buyer@Customer.example"}, "e-mail"),
            ({"phone": "030-1234567"}, "phone"),
            ({"name": "Customer A b.v.", "zip": "3511aa"}, "name and place"),
            ({"name": "CUSTOMER A", "city": "utrecht"}, "name and place"),
        ):
            with self.subTest(values=values):
                note = self.type_in(self.manager_b, **values).customer_duplicate_note
                self.assertIn("Customer A", note)
                self.assertIn(reason, note)
                self.assertIn(self.manager_a.name, note)
        for values in (
            {"name": "Customer A", "city": "Gent"},
            {"email": "b@c.example"},
        ):
            form = self.type_in(self.manager_b, **values)
            self.assertFalse(form.customer_duplicate_note)

    def test_of_a_customer_one_may_not_read(self):
        """That it exists and whom to ask, not who it is."""
        self.env["res.config.settings"].create(
            {"group_sales_own_customers_only": True}
        ).execute()
        form = self.type_in(self.manager_b, email=FULL["email"])
        self.assertNotIn("Customer A", form.customer_duplicate_note)
        self.assertIn(self.manager_a.name, form.customer_duplicate_note)

    def test_not_itself_nor_its_own_people(self):
        self.assertFalse(self.customer.customer_duplicate_note)
        person = self.env["res.partner"].create(
            {"name": "P", "parent_id": self.customer.id, "email": FULL["email"]}
        )
        self.assertFalse(person.customer_duplicate_note)
        self.assertFalse(self.customer.customer_duplicate_note)

    def test_logged_on_creation(self):
        """By RPC or import nobody sees a warning: a note stays."""
        new = self.make_customer("Twin", self.manager_b, email=FULL["email"])
        body = new.message_ids[:1].body
        self.assertIn("e-mail", body)
        self.assertIn(self.manager_a.name, body)
        self.assertNotIn("Customer A", body)
        other = self.make_customer("Other", self.manager_b, email="o@o.example")
        self.assertNotIn("exist already", " ".join(other.message_ids.mapped("body")))

    def test_list_of_pairs(self):
        """For the directors of either side; merging is core's."""
        twin = self.make_customer("Twin", self.manager_b, email=FULL["email"])
        self.night()
        Pair = self.env["customer.duplicate"]
        domain = [("partner_id", "=", self.customer.id), ("other_id", "=", twin.id)]
        pair = Pair.search(domain)
        self.assertTrue(pair.same_email)
        self.assertFalse(pair.same_phone or pair.same_name or pair.same_vat)
        for user in (self.director, self.other_director, self.commercial):
            self.assertEqual(Pair.with_user(user).search(domain), pair)
        with self.assertRaises(AccessError):
            Pair.with_user(self.manager_a).search(domain)
        with self.assertRaises(UserError):
            pair.with_user(self.director).action_merge()
        self.director.group_ids |= self.env.ref("base.group_partner_manager")
        action = pair.with_user(self.director).action_merge()
        self.assertEqual(
            set(action["context"]["active_ids"]), {self.customer.id, twin.id}
        )
        Merge = self.env["base.partner.merge.automatic.wizard"]
        Merge._merge((self.customer | twin).ids, self.customer)
        self.assertFalse(Pair.search(domain))
        self.assertEqual(len(self.figure()), 1)
