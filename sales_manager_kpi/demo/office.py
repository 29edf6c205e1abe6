"""The back office: invoices every Friday, what the bank brings every Tuesday."""

import random
from datetime import timedelta

from odoo.fields import Command

from .calendar import month_start

CLERK = "noor"
EARLY, LATE = (-6, -3, -1, 0, 0, 1, 2, 4), (12, 18, 25, 33, 47)


class Office:
    """Bills deliveries, collects payments and writes credit notes."""

    def __init__(self, world):
        self.world = world
        self.env = world.acting(CLERK)
        self.random = random.Random(world.seed + 1)

    def bill(self, orders):
        """Invoice what was delivered or returned since the last time, one per order."""
        orders = orders.with_env(self.env)
        moves = orders.filtered(lambda o: o.invoice_status == "to invoice")
        moves = moves._create_invoices(grouped=True, final=True)
        return self.post(moves)

    def post(self, moves):
        """Post, and settle credit notes with the invoice of their order."""
        moves.action_post()
        for refund in moves.filtered(lambda m: m.move_type == "out_refund"):
            self._settle(refund)
        return moves.filtered(lambda m: m.move_type == "out_invoice")

    def _settle(self, refund):
        invoices = refund.line_ids.sale_line_ids.invoice_lines.move_id
        invoices |= refund.reversed_entry_id
        for invoice in invoices.filtered(
            lambda m: (
                m.move_type == "out_invoice"
                and m.state == "posted"
                and m.payment_state in ("not_paid", "partial")
            )
        ):
            line = refund.line_ids.filtered(
                lambda line: (
                    line.account_type == "asset_receivable" and not line.reconciled
                )
            )
            if line:
                invoice.js_assign_outstanding_line(line.id)

    def ask_down_payment(self, order):
        """Thirty per cent before anything is cut."""
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_context(active_model="sale.order", active_ids=order.ids)
            .create({"advance_payment_method": "percentage", "amount": 30})
        )
        return self.post(wizard._create_invoices(order.with_env(self.env)))

    def credit_part(self, invoice, part, reason):
        """A credit note for a ``part`` of the first line of an invoice."""
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"reason": reason, "journal_id": invoice.journal_id.id})
        )
        wizard.reverse_moves()
        refund = wizard.new_move_ids
        first, *others = refund.invoice_line_ids.filtered("product_id")
        refund.write(
            {
                "invoice_line_ids": [
                    Command.update(first.id, {"quantity": first.quantity * part}),
                    *(Command.delete(line.id) for line in others),
                ]
            }
        )
        self.post(refund)

    def credit_by_hand(self, partner, amount, reason):
        """A credit note that knows no order: somebody must say whose it is."""
        refund = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": partner.id,
                "ref": reason,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": reason,
                            "quantity": 1,
                            "price_unit": amount,
                            "tax_ids": [
                                Command.set(self.world.company.account_sale_tax_id.ids)
                            ],
                        }
                    )
                ],
            }
        )
        refund.action_post()

    # Payments ---------------------------------------------------------------------

    def pay_day(self, invoice, pays):
        """When the customer will pay an invoice; None: never."""
        if pays == "stops" and invoice.invoice_date > month_start(self.world.last, -5):
            return None
        if pays == "on time" and self.random.random() < 0.02:
            return None
        delays = EARLY if pays == "on time" else LATE
        return invoice.invoice_date_due + timedelta(days=self.random.choice(delays))

    def collect(self, invoices):
        """Register what came in, one payment per invoice; some pay half."""
        invoices = invoices.filtered(
            lambda m: m.payment_state in ("not_paid", "partial")
        )
        halves = invoices.filtered(lambda m: self.random.random() < 0.03)
        for invoice in halves:
            half = invoice.currency_id.round(invoice.amount_residual / 2)
            self._register(invoice, amount=half)
        for __, batch in (invoices - halves).grouped("currency_id").items():
            self._register(batch)

    def _register(self, invoices, **values):
        Register = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoices.ids
        )
        Register.create({"group_payment": False, **values})._create_payments()
