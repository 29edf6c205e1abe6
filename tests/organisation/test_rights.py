from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from ..common import SalesManagementCommon


class TestEvidenceRights(SalesManagementCommon):
    """Whoever a document is credited to reads it, whoever sells today."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.make_order(user_id=cls.manager_b.id)
        cls.invoice = cls.invoice_order(cls.order)
        cls.order.user_id = cls.manager_b
        cls.invoice.invoice_user_id = cls.manager_b
        cls.env.flush_all()

    def documents(self, user):
        records = [
            self.order,
            self.order.order_line,
            self.invoice,
            self.invoice.line_ids,
        ]
        return [record.with_user(user) for record in records]

    def test_credited_manager_reads_all_siblings(self):
        for records in self.documents(self.manager_a):
            records.invalidate_recordset()
            self.assertTrue(records.read(["display_name"]))
        rows = self.env["sale.report"].with_user(self.manager_a).search([])
        self.assertIn(self.order, [row.order_reference for row in rows])

    def test_forms_open_with_all_they_show(self):
        lead = self.env["crm.lead"].create(
            {"name": "B's lead", "user_id": self.manager_b.id, "type": "opportunity"}
        )
        self.order.opportunity_id = lead
        for user in (self.manager_a, self.director):
            for record in (self.order, self.invoice, self.customer):
                self.env.invalidate_all()
                self.assertTrue(self.open_form(record.with_user(user)))

    def test_reading_gives_no_writing(self):
        with self.assertRaises(AccessError):
            self.order.with_user(self.manager_a).note = "x"
        with self.assertRaises(AccessError):
            self.order.with_user(self.manager_a).unlink()

    def test_salesperson_keeps_core_rights(self):
        self.order.with_user(self.manager_b).note = "mine"

    def test_director_reads_quotations_of_the_branch(self):
        """Nobody is credited yet: the branch is that of whose quotation it is."""
        quotation = self.make_order(confirm=False, user_id=self.manager_a.id)
        self.assertFalse(quotation.credited_user_id)
        self.env.flush_all()
        for records in (quotation, quotation.order_line):
            records = records.with_user(self.director)
            records.invalidate_recordset()
            self.assertTrue(records.read(["display_name"]))
            with self.assertRaises(AccessError):
                records.write({"name": "Mine"})
            with self.assertRaises(AccessError):
                records.with_user(self.other_director).read(["display_name"])
        self.assertTrue(self.open_form(quotation.with_user(self.director)))
        rows = self.env["sale.report"].with_user(self.director).search([])
        self.assertIn(quotation, [row.order_reference for row in rows])
        member = self.manager_a.sales_branch_member_ids
        member.write({"date_to": "2020-12-31"})
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            quotation.with_user(self.director).read(["display_name"])

    def test_director_reads_the_branch(self):
        for records in self.documents(self.director):
            self.assertTrue(records.read(["display_name"]))
        for records in self.documents(self.other_director):
            with self.assertRaises(AccessError):
                records.read(["display_name"])

    def test_director_reads_what_members_bring_along(self):
        """A manager who moves is judged whole by the director of today."""
        self.branch.member_ids.date_to = "2026-01-31"
        self.other_branch.member_ids = [
            Command.create({"user_id": self.manager_a.id, "date_from": "2026-02-01"})
        ]
        self.assertEqual(self.invoice.credited_branch_id, self.branch)
        self.env.flush_all()
        for records in self.documents(self.other_director):
            records.invalidate_recordset()
            self.assertTrue(records.read(["display_name"]))
        facts = self.env["sales.fact.report"].with_user(self.other_director)
        domain = [("user_id", "=", self.manager_a.id), ("basis", "=", "invoice")]
        self.assertEqual(facts.search(domain).move_id, self.invoice)
        self.other_branch.member_ids.filtered(
            lambda m: m.user_id == self.manager_a
        ).unlink()
        self.assertFalse(facts.search(domain))

    def test_third_parties_read_nothing(self):
        third = self.make_user("third", "sales_manager_kpi.group_manager")
        for user in (third, self.supervisor, self.plain):
            for records in self.documents(user):
                with self.assertRaises(AccessError):
                    records.read(["display_name"])

    def test_sharer_reads(self):
        third = self.make_user("third", "sales_manager_kpi.group_manager")
        self.branch.member_ids = [
            Command.create({"user_id": third.id, "date_from": "2020-01-01"})
        ]
        self.env["sales.credit"].sudo().create(
            [
                {
                    "move_id": self.invoice.id,
                    "user_id": user.id,
                    "share_bp": 5000,
                    "reason": "Together",
                }
                for user in (self.manager_a, third)
            ]
        )
        self.assertTrue(self.invoice.with_user(third).read(["display_name"]))
        self.assertTrue(self.invoice.line_ids.with_user(third).read(["balance"]))

    def test_other_company_stays_closed(self):
        second = self.setup_other_company()["company"]
        director = self.make_user(
            "their_director", "sales_manager_kpi.group_commercial_director", second
        )
        for records in self.documents(director):
            with self.assertRaises(AccessError):
                records.read(["display_name"])

    def test_cost_needs_its_group(self):
        line = self.order.order_line.with_user(self.manager_a)
        with self.assertRaises(AccessError):
            line.read(["recognition_cost"])
        self.manager_a.group_ids |= self.env.ref("sales_manager_kpi.group_cost")
        self.assertTrue(line.read(["recognition_cost"]))


class TestOwnCustomersOnly(SalesManagementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.foreign = cls.make_customer("B's", cls.manager_b)
        cls.nobody = cls.make_customer("Nobody's")

    def seen(self, user):
        partners = self.customer | self.foreign | self.nobody
        return (
            self.env["res.partner"].with_user(user).search([("id", "in", partners.ids)])
        )

    def switch_on(self):
        self.env["res.config.settings"].create(
            {"group_sales_own_customers_only": True}
        ).execute()

    def test_off_everybody_sees_all(self):
        self.assertEqual(len(self.seen(self.manager_a)), 3)

    def test_on_managers_open_their_own(self):
        self.switch_on()
        self.assertEqual(self.seen(self.manager_a), self.customer | self.nobody)
        self.assertEqual(len(self.seen(self.director)), 3)
        self.assertEqual(len(self.seen(self.plain)), 3)
        self.assertTrue(
            self.manager_b.partner_id.with_user(self.manager_a).read(["name"])
        )

    def test_customers_handed_over_stay_readable(self):
        order = self.make_order()
        self.switch_on()
        self.customer.user_id = self.manager_b
        self.assertIn(self.customer, self.seen(self.manager_a))
        self.assertTrue(order.with_user(self.manager_a).read(["partner_id"]))

    def test_credited_without_owning(self):
        order = self.make_order(self.foreign, confirm=False)
        self.env["sales.credit"].sudo().search([]).unlink()
        order._store_credit({order.id: (self.manager_a.id, self.branch.id, "single")})
        order.action_confirm()
        self.switch_on()
        self.assertIn(self.foreign, self.seen(self.manager_a))


class TestExportLog(SalesManagementCommon):
    def test_exports_of_customers_are_written_down(self):
        self.manager_a.group_ids |= self.env.ref("base.group_allow_export")
        self.customer.with_user(self.manager_a).export_data(["name", "email"])
        log = self.env["sales.export.log"].search([], limit=1)
        self.assertEqual(
            (log.user_id, log.res_model, log.record_count, log.field_names),
            (self.manager_a, "res.partner", 1, "name, email"),
        )
        self.assertIn(str(self.customer.id), log.domain)

    def test_only_administrators_read_and_nobody_writes(self):
        Log = self.env["sales.export.log"]
        for user in (self.manager_a, self.director, self.commercial):
            with self.assertRaises(AccessError):
                Log.with_user(user).search([])
        with self.assertRaises(AccessError):
            Log.with_user(self.admin).create({"user_id": 1, "res_model": "x"})


class TestSetup(SalesManagementCommon):
    def setup_of(self):
        return self.env["sales.setup"].with_user(self.admin).create({})

    def test_names_managers_with_wide_rights(self):
        before = self.setup_of().wide_rights_count
        self.manager_a.group_ids |= self.env.ref(
            "sales_team.group_sale_salesman_all_leads"
        )
        setup = self.setup_of()
        self.assertEqual(setup.wide_rights_count, before + 1)
        domain = setup.action_open_wide_rights()["domain"]
        self.assertIn(self.manager_a, self.env["res.users"].search(domain))

    def test_names_users_without_branch(self):
        user = new_test_user(
            self.env,
            login="loose",
            groups="sales_team.group_sale_salesman",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        domain = self.setup_of().action_open_users_without_branch()["domain"]
        found = self.env["res.users"].search(domain)
        self.assertIn(user, found)
        self.assertNotIn(self.manager_a, found)

    def test_counts_customers_and_documents(self):
        loose = self.make_customer("Loose", customer_rank=1)
        self.make_order(loose, user_id=self.commercial.id)
        setup = self.setup_of()
        domain = setup.action_open_customers_without_owner()["domain"]
        self.assertIn(loose, self.env["res.partner"].search(domain))
        self.assertGreaterEqual(setup.document_count, 1)
        self.assertLess(setup.credited_share, 100)

    def test_only_administrators(self):
        for user in (self.manager_a, self.director, self.commercial):
            with self.assertRaises(AccessError):
                self.env["sales.setup"].with_user(user).create({})
