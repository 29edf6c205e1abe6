from odoo import fields
from odoo.tests import freeze_time

from .common import DiscountCommon

TEN = {"role": "manager", "max_line_percent": 10}
TWENTY = {"role": "branch_director", "max_line_percent": 20}


class TestBatch(DiscountCommon):
    """Many orders are judged as one would be, with as many queries."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.wholesale = cls.env["customer.class"].create(
            {"code": "W", "name": "Wholesale", "company_id": cls.company.id}
        )
        cls.foreign = cls.setup_other_currency(
            "CHF", rates=[(f"2020-01-{day:02}", day) for day in range(1, 31)]
        )
        cls.orders = cls.env["sale.order"]
        for number in range(20):
            cls.orders |= cls.order_of(number)
        cls.norms = [
            TEN,
            TWENTY,
            {"role": "manager", "max_line_percent": 3, "class_id": cls.wholesale.id},
            {
                "role": "manager",
                "max_line_percent": 2,
                "branch_id": cls.other_branch.id,
            },
            {
                "role": "manager",
                "max_line_percent": 50,
                "limit_purse": True,
                "max_month_amount": 60,
                "user_id": cls.manager_b.id,
            },
        ]

    @classmethod
    def order_of(cls, number):
        """A quotation that shares nothing with the others but the company."""
        customer = cls.make_customer(f"Customer {number}", cls.manager_a)
        product = cls.make_product(f"Cloth {number}", 100.0, cost=50)
        pricelist = cls.make_pricelist(
            f"List {number}",
            {
                "applied_on": "1_product",
                "product_tmpl_id": product.product_tmpl_id.id,
                "compute_price": "percentage",
                "percent_price": 1,
            },
            {
                "applied_on": "3_global",
                "compute_price": "percentage",
                "percent_price": 90,
                "date_end": "2019-12-31 00:00:00",
            },
            currency_id=(cls.company.currency_id, cls.foreign)[number % 3 == 0].id,
        )
        customer.property_product_pricelist = pricelist
        if number % 4 == 0:
            cls.env["customer.class.member"].create(
                {
                    "partner_id": customer.id,
                    "company_id": cls.company.id,
                    "class_id": cls.wholesale.id,
                    "date_from": "2020-01-01",
                }
            )
        return cls.make_quotation(
            (product, 1, {"discount": (2, 14, 30, 5, 12)[number % 5]}),
            (cls.cloth, 2, {}),
            partner_id=customer.id,
            user=(cls.manager_a, cls.manager_b)[number % 2],
            date_order=f"2020-01-{number + 1:02} 12:00:00",
        )

    def queries(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_same_judgement(self):
        policy = self.make_policy(*self.norms, activate=False)
        plain = policy._plain()
        apart = [order._discount_judgement(plain) for order in self.orders]
        together = [
            order._discount_judgement(plain) for order in self.orders._in_batch()
        ]
        self.assertEqual(together, apart)
        self.assertGreater(len({j.covering_role for j in apart}), 2)
        branches = [order._discount_branch() for order in self.orders]
        self.assertEqual(
            [order._discount_branch() for order in self.orders._in_batch()], branches
        )

    def test_rules_of_a_moment(self):
        """A rule holds from its first to its last moment, in a batch too."""
        rule = self.env["product.pricelist.item"].create(
            {
                "pricelist_id": self.pricelist.id,
                "applied_on": "0_product_variant",
                "product_id": self.cloth.id,
                "product_tmpl_id": self.cloth.product_tmpl_id.id,
                "compute_price": "fixed",
                "fixed_price": 40,
                "date_start": "2026-03-01 10:00:00",
                "date_end": "2026-03-02 10:00:00",
            }
        )
        silk = self.make_product("Silk", 100.0)
        [found] = self.pricelist._rules_by_product(self.cloth | silk).values()
        for moment, holds in (
            ("2026-03-01 09:59:59", False),
            ("2026-03-01 10:00:00", True),
            ("2026-03-02 10:00:00", True),
            ("2026-03-02 10:00:01", False),
        ):
            moment = fields.Datetime.to_datetime(moment)
            expected = self.pricelist._get_applicable_rules(self.cloth, moment)
            self.assertEqual(found.at(self.cloth, moment), expected.ids)
            self.assertEqual(rule in expected, holds)
            self.assertEqual(found.at(silk, moment), [])

    def test_rates(self):
        """As core finds them: own ones first, the first one before there was any."""
        rates = self.env["res.currency.rate"]
        other = self.setup_other_currency("SEK", rates=[("2020-01-05", 5)])
        rates.search([("currency_id", "=", other.id)]).company_id = False
        rates.create(
            {
                "currency_id": other.id,
                "company_id": self.company.id,
                "name": "2020-01-10",
                "rate": 7,
            }
        )
        none = self.setup_other_currency("NOK", rates=[])
        none.rate_ids.unlink()
        currencies = self.foreign | other | none | self.company.currency_id
        batched = currencies.with_context(self.orders._in_batch().env.context)
        for day in ("2019-12-31", "2020-01-01", "2020-01-07", "2020-01-10 11:00:00"):
            core = currencies._get_rates(self.company, day)
            self.assertEqual(batched._get_rates(self.company, day), core, day)

    def test_no_client_sends_one(self):
        order = self.orders[0].with_context(discount_batch={"branches": {}})
        self.assertEqual(order._discount_branch(), self.branch)

    def test_activation(self):
        policy = self.make_policy(*self.norms)
        rows = policy.sudo().activation_item_ids.filtered(
            lambda row: row.order_id in self.orders
        )
        self.assertEqual(set(rows.mapped("state")), {"within", "outside"})
        self.queries(rows._check)
        self.assertEqual(self.queries(rows[:5]._check), self.queries(rows[:20]._check))

    def test_backtest(self):
        policy = self.make_policy(*self.norms, activate=False)
        for order in self.orders:
            order.action_confirm()
        plain = policy._plain()

        def judge(number):
            test = self.env["discount.backtest"].create({"policy_id": policy.id})
            day = fields.Date.today()
            test.sudo().write({"date_from": day, "date_to": day, "state": "running"})
            orders = self.orders[:number]
            return self.queries(lambda: test.sudo()._add(orders, plain))

        judge(20)
        self.assertEqual(judge(5), judge(20))

    def test_backtest_spends_the_purse(self):
        """Each order finds spent what came before it in the same month."""
        month = {
            "role": "manager",
            "max_line_percent": 50,
            "limit_purse": True,
            "max_month_amount": 60,
        }
        policy = self.make_policy(month, TWENTY, activate=False)
        for moment in ("2026-03-30", "2026-03-31", "2026-04-01"):
            with freeze_time(f"{moment} 12:00:00"):
                self.make_quotation((self.cloth, 2, {"discount": 20})).action_confirm()
        with freeze_time("2026-04-02 12:00:00"):
            test = self.env["discount.backtest"].create({"policy_id": policy.id})
            test.months = 1
            test.action_run()
        lines = test.line_ids.filtered(lambda line: line.user_id == self.manager_a)
        counts = {line.outcome: line.order_count for line in lines}
        self.assertEqual(counts, {"within": 2, "branch_director": 1})

    def test_backtest_of_orders_of_nobody(self):
        """Sold by nobody, as in a shop: judged as by the least of all."""
        order = self.make_quotation((self.cloth, 1, {"discount": 15}))
        order.user_id = False
        order.action_confirm()
        policy = self.make_policy(TEN, TWENTY, activate=False)
        test = self.env["discount.backtest"].create({"policy_id": policy.id})
        test.action_run()
        [line] = test.line_ids.filtered(lambda line: not line.user_id)
        self.assertEqual(line.outcome, "branch_director")
