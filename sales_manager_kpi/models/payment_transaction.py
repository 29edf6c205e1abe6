from odoo import models


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _check_amount_and_confirm_order(self):
        """Leave orders that need approval as they are, and tell the salesperson.

        Money was taken already: nothing may fail here.
        """
        waiting = self.filtered(lambda tx: tx._pays_unapproved())
        waiting.sale_order_ids._tell_waiting()
        rest = self - waiting
        return super(PaymentTransaction, rest)._check_amount_and_confirm_order()

    def _pays_unapproved(self):
        """Whether core would confirm an order now that needs a yes."""
        order = self.sale_order_ids
        return (
            len(order) == 1
            and order._waits_for_discount()
            and order._is_confirmation_amount_reached()
        )
