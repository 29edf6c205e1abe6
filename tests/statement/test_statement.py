from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.sales_manager_kpi.engine.pay_month import canonical

from .common import StatementCommon


@tagged("standard", "post_install", "-at_install")
class TestStatement(StatementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls.make_document([(cls.cloth, 62000.0)])

    def test_computed_when_the_month_closes(self):
        self.close_month(self.january)
        statement = self.statement(self.manager_a)
        self.assertRecordValues(
            statement,
            [{"state": "computed", "variable": 1240.0, "payable": 1240.0}],
        )
        line = statement.line_ids
        self.assertRecordValues(
            line, [{"base": 62000.0, "rate": 2.0, "amount": 1240.0, "held": 0.0}]
        )
        self.assertIn("1,240.00", line.trace_text)
        self.assertIn("62,000.00", line.trace_text)
        evidence = line.action_open_evidence()
        facts = self.env[evidence["res_model"]].sudo().search(evidence["domain"])
        self.assertEqual(sum(facts.mapped("amount")), line.base)

    def test_computed_twice_changes_nothing(self):
        self.close_month(self.january)
        statement = self.statement(self.manager_a)
        line = statement.line_ids
        kept = canonical(statement._kept())
        statement.with_user(self.payer).action_compute()
        self.assertEqual(canonical(statement._kept()), kept)
        self.assertEqual(statement.line_ids, line)
        self.assertEqual(self.statement(self.manager_a), statement)
        statement.with_user(self.payer).action_send()
        statement.with_user(self.payer).action_compute()
        self.assertEqual(statement.state, "sent")

    def test_not_sent_while_the_month_is_open(self):
        self.Statement._compute_period(self.january)
        statement = self.statement(self.manager_a).with_user(self.payer)
        with self.assertRaisesRegex(UserError, "not closed"):
            statement.action_send()

    def test_the_whole_way(self):
        self.close_month(self.january)
        statement = self.sent()
        own = statement.with_user(self.manager_a)
        own.action_acknowledge()
        payer = statement.with_user(self.payer)
        payer.action_approve()
        payer.action_withdraw()
        payer.action_approve()
        payer.action_lock()
        self.assertEqual(len(statement.hash), 64)
        self.assertFalse(statement._verify())
        payer.action_pay()
        self.assertFalse(statement._verify())
        self.assertTrue(payer.action_verify())
        self.assertEqual(statement.state, "paid")
        for step in ("compute", "send", "approve", "lock", "pay", "withdraw"):
            with self.subTest(step=step), self.assertRaises(UserError):
                getattr(payer, f"action_{step}")()

    def test_locked_stays(self):
        self.close_month(self.january)
        statement = self.locked()
        with self.assertRaises(UserError):
            statement.sudo().variable = 5.0
        with self.assertRaises(UserError):
            statement.line_ids.sudo().amount = 5.0
        with self.assertRaises(UserError):
            statement.line_ids.sudo().unlink()
        with self.assertRaises(UserError):
            self.env["bonus.statement.line"].sudo().create(
                {
                    "statement_id": statement.id,
                    "key": "x",
                    "code": "x",
                    "kind": "fixed",
                    "amount": 5.0,
                }
            )
        self.Statement._compute_period(self.january)
        self.assertEqual(statement.state, "locked")
        self.assertFalse(statement._verify())
        # what the ORM refuses, somebody may do in the database
        self.env.cr.execute(
            "UPDATE bonus_statement_line SET amount = 9999 WHERE statement_id = %s",
            [statement.id],
        )
        statement.line_ids.invalidate_recordset()
        self.assertIn("seal", statement._verify()[statement])

    def test_nobody_writes_one(self):
        self.close_month(self.january)
        statement = self.sent()
        for user in (self.payer, self.manager_a, self.admin):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    statement.with_user(user).write({"state": "paid"})
                with self.assertRaises(AccessError):
                    statement.with_user(user).write({"payable": 1e6})
                with self.assertRaises(AccessError):
                    statement.line_ids.with_user(user).write({"amount": 1e6})
                with self.assertRaises(UserError):
                    statement.with_user(user).unlink()
                with self.assertRaises(AccessError):
                    self.Statement.with_user(user).create(
                        {
                            "user_id": user.id,
                            "period_id": self.february.id,
                            "date_from": "2026-02-01",
                            "company_id": self.company.id,
                        }
                    )

    def test_changed_after_sending_is_sent_again(self):
        self.close_month(self.january)
        statement = self.sent()
        statement.with_user(self.manager_a).action_acknowledge()
        self.adjustment(60.0)
        statement.with_user(self.payer).action_compute()
        self.assertRecordValues(
            statement, [{"state": "computed", "variable": 1300.0, "payable": 1300.0}]
        )
        self.assertFalse(statement.acknowledged_on)

    def test_own_statement(self):
        """Nobody approves their own, nor that of whom they stand in for."""
        self.manager_a.group_ids |= self.env.ref("sales_manager_kpi.group_pay")
        self.close_month(self.january)
        statement = self.sent()
        own = statement.with_user(self.manager_a)
        with self.assertRaisesRegex(AccessError, "their own pay"):
            own.action_approve()
        self.assertFalse(own.can_decide)
        self.manager_b.group_ids |= self.env.ref("sales_manager_kpi.group_pay")
        self.stand_in(self.manager_b, self.manager_a)
        with self.assertRaisesRegex(AccessError, "stand in for"):
            statement.with_user(self.manager_b).action_approve()
        statement.with_user(self.payer_2).action_approve()
        for step in ("action_lock", "action_withdraw", "action_reverse"):
            with self.subTest(step=step), self.assertRaises(AccessError):
                getattr(own, step)()

    def stand_in(self, deputy, principal):
        """From now on ``deputy`` acts for ``principal``."""
        row = self.env["sales.substitution"].create(
            {
                "company_id": self.company.id,
                "principal_id": principal.id,
                "deputy_id": deputy.id,
                "date_from": self.today_here(),
                "date_to": self.today_here(),
                "hour_to": 24,
            }
        )
        row.with_user(self.director).action_appoint()
        self.env.cr.cache.clear()
        return row

    def today_here(self):
        return self.env["sales.branch"]._company_local_date(self.company)

    # ------------------------------------------------------------------
    # Adjustments, negative months, reversals
    # ------------------------------------------------------------------

    def test_negative_month_is_carried(self):
        self.adjustment(-2000.0)
        self.close_month(self.january)
        statement = self.locked()
        self.assertRecordValues(
            statement, [{"variable": -760.0, "payable": 0.0, "carry_out": -760.0}]
        )
        self.make_document([(self.cloth, 100000.0)], date="2026-02-10")
        self.close_month(self.february)
        february = self.statement(self.manager_a, self.february)
        self.assertRecordValues(
            february,
            [{"variable": 2000.0, "carry_in": -760.0, "payable": 1240.0}],
        )
        self.locked(period=self.february)
        self.assertFalse((statement | february)._verify())

    def test_earlier_month_first(self):
        self.close_month(self.january)
        self.sent()
        self.close_month(self.february)
        february = self.sent(period=self.february).with_user(self.payer)
        with self.assertRaisesRegex(UserError, "comes first"):
            february.action_approve()
        self.adjustment(-2000.0)
        january = self.statement(self.manager_a).with_user(self.payer)
        january.action_compute()
        january.action_send()
        january.action_approve()
        with self.assertRaisesRegex(UserError, "Compute it again"):
            february.action_approve()
        with self.assertRaisesRegex(UserError, "Begin with the last"):
            february.action_compute()
            february.action_send()
            february.action_approve()
            january.action_withdraw()

    def test_reversed_and_paid_before(self):
        self.close_month(self.january)
        statement = self.locked()
        payer = statement.with_user(self.payer)
        payer.action_pay()
        with self.assertRaises(UserError):
            payer._reverse("  ")
        action = payer.action_reverse()
        wizard = (
            self.env["bonus.reason"]
            .with_user(self.payer)
            .with_context(**action["context"])
            .create({"reason": "Wrong person"})
        )
        wizard.action_confirm()
        self.assertEqual(statement.state, "reversed")
        self.adjustment(-40.0)
        self.Statement._compute_period(self.january)
        again = self.statement(self.manager_a)
        self.assertNotEqual(again, statement)
        # 1,200 is due, 1,240 was paid: the next month gives it back
        self.assertRecordValues(
            again,
            [{"paid_before": 1240.0, "payable": 0.0, "carry_out": -40.0}],
        )
        self.locked()
        self.assertFalse(again._verify())

    def test_late_changes_at_the_original_rate(self):
        """A credit note in the closed month nets to zero with what was paid."""
        self.close_month(self.january)
        self.locked()
        reversal = self.invoice._reverse_moves([{"invoice_date": "2026-02-03"}])
        reversal.action_post()
        self.close_month(self.february)
        february = self.statement(self.manager_a, self.february)
        line = february.line_ids.filtered("origin_period_id")
        self.assertEqual((line.base, line.amount), (-62000.0, -1240.0))
        self.assertEqual(february.carry_out, -1240.0)
        self.locked(period=self.february)
        self.assertFalse(february._verify())

    def test_returned_and_changed_of_one_month(self):
        """A credit note and a late change of the same month are two lines."""
        other = self.make_document([(self.cloth, 1000.0)])
        self.close_month(self.january)
        self.locked()
        reversal = self.invoice._reverse_moves([{"invoice_date": "2026-02-03"}])
        reversal.action_post()
        other.button_draft()
        self.close_month(self.february)
        february = self.statement(self.manager_a, self.february)
        lines = february.line_ids.filtered("origin_period_id")
        self.assertEqual(sorted(lines.mapped("amount")), [-1240.0, -20.0])
        self.assertEqual(february.variable, -1260.0)
        self.locked(period=self.february)
        self.assertFalse(february._verify())

    def test_reopening_waits_for_reversal(self):
        self.close_month(self.january)
        self.locked()
        with self.assertRaisesRegex(UserError, "approved or paid"):
            self.january.with_user(self.admin)._reopen("A mistake")
        self.statement(self.manager_a).with_user(self.payer)._reverse("Reopened")
        self.january.with_user(self.admin)._reopen("A mistake")
        self.assertEqual(self.january.state, "open")

    def test_who_left(self):
        """Of who was in no branch then, an adjustment is paid all the same."""
        leaver = self.make_user("leaver", "sales_manager_kpi.group_manager")
        self.adjustment(75.0, leaver)
        self.close_month(self.january)
        statement = self.locked(leaver)
        self.assertRecordValues(
            statement, [{"payable": 75.0, "scheme_id": False, "branch_id": False}]
        )
        self.assertFalse(statement._verify())

    def test_number_of_queries(self):
        """It does not grow with the number of managers."""

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.Statement._compute_period(self.january)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count()
        two = count()
        for number in range(8):
            user = self.make_user(f"more_{number}", "sales_manager_kpi.group_manager")
            self.env["sales.branch.member"].create(
                {
                    "branch_id": self.branch.id,
                    "user_id": user.id,
                    "date_from": "2020-01-01",
                }
            )
            customer = self.make_customer(f"Customer {number}", user)
            self.env["customer.assignment"].search(
                [("partner_id", "=", customer.id)]
            ).date_from = "2020-01-01"
            self.make_document([(self.cloth, 1000.0)], partner_id=customer.id)
        self.Statement._compute_period(self.january)
        self.assertEqual(len(self.Statement.search([])), 10)
        self.assertLessEqual(count(), two + 4)
