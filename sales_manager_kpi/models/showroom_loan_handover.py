from odoo import api, fields, models

from .showroom_loan import OPEN


class SalesHandoverItem(models.Model):
    """Loans on the list of what passes to somebody else."""

    # The area of the showroom has files of its own.
    _inherit = "sales.handover.item"  # pylint: disable=consider-merging-classes-inherited

    kind = fields.Selection(
        selection_add=[("loan", "Loan of samples"), ("other",)],
        ondelete={"loan": "cascade"},
    )


class SalesHandoverSources(models.AbstractModel):
    """Samples that are with customers."""

    # The area of the showroom has files of its own.
    _inherit = "sales.handover.sources"  # pylint: disable=consider-merging-classes-inherited

    def _handover_sources(self):
        return {**super()._handover_sources(), "loan": self._handover_loans}

    def _handover_loans(self):
        pairs = self._handover_open(
            "showroom.loan",
            [("state", "in", OPEN)],
            "orders",
            ["user_id"],
            "commercial_partner_id",
            "company_id",
        )
        return [
            one._handover_vals(
                "loan",
                loan,
                partner_id=loan.partner_id.id,
                date_due=loan.due_on,
                status_start=loan._handover_status(one._handover_today()),
            )
            for one, loan in pairs
        ]


class SalesHandoverStatus(models.AbstractModel):
    """How loans stand that were handed over."""

    # The area of the showroom has files of its own.
    _inherit = "sales.handover.status"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _selection_status(self):
        return [
            *super()._selection_status(),
            ("loan_out", self.env._("With the customer")),
            ("loan_part", self.env._("Back in part")),
            ("loan_back", self.env._("Back")),
            ("loan_lost", self.env._("Not all back")),
            ("loan_charged", self.env._("Charged")),
        ]

    @api.model
    def _done_statuses(self):
        return super()._done_statuses() | {"loan_back", "loan_lost", "loan_charged"}

    @api.model
    def _status_methods(self):
        return {**super()._status_methods(), "loan": self._status_loans}

    @api.model
    def _status_loans(self, items):
        today = fields.Date.context_today(self)
        return {
            loan.id: (loan._handover_status(today), "")
            for loan in self._documents(items)
        }


class ShowroomLoan(models.Model):
    """How a loan stands, in the words of a handover."""

    # What passes has a file of its own.
    _inherit = "showroom.loan"  # pylint: disable=consider-merging-classes-inherited

    def _handover_status(self, today):
        self.ensure_one()
        if self.state in OPEN and self.due_on < today:
            return "overdue"
        return {
            "draft": "draft",
            "out": "loan_out",
            "part_returned": "loan_part",
            "lost": "loan_lost",
            "charged": "loan_charged",
        }.get(self.state, "loan_back")
