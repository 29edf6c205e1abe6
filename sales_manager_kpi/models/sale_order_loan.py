from odoo import fields, models


class SaleOrder(models.Model):
    """Quotations made from a loan."""

    # Loans have files of their own.
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    showroom_loan_id = fields.Many2one(
        comodel_name="showroom.loan",
        string="Loan of Samples",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="sales_manager_kpi.group_manager",
    )
