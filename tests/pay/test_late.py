from decimal import Decimal

from odoo import Command
from odoo.tests import freeze_time

from odoo.addons.sales_manager_kpi.engine.pay_terms import Original

from ..closing.common import ClosingCommon
from .common import PAY

D = Decimal


@freeze_time("2026-02-10 12:00:00")
class TestLatePay(ClosingCommon):
    """January is closed and paid; what changes in it is settled in February."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Run = cls.env["bonus.run"]
        paymaster = cls.make_user("paymaster", PAY)
        cls.scheme = (
            cls.env["bonus.scheme"]
            .with_user(paymaster)
            .create(
                {
                    "name": "Managers",
                    "code": "managers",
                    "company_id": cls.company.id,
                    "date_from": "2026-01-01",
                    "component_ids": [
                        Command.create(
                            {
                                "name": "Own",
                                "code": "own",
                                "rate_percent": 5,
                            }
                        )
                    ],
                }
            )
        )
        cls.company.sales_manager_kpi_scheme_four_eyes = False
        cls.scheme.action_activate()
        cls.invoice = cls.make_document([(cls.cloth, 100.0), (cls.thread, 50.0)])
        cls.other = cls.make_document(
            [(cls.thread, 70.0)], partner_id=cls.customer_b.id
        )

    def pay(self, period):
        self.env.flush_all()
        return {
            self.env["res.users"].browse(user_id).login: result
            for user_id, result in self.Run._compute(period).items()
        }

    def test_a_closed_month_pays_the_same_whatever_comes(self):
        before = self.pay(self.january)
        self.close(self.january)
        self.other.button_draft()
        self.env["sales.fact.report"].invalidate_model()
        after = self.pay(self.january)
        for login, result in before.items():
            self.assertEqual(
                [line["amount"] for line in after[login].lines],
                [line["amount"] for line in result.lines],
            )
            line = after[login].lines[0]
            self.assertEqual(line["fact_model"], "sales.fact.line")
            facts = self.env["sales.fact.line"].search(line["fact_domain"])
            self.assertEqual(sum(facts.mapped("amount")), float(line["base"]))

    def test_late_changes_are_settled_at_the_rate_of_their_month(self):
        self.close(self.january)
        paid = {
            (user.id, self.january.id): {"own": Original(D(base), D(amount))}
            for user, base, amount in (
                (self.manager_a, 150, 15),  # 10 %, as it was then
                (self.manager_b, 70, 7),
            )
        }
        self.patch(type(self.Run), "_originals", lambda *args: paid)
        self.other._store_credit(
            {self.other.id: (self.manager_a.id, self.branch.id, "owner")}
        )
        self.book()
        results = self.pay(self.february)
        for login, amount in (("manager_a", 7), ("manager_b", -7)):
            line = results[login].lines[-1]
            self.assertEqual(line["amount"], amount)
            self.assertEqual(line["origin_period_id"], self.january.id)
            facts = self.env[line["fact_model"]].search(line["fact_domain"])
            self.assertEqual(sum(facts.mapped("amount")), float(line["base"]))
        self.assertEqual(results["manager_b"].totals.carry_out, -7)
        # settled before: the same change again is nothing more
        settled = {
            key: {code: one._replace(settled=D(-70)) for code, one in own.items()}
            for key, own in paid.items()
        }
        self.patch(type(self.Run), "_originals", lambda *args: settled)
        line = self.pay(self.february)["manager_b"].lines[-1]
        self.assertEqual(line["amount"], -7)

    def test_what_no_statement_paid_is_not_settled(self):
        self.patch(type(self.Run), "_originals", lambda *args: {})
        self.close(self.january)
        self.other.button_draft()
        self.book()
        for result in self.pay(self.february).values():
            self.assertFalse(
                [line for line in result.lines if line["origin_period_id"]]
            )

    # ------------------------------------------------------------------
    # Where discounts are asked
    # ------------------------------------------------------------------

    def asks(self, **values):
        self.scheme.action_draft()
        self.scheme.component_ids.write(values)
        self.scheme.action_activate()
        self.close(self.january)
        paid = {
            (self.manager_a.id, self.january.id): {"own": Original(D(150), D(15))},
            (self.manager_b.id, self.january.id): {"own": Original(D(70), D(7))},
        }
        self.patch(type(self.Run), "_originals", lambda *args: paid)

    def change_discounts(self):
        """One line gets 50 % off, and a line with 20 % off comes too late."""
        self.invoice.button_draft()
        line = self.invoice.invoice_line_ids.filtered(
            lambda line: line.product_id == self.thread
        )
        line.discount = 50.0
        self.invoice.action_post()
        values = {**self._prepare_line((self.thread, 100.0)), "discount": 20.0}
        self.make_document([values], partner_id=self.customer_b.id)
        self.book()

    def late_bases(self):
        return {
            login: [
                (float(line["base"]), float(line["amount"]))
                for line in result.lines
                if line["origin_period_id"]
            ]
            for login, result in self.pay(self.february).items()
        }

    def test_late_lines_without_a_filter(self):
        self.asks()
        self.change_discounts()
        self.assertEqual(
            self.late_bases(),
            {"manager_a": [(-25.0, -2.5)], "manager_b": [(80.0, 8.0)]},
        )

    def test_late_lines_pass_the_discount_filter(self):
        """What counted and has too much off now is gone; what never did stays out."""
        self.asks(max_discount=10.0)
        self.change_discounts()
        late = self.late_bases()
        self.assertEqual(late["manager_a"], [(-50.0, -5.0)])
        self.assertFalse(late.get("manager_b"))

    def test_late_lines_climb_the_tiers_of_discounts(self):
        """As at the average rate of the month, each at that of its own discount."""
        self.asks(
            tier_axis="discount",
            tier_method="whole",
            tier_ids=[
                Command.create({"start": 0, "rate": 5}),
                Command.create({"start": 20, "rate": 1}),
            ],
        )
        self.change_discounts()
        self.assertEqual(
            self.late_bases(),
            {"manager_a": [(-45.0, -4.5)], "manager_b": [(16.0, 1.6)]},
        )
