from odoo import Command

from .settling import SettlingCommon


class TestWhatIsMissing(SettlingCommon):
    def test_paid_before_and_nothing_now(self):
        """What was paid for a month that comes out empty is given back."""
        self.scheme_of({"code": "deals", "rate_percent": 2.0}, users=self.manager_a)
        invoice = self.make_document([(self.cloth, 1000.0)])
        january = self.pay_month(self.january)
        january.with_user(self.payer).action_pay()
        january.with_user(self.payer)._reverse("Nothing was sold")
        self.january.with_user(self.admin)._reopen("Nothing was sold")
        invoice.button_draft()
        invoice.button_cancel()
        self.env["sales.branch.member"].search(
            [("user_id", "=", self.manager_a.id)]
        ).sudo().write({"date_from": "2019-01-01", "date_to": "2019-12-31"})
        self.env.invalidate_all()
        again = self.pay_month(self.january)
        self.assertRecordValues(
            again,
            [
                {
                    "variable": 0.0,
                    "paid_before": 20.0,
                    "payable": 0.0,
                    "carry_out": -20.0,
                    "scheme_id": False,
                }
            ],
        )

    def test_late_in_a_month_without_sales(self):
        """January had no rate: the rate of February, else what the rule gives."""
        self.scheme_of(
            {
                "code": "deals",
                "rate_percent": 0.0,
                "tier_method": "marginal",
                "tier_ids": [
                    Command.create({"start": 0, "rate": 2}),
                    Command.create({"start": 1000, "rate": 4}),
                ],
            }
        )
        self.pay_month(self.january)
        self.make_document([(self.thread, 2000.0)])
        self.make_document([(self.thread, 3000.0)], date="2026-02-05")
        february = self.pay_month(self.february)
        # 20 + 80 of 3,000 are 3.3333 %
        self.assertEqual(self.settled(february), {("deals", 1): (2000.0, 66.67)})
        self.pay_month(self.march)
        self.make_document([(self.thread, 2000.0)], date="2026-03-05")
        april = self.pay_month(self.month("2026-04-01"))
        # nothing in April either: 20 of the first thousand, 40 of the second
        self.assertEqual(self.settled(april), {("deals", 3): (2000.0, 60.0)})

    def test_printed_directly(self):
        statement = self.pay_month(self.january)
        Log = self.env["sales.export.log"].sudo()
        report = self.env["ir.actions.report"]
        name = "sales_manager_kpi.report_bonus_statement"
        before = Log.search_count([])
        report.with_user(self.manager_a)._render_qweb_html(name, statement.ids)
        self.assertEqual(Log.search_count([]), before)
        html, _kind = report.with_user(self.payer)._render_qweb_html(
            name, statement.ids
        )
        self.assertIn(self.manager_a.name, html.decode())
        log = Log.search([], limit=1, order="id desc")
        self.assertEqual(Log.search_count([]), before + 1)
        self.assertRecordValues(
            log,
            [
                {
                    "user_id": self.payer.id,
                    "res_model": "bonus.statement",
                    "field_names": "pdf",
                    "record_count": 1,
                    "domain": f"[('id', 'in', [{statement.id}])]",
                }
            ],
        )

    def test_missing_rates(self):
        """Of a currency, and of one whose rates begin after the month."""
        Run = self.env["bonus.run"]
        currency, later = self.env["res.currency"].create(
            [{"name": "QQQ", "symbol": "Q"}, {"name": "QQR", "symbol": "R"}]
        )
        self.make_document([(self.cloth, 9.0)], currency_id=currency.id)
        self.make_document([(self.cloth, 9.0)], currency_id=later.id)
        self.env["res.currency.rate"].create(
            {"currency_id": later.id, "name": "2026-02-01", "rate": 2.0}
        )
        self.env.flush_all()
        self.assertEqual(Run._missing_rates(self.january), currency | later)
        self.assertFalse(Run._missing_rates(self.february))
        self.env["res.currency.rate"].create(
            {"currency_id": currency.id, "name": "2026-01-01", "rate": 2.0}
        )
        self.assertEqual(Run._missing_rates(self.january), later)

    def test_named_and_gone(self):
        """Who is named in a scheme and left is no member any more, but was one."""
        self.scheme_of(
            {"code": "fixed", "kind": "fixed", "amount": 100.0},
            users=self.manager_a | self.director,
        )
        january = self.pay_month(self.january, self.manager_a, self.director)
        self.assertEqual(january.mapped("variable"), [100.0, 100.0])
        self.env["sales.branch.member"].search(
            [("user_id", "=", self.manager_a.id)]
        ).sudo().date_to = "2026-01-31"
        self.manager_a.active = False
        self.env.invalidate_all()
        self.pay_month(self.february, self.director)
        self.assertFalse(self.statement(self.manager_a, self.february))
        self.assertEqual(self.statement(self.manager_a), january[0])
        self.assertFalse(january._verify())
        # who was never in a branch stays
        self.assertEqual(self.statement(self.director, self.february).variable, 100.0)
        Run = self.env["bonus.run"]
        results = Run._compute(self.january)
        self.assertEqual(results[self.manager_a.id].totals.variable, 100)
