from datetime import date, timedelta

from freezegun import freeze_time
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, users
from odoo.tools import mute_logger

from ..common import SalesManagementCommon

DAYS = st.integers(min_value=0, max_value=400)


class TestAssignment(SalesManagementCommon):
    def chain(self, customer=None, company=None):
        """``[(owner, from, to)]``, oldest first."""
        rows = (customer or self.customer).customer_assignment_ids.filtered(
            lambda r: r.company_id == (company or self.company)
        )
        return [(r.user_id, r.date_from, r.date_to) for r in rows.sorted("date_from")]

    def test_new_customer_is_owned_from_today(self):
        with freeze_time("2026-03-31 22:30:00"):  # already April in Amsterdam
            customer = self.make_customer("New", self.manager_a)
        row = customer.customer_assignment_ids
        self.assertEqual(row.date_from, date(2026, 4, 1))
        self.assertEqual(row.branch_id, self.branch)
        self.assertFalse(row.date_to)
        self.assertEqual(row.source, "manual")

    def test_change_of_salesperson_closes_and_opens(self):
        with freeze_time("2026-01-10 10:00:00"):
            customer = self.make_customer("New", self.manager_a)
        with freeze_time("2026-02-20 10:00:00"):
            customer.user_id = self.manager_b
        self.assertEqual(
            self.chain(customer),
            [
                (self.manager_a, date(2026, 1, 10), date(2026, 2, 19)),
                (self.manager_b, date(2026, 2, 20), False),
            ],
        )

    def test_two_changes_on_a_day_leave_one_row(self):
        with freeze_time("2026-01-10 10:00:00"):
            customer = self.make_customer("New", self.manager_a)
            customer.user_id = self.manager_b
        self.assertEqual(
            self.chain(customer), [(self.manager_b, date(2026, 1, 10), False)]
        )

    def test_losing_the_salesperson_is_no_silent_gap(self):
        with freeze_time("2026-01-10 10:00:00"):
            customer = self.make_customer("New", self.manager_a)
        with freeze_time("2026-02-20 10:00:00"):
            customer.user_id = False
        nobody = self.env["res.users"]
        self.assertEqual(
            self.chain(customer),
            [
                (self.manager_a, date(2026, 1, 10), date(2026, 2, 19)),
                (nobody, date(2026, 2, 20), False),
            ],
        )

    def test_writing_the_same_salesperson_writes_nothing(self):
        before = self.chain()
        self.customer.write({"user_id": self.manager_a.id})
        self.assertEqual(self.chain(), before)

    def test_form_import_and_rpc_are_all_seen(self):
        with Form(self.customer) as form:
            form.user_id = self.manager_b
        self.assertEqual(self.chain()[-1][0], self.manager_b)
        result = self.env["res.partner"].load(
            ["name", "is_company", "user_id/.id"],
            [["Imported", "1", str(self.manager_a.id)]],
        )
        imported = self.env["res.partner"].browse(result["ids"])
        self.assertEqual(imported.customer_assignment_ids.user_id, self.manager_a)
        self.assertEqual(imported.customer_assignment_ids.source, "manual")
        imported.with_context(import_file=True).user_id = self.manager_b
        self.assertEqual(imported.customer_assignment_ids[0].source, "import")

    def test_contacts_have_no_rows_of_their_own(self):
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.customer.id, "type": "contact"}
        )
        contact.user_id = self.manager_b
        self.assertFalse(contact.customer_assignment_ids)
        with self.assertRaises(ValidationError):
            self.env["customer.assignment"].create(
                {"partner_id": contact.id, "user_id": self.manager_a.id}
            )

    def test_becoming_a_contact_ends_the_ownership(self):
        with freeze_time("2026-01-10 10:00:00"):
            customer = self.make_customer("Taken over", self.manager_b)
        with freeze_time("2026-02-20 10:00:00"):
            customer.write({"is_company": False, "parent_id": self.customer.id})
            self.assertEqual(
                self.chain(customer)[-1],
                (self.env["res.users"], date(2026, 2, 20), False),
            )
            customer.write({"is_company": True, "user_id": self.manager_b.id})
        self.assertEqual(self.chain(customer)[-1][0], self.manager_b)

    def test_only_the_acting_company_changes(self):
        second = self.setup_other_company()["company"]
        both = self.make_user(
            "both", "sales_manager_kpi.group_manager", self.company | second
        )
        with freeze_time("2026-01-10 10:00:00"):
            customer = self.make_customer("Shared", self.manager_a)
        with freeze_time("2026-02-20 10:00:00"):
            customer.with_company(second).user_id = both
        self.assertEqual(
            self.chain(customer), [(self.manager_a, date(2026, 1, 10), False)]
        )
        self.assertEqual(
            self.chain(customer, second), [(both, date(2026, 2, 20), False)]
        )
        # In the first company the credit stays with its own owner.
        self.assertEqual(self.make_order(customer).credited_user_id, self.manager_a)

    def test_customer_of_one_company_is_assigned_there(self):
        second = self.setup_other_company()["company"]
        both = self.make_user(
            "both", "sales_manager_kpi.group_manager", self.company | second
        )
        customer = self.make_customer("Theirs", both, company_id=second.id)
        self.assertEqual(customer.customer_assignment_ids.company_id, second)

    def test_administrator_names_an_owner_with_access(self):
        second = self.setup_other_company()["company"]
        outsider = self.make_user("outsider", "sales_manager_kpi.group_manager", second)
        row = self.customer.customer_assignment_ids.with_user(self.admin)
        with self.assertRaisesRegex(ValidationError, "access"):
            row.user_id = outsider
        # Core lets anybody be a salesperson, and so do we.
        self.customer.user_id = outsider
        self.assertEqual(self.chain()[-1][0], outsider)

    @users("manager_a", "director", "commercial")
    def test_rows_are_not_written_by_hand(self):
        row = self.customer.customer_assignment_ids.with_env(self.env)
        with self.assertRaises(AccessError):
            row.write({"user_id": self.manager_b.id})
        with self.assertRaises(AccessError):
            row.unlink()
        with self.assertRaises(AccessError):
            self.env["customer.assignment"].create(
                {"partner_id": self.customer.id, "user_id": self.manager_b.id}
            )

    def test_administrator_corrects_history(self):
        rows = self.env["customer.assignment"].with_user(self.admin)
        rows.create(
            {
                "partner_id": self.customer.id,
                "user_id": self.manager_b.id,
                "date_from": "2025-01-01",
                "company_id": self.company.id,
            }
        )
        chain = self.chain()
        self.assertEqual(len(chain), 2)
        self.assertEqual(chain[0][2], chain[1][1] - timedelta(days=1))

    def test_rights_to_read(self):
        self.make_customer("B's", self.manager_b)
        rows = self.env["customer.assignment"]

        def seen(user):
            return rows.with_user(user).search([]).user_id

        self.assertEqual(seen(self.manager_a), self.manager_a)
        self.assertEqual(seen(self.director), self.manager_a)
        self.assertIn(self.manager_b, seen(self.commercial))
        for user in (self.supervisor, self.plain):
            with self.assertRaises(AccessError):
                rows.with_user(user).search([])

    @settings(max_examples=25, deadline=None)
    @given(changes=st.lists(st.tuples(DAYS, st.booleans()), min_size=1, max_size=8))
    def test_chains_have_neither_overlap_nor_gap(self, changes):
        customer = self.make_customer("Property")
        first = date(2025, 1, 1)
        with self.env.cr.savepoint(flush=False):
            for offset, to_a in changes:
                self.env["customer.assignment"]._assign(
                    {customer.id: (self.manager_a if to_a else self.manager_b).id},
                    self.company,
                    first + timedelta(days=offset),
                    "manual",
                )
            chain = self.chain(customer)
            for (_u, _from, end), (_u2, start, _to) in zip(
                chain, chain[1:], strict=False
            ):
                self.assertEqual(end + timedelta(days=1), start)
            self.assertFalse(chain[-1][2])

    def test_merged_customers_have_one_chain(self):
        with freeze_time("2026-01-10 10:00:00"):
            other = self.make_customer("Customer A bis", self.manager_b)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.customer | other).ids, self.customer)
        self.assertEqual(
            self.chain()[0],
            (
                self.manager_b,
                date(2026, 1, 10),
                self.chain()[1][1] - timedelta(days=1),
            ),
        )
        self.assertEqual(self.chain()[-1][0], self.customer.user_id)

    def test_creating_customers_is_set_based(self):
        def count(number):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.env["res.partner"].create(
                [
                    {"name": str(i), "user_id": self.manager_a.id, "is_company": True}
                    for i in range(number)
                ]
            )
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(1)
        self.assertLessEqual(count(40) - count(5), 3)


class TestBranch(SalesManagementCommon):
    def test_membership_makes_a_resource(self):
        user = self.make_user("fresh", "sales_manager_kpi.group_manager")
        self.branch.member_ids = [
            Command.create({"user_id": user.id, "date_from": "2026-01-01"})
        ]
        resource = self.env["resource.resource"].search([("user_id", "=", user.id)])
        self.assertEqual(len(resource), 1)
        self.assertEqual(resource.tz, "Europe/Amsterdam")
        self.branch.member_ids.filtered(
            lambda m: m.user_id == user
        ).date_to = "2026-06-30"
        self.other_branch.member_ids = [
            Command.create({"user_id": user.id, "date_from": "2026-07-01"})
        ]
        self.assertEqual(
            self.env["resource.resource"].search([("user_id", "=", user.id)]), resource
        )

    def test_nobody_is_in_two_branches_at_once(self):
        with self.assertRaisesRegex(ValidationError, "already belongs"):
            self.other_branch.member_ids = [
                Command.create(
                    {"user_id": self.manager_a.id, "date_from": "2026-01-01"}
                )
            ]

    def test_dates_run_forward(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.branch.member_ids[0].date_to = "2019-01-01"
            self.env.flush_all()

    def test_branch_by_user_follows_the_dates(self):
        self.branch.member_ids.date_to = "2026-06-30"
        self.other_branch.member_ids = [
            Command.create({"user_id": self.manager_a.id, "date_from": "2026-07-01"})
        ]

        def branch(day):
            found = self.env["sales.branch"]._branch_by_user(
                self.manager_a, self.company, date.fromisoformat(day)
            )
            return found.get(self.manager_a.id)

        self.assertEqual(branch("2026-06-30"), self.branch)
        self.assertEqual(branch("2026-07-01"), self.other_branch)
        self.assertIsNone(branch("2019-12-31"))

    def test_members_and_directors_need_the_company(self):
        second = self.setup_other_company()["company"]
        outsider = self.make_user("outsider", "base.group_user", second)
        with self.assertRaises(ValidationError):
            self.branch.director_id = outsider
        with self.assertRaises(ValidationError):
            self.branch.member_ids = [Command.create({"user_id": outsider.id})]

    def test_own_warehouse_does_not_supply(self):
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        with self.assertRaises(ValidationError):
            self.branch.write(
                {
                    "warehouse_id": warehouse.id,
                    "supplying_warehouse_id": warehouse.id,
                }
            )

    def test_code_is_unique_and_copy_works(self):
        copy = self.branch.copy()
        self.assertNotEqual(copy.code, self.branch.code)
        self.assertFalse(copy.member_ids)

    def test_rights(self):
        for user in (self.manager_a, self.director, self.commercial):
            branch = self.branch.with_user(user)
            self.assertEqual(branch.name, "Utrecht")
            with self.assertRaises(AccessError):
                branch.name = "x"
            with self.assertRaises(AccessError):
                branch.member_ids.date_to = "2030-01-01"
        self.branch.with_user(self.admin).name = "Utrecht Centre"
        with self.assertRaises(AccessError):
            self.branch.with_user(self.plain).read(["name"])


class TestTerritory(SalesManagementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.nl = cls.env.ref("base.nl")
        Territory = cls.env["sales.territory"]
        cls.holland = Territory.create(
            {"name": "Netherlands", "country_ids": [Command.link(cls.nl.id)]}
        )
        cls.utrecht = Territory.create(
            {
                "name": "Utrecht",
                "kind": "district",
                "parent_id": cls.holland.id,
                "country_ids": [Command.link(cls.nl.id)],
                "zip_from": "3400",
                "zip_to": "3999",
            }
        )

    def territory(self, **values):
        customer = self.make_customer(
            "Somebody", self.manager_a, country_id=self.nl.id, **values
        )
        return customer.customer_assignment_ids.territory_id

    def test_narrowest_rule_wins(self):
        self.assertEqual(self.territory(zip="3511 AB"), self.utrecht)
        self.assertEqual(self.territory(zip="3999 ZZ"), self.utrecht)
        self.assertEqual(self.territory(zip="4000 AA"), self.holland)
        self.assertEqual(self.territory(zip=False), self.holland)

    def test_moving_house_begins_a_row(self):
        with freeze_time("2026-01-10 10:00:00"):
            customer = self.make_customer(
                "Mover", self.manager_a, country_id=self.nl.id, zip="1011"
            )
        with freeze_time("2026-02-10 10:00:00"):
            customer.zip = "3511 AB"
        rows = customer.customer_assignment_ids.sorted("date_from")
        self.assertEqual(rows.mapped("territory_id"), self.holland | self.utrecht)
        self.assertEqual(rows.user_id, self.manager_a)
        self.assertEqual(rows[1].source, "territory")
        self.assertEqual(rows[0].date_to, date(2026, 2, 9))

    def test_by_hand_stays(self):
        by_hand = self.env["sales.territory"].create({"name": "Key accounts"})
        customer = self.make_customer(
            "Key", self.manager_a, country_id=self.nl.id, zip="3511"
        )
        customer.sales_territory_id = by_hand
        self.assertEqual(customer.customer_assignment_ids.territory_id, by_hand)
        customer.zip = "1011"
        customer.user_id = self.manager_b
        self.assertEqual(customer.customer_assignment_ids[:1].territory_id, by_hand)

    def test_apply_after_changing_the_rules(self):
        customer = self.make_customer(
            "Late", self.manager_a, country_id=self.nl.id, zip="4001"
        )
        self.utrecht.zip_to = "4100"
        self.utrecht.with_user(self.admin).action_apply()
        self.assertEqual(customer.customer_assignment_ids.territory_id, self.utrecht)
        with self.assertRaises(AccessError):
            self.utrecht.with_user(self.director).action_apply()

    def test_bad_rules_are_refused(self):
        with self.assertRaises(ValidationError):
            self.utrecht.zip_from = "5000"
        with self.assertRaises(UserError):
            self.holland.parent_id = self.utrecht
        with self.assertRaises(ValidationError):
            self.utrecht.write(
                {
                    "kind": "region",
                    "parent_id": self.env["sales.territory"]
                    .create({"name": "S", "kind": "sector"})
                    .id,
                }
            )
