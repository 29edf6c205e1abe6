from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .sales_my_day import source
from .showroom_check import OPEN as CHECKS
from .showroom_check_flow import CHECK_ACTIVITY
from .showroom_loan import OPEN as LOANS
from .showroom_loan_remind import DUE_ACTIVITY


class SalesMyDay(models.AbstractModel):
    """Samples to look at, and loans that are due back."""

    # The showroom has files of its own.
    _inherit = "sales.my.day"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _sources(self):
        return {
            **super()._sources(),
            "samples": source(
                self.env._("Samples to check"), "showroom.check", "fa-eye"
            ),
            "loans": source(
                self.env._("Loans due back"), "showroom.loan", "fa-exchange"
            ),
        }

    @api.model
    def _actions(self):
        return {
            **super()._actions(),
            "check": {"name": self.env._("Check"), "icon": "fa-eye"},
            "take_back": {"name": self.env._("Take back"), "icon": "fa-sign-in"},
        }

    @api.model
    def _asking_types(self):
        return [*super()._asking_types(), CHECK_ACTIVITY, DUE_ACTIVITY]

    def _wanted_samples(self, day):
        return self.env["showroom.check"], self._if_role(
            "manager",
            self._mine("user_id")
            & Domain("state", "in", CHECKS)
            & self._until("planned_on", day),
        )

    def _items_samples(self, day):
        """Rounds through the showroom that the reader keeps."""
        names = ["branch_id", "user_id", "planned_on", "state"]
        checks = self._wanted("samples", day, names, order="planned_on, id")
        return [
            self._item(
                "samples",
                check,
                self.env._("Showroom check"),
                detail=check.branch_id.name,
                due=check.planned_on,
                for_id=self._for(check.user_id),
                actions=["check", "plan", "later", "open"],
            )
            for check in checks
        ]

    def _wanted_loans(self, day):
        return self.env["showroom.loan"], self._if_role(
            "manager",
            self._mine("user_id")
            & Domain("state", "in", LOANS)
            & self._until("due_on", day),
        )

    def _items_loans(self, day):
        """Samples that customers give back by the day."""
        names = ["name", "partner_id", "user_id", "due_on", "line_ids"]
        loans = self._wanted("loans", day, names, order="due_on, id")
        return [
            self._item(
                "loans",
                loan,
                self.env._("Samples due back"),
                detail=self.env._(
                    "%(number)s, %(count)s out",
                    number=loan.name,
                    count=loan.out_count,
                ),
                partner_id=loan.partner_id.id,
                due=loan.due_on,
                for_id=self._for(loan.user_id),
                actions=["take_back", "log_contact", "plan", "later", "open"],
            )
            for loan in loans
        ]

    def _act_check(self, record, values):
        """Begin the round, or go on with it."""
        if record.state == "planned":
            return record.action_start()
        if record.state != "in_progress":
            raise UserError(self.env._("This check is over. Reload the page."))
        return record.action_open()

    def _act_take_back(self, record, values):
        """Open the list of what comes back."""
        return record.action_return()
