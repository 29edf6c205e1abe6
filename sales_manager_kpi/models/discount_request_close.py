from odoo import api, fields, models


class DiscountRequest(models.Model):
    """Closes what nobody needs an answer to any more."""

    # The area of discounts has files of its own.
    _inherit = "discount.request"  # pylint: disable=consider-merging-classes-inherited

    @api.model_create_multi
    def create(self, vals_list):
        requests = super().create(vals_list)
        # sudo: kept for the system, whoever asks
        requests.order_id.sudo().discount_requested = True
        return requests

    def _close_unneeded(self, comment):
        """Close these waiting requests, and say why; nobody is asked any more."""
        self._decide("unneeded", comment)
        self._set_state("unneeded")
        self._message_log_batch(bodies=dict.fromkeys(self.ids, comment))


class SaleOrder(models.Model):
    """An order that is confirmed, cancelled or deleted waits for no answer."""

    # The area of discounts has files of its own.
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    discount_requested = fields.Boolean(
        copy=False,
        readonly=True,
        export_string_translation=False,
        # no groups: it is read with the other columns of an order, in their query
        help="Whether approval was ever asked for; read with the order, so that most "
        "orders need not look for requests.",
    )

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") in ("sale", "cancel"):
            for request in self._pending_requests():  # few orders have one, at most
                order = self.browse(request.order_id.id)
                request._close_unneeded(order._unneeded_words())
        return result

    def unlink(self):
        pending = self._pending_requests()
        result = super().unlink()
        if pending:
            pending._close_unneeded(self.env._("The order was deleted."))
        return result

    def _pending_requests(self):
        # sudo: closed by the system, whoever confirms or cancels
        orders = self.sudo().filtered("discount_requested")
        return orders.discount_request_ids.filtered(
            lambda request: request.state == "pending"
        )

    def _unneeded_words(self):
        """Why an order that has left the quotations needs no answer."""
        if self.state == "cancel":
            return self.env._("The order was cancelled.")
        policy = self._discount_policy()
        if not policy:
            return self.env._("The order was confirmed while no norms held for it.")
        judgement = self._judge_once()
        if judgement.verdict.within:
            return self.env._("The order was confirmed within the norms.")
        if self._granting_request(judgement):
            return self.env._("The order was confirmed under another approval.")
        return self.env._("The order was confirmed without an answer.")
