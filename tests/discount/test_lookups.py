from odoo import Command

from .common import DiscountCommon


class TestLookups(DiscountCommon):
    """What the registry keeps is forgotten with whatever it came from."""

    def figures(self):
        return self.order.with_user(self.manager_a)._payment_figures()

    def test_payment_terms(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "Late",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 100, "nb_days": 30}
                    )
                ],
            }
        )
        self.order = self.make_quotation((self.cloth, 1, {}), payment_term_id=term.id)
        self.assertEqual(self.figures(), (0.0, 30))
        term.line_ids.nb_days = 45
        self.assertEqual(self.figures(), (0.0, 45))
        term.write({"early_discount": True, "discount_percentage": 3})
        self.assertEqual(self.figures(), (3.0, 45))
        term.discount_percentage = 4
        self.assertEqual(self.figures(), (4.0, 45))
        term.early_discount = False
        half = {"value": "percent", "value_amount": 50, "nb_days": 90}
        term.line_ids = [
            Command.update(term.line_ids.id, {"value_amount": 50}),
            Command.create(half),
        ]
        self.assertEqual(self.figures(), (0.0, 90))
        late = term.line_ids.filtered(lambda line: line.nb_days == 90)
        term.line_ids = [
            Command.delete(late.id),
            Command.update((term.line_ids - late).id, {"value_amount": 100}),
        ]
        self.assertEqual(self.figures(), (0.0, 45))
        self.order.payment_term_id = False
        self.assertEqual(self.figures(), (0.0, 0))

    def included(self):
        Tax = self.env["account.tax"].with_user(self.manager_a)
        return [Tax._any_included(company) for company in (self.company, self.other)]

    def test_taxes(self):
        self.other = self.setup_other_company()["company"]
        taxes = self.env["account.tax"].with_context(active_test=False)
        ours = taxes.search([("company_id", "=", self.company.id)])
        ours.price_include_override = "tax_excluded"
        theirs = taxes.search([("company_id", "=", self.other.id)])
        theirs.price_include_override = "tax_excluded"
        self.assertEqual(self.included(), [False, False])
        tax = ours[0].with_company(self.company)
        tax.price_include_override = "tax_included"
        self.assertEqual(self.included(), [True, False])
        tax.active = False
        self.assertEqual(self.included(), [True, False], "lines may still have it")
        tax.price_include_override = False
        self.assertEqual(self.included(), [False, False])
        self.company.account_price_include = "tax_included"
        self.assertEqual(self.included(), [True, False])
        self.company.account_price_include = "tax_excluded"
        self.assertEqual(self.included(), [False, False])
        theirs[0].copy({"name": "Inside", "price_include_override": "tax_included"})
        self.assertEqual(self.included(), [False, True])

    def test_main_company(self):
        Company = self.env["res.company"]
        main = self.env.ref("base.main_company")
        self.assertEqual(Company._get_main_company(), main)
        self.assertTrue(Company.with_user(self.manager_a)._get_main_company().env.su)
        row = self.env["ir.model.data"].search(
            [("module", "=", "base"), ("name", "=", "main_company")]
        )
        row.res_id = self.company.id
        row.flush_recordset()
        self.assertEqual(Company._get_main_company(), self.company)
        row.unlink()
        first = Company.search([], limit=1, order="id")
        self.assertEqual(Company._get_main_company(), first)
