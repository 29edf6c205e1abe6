from odoo.exceptions import AccessError
from odoo.tests import new_test_user
from odoo.tools import SQL

from .common import FactsCommon


class TestFactAccess(FactsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice_a = cls.make_document([(cls.cloth, 100)])
        cls.invoice_b = cls.make_document(
            [(cls.cloth, 200)], partner_id=cls.customer_b.id
        )
        cls.nobodys = cls.make_document([(cls.cloth, 400)], partner_id=cls.orphan.id)
        cls.order_a = cls.make_sale([(cls.cloth, 800)])

    def seen_by(self, user):
        facts = self.env["sales.fact.report"].with_user(user)
        return sum(facts.search([]).mapped("amount"))

    def test_everybody_sees_what_the_role_says(self):
        self.assertEqual(self.seen_by(self.manager_a), 900)
        self.assertEqual(self.seen_by(self.manager_b), 200)
        self.assertEqual(self.seen_by(self.director), 900)
        self.assertEqual(self.seen_by(self.other_director), 200)
        self.assertEqual(self.seen_by(self.commercial), 1500)
        self.assertEqual(self.seen_by(self.admin), 1500)

    def test_groups_show_what_lists_show(self):
        facts = self.env["sales.fact.report"].with_user(self.manager_a)
        groups = facts.formatted_read_group([], ["user_id"], ["amount:sum"])
        self.assertEqual([group["amount:sum"] for group in groups], [900])

    def test_others_see_nothing(self):
        portal = new_test_user(self.env, "portal_facts", groups="base.group_portal")
        for user in (self.plain, self.supervisor, portal):
            with self.assertRaises(AccessError):
                self.seen_by(user)

    def test_row_of_another_is_not_read_by_its_id(self):
        fact = self.facts(self.invoice_b).with_user(self.manager_a)
        fact.invalidate_recordset()
        with self.assertRaises(AccessError):
            fact.read(["amount"])

    def test_excluded_rows_of_own_documents_are_read(self):
        self.order_a._action_cancel()
        facts = self.env["sales.fact.report"].with_user(self.manager_a)
        found = facts.search([("status", "=", "excluded")])
        self.assertEqual(found.mapped("reason"), ["cancelled"])

    def test_facts_are_not_written(self):
        fact = self.facts(self.invoice_a).with_user(self.admin)
        for attempt in (
            lambda: fact.write({"amount": 1}),
            lambda: fact.unlink(),
            lambda: fact.create({"amount": 1}),
        ):
            with self.assertRaises(AccessError):
                attempt()

    def test_cost_needs_its_group(self):
        fact = self.facts(self.invoice_a).with_user(self.manager_a)
        for name in ("cost", "margin"):
            with self.assertRaises(AccessError):
                fact.read([name])
        with self.assertRaises(AccessError):
            fact.formatted_read_group([], [], ["margin:sum"])
        self.manager_a.group_ids |= self.env.ref("sales_manager_kpi.group_cost")
        self.assertEqual(fact.read(["margin"])[0]["margin"], 40)

    def test_other_companies_are_closed(self):
        other = self.setup_other_company(name="Second")["company"]
        self.commercial.company_ids |= other
        facts = self.env["sales.fact.report"].with_user(self.commercial)
        self.assertFalse(
            facts.with_company(other)
            .with_context(allowed_company_ids=other.ids)
            .search([])
        )

    def test_manager_opens_every_document_behind_the_own_facts(self):
        """Today's owner is another one: credit opens the document all the same."""
        self.customer.user_id = self.manager_b
        facts = self.env["sales.fact.report"].with_user(self.manager_a).search([])
        self.assertEqual(len(facts), 2)
        for fact in facts:
            action = fact.action_open_document()
            document = self.env[action["res_model"]].with_user(self.manager_a)
            self.assertTrue(document.browse(action["res_id"]).read(["name"]))
            self.assertTrue(fact.display_name)

    def test_export_is_logged(self):
        self.manager_a.group_ids |= self.env.ref("base.group_allow_export")
        facts = self.env["sales.fact.report"].with_user(self.manager_a).search([])
        facts.export_data(["date", "amount"])
        log = self.env["sales.export.log"].search([], limit=1, order="id desc")
        self.assertEqual((log.res_model, log.record_count), ("sales.fact.report", 2))

    def test_figure_does_not_depend_on_its_reader(self):
        for user in (self.manager_a, self.director, self.commercial):
            self.assertEqual(
                self.env["sales.fact.report"]
                .with_user(user)
                ._facts_by(self.company, "2026-01-01", "2026-01-31"),
                {self.manager_a.id: 100.0, self.manager_b.id: 200.0},
            )

    def test_figure_and_the_list_behind_it_agree(self):
        Fact = self.env["sales.fact.report"]
        period = (self.company, "2026-01-01", "2026-01-31", "invoice")
        figure = Fact._facts_by(*period, users=self.manager_a)
        listed = Fact.search(Fact._facts_domain(*period, users=self.manager_a))
        self.assertEqual(figure[self.manager_a.id], sum(listed.mapped("amount")))

    def test_reading_costs_few_queries(self):
        Fact = self.env["sales.fact.report"]
        period = (self.company, "2026-01-01", "2026-01-31")
        Fact._facts_by(*period)  # fill what stays in the cache between requests
        self.env.flush_all()
        with self.assertQueryCount(2):
            Fact._facts_by(*period)
        with self.assertQueryCount(2):
            Fact._facts_by(
                self.company, "2026-01-01", "2026-12-31", "order", groupby=("categ_id",)
            )

    # ------------------------------------------------------------------
    # Reconciliation
    # ------------------------------------------------------------------

    def test_only_the_commercial_director_sees_the_ledger_side(self):
        rows = self.env["sales.reconciliation"]
        for user in (self.manager_a, self.director, self.plain):
            with self.assertRaises(AccessError):
                rows.with_user(user).search([])
        for user in (self.commercial, self.admin):
            [row] = rows.with_user(user).search([])
            self.assertRecordValues(
                row,
                [
                    {
                        "counted": 300.0,
                        "unassigned": 400.0,
                        "excluded": 0.0,
                        "total": 700.0,
                        "ledger": 700.0,
                        "difference": 0.0,
                    }
                ],
            )

    def test_buttons_open_what_makes_the_figure(self):
        self.make_document([(self.cloth, 50)], partner_id=self.company.partner_id.id)
        [row] = self.env["sales.reconciliation"].search([])
        for name in ("counted", "unassigned", "excluded"):
            action = getattr(row, f"action_open_{name}")()
            facts = self.env["sales.fact.report"].search(action["domain"])
            self.assertEqual(sum(facts.mapped("amount")), row[name], name)
        items = self.env["account.move.line"].search(row.action_open_ledger()["domain"])
        self.assertEqual(-sum(items.mapped("balance")), row.ledger)

    def test_one_month_does_not_read_the_others(self):
        Reconciliation = self.env["sales.reconciliation"]
        self.make_document([(self.cloth, 1)], date="2025-12-31")
        self.make_document([(self.cloth, 2)], date="2026-02-01")
        cases = {
            (("month", "=", "2026-01-01"),): ["2026-01-01"],
            (("month", ">=", "2026-01-01"),): ["2026-01-01", "2026-02-01"],
            (("month", "<", "2026-01-15"),): ["2025-12-01", "2026-01-01"],
            ("|", ("month", "=", "2025-12-01"), ("month", "=", "2026-02-01")): [
                "2025-12-01",
                "2026-02-01",
            ],
        }
        for domain, months in cases.items():
            rows = Reconciliation.search(list(domain), order="month")
            self.assertEqual([str(month) for month in rows.mapped("month")], months)
        self.assertEqual(
            Reconciliation._window([("month", "=", "2026-02-01")])[1].day, 28
        )
        row = rows[:1]
        row.invalidate_recordset()
        self.assertEqual(row.ledger, 1)

    # ------------------------------------------------------------------
    # Filters reach the tables, through the union and past every join
    # ------------------------------------------------------------------

    def scans(self, table, *args, **kwargs):
        """Conditions at every place where the plan of a figure reads ``table``."""
        Fact = self.env["sales.fact.report"].sudo()
        query = Fact._search(Fact._facts_domain(self.company, *args, **kwargs))
        select = query.select(SQL.identifier(query.table, "amount"))
        [(plan,)] = self.env.execute_query(SQL("EXPLAIN (FORMAT JSON) %s", select))
        return list(self.conditions(plan[0]["Plan"], table))

    def conditions(self, node, table):
        if node.get("Relation Name") == table:
            yield " ".join(
                node.get(kind, "") for kind in ("Index Cond", "Recheck Cond", "Filter")
            )
        for child in node.get("Plans", ()):
            yield from self.conditions(child, table)

    def test_filters_reach_the_tables(self):
        self.share(self.invoice_b, {self.manager_a: 5000, self.manager_b: 5000})
        self.make_document([(self.cloth, 10), (self.discount, -1)])
        january = ("2026-01-01", "2026-01-31")
        scans = self.scans("account_move", *january)
        # lines and discounts, of one manager and of several
        self.assertEqual(len(scans), 4)
        for scan in scans:
            self.assertIn("invoice_date >= '2026-01-01'", scan)
            self.assertIn("invoice_date <= '2026-01-31'", scan)
        own = self.scans("account_move", *january, users=self.manager_a)
        self.assertEqual(sum("credited_user_id = " in scan for scan in own), 2)
        for scan in self.scans("sale_order", *january, basis="order"):
            self.assertIn("first_confirmation_date >= '2025-12-31", scan)
