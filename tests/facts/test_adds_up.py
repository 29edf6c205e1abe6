from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo import Command, fields

from .common import FactsCommon

FIRST = fields.Date.to_date("2026-01-25")

lines = st.lists(
    st.tuples(
        st.sampled_from(["cloth", "thread", "service", "no product"]),
        st.integers(1, 500_00),
        st.sampled_from([1, 2, 3, 0.5]),
        st.sampled_from([0, 0, 33.3]),
    ),
    min_size=1,
    max_size=5,
)
documents = st.fixed_dictionaries(
    {
        "lines": lines,
        "discounts": st.lists(st.integers(1, 99), max_size=2),
        "move_type": st.sampled_from(["out_invoice", "out_refund", "out_receipt"]),
        "customer": st.sampled_from(["customer", "customer_b", "orphan", "sister"]),
        "day": st.integers(0, 12),
        "booked": st.sampled_from([None, None, 0, 3, 12]),
        "foreign": st.booleans(),
        "shares": st.sampled_from([None, None, [10000], [3333, 6667], [1, 9998, 1]]),
        "reversed": st.sampled_from([None, None, 0, 9]),
        "second": st.booleans(),
    }
)


class TestAddsUp(FactsCommon):
    """Whatever is invoiced: facts and ledger are the same, to the cent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.foreign = cls.setup_other_currency(
            "EUR", rates=[("2020-01-01", 0.7), ("2026-02-01", 1.3)]
        )
        cls.sister = cls.env["res.company"].create({"name": "Sister"}).partner_id
        cls.second = cls.setup_other_company(name="Second", currency_id=cls.foreign.id)[
            "company"
        ]
        cls.service = cls.make_product("Service", cls.services, type="service")
        cls.managers = [cls.manager_a, cls.manager_b, cls.director]

    def post(self, spec):
        """Post the document that ``spec`` describes, and its reversal."""
        env = self.env
        if spec["second"]:
            env = env(context=dict(env.context, allowed_company_ids=self.second.ids))
        day = FIRST + timedelta(spec["day"])
        move = env["account.move"].create(
            {
                "move_type": spec["move_type"],
                "partner_id": getattr(self, spec["customer"]).id,
                "invoice_date": day,
                "currency_id": (
                    self.foreign if spec["foreign"] else self.company.currency_id
                ).id,
                "invoice_line_ids": list(self.prepare_lines(spec)),
            }
        )
        if spec["booked"] is not None:
            move.date = day + timedelta(spec["booked"])
        move.action_post()
        if spec["shares"] and not spec["second"]:
            self.share(move, dict(zip(self.managers, spec["shares"], strict=False)))
        if spec["reversed"] is not None:
            reversal = day + timedelta(spec["reversed"])
            move._reverse_moves([{"invoice_date": reversal}]).action_post()
        return move

    def prepare_lines(self, spec):
        products = {
            "cloth": self.cloth,
            "thread": self.thread,
            "service": self.service,
            "no product": self.env["product.product"],
        }
        total = 0
        for kind, price, quantity, discount in spec["lines"]:
            total += price * quantity * (1 - discount / 100)
            yield Command.create(
                {
                    "name": kind,
                    "product_id": products[kind].id,
                    "price_unit": price / 100,
                    "quantity": quantity,
                    "discount": discount,
                    "tax_ids": [Command.clear()],
                }
            )
        for per_mille in spec["discounts"]:
            yield Command.create(
                {
                    "product_id": self.discount.id,
                    "price_unit": -round(total * per_mille / 1000 / 100, 2),
                    "tax_ids": [Command.clear()],
                }
            )

    @settings(
        max_examples=8,
        deadline=None,
        suppress_health_check=[HealthCheck.differing_executors],
        database=None,
        derandomize=True,
    )
    @given(specs=st.lists(documents, min_size=2, max_size=4))
    def test_difference_is_zero(self, specs):
        with self.env.cr.savepoint() as savepoint:
            moves = [self.post(spec) for spec in specs]
            self.assert_adds_up()
            facts = (
                self.env["sales.fact.report"].sudo().search([("basis", "=", "invoice")])
            )
            self.assertEqual(len(set(facts.ids)), len(facts), "ids are not unique")
            self.assertTrue(
                all(
                    bool(f.user_id) == (f.status == "counted")
                    for f in facts
                    if f.status != "excluded"
                )
            )
            for move in moves:
                self.assert_document(move, facts)
            savepoint.rollback()
        self.env.invalidate_all()

    def assert_document(self, move, facts):
        """A document's facts are its income, and lines keep what is theirs."""
        own = facts.filtered(lambda f: f.move_id == move and f.reason != "other_month")
        income = move.line_ids.filtered(
            lambda line: line.account_id.account_type in ("income", "income_other")
        )
        self.assertAlmostEqual(
            sum(own.mapped("amount")), -sum(income.mapped("balance")), 6
        )

    def test_two_companies_stay_apart(self):
        spec = {
            "lines": [("cloth", 10000, 1, 0)],
            "discounts": [],
            "move_type": "out_invoice",
            "customer": "customer",
            "day": 0,
            "booked": None,
            "foreign": False,
            "shares": None,
            "reversed": None,
        }
        self.post({**spec, "second": False})
        self.post({**spec, "second": True})
        rows = self.env["sales.reconciliation"].sudo().search([])
        by_company = {row.company_id: row for row in rows}
        self.assertEqual(by_company[self.company].ledger, 100)
        # 100 of the first company's currency are 70 of the second one's
        self.assertEqual(by_company[self.second].ledger, by_company[self.second].total)
        self.assertEqual(by_company[self.second].currency_id, self.second.currency_id)
        figures = self.env["sales.fact.report"]._facts_by(
            self.company, "2026-01-01", "2026-01-31"
        )
        self.assertEqual(figures, {self.manager_a.id: 100.0})
