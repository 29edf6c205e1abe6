from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError

from .common import PlaybookSalesCommon


@freeze_time("2026-03-02 09:00:00")
class TestProspects(PlaybookSalesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.nl = cls.env.ref("base.nl")
        cls.territory = cls.env["sales.territory"].create(
            {
                "name": "Utrecht",
                "company_id": cls.company.id,
                "country_ids": cls.nl.ids,
                "zip_from": "3500",
                "zip_to": "3599",
            }
        )
        cls.part = cls.env["sales.territory"].create(
            {
                "name": "Centre",
                "kind": "district",
                "parent_id": cls.territory.id,
                "company_id": cls.company.id,
                "country_ids": cls.nl.ids,
                "zip_from": "3511",
                "zip_to": "3511",
            }
        )
        cls.place = {"country_id": cls.nl.id, "zip": "3511 AB", "city": "Utrecht"}

    def make_list(self, kind="rows", **values):
        return self.env["sales.prospect.list"].create(
            {
                "name": "List",
                "kind": kind,
                "company_id": self.company.id,
                "branch_id": self.branch.id,
                **values,
            }
        )

    def add(self, rows, *vals_list, user=None):
        return (
            self.env["sales.prospect"]
            .with_user(user or self.env.user)
            .create([{"list_id": rows.id, **vals} for vals in vals_list])
        )

    def test_filled_from_a_territory(self):
        """Who is in it, or in its parts, and never bought; each once."""
        fresh = self.make_customer("Fresh", **self.place)
        outer = self.make_customer("Outer", country_id=self.nl.id, zip="3520")
        buyer = self.make_customer("Buyer", **self.place)
        self.make_order(buyer)
        child = self.env["res.partner"].create(
            {"name": "Child", "parent_id": buyer.id, "type": "other", **self.place}
        )
        far = self.make_customer("Far", country_id=self.nl.id, zip="1011")
        self.branch.region_id = self.territory
        rows = self.make_list("territory", territory_ids=self.territory.ids)
        rows.with_user(self.director).action_fill()
        found = rows.prospect_ids.partner_id
        self.assertEqual(found & (fresh | outer | buyer | child | far), fresh | outer)
        self.assertEqual(
            rows.prospect_ids.filtered(lambda p: p.partner_id == fresh).territory_id,
            self.part,
        )
        count = rows.prospect_count
        rows.with_user(self.director).action_fill()
        rows.invalidate_recordset()
        self.assertEqual(rows.prospect_count, count)
        second = self.make_list("territory", territory_ids=self.territory.ids)
        second.action_fill()
        self.assertFalse(second.prospect_ids)
        with self.assertRaisesRegex(UserError, "Import"):
            self.make_list().action_fill()
        with self.assertRaisesRegex(ValidationError, "territories"):
            self.make_list("territory")

    def test_filled_with_customers_that_went(self):
        """By the state of their figures alone."""
        lost, dormant, active = (
            self.make_customer(name) for name in ("Lost", "Dormant", "Active")
        )
        figures = self.env["customer.figure"].sudo()
        for partner, state in (
            (lost, "lost"),
            (dormant, "dormant"),
            (active, "active"),
        ):
            figure = figures._ensure(partner, self.company)
            figure.life_state = state
        rows = self.make_list("gone")
        rows.action_fill()
        self.assertEqual(rows.prospect_ids.partner_id, lost | dormant)
        rows = self.make_list("gone", with_dormant=False)
        rows.action_fill()
        self.assertFalse(rows.prospect_ids)  # on the first list already

    def test_territories_of_others(self):
        """A director fills from the territories of their branches, and their people."""
        there = self.make_customer("There", **self.place)
        west, east = (
            self.env["sales.territory"].create(
                {
                    "name": name,
                    "company_id": self.company.id,
                    "country_ids": self.nl.ids,
                    "zip_from": number,
                    "zip_to": number,
                }
            )
            for name, number in (("West", "2000"), ("East", "7000"))
        )
        self.branch.region_id = self.territory
        self.other_branch.region_id = east
        # a customer of manager A, who works for the director
        self.make_customer("Own", self.manager_a, country_id=self.nl.id, zip="2000")
        self.env.flush_all()

        def make_list(user, territories):
            rows = self.env["sales.prospect.list"].with_user(user)
            return rows.with_company(self.company).create(
                {
                    "name": "List",
                    "kind": "territory",
                    "branch_id": False,
                    "territory_ids": territories.ids,
                }
            )

        for user, own in (
            (self.director, self.territory | self.part | west),
            (self.other_director, east),
        ):
            for territory in self.territory | self.part | west | east:
                rows = make_list(user, territory)
                with self.subTest(user=user.login, territory=territory.name):
                    if territory in own:
                        rows.action_fill()
                    else:
                        with self.assertRaisesRegex(AccessError, territory.name):
                            rows.action_fill()
        rows = self.env["sales.prospect"].search([("partner_id", "=", there.id)])
        self.assertEqual(rows.list_id.user_id, self.director)
        make_list(self.commercial, self.territory | east).action_fill()

    def test_gone_customers_of_others(self):
        """Without territories: those of the director's own people alone."""
        figures = self.env["customer.figure"].sudo()
        mine, theirs = (
            self.make_customer(name, user)
            for name, user in (("Mine", self.manager_a), ("Theirs", self.manager_b))
        )
        for partner, user in ((mine, self.manager_a), (theirs, self.manager_b)):
            figures._ensure(partner, self.company).write(
                {"life_state": "lost", "user_id": user.id}
            )
        for user, found in ((self.director, mine), (self.commercial, theirs)):
            rows = self.make_list("gone")
            rows.with_user(user).action_fill()
            self.assertEqual(rows.prospect_ids.partner_id, found, user.login)

    def test_one_number_however_typed(self):
        """VAT numbers without spaces, dots, case and the letters of the country."""
        known = self.make_customer(
            "Known", vat="BE0477472701", country_id=self.env.ref("base.be").id
        )
        rows = self.make_list()
        be, nl = self.env.ref("base.be").id, self.nl.id
        same = ("be 0477.472.701", "BE-0477-472-701", "0477 472 701")
        found = self.add(
            rows, *({"name": f"Same {n}", "vat": vat} for n, vat in enumerate(same))
        )
        self.assertEqual(found.duplicate_partner_id, known)
        self.assertEqual(set(found.mapped("state")), {"duplicate"})
        home, abroad, other = self.add(
            rows,
            {"name": "Home", "vat": "0477472701", "country_id": be},
            {"name": "Abroad", "vat": "0477472701", "country_id": nl},
            {"name": "Other", "vat": "NL0477472701"},
        )
        self.assertEqual(home.duplicate_partner_id, known)
        self.assertFalse((abroad | other).duplicate_partner_id)
        # of an unknown country: it may be this one
        self.assertEqual((abroad | other).duplicate_prospect_id, found[2])
        abroad.country_id = be
        self.assertEqual(abroad.duplicate_partner_id, known)
        self.env.invalidate_all()
        few = self.count_queries(lambda: self.add(rows, {"name": "Q", "vat": "NL1"}))
        many = self.count_queries(
            lambda: self.add(
                rows, *({"name": f"R{n}", "vat": f"NL2{n}"} for n in range(20))
            )
        )
        self.assertLess(many, few + 20)

    def count_queries(self, step):
        before = self.env.cr.sql_log_count
        step()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_duplicates(self):
        """Of customers, open leads and other prospects, by what is the same."""
        self.make_customer(
            "Known B.V.", email="info@known.example", vat="BE0477472701", city="Gent"
        )
        self.make_lead("Lead", partner_name="Led GmbH", phone="+49 40 123 456 789")
        rows = self.make_list()
        found = self.add(
            rows,
            {"name": "known", "city": "GENT"},
            {"name": "Other", "email": "INFO@known.example"},
            {"name": "Third", "vat": "BE0477472701"},
            {"name": "Fourth", "phone": "040-123456789"},
            {"name": "Fresh", "phone": "0301234567"},
            {"name": "Fresh again", "phone": "030 123 45 67"},
            {"name": "Known", "city": "Brussel"},
        )
        self.assertEqual(
            found.mapped("state"),
            [
                *["duplicate"] * 4,
                "new",
                "duplicate",
                "new",
            ],
        )
        self.assertTrue(found[0].duplicate_partner_id)
        self.assertEqual(found[3].duplicate_lead_id.name, "Lead")
        self.assertEqual(found[5].duplicate_prospect_id, found[4])
        found[5].action_not_the_same()
        self.assertEqual(found[5].state, "new")
        found[1].action_drop()
        self.assertEqual(found[1].state, "dropped")
        # who was the same as one that is dropped may be worked instead
        twins = self.add(
            rows,
            {"name": "Twin", "phone": "0207654321"},
            {"name": "Twin again", "phone": "020 765 43 21"},
        )
        self.assertEqual(twins.mapped("state"), ["new", "duplicate"])
        twins[0].action_drop()
        self.assertEqual(twins.mapped("state"), ["dropped", "new"])
        with self.assertRaisesRegex(ValidationError, "name"):
            self.add(rows, {"name": " "})

    def test_import_of_rows(self):
        rows = self.make_list()
        result = (
            self.env["sales.prospect"]
            .with_user(self.director)
            .load(
                ["list_id/.id", "name", "vat", "email", "phone", "city"],
                [
                    [str(rows.id), "Row one", "", "one@rows.example", "", "Gent"],
                    [str(rows.id), "Row two", "", "two@rows.example", "", "Gent"],
                    [str(rows.id), "Row three", "", "one@rows.example", "", "Gent"],
                ],
            )
        )
        self.assertFalse(result["messages"])
        states = rows.prospect_ids.sorted("id").mapped("state")
        self.assertEqual(states, ["new", "new", "duplicate"])

    def test_distributed_by_territory(self):
        """To owners, to who works there, to the members of the region's branch."""
        rows = self.make_list()
        owned = self.make_customer("Owned", self.manager_b, **self.place)
        self.make_customer("Around", self.manager_a, **self.place)
        found = self.add(
            rows,
            {"name": "Inside", "zip": "3511", "country_id": self.nl.id},
            {"name": "In region", "zip": "3590", "country_id": self.nl.id},
            {"name": "Nowhere", "zip": "9999"},
        )
        mine = self.env["sales.prospect"].create(
            {"list_id": rows.id, "name": "Of B", "partner_id": owned.id}
        )
        self.other_branch.region_id = self.territory
        owned.user_id = self.manager_b
        self.env.flush_all()
        rows.with_user(self.director).action_distribute()
        self.assertIn(found[0].user_id, self.manager_a | self.manager_b)
        self.assertEqual(found[1].user_id, self.manager_b)
        self.assertFalse(found[2].user_id)
        self.assertEqual(mine.user_id, self.manager_b)

    def test_converted_once(self):
        """Leads of the managers, with campaign and source, worked by the playbook."""
        source = self.env["utm.source"].create({"name": "Fair"})
        rows = self.make_list(source_id=source.id)
        one, two, three = self.add(
            rows,
            {"name": "One", "email": "one@x.example", "user_id": self.manager_a.id},
            {"name": "Two", "email": "two@x.example", "user_id": self.manager_b.id},
            {"name": "Three"},
        )
        with self.assertRaisesRegex(UserError, "manager first"):
            three.action_convert()
        self.make_lead("Made meanwhile", partner_name="Two", email_from="two@x.example")
        rows.with_user(self.director).action_convert()
        self.assertEqual((one.state, two.state), ("converted", "duplicate"))
        self.assertEqual(one.lead_id.user_id, self.manager_a)
        self.assertEqual(one.lead_id.source_id, source)
        self.assertEqual(one.lead_id.playbook_id, self.playbook)
        with self.assertRaisesRegex(UserError, "Choose prospects"):
            one.action_convert()
        again = self.add(self.make_list(), {"name": "One", "email": "ONE@x.example"})
        self.assertEqual(again.duplicate_lead_id, one.lead_id)
        with self.assertRaisesRegex(UserError, "stays"):
            one.unlink()
        with self.assertRaisesRegex(UserError, "Archive"):
            rows.unlink()

    def test_rights(self):
        rows = self.make_list()
        mine, theirs = self.add(
            rows,
            {"name": "Mine", "user_id": self.manager_a.id},
            {"name": "Theirs", "user_id": self.manager_b.id},
        )
        Prospect = self.env["sales.prospect"].with_user(self.manager_a)
        self.assertEqual(Prospect.search([("list_id", "=", rows.id)]), mine)
        mine.with_user(self.manager_a).phone = "0301234567"
        mine.with_user(self.manager_a).action_convert()
        self.assertEqual(mine.lead_id.user_id, self.manager_a)
        with self.assertRaises(AccessError):
            theirs.with_user(self.manager_a).action_convert()
        with self.assertRaises(AccessError):
            self.add(rows, {"name": "x"}, user=self.manager_a)
        for values in ({"state": "converted"}, {"lead_id": self.lead.id}):
            with self.assertRaisesRegex(AccessError, "buttons"):
                theirs.with_user(self.director).write(values)
        self.assertFalse(
            rows.with_user(self.other_director).search([("id", "=", rows.id)])
        )
        self.assertEqual(
            rows.with_user(self.manager_b).search([("id", "=", rows.id)]), rows
        )

    def test_two_companies(self):
        other = self.env["res.company"].create({"name": "Other company"})
        self.env.user.company_ids |= other
        self.make_lead("Here", partner_name="Same", email_from="same@x.example")
        rows = self.env["sales.prospect.list"].create(
            {"name": "There", "kind": "rows", "company_id": other.id}
        )
        found = self.add(rows, {"name": "Same", "email": "same@x.example"})
        self.assertEqual((found.state, found.company_id), ("new", other))
        self.assertFalse(
            found.with_user(self.commercial).search([("id", "=", found.id)])
        )
