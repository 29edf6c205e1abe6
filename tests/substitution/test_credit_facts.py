from datetime import datetime, timedelta
from itertools import product

from freezegun import freeze_time
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo import Command

from ..facts.test_all_bases_add_up import AddsUpCommon

START = datetime(2026, 1, 12, 9, 0)
POLICIES = ("principal", "deputy", "split", "duty_fee")
BASES = ("order", "delivery", "invoice", "payment")


class CreditFactsCommon(AddsUpCommon):
    """A is absent in January 2026, B stands in; in both companies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        both = cls.manager_a + cls.manager_b
        (both + cls.director).company_ids |= cls.second
        cls.env["sales.branch"].with_company(cls.second).create(
            {
                "code": "SEC",
                "name": "Second",
                "company_id": cls.second.id,
                "director_id": cls.director.id,
                "member_ids": [
                    Command.create({"user_id": user.id, "date_from": "2020-01-01"})
                    for user in both
                ],
            }
        )
        cls.customer.with_company(cls.second).user_id = cls.manager_a
        cls.env["customer.assignment"].search([]).date_from = "2020-01-01"

    def stand_in(self, policy, company=None, **values):
        return (
            self.env["sales.substitution"]
            .sudo()
            .create(
                {
                    "company_id": (company or self.company).id,
                    "principal_id": self.manager_a.id,
                    "deputy_id": self.manager_b.id,
                    "date_from": "2026-01-01",
                    "date_to": "2026-01-31",
                    "decision": "appointed",
                    "start_at": "2026-01-01 00:00:00",
                    "stop_at": "2026-02-01 00:00:00",
                    "credit_policy": policy,
                    "duty_fee_amount": 10,
                    **values,
                }
            )
        )

    def sell_all_the_way(self, env, prices, foreign=False):
        """An order that is delivered, invoiced and paid."""
        values = {
            "partner_id": self.customer.id,
            "order_line": [
                Command.create(
                    {
                        "product_id": self.thread.id,
                        "price_unit": price,
                        "tax_ids": [Command.clear()],
                    }
                )
                for price in prices
            ],
        }
        if foreign:
            values["pricelist_id"] = self.pricelist.id
        with freeze_time(START):
            order = env["sale.order"].create(values)
            order.action_confirm()
        with freeze_time(START + timedelta(1)):
            for picking in order.picking_ids:
                for move in picking.move_ids:
                    move.quantity, move.picked = move.product_uom_qty, True
                picking._action_done()
            invoice = order._create_invoices()
            invoice.invoice_date = "2026-01-14"
            invoice.action_post()
        self.pay_in(env, invoice, invoice.amount_residual, "2026-01-15")
        return order, invoice

    def pay_in(self, env, move, amount, date):
        register = env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        )
        register.create({"amount": amount, "payment_date": date})._create_payments()

    def by_user(self, documents, basis):
        self.env.flush_all()
        facts = self.facts(documents.with_env(self.env), basis)
        self.assertEqual(set(facts.mapped("status")), {"counted"})
        sums = {}
        for fact in facts:
            sums[fact.user_id] = round(sums.get(fact.user_id, 0) + fact.amount, 2)
        return sums, facts


class TestCreditFacts(CreditFactsCommon):
    def test_every_policy_on_every_basis(self):
        """Counted once, for whom the policy says; the ledger stays what it is."""
        for policy, second, foreign in product(POLICIES, (False, True), (False, True)):
            if second and foreign:
                continue
            company = self.second if second else self.company
            with self.subTest(policy=policy, second=second, foreign=foreign):
                row = self.stand_in(policy, company, deputy_share=33.33)
                env = self.in_company({"second": second})
                order, invoice = self.sell_all_the_way(env, [100.01, 0.01], foreign)
                for basis in BASES:
                    moves = basis in ("invoice", "payment")
                    sums, facts = self.by_user(invoice if moves else order, basis)
                    self.assertEqual(facts.substitution_id, row, basis)
                    self.assert_divided(policy, sums, invoice if moves else order)
                row.decision, row.stop_at = "revoked", row.start_at
                self.env["sales.substitution"]._forget_running()
        self.assert_adds_up()

    def assert_divided(self, policy, sums, document):
        total = round(sum(sums.values()), 2)
        self.assertEqual(total, round(sum(self.worth_of(document).values()), 2))
        if policy == "split":
            self.assertEqual(set(sums), set(self.manager_a + self.manager_b))
            self.assertAlmostEqual(sums[self.manager_b], total * 0.3333, delta=0.02)
        else:
            owner = self.manager_b if policy == "deputy" else self.manager_a
            self.assertEqual(sums, {owner: total})

    @settings(
        max_examples=6,
        phases=[Phase.generate],
        deadline=None,
        suppress_health_check=[HealthCheck.differing_executors],
        database=None,
        derandomize=True,
    )
    @given(
        share=st.integers(1, 9999),
        prices=st.lists(st.integers(1, 300_000), min_size=1, max_size=3),
        foreign=st.booleans(),
    )
    def test_split_to_the_cent(self, share, prices, foreign):
        """Both parts are the whole, on every basis and line by line."""
        with self.env.cr.savepoint() as savepoint:
            self.stand_in("split", deputy_share_bp=share)
            order, invoice = self.sell_all_the_way(
                self.env, [price / 100 for price in prices], foreign
            )
            currency = self.company.currency_id
            for basis in BASES:
                moves = basis in ("invoice", "payment")
                document = invoice if moves else order
                __, facts = self.by_user(document, basis)
                worth = self.worth_of(document)
                for line, value in worth.items():
                    own = facts.filtered(
                        lambda f, n=line: n in (f.move_line_id, f.order_line_id)
                    )
                    self.assertAlmostEqual(sum(own.mapped("amount")), value, 6, basis)
                    deputy = own.filtered(lambda f: f.user_id == self.manager_b)
                    self.assertLess(
                        abs(sum(deputy.mapped("amount")) - value * share / 10_000),
                        currency.rounding,
                    )
            savepoint.rollback()
        self.env.invalidate_all()

    def worth_of(self, document):
        """``{line: untaxed value in company currency}``, from the document itself."""
        if document._name == "account.move":
            lines = document.invoice_line_ids
            return {line: -line.balance for line in lines}
        currency = document.company_id.currency_id
        return {
            line: currency.round(line.price_subtotal / document.currency_rate)
            for line in document.order_line
        }
