from odoo import Command

from .common import QuotationCommon

TEN = {"role": "manager", "max_line_percent": 10}
CHEAP = {"price_unit": 1.0}


class TestTypedFlags(QuotationCommon):
    """What a line says it is does not take it out of the norms; what it is does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_policy(TEN)

    def refused(self, order):
        return order.with_user(self.manager_a)._discount_error()

    def test_flags_that_are_typed(self):
        for flag in ("is_downpayment", "is_expense", "is_delivery"):
            if flag not in self.env["sale.order.line"]._fields:
                continue
            order = self.make_quotation((self.cloth, 5, {}))
            self.assertFalse(self.refused(order))
            order.order_line.with_user(self.manager_a).write({flag: True, **CHEAP})
            with self.subTest(flag=flag):
                self.assertIn("below the norm", self.refused(order))

    def test_negative_line_that_calls_itself_a_down_payment(self):
        order = self.make_quotation((self.cloth, 5, {}))
        order.with_user(self.manager_a).order_line = [
            Command.create(
                {"name": "Paid", "is_downpayment": True, "price_unit": -200.0}
            )
        ]
        self.assertTrue(self.refused(order))

    def test_expenses_are_charged_as_they_are(self):
        fare = self.make_product("Fare", 100.0, type="service", expense_policy="cost")
        order = self.make_quotation(
            (self.cloth, 1, {}), (fare, 1, {"is_expense": True, "price_unit": 10.0})
        )
        self.assertFalse(self.refused(order))

    def test_down_payments_of_core(self):
        order = self.make_quotation((self.cloth, 5, {}))
        order.order_line = [
            Command.create(
                {
                    "name": "Down payment",
                    "is_downpayment": True,
                    "product_uom_qty": 0,
                    "price_unit": 50.0,
                }
            )
        ]
        self.assertFalse(self.refused(order))
