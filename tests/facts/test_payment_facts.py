from odoo import Command

from .common import FactsCommon


class PaymentCommon(FactsCommon):
    """Invoices and what is paid on them, through Odoo's payment register."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tax = cls.env["account.tax"].create({"name": "21% of it", "amount": 21})

    @classmethod
    def pay(cls, move, amount=None, date="2026-02-10", **values):
        register = cls.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        )
        values["payment_date"] = date
        if amount is not None:
            values["amount"] = amount
        payments = register.create(values)._create_payments()
        return payments

    @classmethod
    def taxed(cls, product, price, **values):
        line = {**cls._prepare_line((product, price)), **values}
        return {**line, "tax_ids": [Command.set(cls.tax.ids)]}

    def paid(self, documents, **conditions):
        return self.facts(documents, "payment", **conditions)

    def by_month(self, documents):
        """``{month: amount}`` of the counted payments of documents."""
        months = {}
        for fact in self.paid(documents, status="counted"):
            month = fact.date.strftime("%Y-%m")
            months[month] = round(months.get(month, 0) + fact.amount, 2)
        return months


class TestPaymentFacts(PaymentCommon):
    def test_invoice_counts_untaxed_when_paid(self):
        """Trap 14: 121 paid are 100."""
        invoice = self.make_document([self.taxed(self.cloth, 100)])
        self.assertFalse(self.paid(invoice))
        self.pay(invoice)
        fact = self.paid(invoice)
        self.assertRecordValues(
            fact,
            [
                {
                    "basis": "payment",
                    "status": "counted",
                    "amount": 100.0,
                    "quantity": 1.0,
                    "cost": 60.0,
                    "user_id": self.manager_a.id,
                    "branch_id": self.branch.id,
                    "partner_id": self.customer.id,
                    "categ_id": self.fabrics.id,
                    "move_id": invoice.id,
                    "is_return": False,
                }
            ],
        )
        self.assertEqual(str(fact.date), "2026-02-10")
        Fact = self.env["sales.fact.report"]
        self.assertEqual(Fact.search([("id", "=", fact.id)]), fact)
        figures = Fact._facts_by(self.company, "2026-02-01", "2026-02-28", "payment")
        self.assertEqual(figures, {self.manager_a.id: 100.0})

    def test_parts_are_the_lines_to_the_cent(self):
        """Traps 15 and 22: several dates, each its month, together the lines."""
        invoice = self.make_document(
            [self.taxed(self.cloth, 33.35), self.taxed(self.thread, 66.66)]
        )
        self.pay(invoice, 40.33, "2026-01-20")
        self.pay(invoice, 40.33, "2026-02-20")
        self.pay(invoice, None, "2026-03-20")
        self.assertEqual(invoice.amount_residual, 0)
        facts = self.paid(invoice)
        self.assertEqual(len(facts), 6)
        self.assertEqual(len(set(facts.ids)), 6)
        months = self.by_month(invoice)
        self.assertEqual(list(months), ["2026-03", "2026-02", "2026-01"][::-1])
        for product, value in ((self.cloth, 33.35), (self.thread, 66.66)):
            own = facts.filtered(lambda f, p=product: f.product_id == p)
            self.assertAlmostEqual(sum(own.mapped("amount")), value)
        for fact in facts:
            self.assertEqual(fact.search([("id", "=", fact.id)]), fact)

    def test_credit_note_is_no_payment(self):
        """Trap 15: payment state "reversed" means nobody paid."""
        invoice = self.make_document([self.taxed(self.cloth, 100)])
        refund = invoice._reverse_moves([{"invoice_date": "2026-02-03"}], cancel=True)
        self.assertEqual(invoice.payment_state, "reversed")
        self.assertFalse(self.paid(invoice | refund))

    def test_rest_after_a_credit_note(self):
        invoice = self.make_document([self.taxed(self.cloth, 100)])
        refund = self.make_document(
            [self.taxed(self.cloth, 40)], "out_refund", reversed_entry_id=invoice.id
        )
        terms = (invoice | refund).line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        )
        terms.reconcile()
        self.pay(invoice)
        self.assertEqual(self.by_month(invoice | refund), {"2026-02": 60.0})

    def test_refund_and_repayment_net_to_zero(self):
        """Trap 10."""
        invoice = self.make_document(
            [self.taxed(self.cloth, 100), self.taxed(self.thread, 0.07)]
        )
        self.pay(invoice, 50, "2026-01-20")
        self.pay(invoice, None, "2026-02-10")
        self.customer.user_id = self.manager_b
        refund = invoice._reverse_moves([{"invoice_date": "2026-03-03"}])
        refund.action_post()
        self.pay(refund, date="2026-03-15")
        facts = self.paid(invoice | refund)
        self.assertAlmostEqual(sum(facts.mapped("amount")), 0)
        self.assertAlmostEqual(sum(facts.mapped("quantity")), 0)
        back = self.paid(refund)
        self.assertEqual(back.mapped("amount"), [-100.0, -0.07])
        self.assertEqual(set(back.mapped("is_return")), {True})
        self.assertEqual(back.user_id, self.manager_a)

    def test_payment_taken_off_is_as_if_never_made(self):
        """Trap 15: `in_payment` may bounce."""
        invoice = self.make_document([self.taxed(self.cloth, 100)])
        payment = self.pay(invoice)
        self.assertEqual(self.counted(invoice, "payment"), 100)
        payment.action_draft()
        self.assertFalse(self.paid(invoice))

    def test_invoice_reset_to_draft(self):
        """Trap 35: what was paid waits until it is reconciled again."""
        invoice = self.make_document([self.taxed(self.cloth, 100)])
        self.pay(invoice)
        invoice.button_draft()
        self.assertFalse(self.paid(invoice))

    def test_draft_is_not_paid(self):
        """Trap 8."""
        invoice = self.make_invoice(post=False)
        self.assertFalse(self.paid(invoice))

    def test_write_off_is_no_payment(self):
        """Trap 16: a journal entry without money pays nothing."""
        invoice = self.make_document([self.taxed(self.cloth, 100)])
        self.settle(invoice, 121, self.company_data["default_account_expense"])
        self.assertTrue(invoice.currency_id.is_zero(invoice.amount_residual))
        self.assertFalse(self.paid(invoice))

    def test_write_off_with_the_payment(self):
        """Trap 16: what a payment writes off was not paid, now or with the next."""
        invoice = self.make_document([self.taxed(self.cloth, 100)])
        self.pay(invoice, 21, "2026-01-20")
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        wizard.create(
            {
                "payment_date": "2026-02-10",
                "amount": 75,
                "payment_difference_handling": "reconcile",
                "writeoff_account_id": self.company_data["default_account_expense"].id,
            }
        ).action_create_payments()
        self.assertTrue(invoice.currency_id.is_zero(invoice.amount_residual))
        self.assertEqual(self.by_month(invoice), {"2026-01": 17.36, "2026-02": 61.98})

    def test_money_by_a_journal_entry(self):
        invoice = self.make_document([self.taxed(self.cloth, 100)])
        bank = self.company_data["default_journal_bank"].default_account_id
        self.settle(invoice, 121, bank)
        self.assertEqual(self.by_month(invoice), {"2026-02": 100.0})

    def settle(self, invoice, amount, account):
        """A general journal entry against the invoice."""
        term = invoice.line_ids.filtered(
            lambda item: item.display_type == "payment_term"
        )
        entry = self.env["account.move"].create(
            {
                "journal_id": self.company_data["default_journal_misc"].id,
                "date": "2026-02-10",
                "line_ids": [
                    Command.create(
                        {
                            "account_id": term.account_id.id,
                            "partner_id": invoice.partner_id.id,
                            "credit": amount,
                        }
                    ),
                    Command.create({"account_id": account.id, "debit": amount}),
                ],
            }
        )
        entry.action_post()
        receivable = entry.line_ids.filtered(
            lambda line: line.account_id == term.account_id
        )
        (term | receivable).reconcile()

    def test_several_due_dates(self):
        terms = self.env["account.payment.term"].create(
            {
                "name": "Half now, half later",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 50, "nb_days": days}
                    )
                    for days in (0, 60)
                ],
            }
        )
        invoice = self.make_document(
            [self.taxed(self.cloth, 33.35)], invoice_payment_term_id=terms.id
        )
        self.assertEqual(
            len(
                invoice.line_ids.filtered(
                    lambda item: item.display_type == "payment_term"
                )
            ),
            2,
        )
        self.pay(invoice, invoice.amount_total, "2026-01-20", group_payment=True)
        self.assertEqual(invoice.amount_residual, 0)
        self.assertEqual(self.counted(invoice, "payment"), 33.35)

    def test_foreign_invoice_paid_at_another_rate(self):
        """Trap 12: at the invoice's rate; the exchange difference is no payment."""
        foreign = self.setup_other_currency(
            "EUR", rates=[("2020-01-01", 2.0), ("2026-02-01", 4.0)]
        )
        invoice = self.make_document(
            [self.taxed(self.cloth, 100)], currency_id=foreign.id
        )
        self.pay(invoice, 60.50, "2026-01-20")
        self.pay(invoice, None, "2026-02-20")
        self.assertEqual(invoice.amount_residual, 0)
        self.assertEqual(self.by_month(invoice), {"2026-01": 25.0, "2026-02": 25.0})

    def test_paid_in_company_currency(self):
        foreign = self.setup_other_currency(
            "EUR", rates=[("2020-01-01", 2.0), ("2026-02-01", 4.0)]
        )
        invoice = self.make_document(
            [self.taxed(self.cloth, 100)], currency_id=foreign.id
        )
        self.pay(invoice, None, "2026-02-20", currency_id=self.company.currency_id.id)
        self.assertEqual(invoice.amount_residual, 0)
        self.assertEqual(self.by_month(invoice), {"2026-02": 50.0})

    def test_down_payment_counts_when_paid_and_the_rest_with_the_invoice(self):
        """Trap 5."""
        order = self.make_sale([self.taxed(self.cloth, 1000)])
        first = self._create_down_payment_invoice(order, "fixed", 363)
        first.invoice_date = "2026-01-10"
        first.action_post()
        self.pay(first, date="2026-01-15")
        last = order._create_invoices(final=True)
        last.invoice_date = "2026-02-10"
        last.action_post()
        self.pay(last, date="2026-03-15")
        self.assertEqual(
            self.by_month(first | last), {"2026-01": 300.0, "2026-03": 700.0}
        )
        self.assertEqual(set(self.paid(first).mapped("status")), {"counted"})

    def test_discounts(self):
        """Trap 6: spread over the lines, in the measure that they are paid."""
        invoice = self.make_document(
            [
                self.taxed(self.cloth, 200, discount=50),
                self.taxed(self.thread, 100),
                self.taxed(self.discount, -20),
            ]
        )
        self.pay(invoice, invoice.amount_total / 2)
        facts = self.paid(invoice)
        self.assertEqual(facts.product_id, self.cloth | self.thread)
        self.assertEqual(facts.mapped("amount"), [50.0, -5.0, 50.0, -5.0])
        self.assertEqual(facts.mapped("discount_amount"), [50.0, 5.0, 0.0, 5.0])
        self.pay(invoice)
        self.assertEqual(self.counted(invoice, "payment"), 180)

    def test_shared_invoice(self):
        """Trap 21."""
        invoice = self.make_document([self.taxed(self.cloth, 100)])
        self.share(invoice, {self.manager_a: 3333, self.manager_b: 6667})
        self.pay(invoice, 40.33, "2026-01-20")
        self.pay(invoice)
        facts = self.paid(invoice)
        self.assertEqual(len(set(facts.ids)), 4)
        self.assertEqual(facts.user_id, self.manager_a | self.manager_b)
        self.assertEqual(self.counted(invoice, "payment"), 100)

    def test_intercompany_nobody_and_without_owner(self):
        """Traps 4, 28 and 36."""
        sister = self.env["res.company"].create({"name": "Sister"}).partner_id
        invoice = self.make_document([(self.cloth, 100)], partner_id=sister.id)
        self.pay(invoice)
        self.assertEqual(self.paid(invoice).reason, "intercompany")
        invoice = self.make_document([(self.cloth, 100)], partner_id=self.orphan.id)
        self.pay(invoice)
        self.assertEqual(self.paid(invoice).status, "unassigned")
        refund = self.make_document([(self.cloth, 50)], move_type="out_refund")
        self.pay(refund)
        fact = self.paid(refund)
        self.assertEqual((fact.status, fact.reason), ("unassigned", "needs_owner"))

    def test_receipt_counts(self):
        """Trap 36."""
        receipt = self.make_document([(self.cloth, 20)], move_type="out_receipt")
        self.pay(receipt)
        self.assertEqual(self.counted(receipt, "payment"), 20)

    def test_archived_manager(self):
        """Trap 20: money that comes, or goes back, after somebody left."""
        invoice = self.make_document([(self.cloth, 100)])
        self.manager_a.active = False
        self.pay(invoice)
        self.assertEqual(self.paid(invoice).user_id, self.manager_a)
