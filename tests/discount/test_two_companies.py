from odoo import Command, fields
from odoo.exceptions import AccessError, UserError

from ..common import COMMERCIAL, MANAGER
from .common import QuotationCommon

TEN = {"role": "manager", "max_line_percent": 10}
THIRTY = {"role": "manager", "max_line_percent": 30}


class TestTwoCompanies(QuotationCommon):
    """What one company allows, finds and counts is no matter of the other one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sister = cls.env["res.company"].create(
            {"name": "Sister", "currency_id": cls.company.currency_id.id}
        )
        cls.env.user.company_ids |= cls.sister
        both = cls.company | cls.sister
        cls.seller = cls.make_user("seller", MANAGER, both)
        cls.head = cls.make_user("head", COMMERCIAL, both)
        cls.sister_head = cls.make_user("sister_head", COMMERCIAL, cls.sister)
        cls.manager_a.company_ids |= cls.sister

    def theirs(self, record, user, *companies):
        """``record`` as ``user`` with these companies ticked."""
        ids = [company.id for company in companies]
        return record.with_user(user).with_context(allowed_company_ids=ids)

    def quotation(self, company, discount, user=None, **values):
        return self.make_quotation(
            (self.cloth, 1, {"discount": discount}),
            user=user or self.seller,
            company_id=company.id,
            **values,
        )

    def policy(self, company, *lines, **values):
        people = (self.head, self.sister_head) if company == self.sister else None
        return self.make_policy(*lines, company_id=company.id, people=people, **values)

    def test_norms_of_the_orders_company(self):
        self.policy(self.company, TEN)
        ours, sisters = (
            self.quotation(company, 25) for company in (self.company, self.sister)
        )
        both = self.sister, self.company
        self.assertTrue(self.theirs(ours, self.seller, *both)._discount_error())
        self.assertFalse(self.theirs(sisters, self.seller, *both)._discount_error())
        self.assertFalse(self.theirs(sisters, self.seller, *both).discount_level)
        self.theirs(sisters, self.seller, *both).action_confirm()
        self.assertEqual(sisters.state, "sale")
        self.assertFalse(sisters.discount_verdict)
        self.policy(self.sister, THIRTY)
        sisters = self.quotation(self.sister, 25)
        for first, second in (both, both[::-1]):
            self.assertFalse(
                self.theirs(sisters, self.seller, first, second)._discount_error()
            )
            self.assertTrue(
                self.theirs(ours, self.seller, first, second)._discount_error()
            )
        sisters.order_line.discount = 35
        self.assertIn(
            "35.00 %", self.theirs(sisters, self.seller, *both)._discount_error()
        )

    def test_retired_in_one(self):
        ours = self.policy(self.company, TEN)
        self.policy(self.sister, TEN)
        ours.with_user(self.admin).action_retire()
        self.assertFalse(self.quotation(self.company, 25)._discount_error())
        self.assertTrue(
            self.quotation(self.sister, 25).with_user(self.seller)._discount_error()
        )

    def test_who_decides_about_policies(self):
        policy = self.policy(self.sister, TEN)
        for user in (self.commercial, self.admin):
            with self.assertRaises(AccessError):
                policy.with_user(user).read(["name"])
            with self.assertRaises(AccessError):
                policy.with_user(user).action_retire()
        draft = self.policy(self.sister, TEN, activate=False, date_from="2040-01-01")
        policies = self.env["discount.policy"]
        for companies, expected in (
            ([self.company], policies),
            ([self.sister], policy | draft),
            ([self.company, self.sister], policy | draft),
        ):
            seen = self.theirs(policies, self.head, *companies).search([])
            self.assertEqual(seen.sudo(), expected)

    def test_branch_of_another_company(self):
        with self.assertRaises(UserError):
            self.policy(
                self.sister,
                TEN,
                activate=False,
                branch_ids=[Command.set(self.branch.ids)],
            )

    def test_activation(self):
        """Each lists its own quotations, and frees no one of the other."""
        ours, sisters = (
            self.quotation(company, 25) for company in (self.company, self.sister)
        )
        policy = self.policy(self.company, TEN)
        items = self.env["discount.activation.item"]
        found = items.search([("policy_id", "=", policy.id)])
        self.assertIn(ours, found.order_id)
        self.assertEqual(found.company_id, self.company)
        self.assertNotIn(sisters, found.order_id)
        sister_policy = self.policy(self.sister, TEN)
        sister_found = items.search([("policy_id", "=", sister_policy.id)])
        self.assertEqual(sister_found.order_id, sisters)
        # what stood keeps its price, in both
        for order in (ours, sisters):
            self.assertFalse(order.with_user(self.seller)._discount_error())
        self.assertEqual(
            items.with_user(self.sister_head).search([]).sudo(), sister_found
        )
        seen = self.theirs(items, self.head, self.company).search([])
        self.assertFalse(seen.sudo() & sister_found)
        seen = self.theirs(items, self.head, self.company, self.sister).search([])
        self.assertLessEqual(found | sister_found, seen.sudo())

    def test_backtest(self):
        for company, discounts in ((self.company, (5, 25)), (self.sister, (25,))):
            for discount in discounts:
                self.quotation(company, discount).action_confirm()
        counts = {}
        for company in (self.company, self.sister):
            policy = self.policy(company, TEN, activate=False)
            policy = self.theirs(policy, self.head, company)
            action = policy.action_backtest()
            test = self.env["discount.backtest"].browse(action["res_id"])
            self.theirs(test, self.head, self.sister, self.company).action_run()
            self.assertEqual((test.state, test.company_id), ("done", company))
            lines = test.line_ids.filtered(lambda line: line.user_id == self.seller)
            counts[company] = {row.outcome: row.order_count for row in lines}
        self.assertEqual(counts[self.company], {"within": 1, "branch_director": 1})
        self.assertEqual(counts[self.sister], {"branch_director": 1})
        with self.assertRaises(AccessError):
            test.with_user(self.commercial).read(["state"])
        with self.assertRaises(AccessError):
            test.line_ids.with_user(self.commercial).read(["order_count"])
        tests = self.theirs(self.env["discount.backtest"], self.head, self.company)
        self.assertNotIn(test, tests.search([]).sudo())

    def test_radar(self):
        """Orders of two companies are no habit of one of them."""
        limit = {**TEN, "limit_amount": True, "max_amount": 15}
        self.policy(self.company, limit)
        self.policy(self.sister, limit)
        radar = self.env["discount.radar"]
        for company in (self.company, self.sister):
            order = self.quotation(company, 10)
            order.with_user(self.seller).action_confirm()
            self.assertEqual(order.state, "sale")
        self.assertFalse(self.found("split"))
        self.quotation(self.sister, 10).with_user(self.seller).action_confirm()
        row = self.found("split")
        self.assertEqual((row.company_id, row.document_count), (self.sister, 2))
        for companies, expected in (
            ((self.company,), radar),
            ((self.sister,), row),
            ((self.company, self.sister), row),
        ):
            seen = self.theirs(radar, self.seller, *companies).search([])
            self.assertEqual(seen.sudo(), expected)
        self.assertFalse(radar.with_user(self.commercial).search([]))
        self.assertEqual(radar.with_user(self.sister_head).search([]).sudo(), row)

    def found(self, kind):
        self.env.flush_all()
        return self.env["discount.radar"].search(
            [("kind", "=", kind), ("user_id", "=", self.seller.id)]
        )

    def test_purse(self):
        """Who sells for both has a purse in each."""
        purse = {**TEN, "limit_purse": True, "max_month_amount": 15}
        self.policy(self.company, purse)
        self.policy(self.sister, purse)
        for company in (self.company, self.sister):
            order = self.quotation(company, 10)
            self.assertFalse(order.with_user(self.seller)._discount_error())
            order.with_user(self.seller).action_confirm()
            self.assertEqual(order.state, "sale")
            second = self.quotation(company, 10)
            self.assertIn(
                "Given away this month", second.with_user(self.seller)._discount_error()
            )
        purses = self.env["discount.purse"].search([("user_id", "=", self.seller.id)])
        self.assertEqual(purses.company_id, self.company | self.sister)
        self.assertEqual(len(purses), 2)
        [own] = self.env["discount.purse"].with_user(self.sister_head).search([])
        self.assertEqual(own.company_id, self.sister)

    def test_requests(self):
        """Who approves in one company does not in the other."""
        levels = TEN, {"role": "commercial_director", "max_line_percent": 90}
        self.policy(self.company, *levels)
        self.policy(self.sister, *levels)
        request = self.asked(self.quotation(self.sister, 25), self.seller)
        self.assertEqual(request.company_id, self.sister)
        self.assertLessEqual(request.approver_ids, self.head | self.sister_head)
        self.assertNotIn(self.commercial, request.approver_ids)
        with self.assertRaises(AccessError):
            request.with_user(self.commercial).action_approve()
        self.theirs(request, self.head, self.sister).action_approve()
        self.assertEqual(request.state, "approved")

    def test_reasons(self):
        reasons = self.env["discount.reason"].create(
            [
                {"name": "Ours", "company_id": self.company.id},
                {"name": "Theirs", "company_id": self.sister.id},
                {"name": "Of all"},
            ]
        )
        seen = self.theirs(reasons, self.seller, self.sister).search(
            [("id", "in", reasons.ids)]
        )
        self.assertEqual(set(seen.mapped("name")), {"Theirs", "Of all"})

    def test_prices_of_a_class(self):
        """The list of a customer's class is the norm in the class's company only."""
        cheap = self.make_pricelist(
            "Cheap",
            {"compute_price": "percentage", "percent_price": 40},
            company_id=self.sister.id,
        )
        best = self.env["customer.class"].create(
            {
                "name": "Best",
                "code": "A",
                "company_id": self.sister.id,
                "pricelist_id": cheap.id,
                "member_ids": [
                    Command.create(
                        {
                            "partner_id": self.customer.id,
                            "company_id": self.sister.id,
                            "date_from": fields.Date.to_date("2020-01-01"),
                        }
                    )
                ],
            }
        )
        self.assertTrue(best.member_ids)
        self.policy(self.company, TEN)
        self.policy(self.sister, TEN)
        ours = self.quotation(self.company, 40)
        self.assertTrue(ours.with_user(self.seller)._discount_error())
        sisters = self.quotation(self.sister, 40)
        self.assertFalse(sisters.with_user(self.seller)._discount_error())
