from datetime import timedelta

from odoo import api, fields, models


class PaymentReleaseAsk(models.TransientModel):
    """Until when, and why, an order may pass the payment limit."""

    _name = "payment.release.ask"
    _description = "Release from the Payment Limit, Asked"
    _inherit = ["sales.asking.mixin"]
    _asked_about = ("order_id",)

    order_id = fields.Many2one(comodel_name="sale.order", required=True)
    partner_id = fields.Many2one(
        related="order_id.partner_id.commercial_partner_id", related_sudo=False
    )
    problem = fields.Char(compute="_compute_problem", string="Why It Waits")
    reason = fields.Char(required=True)
    until_at = fields.Datetime(
        string="Until",
        required=True,
        default=lambda self: fields.Datetime.now() + timedelta(days=7),
    )
    whole_customer = fields.Boolean(
        string="All Orders of the Customer",
        help="Whatever the customer orders or gets until then, not only this order.",
    )

    @api.depends("order_id")
    def _compute_problem(self):
        for wizard in self:
            wizard.problem = wizard.order_id._payment_words()[1]

    def action_confirm(self):
        """Release the order.

        :raise AccessError: for whoever may not
        """
        self.ensure_one()
        self.order_id.release_payment(self.reason, self.until_at, self.whole_customer)
        return {"type": "ir.actions.act_window_close"}
