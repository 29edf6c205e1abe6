from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

MONTHS = 3


class SalesProposal(models.Model):
    """What an accepted proposal did to a criterion: months before and months after.

    The mean of the monthly values on scorecards of the branch in which it was proposed,
    of whole months only: those of the author elsewhere say nothing about it. A month of
    the whole branch is the mean of its people. The month in which it was done belongs
    to neither side; until it is done, that of the decision. Without a value there is no
    base. Figures of the branch are for who directs it: from a mean everybody could find
    those of a colleague.
    """

    # The effect has a file of its own.
    _inherit = "sales.proposal"  # pylint: disable=consider-merging-classes-inherited

    criterion_id = fields.Many2one(
        comodel_name="evaluation.criterion",
        index="btree_not_null",
        ondelete="restrict",
        help="What it is to improve. Its values before and after are compared.",
    )
    effect_of = fields.Selection(
        selection=[("author", "The author"), ("branch", "The whole branch")],
        string="Measured On",
        required=True,
        default="author",
    )
    has_before = fields.Boolean(compute="_compute_effect")
    has_after = fields.Boolean(compute="_compute_effect")
    value_before = fields.Float(
        string="Before",
        compute="_compute_effect",
        digits=(16, 4),
        help="Mean of up to three whole months before the one in which it was done, or "
        "else decided.",
    )
    value_after = fields.Float(
        string="After",
        compute="_compute_effect",
        digits=(16, 4),
        help="Mean of up to three whole months after the one in which it was done, or "
        "else decided.",
    )
    value_change = fields.Float(
        string="Change", compute="_compute_effect", digits=(16, 4)
    )
    rows_before = fields.Integer(compute="_compute_effect")
    rows_after = fields.Integer(compute="_compute_effect")

    @api.depends("criterion_id", "effect_of", "decided_on", "done_on", "state")
    @api.depends_context("uid")
    def _compute_effect(self):
        found = self._effects()
        for proposal in self:
            before, after = found.get(proposal, ((), ()))
            proposal.rows_before, proposal.rows_after = len(before), len(after)
            proposal.has_before, proposal.has_after = bool(before), bool(after)
            proposal.value_before = sum(before) / len(before) if before else 0.0
            proposal.value_after = sum(after) / len(after) if after else 0.0
            proposal.value_change = (
                proposal.value_after - proposal.value_before
                if before and after
                else 0.0
            )

    def _effects(self):
        """``{proposal: (values before, values after)}``, in one query for all."""
        shown = self.filtered(
            lambda row: (
                row.criterion_id
                and row.decided_on
                and row.state in ("accepted", "done")
                and row._may_see_effect(self.env.user)
            )
        )
        if not shown:
            return {}
        months = [(row.done_on or row.decided_on).replace(day=1) for row in shown]
        span = relativedelta(months=MONTHS)
        # sudo: figures of the author or the branch, for who may see them; see above
        lines = (
            self.env["evaluation.scorecard.line"]
            .sudo()
            .search_fetch(
                [
                    ("criterion_id", "in", shown.criterion_id.ids),
                    ("scorecard_id.company_id", "in", shown.company_id.ids),
                    ("has_value", "=", True),
                    ("date_from", ">=", min(months) - span),
                    ("date_from", "<=", max(months) + span),
                    ("branch_id", "in", shown.branch_id.ids),
                ],
                ["criterion_id", "user_id", "branch_id", "date_from", "value"],
            )
        )
        lines.scorecard_id.mapped("company_id")
        return {
            row: row._effect_of(lines, month)
            for row, month in zip(shown, months, strict=True)
        }

    def _effect_of(self, lines, month):
        """``(values before, values after)``: one for each whole month."""
        today = self.env["sales.branch"]._company_local_date(self.company_id)
        own = lines.filtered(
            lambda line: (
                line.criterion_id == self.criterion_id
                and line.scorecard_id.company_id == self.company_id
                and line.branch_id == self.branch_id
                and (self.effect_of == "branch" or line.user_id == self.user_id)
                and line.date_from < today.replace(day=1)
                and abs(_months(line.date_from, month)) <= MONTHS
            )
        )
        means = {
            date_from: sum(some.mapped("value")) / len(some)
            for date_from, some in own.grouped("date_from").items()
        }
        before = [value for date_from, value in means.items() if date_from < month]
        after = [value for date_from, value in means.items() if date_from > month]
        return before, after

    def _may_see_effect(self, user):
        if self._directs(user):
            return True
        return self.effect_of == "author" and self.user_id == user


def _months(one, other):
    return (one.year - other.year) * 12 + one.month - other.month
