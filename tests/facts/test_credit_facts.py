from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.addons.sales_manager_kpi.engine import allocation

from .common import FactsCommon

cents = st.integers(1, 10**7)


@st.composite
def shares(draw):
    """Basis points of two or three managers that are the whole."""
    cuts = sorted(draw(st.lists(st.integers(1, 9999), min_size=1, max_size=2)))
    edges = [0, *dict.fromkeys(cuts), 10000]
    return [high - low for low, high in zip(edges, edges[1:], strict=False)]


class TestCreditFacts(FactsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.managers = [cls.manager_a, cls.manager_b, cls.director]

    def test_a_third_each_is_the_whole(self):
        thirds = dict(zip(self.managers, [3333, 3333, 3334], strict=True))
        invoice = self.make_document([(self.cloth, 100), (self.thread, 0.02)])
        self.share(invoice, thirds)
        order = self.make_sale([(self.cloth, 100), (self.thread, 0.02)])
        self.share(order, thirds)
        for document in (invoice, order):
            facts = self.facts(document)
            self.assertEqual(
                facts.mapped("amount"), [33.33, 33.33, 33.34, 0.01, 0.0, 0.01]
            )
            self.assertEqual(facts.mapped("share_bp")[:3], [3333, 3333, 3334])
            self.assertEqual(facts.mapped("user_id").ids, [u.id for u in self.managers])
            self.assertAlmostEqual(sum(facts.mapped("quantity")), 2)
            self.assertAlmostEqual(sum(facts.mapped("cost")), 60)
            self.assertEqual(set(facts.mapped("status")), {"counted"})
            self.assertEqual(len(set(facts.ids)), 6)
        self.assert_adds_up()

    def test_invoice_follows_its_shared_order_and_its_credit_note_too(self):
        order = self.make_sale([(self.cloth, 10)])
        self.share(order, {self.manager_a: 6667, self.manager_b: 3333})
        invoice = self.invoice_order(order, "2026-01-15")
        self.assertEqual(self.amounts(invoice), [6.67, 3.33])
        refund = invoice._reverse_moves([{"invoice_date": "2026-02-15"}])
        refund.action_post()
        self.assertEqual(self.amounts(refund), [-6.67, -3.33])
        self.assert_adds_up()

    def mixed_invoice(self):
        """One invoice of an order of A and of an order that A and B share."""
        own = self.make_sale([(self.cloth, 100), (self.discount, -10)])
        shared = self.make_sale([(self.thread, 60)])
        self.share(shared, {self.manager_b: 5000, self.manager_a: 5000})
        invoice = (own | shared)._create_invoices()
        self.assertEqual(len(invoice), 1)
        invoice.invoice_date = "2026-01-15"
        invoice.action_post()
        self.assertEqual(invoice.credit_kind, "by_line")
        return invoice

    def test_lines_of_a_mixed_invoice_follow_their_orders(self):
        invoice = self.mixed_invoice()
        self.assertEqual(
            self.env["sales.fact.report"]._facts_by(
                self.company,
                "2026-01-01",
                "2026-01-31",
                groupby=("user_id", "product_id"),
            ),
            {
                # the discount of the first order touches the second one's line not
                (self.manager_a.id, self.cloth.id): 90.0,
                (self.manager_a.id, self.thread.id): 30.0,
                (self.manager_b.id, self.thread.id): 30.0,
            },
        )
        branches = {fact.user_id: fact.branch_id for fact in self.facts(invoice)}
        self.assertEqual(branches[self.manager_b], self.other_branch)
        self.assert_adds_up()

    def test_line_without_order_on_a_mixed_invoice_is_the_documents(self):
        invoice = self.mixed_invoice()
        self.env.flush_all()
        line = invoice.invoice_line_ids.filtered(
            lambda line: line.product_id == self.thread
        )
        self.env.cr.execute(
            "DELETE FROM sale_order_line_invoice_rel WHERE invoice_line_id = %s",
            [line.id],
        )
        self.env.invalidate_all()
        facts = self.facts(invoice).filtered(lambda f: f.move_line_id == line)
        self.assertEqual(facts.user_id, invoice.credited_user_id)
        self.assertEqual(sum(facts.mapped("amount")), 60)

    def test_shared_document_booked_in_another_month(self):
        invoice = self.make_document([(self.cloth, 100)], date="2026-01-31")
        invoice.button_draft()
        invoice.date = "2026-02-05"
        invoice.action_post()
        self.share(invoice, {self.manager_a: 3333, self.manager_b: 6667})
        moved = self.facts(invoice, reason="other_month")
        self.assertEqual(moved.mapped("amount"), [-33.33, 33.33, -66.67, 66.67])
        self.assertEqual(moved.user_id, self.manager_a | self.manager_b)
        self.assert_adds_up()

    def test_shares_lost_do_not_lose_the_line(self):
        """Kind "shared" without rows cannot be; it would still add up."""
        invoice = self.make_document([(self.cloth, 100)])
        main = (self.manager_a.id, self.branch.id, "shared")
        invoice._store_credit({invoice.id: main})
        self.assertRecordValues(
            self.facts(invoice),
            [{"user_id": self.manager_a.id, "amount": 100.0, "status": "counted"}],
        )

    @settings(
        max_examples=10,
        deadline=None,
        suppress_health_check=[HealthCheck.differing_executors],
        database=None,
        derandomize=True,
    )
    @given(prices=st.lists(cents, min_size=1, max_size=4), off=cents, parts=shares())
    def test_sql_divides_as_the_engine_does(self, prices, off, parts):
        off = min(off, sum(prices))
        invoice = self.make_document(
            [(self.thread, price / 100) for price in prices]
            + [(self.discount, -off / 100)]
        )
        self.share(invoice, dict(zip(self.managers, parts, strict=False)))
        facts = self.facts(invoice)
        spread = allocation.spread(-off, prices)
        self.assertEqual(
            self.in_cents(facts.filtered(lambda f: not f.spread_amount)),
            [p for price in prices for p in allocation.split_credit(price, parts) if p],
        )
        self.assertEqual(
            self.in_cents(facts.filtered("spread_amount")),
            [p for part in spread for p in allocation.split_credit(part, parts) if p],
        )
        self.assertEqual(sum(self.in_cents(facts)), sum(prices) - off)

    def in_cents(self, facts):
        """Amounts other than zero by line and share, in cents."""
        rows = facts.sorted(lambda f: (f.move_line_id.id, f.id))
        return [round(row.amount * 100) for row in rows if row.amount]
