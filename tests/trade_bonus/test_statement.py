from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError

from .test_period import PeriodCommon

REPORT = "sales_manager_kpi.trade_bonus_statement_report"


class TestStatement(PeriodCommon):
    """What a customer is told, and what is not."""

    def setUp(self):
        super().setUp()
        clock = freeze_time("2026-05-08 10:00:00")
        clock.start()
        self.addCleanup(clock.stop)

    def statement(self, agreement, customer=None):
        periods = agreement.period_ids.filtered(
            lambda row: row.partner_id == (customer or self.customer)
        )
        (statement,) = periods._statements()
        return statement

    def html(self, periods, user=None):
        periods = periods.with_user(user or self.manager_a)
        report = periods.env["ir.actions.report"]
        return report._render_qweb_html(REPORT, periods.ids)[0].decode()

    def money(self, amount):
        return self.company.currency_id.format(amount)

    def test_how_far_it_is(self):
        agreement = self.make_active(
            self.prepare_term(limit_overdue=True, max_overdue_days=3, min_products=2)
        )
        self.invoice("2026-05-01", 7600, invoice_date_due="2026-05-03")
        (term,) = self.statement(agreement).terms
        (progress,) = term.running
        self.assertEqual(progress.counted, self.money(7600))
        self.assertEqual(progress.gap, self.money(12400))
        self.assertEqual((progress.tier, progress.days_left), ("2 %", 53))
        self.assertEqual((progress.expected, progress.percent), (self.money(152), 38))
        self.assertEqual(len(progress.conditions), 2)
        self.assertEqual(len(progress.failed), 2)
        self.assertIn("5 days overdue", progress.failed[0])
        self.assertIn("1 products bought", progress.failed[1])

    def test_below_the_first_tier_and_at_the_highest(self):
        agreement = self.make_active()
        self.invoice("2026-05-01", 100)
        progress = self.statement(agreement).terms[0].running[0]
        self.assertEqual((progress.tier, progress.gap), ("", self.money(4900)))
        self.invoice("2026-05-01", 19900)
        agreement.period_ids.invalidate_recordset()
        progress = self.statement(agreement).terms[0].running[0]
        self.assertEqual((progress.tier, progress.gap), ("4 %", ""))
        self.assertEqual(progress.percent, 100)

    def test_figures_come_with_approval(self):
        agreement = self.make_active(self.prepare_term((0, 10)))
        self.invoice("2026-02-01", 1000)
        period = agreement.period_ids[0]
        for step in (lambda: None, lambda: self.calculate(period)):
            step()
            (row,) = self.statement(agreement).terms[0].rows
            self.assertEqual((row.status, row.payable), ("Being calculated", None))
            self.assertEqual(self.statement(agreement).unsettled, self.money(0))
        self.approve(period)
        statement = self.statement(agreement)
        (row,) = statement.terms[0].rows
        self.assertEqual((row.status, row.payable), ("To be settled", self.money(100)))
        self.assertEqual((row.counted, row.earned), (self.money(1000), self.money(100)))
        self.assertEqual(statement.unsettled, self.money(100))
        period.with_user(self.manager_a).action_settle()
        statement = self.statement(agreement)
        self.assertEqual(
            (statement.settled, statement.unsettled), (self.money(100), self.money(0))
        )
        settlement = period.settlement_line_ids.settlement_id
        self.assertRegex(statement.terms[0].rows[0].status, r"^Settled on [\d/]+$")
        settlement.move_id.sudo().action_post()
        (row,) = self.statement(agreement).terms[0].rows
        self.assertIn(settlement.move_id.name, row.status)
        settlement.with_user(self.director).action_cancel()
        statement = self.statement(agreement)
        self.assertEqual(
            (statement.settled, statement.unsettled), (self.money(0), self.money(100))
        )

    def test_what_was_earned_and_what_is_paid_add_up(self):
        agreement = self.make_active(
            self.prepare_term((0, 10), limit_overdue=True, max_overdue_days=0)
        )
        debt = self.invoice("2026-02-01", 1000, invoice_date_due="2026-02-01")
        with freeze_time("2026-07-02 10:00:00"):
            first, second = agreement.period_ids[:2]
            self.approve(self.calculate(first))
            (term,) = self.statement(agreement).terms
            self.assertEqual(term.rows[0].status, "Postponed")
            self.assertEqual(term.running[0].earlier, self.money(100))
            self.assertEqual(term.running[0].expected, self.money(100))
            self.refund(debt, "2026-04-10", 1000)
            self.invoice("2026-05-01", 300, invoice_date_due="2026-12-01")
            self.approve(self.calculate(second))
            rows = self.statement(agreement).terms[0].rows
        self.assertEqual(rows[0].postponed, self.money(100))
        self.assertEqual(rows[0].payable, self.money(0))
        self.assertEqual(rows[1].earned, self.money(second.earned))
        self.assertEqual(
            second.earned + second.clawback + second.carried,
            second.payable + second.postponed,
        )
        self.assertEqual(rows[1].earlier, self.money(second.clawback + second.carried))

    def test_what_does_not_count_live_and_kept(self):
        category = self.env["product.category"].create({"name": "Left out"})
        gone = self.env["product.product"].create(
            {"name": "Odd", "categ_id": category.id}
        )
        agreement = self.make_active(
            self.prepare_term((0, 10), exclude_categ_ids=[Command.link(category.id)])
        )
        for day, price in (("2026-02-01", 400), ("2026-05-01", 250)):
            self.invoice(day, 1000)
            move = self.invoice(day, price, post=False)
            move.invoice_line_ids.product_id = gone
            move.invoice_line_ids.price_unit = price
            move.invoice_line_ids.tax_ids = [Command.clear()]
            move.action_post()
        words = "Product left out by the term"
        for step in (lambda: None, lambda: self.calculate(agreement.period_ids[0])):
            step()
            (term,) = self.statement(agreement).terms
            self.assertEqual(term.excluded, [(words, self.money(650))])
            self.assertEqual(term.running[0].counted, self.money(1000))

    def test_our_housekeeping_is_one_line(self):
        agreement = self.make_active(self.prepare_term((0, 10)))
        words = self.env["trade.bonus.statement"]._excluded_words(
            {"manual_entry": 10, "needs_owner": 5, "promo": -30, "cancelled": 0},
            agreement.currency_id,
        )
        self.assertEqual([row[1] for row in words], [self.money(-30), self.money(15)])
        self.assertIn("Other", words[1][0])

    def test_another_currency(self):
        other = self.env["res.currency"].create(
            {
                "name": "XQX",
                "symbol": "x",
                "rate_ids": [
                    Command.create({"name": "2025-01-01", "rate": 3}),
                    Command.create({"name": "2026-05-03", "rate": 7}),
                ],
            }
        )
        agreement = self.make_active(
            self.prepare_term((0, 10), (50000, 20)), currency_id=other.id
        )
        self.invoice("2026-05-01", 1000)
        self.invoice("2026-05-01", 600, currency_id=other.id)
        self.invoice("2026-05-04", 10)
        statement = self.statement(agreement)
        progress = statement.terms[0].running[0]
        self.assertEqual(progress.counted, other.format(3670))
        self.assertEqual(statement.expected, other.format(367))
        self.assertIn(other.format(3670), self.html(agreement.period_ids))

    def test_printed_figures_of_one_customer(self):
        rival = self.make_customer("Rival", self.manager_a)
        agreement = self.make_active(
            partners=self.customer | rival,
            note="<p>Do not tell</p>",
        )
        self.invoice("2026-05-01", 7600)
        self.invoice("2026-05-01", 8888, customer=rival)
        mine = agreement.period_ids.filtered(lambda r: r.partner_id == self.customer)
        page = self.html(mine)
        self.assertIn(self.money(7600), page)
        self.assertIn(self.money(12400), page)
        self.assertIn("Everything gets the rate of the tier reached", page)
        for secret in ("Rival", self.money(8888), "Do not tell"):
            self.assertNotIn(secret, page)
        both = self.html(agreement.period_ids)
        self.assertEqual(both.count("Bonus statement</h2>"), 2)
        with self.assertRaises(AccessError):
            self.html(mine, self.manager_b)

    def test_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.customer.lang = "nl_NL"
        agreement = self.make_active()
        self.invoice("2026-05-01", 7600)
        # decimal comma and day first, whatever is translated
        page = self.html(agreement.period_ids)
        self.assertIn("7.600,00", page)
        self.assertNotIn("7,600.00", page)

    def test_only_of_what_was_agreed(self):
        draft = self.make_agreement()
        gone = self.make_active(partners=self.make_customer("Gone", self.manager_a))
        gone.with_user(self.commercial).cancel("No")
        for agreement in (draft, gone):
            self.assertFalse(agreement.has_statement)
            for action in ("action_print_statement", "action_send_statement"):
                with self.assertRaisesRegex(UserError, "not in force"):
                    getattr(agreement, action)()
        if gone.period_ids:
            with self.assertRaisesRegex(UserError, "not in force"):
                self.html(gone.period_ids)

    def test_print_one_per_customer(self):
        rival = self.make_customer("Rival", self.manager_a)
        agreement = self.make_active(partners=self.customer | rival)
        action = agreement.action_print_statement()
        self.assertEqual(
            action["report_name"], "sales_manager_kpi.trade_bonus_statement"
        )
        printed = self.env["trade.bonus.period"].browse(action["context"]["active_ids"])
        self.assertEqual(printed.partner_id, self.customer | rival)
        self.assertEqual(
            set(printed.mapped("date_from")), {agreement.period_ids[2].date_from}
        )
        with self.assertRaises(AccessError):
            agreement.with_user(self.manager_b).action_print_statement()

    def compose(self, action):
        context = dict(action["context"])
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.manager_a)
            .with_context(**context)
            .create({})
        )
        composer._action_send_mail()

    def test_mail_with_the_statement(self):
        self.customer.email = "customer@example.com"
        agreement = self.make_active(portal_visible=True)
        self.invoice("2026-05-01", 7600)
        self.compose(agreement.action_send_statement())
        period = agreement.period_ids.filtered("message_ids.partner_ids")
        self.assertEqual(len(period), 1)
        message = period.message_ids.filtered("partner_ids")
        self.assertEqual(message.partner_ids, self.customer)
        self.assertIn("12,400.00", message.body)
        self.assertIn("access_token=", message.body)
        self.assertEqual(len(message.attachment_ids), 1)

    def test_each_customer_gets_a_mail_of_their_own(self):
        rival = self.make_customer("Rival", self.manager_a, email="rival@example.com")
        self.customer.email = "customer@example.com"
        agreement = self.make_active(partners=self.customer | rival)
        self.invoice("2026-05-01", 7600)
        self.invoice("2026-05-01", 8800, customer=rival)
        self.compose(agreement.action_send_statement())
        mails = self.env["mail.mail"].search(
            [
                ("model", "=", "trade.bonus.period"),
                ("res_id", "in", agreement.period_ids.ids),
            ]
        )
        bodies = {mail.recipient_ids: mail.body_html for mail in mails}
        self.assertEqual(set(bodies), {self.customer, rival})
        self.assertIn(self.money(7600), bodies[self.customer])
        self.assertNotIn(self.money(8800), bodies[self.customer])
        self.assertIn(self.money(8800), bodies[rival])
        # it is not shown in the portal
        self.assertNotIn("access_token", bodies[rival])

    def test_customers_cost_no_more_queries(self):
        customers = self.env["res.partner"].union(
            *(self.make_customer(f"C{n}", self.manager_a) for n in range(8))
        )
        counts = []
        for partners in (self.make_customer("One", self.manager_a), customers):
            agreement = self.make_active(partners=partners)
            self.env.flush_all()
            self.env.invalidate_all()
            periods = agreement.period_ids.search([("agreement_id", "=", agreement.id)])
            before = self.env.cr.sql_log_count
            periods._statements()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)
