from odoo import models

from .bonus_statement import LOCKED


class SalesPeriod(models.Model):
    """Closing a month computes what it pays; what was locked keeps it closed."""

    # Pay has a file of its own.
    _inherit = "sales.period"  # pylint: disable=consider-merging-classes-inherited

    def _after_close(self):
        super()._after_close()
        # done again it changes nothing; what was decided is left alone
        self.env["bonus.statement"]._compute_period(self)

    def _reopen_blockers(self):
        # sudo: a statement hinders whoever asks; how many, no figures
        count = (
            self.env["bonus.statement"]
            .sudo()
            .search_count([("period_id", "=", self.id), ("state", "in", LOCKED)])
        )
        messages = super()._reopen_blockers()
        if count:
            messages.append(
                self.env._(
                    "%(count)s pay statements of %(month)s are locked or paid. "
                    "Reverse them first.",
                    count=count,
                    month=self.display_name,
                )
            )
        return messages

    def _closing_checks(self):
        month = [("period_id", "=", self.id)]
        # sudo: whom no scheme pays, whoever closes the month
        without = self.env["bonus.run"].sudo()._without_scheme(self)
        return [
            *super()._closing_checks(),
            self._counted(
                "disputes",
                self.env._("Disputes that nobody has decided"),
                "evaluation.dispute",
                [*month, ("is_open", "=", True)],
                severity="warns",
            ),
            self._point(
                "schemes",
                self.env._("People whom no pay scheme pays"),
                len(without),
                "res.users",
                [("id", "in", without.ids)],
                severity="warns",
            ),
            self._counted(
                "statements",
                self.env._("Pay statements that are not sent"),
                "bonus.statement",
                [*month, ("state", "in", ("draft", "computed"))],
                severity="warns",
            ),
        ]
