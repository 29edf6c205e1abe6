from odoo import fields, models


class AccountMoveLine(models.Model):
    """Invoice lines of samples that did not come back."""

    # Loans have files of their own.
    _inherit = "account.move.line"  # pylint: disable=consider-merging-classes-inherited

    showroom_loan_line_id = fields.Many2one(
        comodel_name="showroom.loan.line",
        string="Lent Sample",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Also on the credit note, so that neither books the cost of the goods.",
    )

    def _eligible_for_stock_account(self):
        """The cost of a sample was booked when it was cut off, or given up."""
        if self.showroom_loan_line_id:
            return False
        return super()._eligible_for_stock_account()
