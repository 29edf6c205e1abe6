from odoo.fields import Domain

from .common import FactsCommon


class TestWholeDocuments(FactsCommon):
    """Sums over documents are those of their lines, discounts spread or not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        lines = [(cls.cloth, 100), (cls.thread, 33.33), (cls.discount, -10)]
        cls.order = cls.make_sale(lines)
        cls.shared_order = cls.make_sale(lines)
        thirds = {cls.manager_a: 3333, cls.manager_b: 3333, cls.director: 3334}
        cls.share(cls.shared_order, thirds)
        cls.only_discount = cls.make_sale([(cls.discount, -5)])
        cls.bill = cls.make_document(lines)
        cls.shared_bill = cls.make_document(lines)
        cls.share(cls.shared_bill, thirds)
        cls.refund = cls.make_document(lines[1:], "out_refund")
        cls.Fact = cls.env["sales.fact.report"].sudo()

    def assertSameSums(self, domain, groupby):
        """Without the number of rows, only whole documents are asked."""
        whole = self.Fact._read_group(domain, groupby, ["amount:sum"])
        rows = self.Fact._read_group(domain, groupby, ["amount:sum", "__count"])
        self.assertTrue(rows)
        self.assertEqual(
            {tuple(key): amount for *key, amount in whole},
            {tuple(key): amount for *key, amount, _count in rows},
        )

    def test_by_manager_and_by_customer(self):
        for basis in ("order", "invoice"):
            domain = Domain("basis", "=", basis)
            with self.subTest(basis=basis):
                self.assertSameSums(domain, ["user_id"])
                self.assertSameSums(domain, ["status", "partner_id"])
                counted = domain & Domain("status", "=", "counted")
                self.assertSameSums(counted, ["date:month", "branch_id"])

    def test_a_category_keeps_its_part_of_the_discount(self):
        """Where lines are told apart, in the groups or only in the domain."""
        domain = Domain("basis", "=", "order") & Domain("order_id", "=", self.order.id)
        by_category = self.Fact._read_group(domain, ["categ_id"], ["amount:sum"])
        self.assertEqual(dict(by_category), {self.fabrics: 123.33})
        of_services = domain & Domain("categ_id", "=", self.services.id)
        self.assertFalse(
            self.Fact._read_group(of_services, ["user_id"], ["amount:sum"])
        )

    def test_a_client_cannot_ask_for_it(self):
        """The list of facts shows the spread whatever a client sends along."""
        Fact = self.env["sales.fact.report"].with_context(fact_documents=True)
        facts = Fact.search([("order_id", "=", self.order.id), ("basis", "=", "order")])
        self.assertEqual(facts.product_id, self.cloth | self.thread)
