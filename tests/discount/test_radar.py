from .common import DiscountCommon

NORMS = (
    {
        "role": "manager",
        "max_line_percent": 10,
        "limit_amount": True,
        "max_amount": 15,
    },
    {"role": "commercial_director", "max_line_percent": 90},
)


class TestRadar(DiscountCommon):
    """Each habit once, and that a single order shows none."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_policy(*NORMS)

    def sold(self, discount=10, quantity=1):
        order = self.make_quotation((self.cloth, quantity, {"discount": discount}))
        order.with_user(self.manager_a).action_confirm()
        self.assertEqual(order.state, "sale")
        return order

    def approved(self):
        order = self.make_quotation((self.cloth, 1, {"discount": 40}))
        reason = self.env.ref("sales_manager_kpi.discount_reason_volume")
        Request = self.env["discount.request"].with_user(self.manager_a)
        request = Request._ask(order.with_user(self.manager_a), reason, "Large")
        request.with_user(self.commercial).action_approve()
        order.with_user(self.manager_a).action_confirm()
        self.assertEqual(order.state, "sale")
        return order

    def found(self, kind):
        self.env.flush_all()
        rows = self.env["discount.radar"].search([("company_id", "=", self.company.id)])
        return rows.filtered(lambda row: row.kind == kind)

    def evidence(self, row):
        action = row.action_open_documents()
        return self.env["sale.order"].search(action["domain"])

    def test_split_and_near_the_limit(self):
        one = self.sold()
        self.assertFalse(self.found("split"))
        two = self.sold()
        [row] = self.found("split")
        self.assertEqual(self.evidence(row), one | two)
        self.assertAlmostEqual(row.amount, 20)
        self.assertFalse(self.found("near_limit"))
        for _number in range(3):
            self.sold()
        [row] = self.found("near_limit")
        self.assertEqual(row.document_count, 5)
        rows = self.env["discount.radar"]
        self.assertTrue(rows.with_user(self.manager_a).search([]))
        self.assertTrue(rows.with_user(self.director).search([]))
        self.assertFalse(rows.with_user(self.manager_b).search([]))
        self.assertFalse(rows.with_user(self.other_director).search([]))

    def test_repeated_exception(self):
        orders = self.approved() | self.approved()
        self.assertFalse(self.found("repeated"))
        orders |= self.approved()
        [row] = self.found("repeated")
        self.assertEqual(self.evidence(row), orders)

    def test_cancelled_and_made_anew(self):
        gone = self.sold()
        gone._action_cancel()
        self.assertFalse(self.found("recreated"))
        again = self.sold(discount=5)
        [row] = self.found("recreated")
        self.assertEqual(self.evidence(row), gone | again)

    def test_month_end(self):
        def give(date, amount):
            order = self.make_quotation((self.cloth, 1, {}))
            values = {
                "date": date,
                "company_id": self.company.id,
                "kind": "line",
                "amount": amount,
                "order_id": order.id,
                "user_id": self.manager_a.id,
            }
            self.env["discount.concession"].sudo().create(values)

        give("2024-05-10", 90)
        for day in ("2024-05-29", "2024-05-30", "2024-05-31"):
            give(day, 20)
        self.assertFalse(self.found("month_end"))
        give("2024-05-31", 40)
        [row] = self.found("month_end")
        self.assertEqual((row.document_count, row.amount), (4, 100))
