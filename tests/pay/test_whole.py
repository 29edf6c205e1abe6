from unittest.mock import patch

from .common import PayCommon

ATTAINED = {
    "kind": "plan",
    "amount": 100,
    "tiers": [(0, 50), (100, 100)],
    "tier_method": "whole",
}


class TestTurnoverReadOnce(PayCommon):
    def make_fabrics(self, *prices):
        """Invoices of a category with one below it for each of ``prices``."""
        Category = self.env["product.category"]
        above = Category.create({"name": "Fabrics"})
        for price in prices:
            below = Category.create({"name": f"At {price}", "parent_id": above.id})
            product = self.env["product.product"].create(
                {"name": below.name, "categ_id": below.id, "taxes_id": False}
            )
            self.make_product_invoice(product, price)
        return above

    def test_plan_is_fulfilled_to_the_cent(self):
        """0.7 + 0.1 + 0.2 is 1, also where categories are added up as floats."""
        above = self.make_fabrics(0.7, 0.1, 0.2)
        self.make_scheme(ATTAINED)
        for plan in ({"categories": {above: 1.0}}, {"total": 1.0}):
            with self.subTest(plan):
                plan = self.make_plan(self.manager_a, **plan)
                self.assertEqual(self.pay()[self.manager_a], {"plan": 100})
                self.env.cr.execute("DELETE FROM sales_plan WHERE id = %s", plan.ids)
                self.env.invalidate_all()

    def test_same_as_read_apart(self):
        """Whoever reads the turnover first, everybody gets what they got before."""
        refunded = self.make_invoice(price=1000, date=self.today)
        refunded._reverse_moves([{"invoice_date": self.today}])
        self.make_invoice(price=700.25, date=self.today)
        self.make_invoice(self.other_customer, 500, self.today)
        above = self.make_fabrics(3.33)
        self.make_plan(self.manager_a, 1000)
        self.make_plan(self.manager_b, None, {above: 10})
        own = {"kind": "own_deals", "rate_percent": 2}
        self.make_scheme(
            {**own, "hold_percent": 25},
            {**own, "code": "all"},
            {**own, "code": "few", "max_discount": 10},
            {
                **own,
                "code": "some",
                "hold_percent": 10,
                "exclude_categ_ids": above.ids,
            },
            {"kind": "new_customers", "rate_percent": 1},
            ATTAINED,
        )
        for users in (None, self.manager_a, self.manager_a | self.manager_b):
            self.env.flush_all()
            once = self.Run._compute(self.period, users)
            with patch.object(type(self.Run), "_known_whole", lambda *_args: None):
                apart = self.Run._compute(self.period, users)
            self.assertEqual(once, apart)
            self.assertTrue(once[self.manager_a.id].totals.held)

    def test_facts_are_read_once(self):
        """One reading serves people, plan and a component that holds."""
        self.make_invoice(price=1000, date=self.today)
        self.make_plan(self.manager_a, 1000)
        self.make_scheme(
            {"kind": "own_deals", "rate_percent": 2, "hold_percent": 25}, ATTAINED
        )
        self.env.flush_all()
        Fact, asked = type(self.env["sales.fact.report"]), []
        read = Fact._group_facts

        def counted(*args):
            asked.append(args)
            return read(*args)

        with patch.object(Fact, "_group_facts", counted):
            self.Run._compute(self.period)
        self.assertEqual(len(asked), 1)
