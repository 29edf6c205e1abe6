from freezegun import freeze_time

from odoo import Command

from .common import FactsCommon


class TestOrderFacts(FactsCommon):
    def order_at(self, moment, lines=None, **values):
        with freeze_time(moment):
            return self.make_sale(lines or [(self.cloth, 100)], **values)

    def test_order_counts_when_first_confirmed(self):
        order = self.order_at("2026-01-15 10:00:00")
        self.assertRecordValues(
            self.facts(order),
            [
                {
                    "basis": "order",
                    "status": "counted",
                    "amount": 100.0,
                    "user_id": self.manager_a.id,
                    "branch_id": self.branch.id,
                    "quantity": 1.0,
                    "cost": 60.0,
                    "margin": 40.0,
                    "order_line_id": order.order_line.id,
                    "move_id": False,
                }
            ],
        )

    def test_quotation_is_no_fact(self):
        self.assertFalse(self.facts(self.make_order(confirm=False)))

    def test_last_evening_of_the_month_in_the_branch(self):
        """23:30 UTC is still January in Lisbon and February in Amsterdam."""
        order = self.order_at("2026-01-31 23:30:00")
        self.assertEqual(str(self.facts(order).date), "2026-02-01")
        self.branch.tz = "Europe/Lisbon"
        self.assertEqual(str(self.facts(order).date), "2026-01-31")
        order.sudo().credited_branch_id = False
        self.assertEqual(str(self.facts(order).date), "2026-02-01")
        self.company.partner_id.tz = False
        self.assertEqual(str(self.facts(order).date), "2026-01-31")

    def test_days_of_the_ends_of_the_earth_are_found(self):
        """What is added to a search on dates loses no order of any time zone."""
        Fact = self.env["sales.fact.report"]
        for tz, reader_tz, day in (
            ("Pacific/Kiritimati", "Pacific/Pago_Pago", "2026-02-02"),
            ("Pacific/Pago_Pago", "Pacific/Kiritimati", "2026-01-31"),
        ):
            self.branch.tz = tz
            self.env.user.tz = reader_tz
            moment = "2026-02-01 10:30:00"
            order = self.order_at(moment)
            for operator, value in (("=", day), (">=", day), ("<=", day)):
                found = Fact.search(
                    [("date", operator, value), ("order_id", "=", order.id)]
                )
                self.assertEqual(str(found.date), day, (tz, operator))
            figures = Fact._facts_by(self.company, day, day, "order")
            self.assertEqual(figures, {self.manager_a.id: 100.0})
            order._action_cancel()

    def test_confirming_again_counts_once_and_where_it_did(self):
        order = self.order_at("2026-01-20 10:00:00")
        with freeze_time("2026-03-02 10:00:00"):
            order._action_cancel()
            order.action_draft()
            self.assertEqual(self.facts(order).mapped("reason"), ["cancelled"])
            order.action_confirm()
        fact = self.facts(order)
        self.assertEqual((str(fact.date), fact.status), ("2026-01-20", "counted"))

    def test_cancelled_order_is_shown_with_its_reason(self):
        order = self.order_at("2026-01-20 10:00:00")
        order._action_cancel()
        self.assertRecordValues(
            self.facts(order),
            [
                {
                    "status": "excluded",
                    "reason": "cancelled",
                    "amount": 100.0,
                    "user_id": self.manager_a.id,
                }
            ],
        )

    def test_sections_are_no_facts_and_down_payments_do_not_count(self):
        order = self.make_sale(
            [
                {"display_type": "line_section", "name": "Cloth"},
                (self.cloth, 100),
                {"display_type": "line_note", "name": "By the metre"},
            ]
        )
        self.assertEqual(self.amounts(order), [100.0])
        self._create_down_payment_invoice(order, "fixed", 30).action_post()
        self.assertEqual(self.counted(order), 100)
        self.assertEqual(
            set(self.facts(order, status="excluded").mapped("reason")),
            {"down_payment"},
        )

    def test_discount_over_three_equal_lines(self):
        order = self.make_sale([(self.thread, 100)] * 3)
        self._apply_sale_order_discount(order, "percent", 1 / 3)
        discount = order.order_line.filtered(
            lambda line: line.product_id == self.discount
        )
        self.assertEqual(discount.price_subtotal, -1.0)
        spread = self.facts(order).filtered("spread_amount")
        self.assertEqual(spread.mapped("amount"), [-0.34, -0.33, -0.33])
        self.assertEqual(spread.product_id, self.thread)
        self.assertEqual(self.counted(order), 299)

    def test_discount_alone_stays_a_row_of_its_own(self):
        order = self.make_sale([(self.discount, -5)])
        self.assertRecordValues(
            self.facts(order),
            [{"product_id": self.discount.id, "amount": -5.0, "spread_amount": 0.0}],
        )

    def test_intercompany_is_excluded(self):
        sister = self.env["res.company"].create({"name": "Sister"}).partner_id
        order = self.make_sale([(self.cloth, 100)], partner_id=sister.id)
        self.assertEqual(self.facts(order).reason, "intercompany")

    def test_order_of_nobody_is_unassigned(self):
        order = self.make_sale([(self.cloth, 100)], partner_id=self.orphan.id)
        self.assertRecordValues(
            self.facts(order),
            [{"status": "unassigned", "user_id": False, "reason": False}],
        )

    def test_foreign_amount_is_rounded_in_company_currency(self):
        foreign = self.setup_other_currency("EUR", rates=[("2020-01-01", 3.0)])
        pricelist = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": foreign.id}
        )
        order = self.make_sale(
            [(self.thread, 10), (self.thread, 20)], pricelist_id=pricelist.id
        )
        self.assertEqual(self.amounts(order), [3.33, 6.67])

    def test_tax_included_price_counts_without_tax(self):
        tax = self.percent_tax(21, price_include_override="tax_included")
        order = self.make_sale(
            [
                {
                    "product_id": self.cloth.id,
                    "price_unit": 121,
                    "tax_ids": [Command.set(tax.ids)],
                }
            ]
        )
        self.assertEqual(self.amounts(order), [100.0])
