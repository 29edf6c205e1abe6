from freezegun import freeze_time

from odoo import Command

from .common import FactsCommon


class TestInvoiceFacts(FactsCommon):
    def test_invoice_counts_untaxed_for_its_manager(self):
        tax = self.percent_tax(21)
        invoice = self.make_document(
            [{"product_id": self.cloth.id, "price_unit": 100, "tax_ids": tax.ids}]
        )
        fact = self.facts(invoice, status="counted")
        self.assertRecordValues(
            fact,
            [
                {
                    "basis": "invoice",
                    "status": "counted",
                    "reason": False,
                    "amount": 100.0,
                    "spread_amount": 0.0,
                    "user_id": self.manager_a.id,
                    "branch_id": self.branch.id,
                    "partner_id": self.customer.id,
                    "categ_id": self.fabrics.id,
                    "quantity": 1.0,
                    "cost": 60.0,
                    "margin": 40.0,
                    "share_bp": 10000,
                }
            ],
        )
        self.assertEqual(str(fact.date), "2026-01-15")
        self.assert_adds_up()

    def test_tax_included_price_counts_without_tax(self):
        tax = self.percent_tax(21, price_include_override="tax_included")
        invoice = self.make_document(
            [{"product_id": self.cloth.id, "price_unit": 121, "tax_ids": tax.ids}]
        )
        self.assertEqual(self.counted(invoice), 100)
        # This tax has no account of its own, so it is booked as income.
        self.assertEqual(
            self.facts(invoice, status="excluded").mapped("reason"), ["other_line"]
        )
        self.assert_adds_up()

    def test_draft_and_cancelled_documents_do_not_count(self):
        invoice = self.make_document([(self.cloth, 100)])
        invoice.button_draft()
        self.assertFalse(self.facts(invoice))
        invoice.action_post()
        self.assertEqual(self.amounts(invoice), [100.0])
        invoice.button_draft()
        invoice.button_cancel()
        self.assertFalse(self.facts(invoice))
        self.assert_adds_up_to_nothing()

    def assert_adds_up_to_nothing(self):
        self.assertFalse(
            self.env["sales.reconciliation"].search(
                [("company_id", "=", self.company.id)]
            )
        )

    def test_credit_note_and_full_reversal_net_to_zero(self):
        invoice = self.make_document([(self.cloth, 100), (self.thread, 33.33)])
        self.customer.user_id = self.manager_b
        refund = invoice._reverse_moves([{"invoice_date": "2026-02-03"}])
        refund.action_post()
        facts = self.facts(invoice | refund)
        self.assertEqual(facts.user_id, self.manager_a)
        self.assertAlmostEqual(sum(facts.mapped("amount")), 0.0)
        self.assertAlmostEqual(sum(facts.mapped("quantity")), 0.0)
        self.assertAlmostEqual(sum(facts.mapped("cost")), 0.0)
        months = self.assert_adds_up()
        self.assertEqual(months["2026-01"].counted, 133.33)
        self.assertEqual(months["2026-02"].counted, -133.33)

    def test_manual_credit_note_waits_for_an_owner(self):
        refund = self.make_document([(self.cloth, 50)], move_type="out_refund")
        self.assertRecordValues(
            self.facts(refund),
            [
                {
                    "status": "unassigned",
                    "reason": "needs_owner",
                    "user_id": False,
                    "amount": -50.0,
                    "quantity": -1.0,
                }
            ],
        )
        self.assert_adds_up()

    def test_receipt_counts(self):
        receipt = self.make_document([(self.cloth, 20)], move_type="out_receipt")
        self.assertEqual(self.counted(receipt), 20)

    def test_document_not_resolved_yet_is_unassigned(self):
        invoice = self.make_document([(self.cloth, 100)])
        invoice._store_credit({invoice.id: (False, False, None)})
        fact = self.facts(invoice)
        self.assertEqual(fact.status, "unassigned")
        self.assertFalse(fact.reason)

    def test_archived_manager_keeps_what_counted(self):
        invoice = self.make_document([(self.cloth, 100)])
        self.manager_a.active = False
        self.assertEqual(self.facts(invoice).user_id, self.manager_a)
        self.assertEqual(
            self.env["sales.fact.report"]._facts_by(
                self.company, "2026-01-01", "2026-01-31"
            ),
            {self.manager_a.id: 100.0},
        )

    def test_line_and_product_unit(self):
        roll = self.env["uom.uom"].create(
            {
                "name": "Roll of 50",
                "relative_factor": 50,
                "relative_uom_id": self.cloth.uom_id.id,
            }
        )
        line = {
            "product_id": self.cloth.id,
            "product_uom_id": roll.id,
            "price_unit": 5000,
            "tax_ids": [],
        }
        invoice = self.make_document([{**line, "quantity": 2}])
        fact = self.facts(invoice)
        self.assertEqual(fact.quantity, 100)
        self.assertEqual(fact.uom_id, self.cloth.uom_id)
        self.assertEqual(fact.cost, 6000)
        order = self.make_sale([{**line, "product_uom_qty": 2}])
        self.assertEqual(self.facts(order).quantity, 100)

    def test_cost_is_kept(self):
        invoice = self.make_document([(self.cloth, 100), (self.thread, 10)])
        self.cloth.standard_price = 90
        self.assertEqual(self.facts(invoice).mapped("cost"), [60, 0])
        figures = self.env["sales.fact.report"]._facts_by(
            self.company,
            "2026-01-01",
            "2026-01-31",
            groupby=("product_id",),
            measures=("amount", "margin"),
        )
        self.assertEqual(figures[self.cloth.id], (100.0, 40.0))
        # Not known is not zero: no margin of 100 % on thread.
        self.assertEqual(figures[self.thread.id], (10.0, 0.0))

    # ------------------------------------------------------------------
    # What does not count, with its reason
    # ------------------------------------------------------------------

    def test_sold_below_cost_is_a_negative_margin(self):
        """Trap 24: a loss is a loss, and lowers what other sales earned."""
        loss = self.make_document([(self.cloth, 50)])
        gain = self.make_document([(self.cloth, 65)])
        self.assertEqual(self.facts(loss).margin, -10)
        self.assertEqual(sum(self.facts(loss | gain).mapped("margin")), -5)

    def test_intercompany_is_excluded(self):
        other = self.env["res.company"].create({"name": "Sister"})
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": other.partner_id.id}
        )
        invoice = self.make_document([(self.cloth, 70)], partner_id=contact.id)
        self.assertRecordValues(
            self.facts(invoice), [{"status": "excluded", "reason": "intercompany"}]
        )
        self.assert_adds_up()

    def test_manual_entry_and_vendor_document_are_excluded(self):
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": "2026-01-20",
                "line_ids": [
                    Command.create({"account_id": self.revenue.id, "credit": 40}),
                    Command.create(
                        {
                            "account_id": self.company_data[
                                "default_account_expense"
                            ].id,
                            "debit": 40,
                        }
                    ),
                ],
            }
        )
        entry.action_post()
        bill = self.make_bill()
        self.assertRecordValues(
            self.facts(entry),
            [{"status": "excluded", "reason": "manual_entry", "amount": 40.0}],
        )
        self.assertRecordValues(
            self.facts(bill),
            [{"status": "excluded", "reason": "vendor_document", "amount": -15.0}],
        )
        self.assertEqual(self.assert_adds_up()["2026-01"].excluded, 25.0)

    def make_bill(self):
        line = {"name": "Fee", "price_unit": 15, "account_id": self.revenue.id}
        return self.make_document(
            [{**line, "tax_ids": [Command.clear()]}],
            move_type="in_invoice",
            date="2026-01-21",
        )

    def test_cash_rounding_is_excluded(self):
        rounding = self.env["account.cash.rounding"].create(
            {
                "name": "5 cents",
                "rounding": 0.05,
                "strategy": "add_invoice_line",
                "profit_account_id": self.revenue.id,
                "loss_account_id": self.revenue.id,
            }
        )
        invoice = self.make_document(
            [(self.cloth, 9.98)], invoice_cash_rounding_id=rounding.id
        )
        self.assertRecordValues(
            self.facts(invoice),
            [
                {"status": "counted", "reason": False, "amount": 9.98},
                {"status": "excluded", "reason": "other_line", "amount": 0.02},
            ],
        )
        self.assert_adds_up()

    def test_accounting_date_in_another_month(self):
        invoice = self.make_document([(self.cloth, 100)], date="2026-01-31")
        invoice.button_draft()
        invoice.date = "2026-02-05"
        invoice.action_post()
        self.assertEqual(str(invoice.invoice_date), "2026-01-31")
        self.assertEqual(str(invoice.date), "2026-02-05")
        self.assertEqual(
            [
                (str(fact.date), fact.status, fact.reason, fact.amount)
                for fact in self.facts(invoice)
            ],
            [
                ("2026-01-31", "counted", False, 100.0),
                ("2026-01-31", "excluded", "other_month", -100.0),
                ("2026-02-05", "excluded", "other_month", 100.0),
            ],
        )
        months = self.assert_adds_up()
        self.assertEqual(months["2026-01"].counted, 100.0)
        self.assertEqual(months["2026-01"].ledger, 0.0)
        self.assertEqual(months["2026-02"].ledger, 100.0)

    def test_accounting_date_later_in_the_month_changes_nothing(self):
        invoice = self.make_document([(self.cloth, 100)], date="2026-01-10")
        invoice.button_draft()
        invoice.date = "2026-01-30"
        invoice.action_post()
        self.assertEqual(len(self.facts(invoice)), 1)
        self.assert_adds_up()

    def test_document_without_invoice_date_goes_by_accounting_date(self):
        invoice = self.make_document([(self.cloth, 100)])
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move SET invoice_date = NULL WHERE id = %s", [invoice.id]
        )
        self.env.invalidate_all()
        fact = self.facts(invoice)
        self.assertEqual((str(fact.date), fact.status), ("2026-01-15", "counted"))
        self.assert_adds_up()

    # ------------------------------------------------------------------
    # Down payments and discounts
    # ------------------------------------------------------------------

    def test_down_payment_is_neutral_over_two_months(self):
        order = self.make_sale([(self.cloth, 1000)])
        deposit = self._create_down_payment_invoice(order, "fixed", 300)
        deposit.invoice_date = "2026-01-20"
        deposit.action_post()
        final = self._create_final_invoice(order)
        final.invoice_date = "2026-02-10"
        final.action_post()
        self.assertEqual(self.counted(deposit), 0)
        self.assertEqual(self.counted(final), 1000)
        excluded = self.facts(deposit | final, status="excluded")
        self.assertEqual(set(excluded.mapped("reason")), {"down_payment"})
        self.assertEqual(set(excluded.user_id), {self.manager_a})
        months = self.assert_adds_up()
        self.assertEqual(
            (months["2026-01"].counted, months["2026-01"].ledger), (0, 300)
        )
        self.assertEqual(
            (months["2026-02"].counted, months["2026-02"].ledger), (1000, 700)
        )

    def test_global_discount_lowers_the_lines_it_is_for(self):
        invoice = self.make_document(
            [(self.cloth, 100), (self.thread, 100), (self.thread, 100)]
            + [(self.discount, -10)]
        )
        spread = self.facts(invoice).filtered("spread_amount")
        self.assertEqual(spread.mapped("amount"), [-3.34, -3.33, -3.33])
        self.assertEqual(spread.mapped("spread_amount"), [-3.34, -3.33, -3.33])
        self.assertEqual(spread.categ_id, self.fabrics)
        self.assertEqual(spread.mapped("quantity"), [0, 0, 0])
        self.assertEqual(self.counted(invoice), 290)
        # 100 − 3.34 − 60 for cloth; thread has no known cost
        self.assertAlmostEqual(sum(self.facts(invoice).mapped("margin")), 36.66)
        self.assert_adds_up()

    def test_discount_on_a_credit_note_is_spread_too(self):
        invoice = self.make_document(
            [(self.cloth, 20), (self.thread, 10), (self.discount, -1)]
        )
        refund = invoice._reverse_moves([{"invoice_date": "2026-01-20"}])
        refund.action_post()
        self.assertEqual(
            self.facts(refund).filtered("spread_amount").mapped("amount"), [0.67, 0.33]
        )
        self.assertEqual(self.counted(invoice | refund), 0)

    def test_returned_goods_on_the_invoice_get_no_discount(self):
        invoice = self.make_document(
            [(self.cloth, 100), (self.thread, -40), (self.discount, -9.99)]
        )
        spread = self.facts(invoice).filtered("spread_amount")
        self.assertEqual(spread.product_id, self.cloth)
        self.assertEqual(self.counted(invoice), 50.01)

    def test_discount_alone_stays_a_row_of_its_own(self):
        invoice = self.make_document([(self.discount, 5)])
        fact = self.facts(invoice)
        self.assertEqual((fact.product_id, fact.amount), (self.discount, 5))
        self.assertEqual((fact.spread_amount, fact.margin), (0, 5))
        self.assert_adds_up()

    def test_loyalty_reward_is_spread(self):
        program = self.env["loyalty.program"].create(
            {
                "name": "10 %",
                "program_type": "promotion",
                "trigger": "auto",
                "rule_ids": [Command.create({"minimum_qty": 1})],
                "reward_ids": [
                    Command.create(
                        {
                            "reward_type": "discount",
                            "discount": 10,
                            "discount_mode": "percent",
                            "discount_applicability": "order",
                        }
                    )
                ],
            }
        )
        order = self.make_order(confirm=False)
        order.order_line.unlink()
        order.order_line = [
            Command.create(self._prepare_line((self.cloth, 33.33))),
            Command.create(self._prepare_line((self.thread, 66.68))),
        ]
        order._update_programs_and_rewards()
        order._apply_program_reward(program.reward_ids, program.coupon_ids[:1])
        reward = order.order_line.filtered("is_reward_line")
        self.assertEqual(reward.price_subtotal, -10)
        order.action_confirm()
        invoice = self.invoice_order(order, "2026-03-03")
        for document in (order, invoice):
            facts = self.facts(document)
            self.assertNotIn(reward.product_id, facts.product_id)
            self.assertEqual(
                facts.filtered("spread_amount").mapped("amount"), [-3.33, -6.67]
            )
            self.assertEqual(self.counted(document), 90.01)
        self.assert_adds_up()

    # ------------------------------------------------------------------
    # Currencies
    # ------------------------------------------------------------------

    def test_rate_changes_between_order_and_invoice(self):
        foreign = self.setup_other_currency(
            "EUR", rates=[("2020-01-01", 0.5), ("2026-02-01", 0.8)]
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": foreign.id}
        )
        order = self.make_order(
            confirm=False, pricelist_id=pricelist.id, date_order="2026-01-10 12:00:00"
        )
        order.order_line.price_unit = 100
        self.assertEqual(order.currency_id, foreign)
        with freeze_time("2026-01-10 12:00:00"):
            order.action_confirm()
        order.order_line.qty_delivered = 1
        invoice = self.invoice_order(order, "2026-02-10")
        ordered, invoiced = self.facts(order), self.facts(invoice)
        self.assertEqual((ordered.amount, ordered.rate), (200, 0.5))
        self.assertEqual((invoiced.amount, invoiced.rate), (125, 0.8))
        self.assertEqual(str(invoiced.rate_date), "2026-02-10")
        self.assertEqual(ordered.currency_id, self.company.currency_id)
        self.assert_adds_up()
