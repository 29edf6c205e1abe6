from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError

from ..common import SalesManagementCommon
from .common import TradeBonusWorld


class PeriodCommon(TradeBonusWorld, SalesManagementCommon):
    """Agreements of 2026 seen from the middle of 2027."""

    @classmethod
    def setUpClass(cls):
        with freeze_time("2027-06-15 10:00:00"):
            super().setUpClass()

    def setUp(self):
        super().setUp()
        clock = freeze_time("2027-06-15 10:00:00")
        clock.start()
        self.addCleanup(clock.stop)

    @classmethod
    def invoice(cls, day, price, **values):
        return cls.make_invoice(price=price, date=date.fromisoformat(day), **values)

    @classmethod
    def refund(cls, invoice, day, price=None):
        move = invoice._reverse_moves(
            [{"invoice_date": date.fromisoformat(day), "date": date.fromisoformat(day)}]
        )
        if price:
            move.invoice_line_ids.price_unit = price
        move.action_post()
        return move

    def calculate(self, periods):
        periods.with_user(self.manager_a).action_calculate()
        return periods

    def approve(self, periods):
        periods.with_user(self.director).action_approve()
        return periods


class TestPeriods(PeriodCommon):
    def test_quarters_are_made_without_gaps(self):
        agreement = self.make_active()
        dates = [(str(p.date_from), str(p.date_to)) for p in agreement.period_ids]
        self.assertEqual(
            dates,
            [
                ("2026-01-01", "2026-03-31"),
                ("2026-04-01", "2026-06-30"),
                ("2026-07-01", "2026-09-30"),
                ("2026-10-01", "2026-12-31"),
            ],
        )
        period = agreement.period_ids[1]
        for values in ({"date_to": "2026-06-29"}, {"date_from": "2026-03-15"}):
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(ValidationError, "overlap or leave a gap"),
                self.env.cr.savepoint(),
            ):
                period.sudo().write(values)
            period.invalidate_recordset()

    def test_the_sap_oracle_over_cumulated_quarters(self):
        agreement = self.make_active(self.prepare_term(cumulative=True))
        for day, price in (
            ("2026-02-01", 3000),
            ("2026-05-01", 4000),
            ("2026-08-01", 20000),
        ):
            self.invoice(day, price)
        periods = self.calculate(agreement.period_ids)
        self.assertEqual(periods.mapped("payable"), [0, 140, 940, 0])
        self.assertEqual(sum(periods.mapped("payable")), 1080)
        self.calculate(periods)
        self.assertEqual(periods.mapped("payable"), [0, 140, 940, 0])

    def test_stepped_by_quarter_and_what_counted(self):
        agreement = self.make_active(
            self.prepare_term((0, 10), (1000, 25), method="stepped")
        )
        invoice = self.invoice("2026-03-31", 2000)
        outside = self.invoice("2025-12-31", 500)
        period = self.calculate(agreement.period_ids[0])
        self.assertEqual((period.base, period.payable), (2000, 350))
        rows = period.base_line_ids
        self.assertEqual(rows.move_id, invoice)
        self.assertNotIn(outside, rows.move_id)
        self.assertEqual(rows.mapped("amount"), [2000])
        for user in (self.manager_a, self.admin):
            with self.assertRaises(AccessError):
                rows.with_user(user).write({"value": 1})

    def test_a_refund_after_the_end_takes_back_the_exact_difference(self):
        agreement = self.make_active(self.prepare_term((0, 10), (1000, 20)))
        invoice = self.invoice("2026-02-01", 1500)
        first, second, *_rest = agreement.period_ids
        self.approve(self.calculate(first))
        self.assertEqual(first.payable, 300)
        self.refund(invoice, "2026-04-10", 600)
        self.invoice("2026-05-01", 100)
        self.calculate(second)
        # 900 earns 90: 210 too much; the quarter itself earned 10
        self.assertEqual((second.earned, second.clawback), (10, -210))
        self.assertEqual(second.payable, -200)
        late = second.base_line_ids.filtered("late_of_period_id")
        self.assertEqual((late.late_of_period_id, late.amount), (first, -600))
        self.assertEqual(first.payable, 300)

    def test_late_changed_and_cancelled_invoices(self):
        agreement = self.make_active(self.prepare_term((0, 10)))
        first, second, third, fourth = agreement.period_ids
        invoice = self.invoice("2026-02-01", 1000)
        self.calculate(first)
        self.invoice("2026-02-02", 500)
        self.calculate(second)
        self.assertEqual(second.clawback, 50)
        invoice.button_draft()
        invoice.invoice_line_ids.price_unit = 800
        invoice.action_post()
        self.calculate(third)
        self.assertEqual(third.clawback, -20)
        invoice.button_draft()
        invoice.button_cancel()
        self.calculate(fourth)
        self.assertEqual(fourth.clawback, -80)
        self.assertEqual(sum(agreement.period_ids.mapped("payable")), 50)

    def test_what_comes_after_the_last_period(self):
        agreement = self.make_active(
            self.prepare_term((0, 7), method="fixed", period="whole")
        )
        volume = self.make_active(
            self.prepare_term((0, 10), period="whole"),
            partners=self.make_customer("Volume", self.manager_a),
        )
        invoice = self.invoice("2026-02-01", 1000, customer=volume.partner_ids)
        for one in (agreement, volume):
            with self.assertRaisesRegex(UserError, "Nothing came"):
                one.action_collect_late()
            self.calculate(one.period_ids)
        self.refund(invoice, "2027-01-20", 400)
        with self.assertRaisesRegex(UserError, "Nothing came"):
            agreement.action_collect_late()
        volume.action_collect_late()
        correction = volume.period_ids.filtered("is_correction")
        self.calculate(correction)
        self.assertEqual((correction.base, correction.payable), (0, -40))
        with self.assertRaisesRegex(UserError, "Nothing came"):
            volume.action_collect_late()
        with self.assertRaisesRegex(UserError, "not settled yet"):
            volume.action_close()
        self.approve(volume.period_ids)
        volume.period_ids.action_settle()
        volume.action_close()
        self.assertEqual(set(volume.period_ids.mapped("state")), {"closed"})
        with self.assertRaisesRegex(UserError, "is settled"):
            correction.action_settle()

    def test_periods_are_calculated_in_order_and_when_over(self):
        agreement = self.make_active()
        first, second, *_rest = agreement.period_ids
        with self.assertRaisesRegex(UserError, "comes first"):
            self.calculate(second)
        with (
            freeze_time("2026-03-31 10:00:00"),
            self.assertRaisesRegex(UserError, "lasts until"),
        ):
            self.calculate(first)
        agreement.suspend("Wait")
        with self.assertRaisesRegex(UserError, "not in force"):
            self.calculate(first)

    def test_what_does_not_count_says_why(self):
        other = self.env["product.category"].create({"name": "Other"})
        product = self.env["product.product"].create(
            {"name": "Odd", "categ_id": other.id}
        )
        agreement = self.make_active(
            self.prepare_term((0, 10), exclude_categ_ids=[Command.set(other.ids)])
        )
        invoice = self.invoice("2026-02-01", 100, post=False)
        invoice.invoice_line_ids = [
            Command.create(
                {
                    "product_id": product.id,
                    "price_unit": 50,
                    "tax_ids": [Command.clear()],
                }
            )
        ]
        invoice.action_post()
        period = self.calculate(agreement.period_ids[0])
        self.assertEqual(period.base, 100)
        reasons = {row.product_id: row.reason for row in period.base_line_ids}
        self.assertEqual(reasons, {self.product: False, product: "excluded_product"})

    def test_only_a_category_and_all_below_it(self):
        above = self.env["product.category"].create({"name": "Above"})
        below = self.env["product.category"].create(
            {"name": "Below", "parent_id": above.id}
        )
        self.product.categ_id = below
        agreement = self.make_active(
            self.prepare_term((0, 10), include_categ_ids=[Command.set(above.ids)])
        )
        self.invoice("2026-02-01", 100)
        period = self.calculate(agreement.period_ids[0])
        self.assertEqual(period.base, 100)

    def test_orders_deliveries_and_payments_have_bases_of_their_own(self):
        term = self.prepare_term((0, 10), period="whole")
        agreement = self.make_active(
            *(
                {**term, "name": basis, "basis": basis}
                for basis in ("order", "payment")
            ),
        )
        with freeze_time("2026-02-01 10:00:00"):
            self.make_order(price=700)
        invoice = self.invoice("2026-03-01", 400)
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"amount": 100, "payment_date": "2026-04-01"})._create_payments()
        periods = self.calculate(agreement.period_ids)
        found = {row.term_id.basis: row.base for row in periods}
        self.assertEqual(found, {"order": 700, "payment": 100})

    def test_units_of_a_term(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        agreement = self.make_active(
            self.prepare_term((0, 0), (2, 5), method="per_unit", uom_id=dozen.id)
        )
        invoice = self.invoice("2026-02-01", 1, post=False)
        invoice.invoice_line_ids.quantity = 36
        invoice.action_post()
        period = self.calculate(agreement.period_ids[0])
        self.assertEqual((period.base, period.payable), (3, 15))

    def test_growth_over_last_year(self):
        agreement = self.make_active(self.prepare_term((10, 20), method="growth"))
        self.invoice("2025-02-01", 1000)
        self.invoice("2026-02-01", 1500)
        period = self.calculate(agreement.period_ids[0])
        self.assertEqual((period.baseline, period.payable), (1000, 100))

    def test_a_contact_and_another_customer(self):
        contact = self.env["res.partner"].create(
            {"name": "Shop", "parent_id": self.customer.id}
        )
        stranger = self.make_customer("Stranger", self.manager_a)
        agreement = self.make_active(self.prepare_term((0, 10)))
        self.invoice("2026-02-01", 100, customer=contact)
        self.invoice("2026-02-01", 900, customer=stranger)
        self.assertEqual(self.calculate(agreement.period_ids[0]).base, 100)

    def test_foreign_currency(self):
        currency = self.env["res.currency"].create(
            {
                "name": "XQX",
                "symbol": "x",
                "rate_ids": [
                    Command.create({"name": "2025-01-01", "rate": 3}),
                    Command.create({"name": "2026-03-01", "rate": 7}),
                ],
            }
        )
        agreement = self.make_active(
            self.prepare_term((0, 10)), currency_id=currency.id
        )
        # in its own currency as it is; any other by the rate of its own day
        self.invoice("2026-02-01", 100.01, currency_id=currency.id)
        self.invoice("2026-02-01", 10)
        self.invoice("2026-03-02", 10)
        period = self.calculate(agreement.period_ids[0])
        self.assertAlmostEqual(period.base, 100.01 + 30 + 70)

    def test_conditions(self):
        agreement = self.make_active(
            self.prepare_term(
                (0, 10), limit_overdue=True, max_overdue_days=5, min_products=1
            )
        )
        invoice = self.invoice("2026-02-01", 1000, invoice_date_due="2026-02-15")
        first, second, *_rest = agreement.period_ids
        self.calculate(first)
        self.assertIn("overdue", first.guard_failed)
        self.assertEqual((first.payable, first.postponed), (0, 100))
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({})._create_payments()
        self.invoice("2026-05-01", 0)
        self.calculate(second)
        # nothing of value was bought: one product is asked
        self.assertEqual((second.payable, second.postponed), (0, 100))
        third = agreement.period_ids[2]
        paid = self.invoice("2026-08-01", 50)
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=paid.ids
        ).create({})._create_payments()
        self.calculate(third)
        self.assertEqual((third.payable, third.carried), (105, 100))

    def test_paid_on_time(self):
        agreement = self.make_active(
            self.prepare_term(
                (0, 10),
                limit_paid_on_time=True,
                min_paid_percent=60,
                guard_effect="reduce",
                reduce_percent=50,
            )
        )
        term = self.env.ref("account.account_payment_term_immediate")
        for price, day in ((500, "2026-02-01"), (500, "2026-02-20")):
            invoice = self.invoice("2026-02-01", price, invoice_payment_term_id=term.id)
            self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=invoice.ids
            ).create({"payment_date": day})._create_payments()
        period = self.calculate(agreement.period_ids[0])
        self.assertIn("50.0 % was paid on time", period.guard_failed)
        self.assertEqual(period.payable, 50)


class TestSettlement(PeriodCommon):
    def settled(self, **values):
        agreement = self.make_active(self.prepare_term((0, 10)), **values)
        period = self.approve(self.calculate(agreement.period_ids[0]))
        period.with_user(self.manager_a).action_settle()
        period = period.with_user(self.env.user)
        return period, period.settlement_line_ids.settlement_id

    def test_nobody_approves_what_they_calculated(self):
        agreement = self.make_active()
        period = agreement.period_ids[0]
        period.with_user(self.director).action_calculate()
        with self.assertRaises(AccessError):
            period.with_user(self.director).action_approve()
        with self.assertRaises(AccessError):
            period.with_user(self.manager_a).action_approve()
        with self.assertRaisesRegex(UserError, "not approved"):
            period.with_user(self.manager_a).action_settle()
        period.with_user(self.commercial).action_approve()
        self.assertEqual(period.state, "approved")
        with self.assertRaisesRegex(UserError, "approved or settled"):
            self.calculate(period)

    def test_retro_price_splits_by_the_original_taxes(self):
        high = self.company_data["default_tax_sale"]
        low = high.copy({"amount": 5, "name": "Low"})
        move = self.invoice("2026-02-01", 300, post=False)
        move.invoice_line_ids = [
            Command.create({"product_id": self.product.id, "price_unit": 700.0})
        ]
        for line, tax in zip(move.invoice_line_ids, (high, low), strict=True):
            line.tax_ids = tax
        move.action_post()
        period, settlement = self.settled()
        note = settlement.move_id
        self.assertEqual((note.move_type, note.state), ("out_refund", "draft"))
        self.assertEqual(note.amount_untaxed, 100)
        parts = {line.tax_ids: line.price_subtotal for line in note.invoice_line_ids}
        self.assertEqual(parts, {high: 30, low: 70})
        with self.assertRaisesRegex(UserError, "is settled"):
            period.with_user(self.manager_a).action_settle()

    def test_a_premium_has_an_account_and_no_taxes(self):
        account = self.company_data["default_account_expense"]
        move = self.invoice("2026-02-01", 1000, post=False)
        move.invoice_line_ids.tax_ids = self.company_data["default_tax_sale"]
        move.action_post()
        _period, settlement = self.settled(
            tax_mode="premium", expense_account_id=account.id
        )
        line = settlement.move_id.invoice_line_ids
        self.assertEqual((line.account_id, line.tax_ids.ids), (account, []))
        self.assertEqual(settlement.move_id.amount_total, 100)

    def test_it_never_feeds_a_base(self):
        self.invoice("2026-02-01", 1000)
        period, settlement = self.settled()
        note = settlement.move_id
        note.invoice_date = "2026-05-01"
        note.action_post()
        second = self.calculate(period.agreement_id.period_ids[1])
        self.assertEqual(second.base, 0)
        self.assertEqual(second.base_line_ids.reason, "bonus_note")

    def test_cancelling_restores(self):
        self.invoice("2026-02-01", 1000)
        period, settlement = self.settled()
        settlement.move_id.action_post()
        with self.assertRaises(AccessError):
            settlement.with_user(self.manager_a).action_cancel()
        settlement.with_user(self.director).action_cancel()
        self.assertEqual((period.state, settlement.state), ("approved", "cancelled"))
        self.assertEqual(settlement.move_id.amount_residual, 0)
        self.assertEqual(settlement.move_id.reversal_move_ids.state, "posted")
        period.with_user(self.manager_a).action_settle()
        self.assertEqual(period.state, "settled")
        again = period.settlement_line_ids.settlement_id - settlement
        again.move_id.button_cancel()
        self.assertEqual((period.state, again.state), ("approved", "cancelled"))

    def test_offset_sets_off_the_oldest_invoice(self):
        invoice = self.invoice("2026-02-01", 1000)
        _period, settlement = self.settled(payout="offset")
        settlement.move_id.action_post()
        self.assertEqual(invoice.amount_residual, 900)
        self.assertEqual(settlement.move_id.amount_residual, 0)

    def test_more_taken_back_than_given_is_an_invoice(self):
        invoice = self.invoice("2026-02-01", 1000)
        period, _settlement = self.settled()
        self.refund(invoice, "2026-04-10")
        second = self.approve(self.calculate(period.agreement_id.period_ids[1]))
        second.with_user(self.manager_a).action_settle()
        note = second.settlement_line_ids.settlement_id.move_id
        self.assertEqual((note.move_type, note.amount_untaxed), ("out_invoice", 100))

    def test_ewallet(self):
        self.env["loyalty.program"].create(
            {
                "name": "Wallet",
                "program_type": "ewallet",
                "company_id": self.company.id,
                "currency_id": self.company.currency_id.id,
            }
        )
        self.invoice("2026-02-01", 1000)
        _period, settlement = self.settled(payout="ewallet")
        self.assertEqual(settlement.card_id.points, 100)
        self.assertEqual(settlement.card_id.partner_id, self.customer)
        settlement.with_user(self.director).action_cancel()
        self.assertEqual(settlement.card_id.points, 0)

    def test_closed_books(self):
        self.company.sudo().fiscalyear_lock_date = "2027-06-30"
        self.invoice("2027-07-01", 0)
        agreement = self.make_active(self.prepare_term((100, 10), method="fixed"))
        agreement.term_ids.tier_ids.sudo().start = 0
        period = self.approve(self.calculate(agreement.period_ids[0]))
        with self.assertRaisesRegex(UserError, "books are closed"):
            period.with_user(self.manager_a).action_settle()
