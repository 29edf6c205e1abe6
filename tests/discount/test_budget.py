import re
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

from odoo import Command
from odoo.sql_db import Cursor

from odoo.addons.base.models.res_company import ResCompany

from .common import DiscountCommon

TEN = {"role": "manager", "max_line_percent": 10}
LINES = 30
# Of the whole flow. The budget is 8, which the benchmark counts against a database
# without the addon; here one more reads the branch of the customer's owner.
MORE, MORE_INERT = 9, 4
# What core asks once or twice, by the order in which it happens to compute.
BY_CHANCE = re.compile(
    r'\s*(SELECT "(res_partner|res_users|account_move)"\."id"|(RELEASE )?SAVEPOINT)'
)
# Of a step alone, over the same step with nothing active: rules and their price list
# are read, traces and concessions inserted.
MORE_CONFIRMING = 4
# What was agreed is read, and its trace inserted.
MORE_POSTING = 2


class TestBudget(DiscountCommon):
    """Queries of a 30-line order; before each step nothing of it is in memory."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # as in a database of one company, whose currency is that of all products
        cls.env["ir.model.data"].search(
            [("module", "=", "base"), ("name", "=", "main_company")]
        ).res_id = cls.company.id
        cls.products = [
            cls.make_product(f"Cloth {number}", 100.0) for number in range(LINES)
        ]

    @contextmanager
    def measured(self, costs, step):
        self.env.flush_all()
        self.env.invalidate_all()
        execute, costs[step] = Cursor.execute, 0

        def counted(cursor, query, *args, **kwargs):
            code = getattr(query, "code", query)
            if not isinstance(code, str) or not BY_CHANCE.match(code):
                costs[step] += 1
            return execute(cursor, query, *args, **kwargs)

        with patch.object(Cursor, "execute", counted):
            yield
            self.env.flush_all()

    def flow(self):
        """``{step: queries}`` of an order within the norms."""
        costs = {}
        theirs = self.env["sale.order"].with_user(self.manager_a)
        lines = [
            Command.create({"product_id": p.id, "product_uom_qty": 2, "discount": 5})
            for p in self.products
        ]
        company = {"company_id": self.company.id}
        values = {"partner_id": self.customer.id, "order_line": lines, **company}
        with self.measured(costs, "create"):
            order = theirs.create(values)
        with self.measured(costs, "edit"):
            order.order_line[:1].discount = 6
        with self.measured(costs, "send"):
            order.action_quotation_sent()
        with self.measured(costs, "confirm"):
            order.action_confirm()
        self.assertEqual(order.state, "sale")
        ours = order.with_env(self.env)
        pickings = ours.picking_ids
        with self.measured(costs, "deliver"):
            pickings.button_validate()
        self.assertEqual(pickings.mapped("state"), ["done"])
        with self.measured(costs, "invoice"):
            move = ours._create_invoices()
        with self.measured(costs, "post"):
            move.action_post()
        self.assertEqual(move.state, "posted")
        return costs

    def warm(self):
        """A flow with what the registry keeps in place."""
        self.flow()
        return self.flow()

    @contextmanager
    def without(self):
        """What the addon does when documents first count, and its look-ups, taken out.

        Odoo looks for the main company by itself again, and reads products by itself.
        """
        order, move = type(self.env["sale.order"]), type(self.env["account.move"])
        company = type(self.env["res.company"])
        with ExitStack() as stack:
            for model, name in (
                (order, "_recognize_confirmation"),
                (order, "_fetch_products"),
                (move, "_recognize_posting"),
            ):
                stack.enter_context(patch.object(model, name, lambda self: None))
            core = ResCompany._get_main_company
            stack.enter_context(patch.object(company, "_get_main_company", core))
            yield

    @contextmanager
    def nothing_asked(self):
        """Not even whether a policy is active."""
        Policy = type(self.env["discount.policy"])
        with patch.object(Policy, "_policies", lambda self, company: ()):
            yield

    def test_whole_flow(self):
        """Without branches, as the benchmark: they take two look-ups of their own."""
        Branch = type(self.env["sales.branch"])
        self.startPatcher(patch.object(Branch, "_exist", lambda self, company: False))
        with self.without():
            plain = self.warm()
        inert = self.warm()
        with self.nothing_asked():
            self.assertEqual(inert, self.warm(), "a cached look-up asks nothing")
        self.make_policy(TEN)
        active = self.warm()
        self.assertLessEqual(more(inert, plain), MORE_INERT, (inert, plain))
        self.assertLessEqual(more(active, plain), MORE, (active, plain))
        # of who works under norms
        self.assertGreater(active["confirm"], inert["confirm"])
        for step, limit in (
            ("create", 0),
            ("edit", 0),
            # core reads lines one by one; who is judged has read them together
            ("send", 0),
            ("confirm", MORE_CONFIRMING),
            ("deliver", 0),
            ("invoice", 0),
            ("post", MORE_POSTING),
        ):
            with self.subTest(step):
                self.assertLessEqual(active[step] - inert[step], limit)


def more(ours, theirs):
    """Queries of the flow over another one, but for sending: there we take fewer."""
    return sum(ours[step] - theirs[step] for step in ours if step != "send")
