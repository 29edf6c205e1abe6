from odoo import Command
from odoo.tests import tagged

from ..common import SalesManagementCommon
from ..kept import kept


@kept
@tagged("standard", "post_install", "-at_install")
class FactsCommon(SalesManagementCommon):
    """Documents of all kinds, and their facts as plain values."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids |= cls.env.ref("sales_manager_kpi.group_cost")
        cls.customer_b = cls.make_customer("Customer B", cls.manager_b)
        cls.orphan = cls.make_customer("Customer of nobody")
        cls.fabrics = cls.env["product.category"].create({"name": "Fabrics"})
        cls.services = cls.env["product.category"].create({"name": "Services"})
        cls.cloth = cls.make_product("Cloth", cls.fabrics, standard_price=60.0)
        cls.thread = cls.make_product("Thread", cls.fabrics)
        cls.discount = cls.make_product("Discount", cls.services, type="service")
        cls.company.sale_discount_product_id = cls.discount
        # Owners from the first day, so that documents may lie in the past.
        cls.env["customer.assignment"].search([]).date_from = "2020-01-01"
        cls.revenue = cls.company_data["default_account_revenue"]

    @classmethod
    def make_product(cls, name, category, **values):
        return cls.env["product.product"].create(
            {
                "name": name,
                "categ_id": category.id,
                "invoice_policy": "order",
                "taxes_id": [Command.clear()],
                "property_account_income_id": cls.company_data[
                    "default_account_revenue"
                ].id,
                **values,
            }
        )

    @classmethod
    def make_document(cls, lines, move_type="out_invoice", date="2026-01-15", **values):
        """A posted document; each line is ``(product, price)`` or values."""
        move = cls.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": cls.customer.id,
                "invoice_date": date,
                "invoice_line_ids": [
                    Command.create(cls._prepare_line(line)) for line in lines
                ],
                **values,
            }
        )
        move.action_post()
        return move

    @classmethod
    def make_sale(cls, lines, **values):
        """A confirmed order; each line is ``(product, price)`` or values."""
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "order_line": [
                    Command.create(cls._prepare_line(line)) for line in lines
                ],
                **values,
            }
        )
        order.action_confirm()
        return order

    @classmethod
    def _prepare_line(cls, line):
        if isinstance(line, dict):
            return line
        product, price = line
        return {
            "product_id": product.id,
            "price_unit": price,
            "tax_ids": [Command.clear()],
        }

    @classmethod
    def share(cls, document, shares):
        """Divide the credit of ``document``: ``{user: basis points}``."""
        field = "order_id" if document._name == "sale.order" else "move_id"
        branches = cls.env["sales.branch.member"].search([])
        branch_by_user = {member.user_id: member.branch_id for member in branches}
        cls.env["sales.credit"].sudo().create(
            [
                {
                    field: document.id,
                    "user_id": user.id,
                    "branch_id": branch_by_user.get(user, cls.branch).id,
                    "share_bp": share_bp,
                    "sequence": sequence,
                    "reason": "Sold together",
                }
                for sequence, (user, share_bp) in enumerate(shares.items())
            ]
        )
        main = next(iter(shares))
        branch = branch_by_user.get(main, cls.branch)
        document._store_credit({document.id: (main.id, branch.id, "shared")})

    def facts(self, documents, basis=None, **conditions):
        """Facts of ``documents`` (all orders or all moves), oldest row id first."""
        field = "order_id" if documents._name == "sale.order" else "move_id"
        basis = basis or ("order" if field == "order_id" else "invoice")
        domain = [(field, "in", documents.ids), ("basis", "=", basis)]
        domain += [(name, "=", value) for name, value in conditions.items()]
        Fact = self.env["sales.fact.report"]
        Fact.invalidate_model()  # the cache knows nothing of documents that changed
        return Fact.search(domain, order="id")

    def amounts(self, documents, **conditions):
        return self.facts(documents, **conditions).mapped("amount")

    def counted(self, documents, basis=None):
        return round(sum(self.amounts(documents, status="counted", basis=basis)), 2)

    def assert_adds_up(self):
        """Every company and month: the facts are what the ledger says, to the cent."""
        Reconciliation = self.env["sales.reconciliation"].sudo()
        Reconciliation.invalidate_model()
        rows = Reconciliation.search([])
        self.assertTrue(rows)
        for row in rows:
            self.assertEqual(row.difference, 0, row.display_name)
            self.assertEqual(
                round(row.counted + row.unassigned + row.excluded, 2),
                round(row.ledger, 2),
            )
        return {
            row.month.strftime("%Y-%m"): row
            for row in rows
            if row.company_id == self.company
        }
