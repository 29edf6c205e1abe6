from odoo import models

from .bonus_statement import FIXED
from .sales_period_check import WARNS


class SalesPeriod(models.Model):
    """Closing a month computes what it pays; what was locked keeps it closed."""

    # Statements have a file of their own.
    _inherit = "sales.period"  # pylint: disable=consider-merging-classes-inherited

    def _after_close(self):
        result = super()._after_close()
        # done again it changes nothing; what was decided is left alone
        self.env["bonus.statement"]._compute_period(self)
        return result

    def _reopen_blockers(self):
        # sudo: a statement hinders whoever asks; how many, no figures
        count = (
            self.env["bonus.statement"]
            .sudo()
            .search_count([("period_id", "=", self.id), ("state", "in", FIXED)])
        )
        messages = super()._reopen_blockers()
        if count:
            messages.append(
                self.env._(
                    "%(count)s pay statements of %(month)s are approved or paid. "
                    "Withdraw the approval or reverse them first.",
                    count=count,
                    month=self.display_name,
                )
            )
        return messages

    def _closing_checks(self):
        return [
            *super()._closing_checks(),
            self._counted(
                "disputes",
                self.env._("Disputes that nobody has decided"),
                "evaluation.dispute",
                [("period_id", "=", self.id), ("is_open", "=", True)],
                WARNS,
            ),
        ]
