from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import PAY, USER, StatementCommon

KINDS = ("own_deals", "fixed", "adjustment", "multiplier")


@tagged("standard", "post_install", "-at_install")
class TestPayAnalysis(StatementCommon):
    """Two managers, January and February, closed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        payer = cls.scheme.with_user(cls.payer)
        payer.action_draft()
        payer.component_ids = [
            Command.create(
                {"name": "Fixed", "code": "fixed", "kind": "fixed", "amount": 10.0}
            )
        ]
        payer.action_activate()
        cls.planned(cls.manager_a, 50000.0)
        cls.make_document([(cls.cloth, 40000.0)])
        cls.make_document([(cls.cloth, 1000.0)], partner_id=cls.customer_b.id)
        cls.make_document([(cls.cloth, 5000.0)], date="2026-02-10")
        cls.adjustment(60.0)
        cls.close_month(cls.january)
        cls.close_month(cls.february)

    def groups(self, user, groupby, *measures, domain=()):
        return (
            self.env["bonus.analysis"]
            .with_user(user)
            .formatted_read_group(list(domain), groupby, list(measures))
        )

    def test_adds_up(self):
        statements = self.Statement.search([("state", "!=", "reversed")])
        [whole] = self.groups(
            self.payer,
            [],
            *("variable:sum", "payable:sum", "turnover:sum", "bonus_turnover:avg"),
            *("plan_target:sum", "plan_fact:sum", "fulfilment:avg", "__count"),
            *(f"paid_{kind}:sum" for kind in KINDS),
        )
        self.assertEqual(whole["__count"], len(statements))
        for name in ("variable", "payable"):
            self.assertAlmostEqual(
                whole[f"{name}:sum"], sum(statements.mapped(name)), 2
            )
        self.assertEqual(whole["turnover:sum"], 46000.0)
        self.assertAlmostEqual(
            whole["bonus_turnover:avg"], whole["variable:sum"] / 46000.0
        )
        self.assertEqual(
            [whole[f"paid_{kind}:sum"] for kind in KINDS],
            [920.0, 10.0 * len(statements), 60.0, 0.0],
        )
        rows = self.env["bonus.analysis"].with_user(self.payer).search([])
        kinds = [name for name in rows._fields if name.startswith("paid_")]
        for row in rows:
            self.assertAlmostEqual(sum(row[name] for name in kinds), row.variable, 2)
        self.assertEqual(
            (whole["plan_target:sum"], whole["plan_fact:sum"]), (50000.0, 40000.0)
        )
        self.assertAlmostEqual(whole["fulfilment:avg"], 0.8)

    def test_ratios_are_those_of_sums(self):
        groups = {
            group["user_id"][0]: group
            for group in self.groups(
                self.payer, ["user_id"], "variable:sum", "bonus_turnover:avg"
            )
        }
        own = groups[self.manager_a.id]
        self.assertAlmostEqual(own["bonus_turnover:avg"], own["variable:sum"] / 45000)
        # nobody else sold anything in February: a blank cell, not 0 %
        [cells] = (
            self.env["bonus.analysis"]
            .with_user(self.payer)
            .formatted_read_grouping_sets(
                [("date", "=", "2026-02-01"), ("user_id", "=", self.manager_b.id)],
                [["user_id"]],
                ["turnover:sum", "bonus_turnover:avg", "variable:sum"],
            )
        )
        self.assertTrue(cells)
        for cell in cells:
            self.assertNotIn("bonus_turnover:avg", cell)
            self.assertIn("variable:sum", cell)

    def test_a_closed_month_stays(self):
        def january():
            self.env.invalidate_all()
            return self.groups(
                self.payer,
                ["user_id"],
                *("turnover:sum", "variable:sum", "plan_target:sum", "plan_fact:sum"),
                domain=[("date", "=", "2026-01-01")],
            )

        self.locked()
        before = january()
        self.env["account.move"].search(
            [("invoice_date", "=", "2026-01-15"), ("move_type", "=", "out_invoice")]
        ).button_draft()
        self.book()
        self.Statement._compute_period(self.january)
        after = january()
        self.assertEqual(before, after)

    def test_who_reads_what(self):
        Analysis = self.env["bonus.analysis"]
        self.assertFalse(Analysis.with_user(self.manager_a).search([]))
        statement = self.sent()
        own = Analysis.with_user(self.manager_a).search([])
        self.assertEqual(own.ids, statement.ids)
        self.assertEqual(own.action_open_statement()["res_id"], statement.id)
        with self.assertRaises(AccessError):
            own.read(["scheme_id"])
        for user in (self.manager_b, self.director, self.commercial, self.admin):
            with self.subTest(user=user.login):
                self.assertFalse(Analysis.with_user(user).search([]))
                self.assertFalse(self.groups(user, ["user_id"], "variable:sum"))
        with self.assertRaises(AccessError):
            Analysis.with_user(self.plain).search([])
        for user in (self.payer, self.manager_a):
            Analysis.with_user(user).get_views(
                [(False, kind) for kind in ("pivot", "graph", "list", "search")]
            )
        statement.with_user(self.payer).action_approve()
        statement.with_user(self.payer)._reverse("Again")
        self.assertNotIn(statement.id, Analysis.with_user(self.payer).search([]).ids)

    def test_margins(self):
        """Neither costs nor pay alone show what a margin costs."""
        self.sent()
        for user in (self.payer, self.manager_a):
            if user == self.manager_a:
                user.group_ids |= self.env.ref("sales_manager_kpi.group_cost")
            rows = self.env["bonus.analysis"].with_user(user)
            with self.subTest(user=user.login):
                self.assertNotIn("margin", rows.fields_get())
                with self.assertRaises(AccessError):
                    rows.search([]).read(["margin"])
                with self.assertRaises(AccessError):
                    rows.search([("bonus_margin", ">", 0)])
                for measure in ("margin:sum", "bonus_margin:avg"):
                    with self.assertRaises(AccessError):
                        self.groups(user, ["user_id"], measure)
        self.payer.group_ids |= self.env.ref("sales_manager_kpi.group_cost")
        [whole] = self.groups(
            self.payer, [], "margin:sum", "bonus_margin:avg", "variable:sum"
        )
        frozen = self.Line.sudo().search(
            [
                ("kind", "=", "frozen"),
                ("basis", "=", "invoice"),
                ("status", "=", "counted"),
                ("user_id", "!=", False),
            ]
        )
        self.assertAlmostEqual(whole["margin:sum"], sum(frozen.mapped("margin")), 2)
        self.assertAlmostEqual(
            whole["bonus_margin:avg"], whole["variable:sum"] / whole["margin:sum"]
        )

    def test_two_companies(self):
        """Of two currencies there is no sum; of companies not one's own nothing."""
        foreign = self.env.ref("base.CHF")
        if foreign == self.company.currency_id:
            foreign = self.env.ref("base.EUR")
        other = self.env["res.company"].create(
            {"name": "Elsewhere", "currency_id": foreign.id}
        )
        period = self.env["sales.period"]._for_date(other, self.january.date_from)
        self.Statement.create(
            {
                "user_id": self.manager_b.id,
                "period_id": period.id,
                "date_from": period.date_from,
                "company_id": other.id,
                "variable": 100.0,
            }
        )
        stranger = self.make_user("stranger", f"{USER},{PAY}", other)
        [whole] = self.groups(stranger, [], "variable:sum")
        self.assertEqual(whole["variable:sum"], 100.0)
        self.payer.company_ids |= other
        rows = (
            self.env["bonus.analysis"]
            .with_user(self.payer)
            .with_context(allowed_company_ids=(self.company | other).ids)
        )
        [whole] = rows.formatted_read_group([], [], ["variable:sum", "__count"])
        self.assertFalse(whole["variable:sum"])
        by_company = rows.formatted_read_group([], ["company_id"], ["variable:sum"])
        self.assertEqual(
            {group["company_id"][0]: group["variable:sum"] for group in by_company}[
                other.id
            ],
            100.0,
        )


@tagged("standard", "post_install", "-at_install")
class TestNoMargin(StatementCommon):
    """What was sold below cost, or at cost, has no share of the margin to speak of."""

    def test_zero_and_negative_margin(self):
        self.payer.group_ids |= self.env.ref("sales_manager_kpi.group_cost")
        self.make_document([(self.cloth, 50.0)])
        self.make_document([(self.cloth, 60.0)], partner_id=self.customer_b.id)
        self.close_month(self.january)
        Analysis = self.env["bonus.analysis"].with_user(self.payer)
        measures = ["margin:sum", "bonus_margin:avg", "variable:sum"]
        groups = {
            group["user_id"][0]: group
            for group in Analysis.formatted_read_group([], ["user_id"], measures)
        }
        for user, margin in ((self.manager_a, -10.0), (self.manager_b, 0.0)):
            group = groups[user.id]
            self.assertEqual(group["margin:sum"], margin)
            self.assertGreater(group["variable:sum"], 0)
            self.assertFalse(group["bonus_margin:avg"])
        [cells] = Analysis.formatted_read_grouping_sets([], [["user_id"]], measures)
        for cell in cells:
            self.assertNotIn("bonus_margin:avg", cell, "blank, not 0 %")
        [whole] = Analysis.formatted_read_group([], [], measures)
        self.assertFalse(whole["bonus_margin:avg"])
