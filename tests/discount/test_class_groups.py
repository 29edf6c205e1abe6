from odoo.exceptions import AccessError
from odoo.tests import freeze_time

from ..common import OrganisationCommon

MODEL = "customer.class.member"


class TestClassGroups(OrganisationCommon):
    """Customers are grouped and sorted by the class they are of today."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # the second one goes before the first one in the order of classes
        cls.small, cls.large = cls.env["customer.class"].create(
            [
                {"code": "Y", "name": "Small", "sequence": 2},
                {"code": "X", "name": "Large", "sequence": 1},
            ]
        )
        cls.one, cls.two, cls.none = (
            cls.make_customer(name, cls.manager_a) for name in ("One", "Two", "None")
        )
        cls.desk = cls.env["res.partner"].create(
            {"name": "Desk", "parent_id": cls.one.id}
        )
        cls.partners = cls.one | cls.two | cls.none | cls.desk
        cls.put(cls.one, cls.large, "2026-01-01")
        cls.put(cls.two, cls.small, "2026-01-01")
        cls.put(cls.two, cls.large, "2026-03-10")
        cls.put(cls.one, cls.small, "2026-04-01")
        cls.put(cls.one, cls.env["customer.class"], "2026-05-01")

    @classmethod
    def put(cls, customer, customer_class, day):
        return cls.env[MODEL].create(
            {
                "partner_id": customer.id,
                "company_id": cls.company.id,
                "class_id": customer_class.id,
                "date_from": day,
            }
        )

    def groups(self, user=None):
        """``{class: partners}`` as the web client would find them, group by group."""
        partners = self.env["res.partner"].with_user(user or self.manager_a)
        domain = [("id", "in", self.partners.ids)]
        rows = partners.formatted_read_group(domain, ["customer_class_id"], ["__count"])
        found = {}
        for row in rows:
            inside = partners.search(domain + row["__extra_domain"])
            self.assertEqual(len(inside), row["__count"])
            found[row["customer_class_id"] and row["customer_class_id"][0]] = inside
        return found

    def test_every_day_its_own(self):
        """Nothing is written or run as days go by, and no class is ever stale."""
        small, large, one = self.small.id, self.large.id, self.one | self.desk
        for day, expected in (
            ("2025-12-31", {False: self.partners}),
            ("2026-03-09", {large: one, small: self.two, False: self.none}),
            ("2026-03-10", {large: one | self.two, False: self.none}),
            ("2026-04-01", {small: one, large: self.two, False: self.none}),
            ("2026-05-01", {large: self.two, False: one | self.none}),
        ):
            with self.subTest(day=day), freeze_time(f"{day} 12:00:00"):
                self.env.invalidate_all()
                self.assertEqual(self.groups(), expected)
                for class_id, partners in expected.items():
                    own = partners.with_company(self.company).customer_class_id
                    self.assertEqual(own.id, class_id)

    def test_day_of_the_company(self):
        """Just before midnight in UTC it is tomorrow already in Amsterdam."""
        with freeze_time("2026-03-09 23:30:00"):
            self.assertIn(self.two, self.groups()[self.large.id])
            self.assertEqual(self.two.customer_class_id, self.large)

    def test_just_written(self):
        with freeze_time("2026-03-09 12:00:00"):
            self.put(self.none, self.small, "2026-03-09")
            self.assertNotIn(False, self.groups())

    def test_sorted(self):
        """As classes are sorted; customers without a class come last."""
        partners = self.env["res.partner"].with_user(self.manager_a)
        domain = [("id", "in", (self.one | self.two | self.none).ids)]
        with freeze_time("2026-03-09 12:00:00"):
            found = partners.search(domain, order="customer_class_id")
            self.assertEqual(found.ids, [self.one.id, self.two.id, self.none.id])
            rows = partners._read_group(
                domain, ["customer_class_id"], ["__count"], order="customer_class_id"
            )
            classes = [row[0] for row in rows]
            self.assertEqual(
                classes, [self.large, self.small, self.env["customer.class"]]
            )

    def test_other_company(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.manager_a.company_ids += company
        partners = self.env["res.partner"].with_user(self.manager_a)
        with freeze_time("2026-03-09 12:00:00"):
            rows = partners.with_company(company)._read_group(
                [("id", "in", self.partners.ids)], ["customer_class_id"], ["__count"]
            )
        self.assertEqual(rows, [(self.env["customer.class"], 4)])

    def test_screens(self):
        partners = self.env["res.partner"].with_user(self.manager_a)
        description = partners.fields_get(["customer_class_id"])["customer_class_id"]
        self.assertTrue(description["groupable"])
        self.assertTrue(description["sortable"])
        search = partners.get_views([(False, "search")])["views"]["search"]["arch"]
        self.assertIn("group_class", search)
        views = partners.get_views([(False, "list")])
        self.assertIn("customer_class_id", views["views"]["list"]["arch"])

    def test_only_who_may_know(self):
        partners = self.env["res.partner"].with_user(self.plain)
        with self.assertRaises(AccessError):
            partners._read_group([], ["customer_class_id"], ["__count"])
        with self.assertRaises(AccessError):
            partners.search([], order="customer_class_id", limit=1)
        search = partners.get_views([(False, "search")])["views"]["search"]["arch"]
        self.assertNotIn("group_class", search)
