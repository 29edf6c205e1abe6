from datetime import timedelta

from odoo import fields, models


class SalesBranch(models.Model):
    """Loans of a branch: how long they last, and how many are overdue."""

    # Loans have files of their own.
    _inherit = "sales.branch"  # pylint: disable=consider-merging-classes-inherited

    showroom_overdue = fields.Integer(
        string="Overdue Loans", compute="_compute_showroom_overdue"
    )

    def _compute_showroom_overdue(self):
        """In one query."""
        Loan = self.env["showroom.loan"].sudo()  # sudo: figures of the showroom
        domain = Loan._overdue_domain() & fields.Domain("branch_id", "in", self.ids)
        counts = dict(Loan._read_group(domain, ["branch_id"], ["__count"]))
        for branch in self:
            branch.showroom_overdue = counts.get(branch, 0)

    def _loan_due_on(self):
        """The last working day of a loan that begins now, by the settings."""
        self.ensure_one()
        # sudo: a setting of the company
        days = self.sudo().company_id.sales_manager_kpi_loan_days
        # the end of work may be the midnight after it
        return self._local_date(self._hold_end(days=days) - timedelta(seconds=1))

    def action_open_showroom_overdue(self):
        """Open the loans that should have come back."""
        return self._open_showroom(
            "showroom_loan_action", {"search_default_overdue": 1}
        )
