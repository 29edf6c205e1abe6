from datetime import datetime, timedelta

from freezegun import freeze_time
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo import Command, fields

from .test_delivery_facts import DeliveryCommon
from .test_payment_facts import PaymentCommon

START = datetime(2026, 1, 25, 22, 30)

order_specs = st.fixed_dictionaries(
    {
        "lines": st.lists(
            st.tuples(
                st.sampled_from(["cloth", "thread", "service"]),
                st.integers(1, 300_00),
                st.integers(1, 9),
                st.sampled_from([0, 0, 12.5, 33.3]),
            ),
            min_size=1,
            max_size=4,
        ),
        "off": st.sampled_from([0, 0, 7.7]),
        "customer": st.sampled_from(["customer", "customer_b", "orphan", "sister"]),
        "foreign": st.booleans(),
        "shares": st.sampled_from([None, None, [3333, 6667], [1, 9998, 1]]),
        "steps": st.lists(st.integers(1, 4), max_size=3),
        "second": st.booleans(),
    }
)
invoice_specs = st.fixed_dictionaries(
    {
        "lines": st.lists(
            st.tuples(
                st.sampled_from(["cloth", "thread", "service"]),
                st.integers(1, 300_00),
                st.sampled_from([0, 0, 33.3]),
            ),
            min_size=1,
            max_size=4,
        ),
        "off": st.sampled_from([0, 0, 77]),
        "customer": st.sampled_from(["customer", "customer_b", "orphan", "sister"]),
        "foreign": st.booleans(),
        "shares": st.sampled_from([None, None, [3333, 6667], [1, 9998, 1]]),
        "payments": st.lists(st.integers(1, 60), max_size=3),
        "rest": st.booleans(),
        "second": st.booleans(),
    }
)
options = settings(
    max_examples=3,
    phases=[Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.differing_executors],
    database=None,
    derandomize=True,
)


class AddsUpCommon(DeliveryCommon, PaymentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.foreign = cls.setup_other_currency(
            "EUR", rates=[("2020-01-01", 0.7), ("2026-01-28", 1.3)]
        )
        cls.sister = cls.env["res.company"].create({"name": "Sister"}).partner_id
        cls.second = cls.setup_other_company(name="Second", currency_id=cls.foreign.id)[
            "company"
        ]
        cls.service = cls.make_product("Service", cls.services, type="service")
        cls.service.invoice_policy = "order"
        cls.thread.is_storable = True
        cls.managers = [cls.manager_a, cls.manager_b, cls.director]
        cls.pricelist = cls.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": cls.foreign.id}
        )
        cls.env.user.company_ids |= cls.second

    def in_company(self, spec):
        if not spec["second"]:
            return self.env
        return self.env(
            context=dict(self.env.context, allowed_company_ids=self.second.ids)
        )

    def check(self, basis, documents, expected):
        """Users + unassigned + excluded are ``expected``, per document."""
        self.env.flush_all()
        Fact = self.env["sales.fact.report"].sudo()
        Fact.invalidate_model()
        field = "order_id" if basis == "delivery" else "move_id"
        facts = Fact.search([("basis", "=", basis), (field, "in", documents.ids)])
        self.assertEqual(len(set(facts.ids)), len(facts), "ids are not unique")
        for document in documents:
            own = facts.filtered(lambda f, d=document: f[field] == d)
            self.assertAlmostEqual(
                sum(own.mapped("amount")), expected[document], 6, document.name
            )
            for fact in own:
                status = "counted" if fact.user_id else "unassigned"
                if fact.is_excluded:
                    status = "excluded"
                self.assertEqual(fact.status, status)
        for fact in facts[:3]:
            self.assertEqual(Fact.search([("id", "=", fact.id)]), fact)
        return facts


class TestDeliveriesAddUp(AddsUpCommon):
    """Σ managers + unassigned + excluded = Σ value of what was delivered."""

    @options
    @given(specs=st.lists(order_specs, min_size=1, max_size=2))
    def test_delivered_is_what_the_lines_are_worth(self, specs):
        with self.env.cr.savepoint() as savepoint:
            orders = self.env["sale.order"]
            for spec in specs:
                orders |= self.play(spec).with_env(self.env)
            expected = {order: self.worth(order) for order in orders}
            self.check("delivery", orders, expected)
            for order in orders:
                self.finish(order)
            whole = {order: self.worth(order, whole=True) for order in orders}
            self.check("delivery", orders, whole)
            for order in orders:
                self.give_all_back(order)
            self.check("delivery", orders, dict.fromkeys(orders, 0.0))
            savepoint.rollback()
        self.env.invalidate_all()

    def play(self, spec):
        env = self.in_company(spec)
        values = {
            "partner_id": getattr(self, spec["customer"]).id,
            "order_line": [
                Command.create(
                    {
                        "product_id": getattr(self, kind).id,
                        "price_unit": price / 100,
                        "product_uom_qty": quantity,
                        "discount": discount,
                        "tax_ids": [Command.clear()],
                    }
                )
                for kind, price, quantity, discount in spec["lines"]
            ],
        }
        if spec["foreign"] and not spec["second"]:
            values["pricelist_id"] = self.pricelist.id
        with freeze_time(START):
            order = env["sale.order"].create(values)
            order.action_confirm()
        if spec["off"] and not spec["second"]:
            self._apply_sale_order_discount(order, "percent", spec["off"])
        if spec["shares"] and not spec["second"]:
            self.share(order, dict(zip(self.managers, spec["shares"], strict=False)))
        for day, quantity in enumerate(spec["steps"], 1):
            self.step(order, START + timedelta(2 * day), quantity)
        return order

    def step(self, order, moment, quantity=None):
        """Deliver up to ``quantity`` of each line."""
        with freeze_time(moment):
            for picking in order.picking_ids.filtered(
                lambda p: p.state not in ("done", "cancel")
            ):
                for move in picking.move_ids:
                    open_quantity = move.product_uom_qty
                    move.quantity = min(quantity or open_quantity, open_quantity)
                    move.picked = True
                picking._action_done()

    def finish(self, order):
        self.step(order, START + timedelta(20))
        invoice = order._create_invoices()
        if invoice:
            invoice.invoice_date = "2026-03-01"
            invoice.action_post()

    def give_all_back(self, order):
        for picking in order.picking_ids.filtered(lambda p: p.state == "done"):
            wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
            for line in wizard.product_return_moves:
                line.write({"quantity": line.move_id.quantity, "to_refund": True})
            back = wizard._create_return()
            with freeze_time("2026-04-01 10:00:00"):
                for move in back.move_ids:
                    move.quantity = move.product_uom_qty
                    move.picked = True
                back._action_done()
        for invoice in order.invoice_ids:
            invoice._reverse_moves([{"invoice_date": "2026-04-02"}]).action_post()

    def worth(self, order, whole=False):
        """Value of what was delivered, of every line and its part of the discount."""
        values = {}
        for fact in self.facts(order, "order"):
            key = (fact.order_line_id, bool(fact.spread_amount))
            values[key] = values.get(key, 0.0) + fact.amount
        currency = order.company_id.currency_id
        total = 0.0
        for (line, _spread), value in values.items():
            part = 1.0
            if not whole:
                # a service is not moved, and not invoiced yet
                moved = line.qty_delivered if line.move_ids else 0.0
                part = moved / line.product_uom_qty
            total += currency.round(value * part)
        return total


class TestPaymentsAddUp(AddsUpCommon):
    """Σ managers + unassigned + excluded = Σ untaxed amount that was paid."""

    @options
    @given(specs=st.lists(invoice_specs, min_size=1, max_size=2))
    def test_paid_is_the_untaxed_part(self, specs):
        with self.env.cr.savepoint() as savepoint:
            moves = self.env["account.move"]
            for spec in specs:
                moves |= self.play(spec).with_env(self.env)
            expected = {move: self.untaxed(move) for move in moves}
            self.check("payment", moves, expected)
            refunds = self.take_back(moves)
            facts = self.facts(moves | refunds, "payment")
            self.assertAlmostEqual(sum(facts.mapped("amount")), 0)
            savepoint.rollback()
        self.env.invalidate_all()

    def play(self, spec):
        env = self.in_company(spec)
        lines = [
            Command.create(
                {
                    "product_id": getattr(self, kind).id,
                    "price_unit": price / 100,
                    "discount": discount,
                    "tax_ids": [
                        Command.set([] if spec["second"] else self.tax.ids),
                    ],
                }
            )
            for kind, price, discount in spec["lines"]
        ]
        total = sum(price * (1 - d / 100) for _kind, price, d in spec["lines"])
        if spec["off"] and not spec["second"]:
            lines.append(
                Command.create(
                    {
                        "product_id": self.discount.id,
                        "price_unit": -round(total * spec["off"] / 100_000, 2),
                        "tax_ids": [Command.set(self.tax.ids)],
                    }
                )
            )
        move = env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": getattr(self, spec["customer"]).id,
                "invoice_date": "2026-01-25",
                "currency_id": (
                    self.foreign if spec["foreign"] else env.company.currency_id
                ).id,
                "invoice_line_ids": lines,
            }
        )
        move.action_post()
        if spec["shares"] and not spec["second"]:
            self.share(move, dict(zip(self.managers, spec["shares"], strict=False)))
        for day, percent in enumerate(spec["payments"]):
            amount = move.currency_id.round(move.amount_total * percent / 100)
            amount = min(amount, move.amount_residual)
            if amount:
                self.pay_in(env, move, amount, START.date() + timedelta(2 * day + 1))
        if spec["rest"] and move.amount_residual:
            self.pay_in(env, move, move.amount_residual, "2026-03-01")
        return move

    def pay_in(self, env, move, amount, date):
        register = env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        )
        register.create(
            {"amount": amount, "payment_date": fields.Date.to_date(date)}
        )._create_payments()

    def take_back(self, moves):
        """Pay the rest of what is paid in part, credit it, and give the money back.

        The credit note has the day of the invoice, and so its rate.
        """
        refunds = self.env["account.move"]
        for move in moves:
            if not move.amount_total or move.amount_residual == move.amount_total:
                continue
            env = move.with_company(move.company_id).env
            if move.amount_residual:
                self.pay_in(env, move, move.amount_residual, "2026-03-04")
            refund = move._reverse_moves([{"invoice_date": move.invoice_date}])
            refund.action_post()
            self.pay_in(env, refund, refund.amount_residual, "2026-03-06")
            refunds |= refund
        return refunds

    def untaxed(self, move):
        """The paid part of every line without taxes, rounded as one sum of parts."""
        currency = move.company_id.currency_id
        total = move.amount_total
        part = (total - move.amount_residual) / total if total else 0.0
        values = {}
        for fact in self.facts(move, "invoice"):
            if fact.reason in (False, "intercompany"):
                key = (fact.move_line_id, bool(fact.spread_amount))
                values[key] = values.get(key, 0.0) + fact.amount
        return sum(currency.round(value * part) for value in values.values())
