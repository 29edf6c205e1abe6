from odoo.exceptions import AccessError

from .common import DiscountCommon

TEN = {"role": "manager", "max_line_percent": 10}
TWENTY = {"role": "branch_director", "max_line_percent": 20}


class TestVerdict(DiscountCommon):
    """What is kept of each order, and measured of each manager."""

    def confirmed(self, discount):
        order = self.make_quotation((self.cloth, 1, {"discount": discount}))
        order.with_user(self.manager_a).action_confirm()
        self.assertEqual(order.state, "sale")
        return order

    def measured(self, code):
        period = self.env["sales.period"].search(
            [
                ("company_id", "=", self.company.id),
                ("date_from", "<=", self.today),
                ("date_to", ">=", self.today),
            ]
        ) or self.env["sales.period"].create(
            {
                "company_id": self.company.id,
                "date_from": self.today.replace(day=1),
            }
        )
        criterion = self.env["evaluation.criterion"]
        users = self.manager_a | self.manager_b
        return getattr(criterion, f"_measure_{code}")(period, users)

    @property
    def today(self):
        return self.env["sales.branch"]._company_local_date(self.company)

    def test_measures(self):
        before = self.make_quotation((self.cloth, 1, {"discount": 50}))
        self.make_policy(TEN, mode="warn")
        before.with_user(self.manager_a).action_confirm()
        within, outside = self.confirmed(10), self.confirmed(30)
        orders = before | within | outside
        self.assertEqual(
            orders.mapped("discount_verdict"), ["before", "within", "outside"]
        )
        a, b = self.manager_a.id, self.manager_b.id
        share = self.measured("orders_within_norm")
        self.assertEqual(share[a], (1, 2, 0.5, 1))
        self.assertEqual(share[b][1:3], (None, None))
        amount, base, value, _rows = self.measured("concession_share")[a]
        self.assertAlmostEqual(amount, 90)
        self.assertAlmostEqual(base, 210)
        self.assertAlmostEqual(float(value), 90 / 210, 4)
        self.assertEqual(self.measured("unapproved_deviations")[a][0], 1)
        outside._action_cancel()
        self.assertEqual(self.measured("unapproved_deviations")[a][0], 0)
        with self.assertRaises(AccessError):
            outside.with_user(self.manager_a).write({"discount_verdict": "within"})

    def test_edit_after_confirmation_counts(self):
        self.make_policy(TEN, mode="warn")
        order = self.confirmed(5)
        order.order_line.with_user(self.manager_a).write({"discount": 25})
        self.assertEqual(order.discount_verdict, "outside")
        order.order_line.with_user(self.manager_a).write({"discount": 5})
        self.assertEqual(order.discount_verdict, "within")

    def test_without_policy_no_verdict(self):
        self.assertFalse(self.confirmed(70).discount_verdict)
