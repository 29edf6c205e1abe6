from odoo import Command, fields

from ..common import SalesManagementCommon
from ..kept import kept


@kept
class ControlCommon(SalesManagementCommon):
    """A customer of a manager, goods in stock, and a way to pay."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.branch.warehouse_id = cls.warehouse
        cls.goods = cls.env["product.product"].create(
            {
                "name": "Velvet",
                "type": "consu",
                "is_storable": True,
                "invoice_policy": "order",
                "list_price": 100.0,
                "taxes_id": [Command.clear()],
            }
        )
        cls.env["stock.quant"]._update_available_quantity(
            cls.goods, cls.warehouse.lot_stock_id, 1000
        )
        cls.accountant = cls.make_user("accountant", "account.group_account_invoice")
        cls.clerk = cls.make_user("clerk", "stock.group_stock_user")
        cls.today = cls.branch._local_today()  # which begins before that of UTC
        cls.settle()

    @classmethod
    def settle(cls):
        """The end of a call: what was touched is written down."""
        cls.env.cr.flush()

    @classmethod
    def sell(cls, quantity=1, price=100.0, customer=None, confirm=True, **values):
        order = cls.env["sale.order"].create(
            {
                "partner_id": (customer or cls.customer).id,
                "user_id": cls.manager_a.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": cls.goods.id,
                            "product_uom_qty": quantity,
                            "price_unit": price,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
                **values,
            }
        )
        if confirm:
            order.action_confirm()
            cls.settle()
        return order

    @classmethod
    def bill(cls, order, days_late=None):
        """Invoice the order; due so many days ago if given."""
        move = order._create_invoices()
        if days_late is not None:
            day = fields.Date.subtract(cls.today, days=days_late)
            move.write({"invoice_payment_term_id": False, "invoice_date": day})
            move.invoice_date_due = day
        move.action_post()
        cls.settle()
        return move

    @classmethod
    def pay(cls, invoices, amount=None, user=None, **values):
        """Register a payment as the accountant does, and end the call."""
        wizard = (
            cls.env["account.payment.register"]
            .with_user(user or cls.accountant)
            .with_context(active_model="account.move", active_ids=invoices.ids)
            .create({**({"amount": amount} if amount else {}), **values})
        )
        payments = wizard._create_payments()
        cls.settle()
        return payments.sudo()

    @classmethod
    def ship(cls, order, quantity=None, user=None):
        """Validate the open delivery, of ``quantity`` only if given; end the call."""
        picking = order.picking_ids.filtered(
            lambda p: p.state not in ("done", "cancel")
        )
        picking = picking.with_user(user or cls.clerk)
        picking.action_assign()
        for move in picking.move_ids:
            move.quantity = quantity or move.product_uom_qty
            move.picked = True
        picking.with_context(skip_backorder=True).button_validate()
        cls.settle()
        return picking.sudo()

    @classmethod
    def stand_in(cls, principal, deputy, **values):
        """``deputy`` stands in for ``principal`` from now on."""
        row = (
            cls.env["sales.substitution"]
            .with_user(cls.commercial)
            .create(
                {
                    "company_id": cls.company.id,
                    "principal_id": principal.id,
                    "deputy_id": deputy.id,
                    **values,
                }
            )
        )
        row.action_appoint()
        return row.sudo()

    def control(self, order):
        return self.env["sale.order.control"].search([("order_id", "=", order.id)])
