from ast import literal_eval
from datetime import date

from freezegun import freeze_time

from odoo import Command

from .loan_common import LoanCommon


class TestLoanMeasures(LoanCommon):
    """Orders that follow loans, and each measure again from its evidence."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.criteria = {
            code: cls.env.ref(f"sales_manager_kpi.evaluation_criterion_showroom_{code}")
            for code in ("loans", "conversion")
        }
        cls.period = cls.env["sales.period"]._for_date(cls.company, date(2026, 3, 1))

    def measured(self, code, user):
        criterion = self.criteria[code]
        users = self.manager_a | self.manager_b | self.director
        found = criterion._measure(self.period, users)[user.id]
        evidence = criterion._evidences(self.period, users)[user.id]
        records = {
            kind: self.env[model].search(literal_eval(repr(domain)))
            for kind, (model, domain) in evidence.items()
        }
        numerator = criterion._numerator(records["numerator"])
        self.assertAlmostEqual(numerator, found[0])
        self.assertEqual(len(records["denominator"]), found[1] or 0)
        self.assertEqual(len(records["numerator"]), found[3])
        return found[:3]

    def order(self, product=None, partner=None, confirm=True, quantity=1):
        order = self.env["sale.order"].create(
            {
                "partner_id": (partner or self.customer).id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": (product or self.velvet).id,
                            "product_uom_qty": quantity,
                        }
                    )
                ],
            }
        )
        if confirm:
            order.action_confirm()
        return order

    def lent_in_march(self):
        with freeze_time("2026-03-02 10:00:00"):
            return [
                self.lend(self.sample_1, due_on="2026-03-10"),
                self.lend(self.sample_2, self.lamp_shown, due_on="2026-03-12"),
                self.lend(self.card_shown, due_on="2026-03-30"),
            ]

    def test_back_in_time(self):
        self.assertEqual(self.measured("loans", self.manager_a), (0, None, None))
        first, second, third = self.lent_in_march()
        with freeze_time("2026-03-10 20:00:00"):
            self.back(first)
        with freeze_time("2026-03-13 10:00:00"):
            self.back(second, self.lamp_shown)
            self.assertTrue(first.line_ids.is_in_time)
            self.assertEqual(self.measured("loans", self.manager_a), (1, 3, 1 / 3))
            second._lose(
                second.line_ids.filtered(lambda line: line.state == "out"), "Gone"
            )
            self.assertEqual(self.measured("loans", self.manager_a), (1, 3, 1 / 3))
            self.back(third)
            self.assertEqual(self.measured("loans", self.manager_a), (2, 4, 0.5))
            second.with_user(self.director).user_id = self.director
            self.assertEqual(self.measured("loans", self.director), (0, None, None))
        with freeze_time("2026-03-20 10:00:00"):
            self.lend(self.sample_1, due_on="2026-04-02")
            self.assertEqual(self.measured("loans", self.manager_a), (2, 4, 0.5))
        self.assertEqual(self.measured("loans", self.manager_b), (0, None, None))

    def test_orders_that_followed(self):
        with freeze_time("2026-03-01 10:00:00"):
            self.order()  # before it was lent
        first, second, __ = self.lent_in_march()
        contact = self.env["res.partner"].create(
            {"name": "Ann", "parent_id": self.customer.id}
        )
        with freeze_time("2026-03-20 10:00:00"):
            self.order(partner=self.make_customer("Somebody else"))
            self.order(confirm=False)
            self.order(self.make_goods("Vase"))
            self.env["showroom.loan.line"]._cron_find_orders()
            self.assertEqual(self.measured("conversion", self.manager_a), (0, 4, 0))
            order = self.order(partner=contact)
            self.env["showroom.loan.line"]._cron_find_orders()
            self.assertEqual(first.line_ids.order_ids, order)
            # both swatches and the card are of that velvet, the lamp is not
            self.assertEqual(self.measured("conversion", self.manager_a), (3, 4, 0.75))
            self.assertEqual(second.converted_count, 1)
            action = first.action_open_orders()
            self.assertEqual(
                (action["res_model"], action["res_id"]), ("sale.order", order.id)
            )
            order._action_cancel()
            self.env["showroom.loan.line"]._cron_find_orders()
            self.assertEqual(self.measured("conversion", self.manager_a), (0, 4, 0))
        self.assertEqual(self.measured("conversion", self.manager_b), (0, None, None))

    def test_within_the_days(self):
        self.assertEqual(self.company.sales_manager_kpi_loan_conversion_days, 60)
        first, *__ = self.lent_in_march()
        with freeze_time("2026-05-01 12:00:00"):
            late = self.order()
            self.assertGreater(late.date_order, first.out_at)
            first.line_ids._find_orders()
            self.assertFalse(first.line_ids.is_converted)
            self.company.sales_manager_kpi_loan_conversion_days = 61
            first.line_ids._find_orders()
            self.assertEqual(first.line_ids.order_ids, late)

    def test_queries_do_not_grow(self):
        """As many for one line as for four."""
        self.lent_in_march()
        counts = []
        for limit in (1, 4):
            self.env.flush_all()
            self.env.invalidate_all()
            lines = self.env["showroom.loan.line"].search([], limit=limit)
            self.assertEqual(len(lines), limit)
            before = self.env.cr.sql_log_count
            lines._find_orders()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

    def test_quotation(self):
        __, second, __ = self.lent_in_march()
        action = second.action_quotation()
        order = self.env["sale.order"].browse(action["res_id"])
        self.assertEqual(order.partner_id, self.customer)
        self.assertEqual(order.order_line.product_id, self.velvet | self.lamp)
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [1, 1])
        self.assertEqual(order.warehouse_id, self.warehouse)
        self.assertEqual(order.user_id, self.manager_a)
        self.assertEqual(second.quotation_count, 1)
        self.assertEqual(second.action_open_quotations()["res_id"], order.id)
