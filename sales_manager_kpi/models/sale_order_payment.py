from odoo import fields, models


class SaleOrder(models.Model):
    """The schedule of an order: what is due when, and what was promised."""

    # Control has files of its own.
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    payment_due_ids = fields.Many2many(
        comodel_name="account.move.line",
        string="What Is Due",
        compute="_compute_payment_due_ids",
        groups="sales_manager_kpi.group_manager",
    )
    payment_promise_ids = fields.One2many(
        comodel_name="payment.promise",
        inverse_name="order_id",
        string="Promises to Pay",
        copy=False,
        readonly=True,
        groups="sales_manager_kpi.group_manager",
    )

    def _compute_payment_due_ids(self):
        """Instalments of the posted invoices, of those the reader may see."""
        lines = self.env["account.move.line"].search_fetch(
            [
                ("move_id", "in", self.invoice_ids.ids),
                ("display_type", "=", "payment_term"),
                ("parent_state", "=", "posted"),
            ],
            ["move_id"],
            order="date_maturity, id",
        )
        for order in self:
            order.payment_due_ids = lines.filtered(
                lambda line, order=order: line.move_id in order.invoice_ids
            )
