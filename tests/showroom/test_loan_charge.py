from odoo import Command
from odoo.exceptions import AccessError, UserError

from ..common import SalesManagementCommon
from .loan_common import LoanWorld


class TestLoanCharge(LoanWorld, SalesManagementCommon):
    """What does not come back is charged at the customer's price, in their currency."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_showrooms()
        cls.put(cls.velvet, 30, "R30")
        cls.put(cls.lamp, 5)
        cls.foreign = cls.env["res.currency"].create({"name": "XQX", "symbol": "x"})
        cls.env["res.currency.rate"].create(
            {
                "currency_id": cls.foreign.id,
                "name": "2020-01-01",
                "rate": 2,
                "company_id": cls.company.id,
            }
        )
        cls.customer.property_product_pricelist = cls.env["product.pricelist"].create(
            {
                "name": "Abroad",
                "currency_id": cls.foreign.id,
                "item_ids": [
                    Command.create({"compute_price": "percentage", "percent_price": 10})
                ],
            }
        )

    def setUp(self):
        super().setUp()
        self.sample = self.make_sample()
        self.lamp_shown = self.make_sample(self.lamp, self.piece)
        self.card_shown = self.make_sample(kind=self.card)

    def lost(self, *samples, **values):
        loan = self.lend(*samples, **values)
        loan._lose(loan.line_ids, "Gone")
        return loan

    def test_draft_in_the_customers_currency(self):
        loan = self.lost(self.sample, self.lamp_shown)
        self.assertEqual((loan.state, loan.to_charge_count), ("lost", 2))
        loan.action_charge()
        invoice = loan.sudo().line_ids.invoice_id
        self.assertEqual((invoice.state, invoice.move_type), ("draft", "out_invoice"))
        self.assertEqual(invoice.currency_id, self.foreign)
        self.assertEqual(invoice.partner_id, self.customer)
        self.assertEqual(invoice.invoice_user_id, self.manager_a)
        lines = invoice.invoice_line_ids
        self.assertEqual(lines.product_id, self.velvet | self.lamp)
        # 20 in the company's, doubled by the rate, less ten per cent
        self.assertEqual(lines.mapped("price_unit"), [36, 36])
        self.assertEqual(lines.mapped("quantity"), [0.5, 1])
        self.assertEqual(lines.product_uom_id[:1], self.metre)
        self.assertEqual(invoice.amount_untaxed, 54)
        self.assertEqual(invoice.amount_untaxed_signed, 27)
        self.assertEqual((loan.state, loan.to_charge_count), ("charged", 0))
        self.assertEqual(loan.invoice_count, 1)
        self.assertEqual(loan.action_open_invoices()["res_id"], invoice.id)
        with self.assertRaisesRegex(UserError, "Nothing of"):
            loan.action_charge()
        invoice.action_post()
        self.assertEqual(loan.state, "charged")

    def test_in_the_companys_currency_without_a_pricelist(self):
        other = self.make_customer("Here", self.manager_a)
        other.property_product_pricelist = False
        self.env["product.pricelist"].search([]).active = False
        loan = self.lost(self.sample, partner_id=other.id)
        loan.action_charge()
        invoice = loan.sudo().line_ids.invoice_id
        self.assertEqual(invoice.currency_id, self.company.currency_id)
        self.assertEqual(invoice.amount_untaxed, 10)

    def test_by_the_return_wizard(self):
        loan = self.lend(self.sample, self.card_shown)
        wizard = self.wizard(loan.action_return(), self.manager_a)
        wizard.line_ids.outcome = "charge"
        wizard.action_confirm()
        by_sample = {line.sample_id: line.state for line in loan.line_ids}
        self.assertEqual(
            by_sample, {self.sample: "charged", self.card_shown: "lost"}, "no goods"
        )
        self.assertEqual(loan.state, "lost")

    def test_a_card_has_no_price(self):
        loan = self.lost(self.card_shown)
        self.assertEqual(loan.to_charge_count, 0)
        with self.assertRaisesRegex(UserError, "have no price"):
            loan.action_charge()

    def test_again_where_the_invoice_was_cancelled_or_deleted(self):
        loan = self.lost(self.sample)
        loan.action_charge()
        first = loan.sudo().line_ids.invoice_id
        first.button_cancel()
        loan.invalidate_recordset(["to_charge_count"])
        self.assertEqual(loan.to_charge_count, 1)
        loan.action_charge()
        second = loan.sudo().line_ids.invoice_id
        self.assertNotEqual(second, first)
        second.unlink()
        loan.invalidate_recordset()
        loan.action_charge()
        self.assertTrue(loan.sudo().line_ids.invoice_id)

    def test_its_cost_is_booked_once(self):
        """The invoice books no cost of goods: giving the sample up did."""
        account = self.company_data["default_account_expense"].copy()
        self.velvet.categ_id.write(
            {
                "property_valuation": "real_time",
                "property_cost_method": "standard",
                "property_stock_valuation_account_id": account.id,
            }
        )
        self.assertEqual(self.velvet.valuation, "real_time")
        loan = self.lost(self.sample)
        loan.action_charge()
        invoice = loan.sudo().line_ids.invoice_id
        other = invoice.copy()
        other.invoice_line_ids.showroom_loan_line_id = False
        (invoice | other).action_post()

        def costs(move):
            return move.line_ids.filtered(lambda line: line.display_type == "cogs")

        self.assertTrue(costs(other), "an invoice of goods does")
        self.assertFalse(costs(invoice))
        refund = invoice._reverse_moves()
        refund.action_post()
        self.assertFalse(costs(refund))

    def test_rights(self):
        loan = self.lost(self.sample)
        with self.assertRaises(AccessError):
            loan.with_user(self.manager_b).action_charge()
        with self.assertRaises(AccessError):
            loan.with_user(self.plain).action_charge()
        self.assertFalse(
            self.env["account.move"].with_user(self.manager_a).has_access("create")
        )
        loan.with_user(self.director).action_charge()
        self.assertEqual(loan.state, "charged")
