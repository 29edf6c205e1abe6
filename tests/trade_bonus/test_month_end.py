from datetime import date
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError

from .test_period import PeriodCommon

PROGRESS = "odoo.addons.base.models.ir_cron.IrCron._commit_progress"
NIGHTLY = "odoo.addons.sales_manager_kpi.models.trade_bonus_nightly.BATCH"
YEAR = {"date_from": "2027-01-01", "date_to": "2027-12-31"}


class TestAccrual(PeriodCommon):
    @classmethod
    def _make_world(cls):
        super()._make_world()
        cls.expense = cls.company_data["default_account_expense"]
        cls.owed = cls.env["account.account"].create(
            {
                "name": "Bonuses owed",
                "code": "298765",
                "account_type": "liability_current",
                "company_ids": [(6, 0, cls.company.ids)],
            }
        )
        cls.company.sales_manager_kpi_bonus_accruals = True

    def accrued(self, *terms, **values):
        return self.make_active(
            *terms or (self.prepare_term((0, 10)),),
            expense_account_id=self.expense.id,
            accrual_account_id=self.owed.id,
            **YEAR,
            **values,
        )

    def run_cron(self):
        before = self.env["trade.bonus.accrual"].search([])
        with patch(PROGRESS, return_value=1000):
            self.env["trade.bonus.accrual"].sudo()._cron_accrue()
        return self.env["trade.bonus.accrual"].search([]) - before

    def test_posted_on_the_last_day_and_taken_back_on_the_next(self):
        self.accrued()
        for day, price in (
            ("2027-02-10", 1000),
            ("2027-05-20", 500),
            ("2027-06-05", 9000),  # of the next month
        ):
            self.invoice(day, price)
        accrual = self.run_cron()
        self.assertEqual((str(accrual.date), accrual.amount), ("2027-05-31", 150))
        move, back = accrual.move_id, accrual.reversal_id
        self.assertEqual((str(move.date), str(back.date)), ("2027-05-31", "2027-06-01"))
        self.assertEqual(set((move | back).mapped("state")), {"posted"})
        sides = {line.account_id: line.balance for line in move.line_ids}
        self.assertEqual(sides, {self.expense: 150, self.owed: -150})
        self.assertEqual(move.line_ids.partner_id, self.customer)
        for account in (self.expense, self.owed):
            lines = (move | back).line_ids.filtered(
                lambda line, account=account: line.account_id == account
            )
            self.assertEqual(sum(lines.mapped("balance")), 0)
        self.assertFalse(self.run_cron())

    def test_what_is_settled_is_owed_until_that_day(self):
        agreement = self.accrued()
        self.invoice("2027-02-10", 1000)
        self.invoice("2027-05-20", 500)
        first = self.approve(self.calculate(agreement.period_ids[0]))
        first.with_user(self.manager_a).action_settle()
        self.assertEqual(self.run_cron().amount, 150)
        with freeze_time("2027-07-05 10:00:00"):
            self.assertEqual(self.run_cron().amount, 50)

    def test_cumulated_and_postponed(self):
        for term, amount in (
            (self.prepare_term(cumulative=True), 140),
            (
                self.prepare_term(
                    (0, 10),
                    limit_overdue=True,
                    max_overdue_days=1,
                    guard_effect="postpone",
                ),
                700,
            ),
        ):
            with self.subTest(term=term):
                customer = self.make_customer(str(amount), self.manager_a)
                agreement = self.accrued(term, partners=customer)
                for day, price in (("2027-02-10", 3000), ("2027-05-20", 4000)):
                    self.invoice(day, price, customer=customer)
                self.assertEqual(self.run_cron().amount, amount)
                self.calculate(agreement.period_ids[0])
                accruals = agreement.sudo()._accrue(
                    agreement.date_from.replace(month=5)
                )
                self.assertEqual(accruals.amount, 0 if amount == 140 else 300)
                with freeze_time("2027-07-05 10:00:00"):
                    self.assertEqual(self.run_cron()[:1].amount, amount)

    def pay(self, invoice, day):
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"payment_date": day})._create_payments()

    def test_conditions_as_they_were_at_the_end_of_the_month(self):
        """Accrued on June 15 for May 31: what was overdue, paid, credited then."""
        overdue = {"limit_overdue": True, "max_overdue_days": 5}
        on_time = {"limit_paid_on_time": True, "min_paid_percent": 95}
        immediate = self.env.ref("account.account_payment_term_immediate").id
        for name, condition, due, settled, amount in (
            ("overdue since", overdue, "2027-05-29", None, 100),
            ("overdue then, paid since", overdue, "2027-05-20", "2027-06-10", 0),
            ("overdue before, paid then", overdue, "2027-05-20", "2027-05-30", 100),
            ("overdue then and now", overdue, "2027-05-20", None, 0),
            ("due since", on_time, "2027-06-05", None, 100),
            ("late then", on_time, "2027-05-20", "2027-05-25", 0),
            ("late then, credited since", on_time, "2027-05-20", "credit", 0),
        ):
            with self.subTest(name):
                customer = self.make_customer(name, self.manager_a)
                term = self.prepare_term((0, 10), guard_effect="zero", **condition)
                agreement = self.accrued(term, partners=customer)
                values = {"customer": customer, "invoice_payment_term_id": immediate}
                paid = self.invoice("2027-04-10", 900, **values)
                self.pay(paid, "2027-04-10")
                invoice = self.invoice(
                    "2027-05-10", 100, customer=customer, invoice_date_due=due
                )
                if settled == "credit":
                    self.refund(invoice, "2027-06-10")
                elif settled:
                    self.pay(invoice, settled)
                accrual = agreement.sudo()._accrue(date(2027, 5, 31))
                self.assertEqual(accrual.amount, amount)

    def test_in_a_foreign_currency(self):
        currency = self.env["res.currency"].create(
            {
                "name": "XQX",
                "symbol": "x",
                "rate_ids": [(0, 0, {"name": "2025-01-01", "rate": 4})],
            }
        )
        self.accrued(currency_id=currency.id)
        self.invoice("2027-02-10", 1000)
        accrual = self.run_cron()
        self.assertEqual(accrual.amount, 400)
        debit = accrual.move_id.line_ids.filtered("debit")
        self.assertEqual((debit.debit, debit.amount_currency), (100, 400))

    def test_nothing_unless_asked_and_where_books_are_closed(self):
        self.accrued()
        self.invoice("2027-02-10", 1000)
        self.company.fiscalyear_lock_date = "2027-05-31"
        self.assertFalse(self.run_cron())
        self.company.fiscalyear_lock_date = False
        self.company.sales_manager_kpi_bonus_accruals = False
        self.assertFalse(self.run_cron())

    def test_who_sees_and_nobody_writes(self):
        self.accrued()
        self.invoice("2027-02-10", 1000)
        accrual = self.run_cron()
        Accrual = self.env["trade.bonus.accrual"]
        for user in (self.director, self.commercial, self.admin):
            with self.subTest(user=user.login):
                self.assertIn(accrual, Accrual.with_user(user).search([]))
                with self.assertRaises(AccessError):
                    accrual.with_user(user).write({"amount": 1})
                with self.assertRaises(AccessError):
                    accrual.with_user(user).unlink()
        self.assertNotIn(accrual, Accrual.with_user(self.other_director).search([]))
        with self.assertRaises(AccessError):
            Accrual.with_user(self.manager_a).search([])


class TestNightly(PeriodCommon):
    def run_cron(self, left=1000):
        with patch(PROGRESS, return_value=left):
            self.env["trade.bonus.period"].sudo()._cron_calculate()

    def make_two(self):
        other = self.make_customer("Other", self.manager_a)
        return self.make_active(), self.make_active(partners=other)

    def test_what_is_over_is_calculated_and_approved_by_a_director(self):
        agreement = self.make_active(self.prepare_term((0, 10)))
        lasting = self.make_active(**YEAR)
        self.invoice("2026-02-01", 1000)
        self.run_cron()
        self.assertEqual(set(agreement.period_ids.mapped("state")), {"calculated"})
        self.assertEqual(agreement.period_ids.mapped("payable"), [100, 0, 0, 0])
        states = lasting.period_ids.mapped("state")
        self.assertEqual(states, ["calculated", "open", "open", "open"])
        self.approve(agreement.period_ids)
        self.run_cron()
        self.assertEqual(set(agreement.period_ids.mapped("state")), {"approved"})

    def test_it_goes_on_where_it_was_broken_off(self):
        one, two = self.make_two()
        with patch(NIGHTLY, 1):
            self.run_cron(left=0)
            states = [row.period_ids.mapped("state")[0] for row in (one, two)]
            self.assertEqual(sorted(states), ["calculated", "open"])
            self.run_cron(left=0)
        self.assertEqual((one + two).period_ids.mapped("state"), ["calculated"] * 8)

    def test_one_that_fails_does_not_stop_the_others(self):
        one, two = self.make_two()
        real = type(one.period_ids)._check_calculable

        def check(periods):
            if two in periods.agreement_id:
                raise UserError("The rate is missing.")
            return real(periods)

        with patch.object(
            self.registry["trade.bonus.period"], "_check_calculable", check
        ):
            self.run_cron()
            self.run_cron()
        self.assertEqual(set(one.period_ids.mapped("state")), {"calculated"})
        self.assertEqual(set(two.period_ids.mapped("state")), {"open"})
        notes = two.message_ids.filtered(lambda row: "rate is missing" in row.body)
        self.assertEqual(len(notes), 1)

    def test_what_somebody_has_in_hand_waits(self):
        one, two = self.make_two()
        free = (one + two).period_ids - two.period_ids[1]
        with patch.object(
            self.registry["trade.bonus.period"],
            "try_lock_for_update",
            lambda periods, **_options: periods & free,
        ):
            self.run_cron()
        self.assertEqual(set(one.period_ids.mapped("state")), {"calculated"})
        self.assertEqual(set(two.period_ids.mapped("state")), {"open"})
