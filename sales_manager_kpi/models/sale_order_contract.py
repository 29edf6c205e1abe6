from odoo import api, fields, models


class SaleOrder(models.Model):
    """Orders take the contract of their customer, and propose its terms."""

    # The area of contracts has files of its own.
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    sales_contract_id = fields.Many2one(
        comodel_name="sales.contract",
        string="Contract",
        compute="_compute_sales_contract_id",
        store=True,
        index="btree_not_null",
        copy=False,
        help="The frame contract of the customer on the day of the order; a confirmed "
        "order keeps it.",
    )

    @api.depends("partner_id", "company_id", "date_order")
    def _compute_sales_contract_id(self):
        for order in self:
            kept = order.state == "cancel" or (
                order.state == "sale" and order.sales_contract_id
            )
            if not kept:
                row = order._contract_in_force()
                order.sales_contract_id = row and row.id

    def _contract_in_force(self):
        """See ``sales.contract._for_customer``; no query."""
        self.ensure_one()
        return self.env["sales.contract"]._for_customer(
            self.company_id, self.partner_id, self.date_order or fields.Datetime.now()
        )

    # Core proposes these anew whenever the customer is chosen, and so does a contract;
    # neither depends on the contract, which so never overwrites what was typed.
    def _compute_payment_term_id(self):
        result = super()._compute_payment_term_id()
        for order in self:
            row = order.state == "draft" and order._contract_in_force()
            if row and row.payment_term_id:
                order.payment_term_id = row.payment_term_id
        return result

    def _compute_pricelist_id(self):
        result = super()._compute_pricelist_id()
        for order in self:
            row = order.state == "draft" and order._contract_in_force()
            if row and row.pricelist_id:
                order.pricelist_id = row.pricelist_id
        return result
