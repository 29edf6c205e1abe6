from odoo import models
from odoo.exceptions import UserError


class StockMove(models.Model):
    """The payment limit at shipment: only goods that leave for a customer wait.

    Whatever made the move: an order, a copy of one, or a delivery written by hand.
    """

    # Control has files of its own.
    _inherit = "stock.move"  # pylint: disable=consider-merging-classes-inherited

    def _action_done(self, cancel_backorder=False):
        self._check_payment()
        return super()._action_done(cancel_backorder=cancel_backorder)

    def _check_payment(self, is_early=False):
        """
        :param is_early: before it is sure that they leave: nothing is noted yet
        :raise UserError: where goods would leave that are held for payment
        """
        Limit = self.env["payment.limit"]
        for company, moves in self.grouped("company_id").items():
            if not any(limit.at_shipment for limit in Limit._limits(company.id)):
                continue
            leaving = moves.filtered(
                lambda move: (
                    move.state not in ("done", "cancel")
                    and move.location_dest_id.usage == "customer"
                    and move.location_id.usage != "customer"
                )
            )
            if leaving:
                leaving._check_payment_of(company, is_early)

    def _check_payment_of(self, company, is_early):
        # sudo: whose goods they are, and what they owe; only the answer is told
        moves = self.sudo()
        by_customer = moves.grouped(lambda move: move._paying_customer())
        customers = self.env["res.partner"].sudo().union(*by_customer)  # sudo: as above
        problems = self.env["payment.limit"]._problems(
            customers, company, "at_shipment"
        )
        if not problems:
            return
        orders = moves.sale_line_id.order_id
        whole, single = self.env["payment.release"]._released(
            company, customers, orders
        )
        for customer, (limit, why) in problems.items():
            held = by_customer[customer].filtered(
                lambda move: move.sale_line_id.order_id.id not in single
            )
            if held and customer.id not in whole:
                held._stop_or_note(customer, limit, why, is_early)

    def _paying_customer(self):
        """The company that pays for what this move ships; none if nobody is named."""
        partner = self.sale_line_id.order_id.partner_id or self.picking_id.partner_id
        return (partner or self.partner_id).commercial_partner_id

    def _stop_or_note(self, customer, limit, why, is_early):
        if limit.mode == "hold":
            raise UserError(
                self.env._(
                    "%(documents)s: the goods wait for %(customer)s to pay. %(why)s "
                    "Ask the director of the branch for a release.",
                    documents=", ".join(self.picking_id.mapped("name"))
                    or self[0].origin,
                    customer=customer.display_name,
                    why=why,
                )
            )
        for picking in self.picking_id if not is_early else ():
            picking._message_log(
                body=self.env._("Shipped beyond the payment limit: %s", why)
            )


class StockPicking(models.Model):
    # Control has files of its own.
    _inherit = "stock.picking"  # pylint: disable=consider-merging-classes-inherited

    def button_validate(self):
        """Held goods are told of before any question is asked."""
        self.move_ids._check_payment(is_early=True)
        return super().button_validate()
