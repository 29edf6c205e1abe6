from odoo import api, fields, models
from odoo.exceptions import ValidationError

MANAGER = "sales_manager_kpi.group_manager"


class EvaluationManualMixin(models.AbstractModel):
    """A figure that no document has: somebody named enters it, with evidence."""

    _name = "evaluation.manual.mixin"
    _description = "Figures Entered by a Reviewer"

    reviewer_role = fields.Selection(
        selection=[
            ("director", "The director of the branch"),
            ("commercial", "The commercial director"),
            ("user", "A named person"),
        ],
        string="Entered By",
        required=True,
        default="director",
        tracking=True,
        help="Nobody enters their own figure: where the director is the one who is "
        "judged, the commercial director does it.",
    )
    reviewer_id = fields.Many2one(
        comodel_name="res.users",
        ondelete="restrict",
        index="btree_not_null",
        tracking=True,
        domain="[('share', '=', False)]",
    )
    needs_attachment = fields.Boolean(
        string="Document Required",
        tracking=True,
        help="Otherwise a note will do as evidence.",
    )

    @api.constrains("measure", "reviewer_role", "reviewer_id")
    def _check_reviewer(self):
        for criterion in self:
            if criterion.measure != "manual" or criterion.reviewer_role != "user":
                continue
            if not criterion.reviewer_id:
                raise ValidationError(
                    self.env._(
                        "Name the person who enters “%s”, or choose a role.",
                        criterion.name,
                    )
                )
            # sudo: the groups of a colleague
            if not criterion.reviewer_id.sudo().has_group(MANAGER):
                raise ValidationError(
                    self.env._(
                        "%(user)s has no role in Sales management and could not enter "
                        "“%(criterion)s”. Give the role first, or name somebody else.",
                        user=criterion.reviewer_id.name,
                        criterion=criterion.name,
                    )
                )

    # ------------------------------------------------------------------
    # The measure
    # ------------------------------------------------------------------

    def _manual_values(self, period, users):
        """``{user id: the last value entered}``, in one query."""
        values = self.env["evaluation.manual.value"].search_fetch(
            [
                ("criterion_id", "=", self.id),
                ("period_id", "=", period.id),
                ("user_id", "in", users.ids),
            ],
            ["user_id", "value"],
            order="id",
        )
        return {value.user_id.id: value for value in values}

    def _measure_manual(self, period, users):
        """What the reviewer entered last, in the unit of the criterion.

        Until it is entered there is no base.
        """
        return {
            user_id: (value.value, None, value.value, 1)
            for user_id, value in self._manual_values(period, users).items()
        }

    def _evidence_manual(self, period, user):
        """The row that the reviewer entered last."""
        return self._evidences_manual(period, user)[user.id]["numerator"]

    def _evidences_manual(self, period, users):
        values = self._manual_values(period, users)
        return {
            user.id: {
                "numerator": (
                    "evaluation.manual.value",
                    [("id", "=", values[user.id].id if user.id in values else 0)],
                )
            }
            for user in users
        }

    def _numerator_manual(self, records):
        return sum(records.mapped("value"))

    # ------------------------------------------------------------------
    # Who enters it
    # ------------------------------------------------------------------

    def _is_reviewer(self, user, branch):
        """Whether the acting user enters this figure for ``user`` of ``branch``.

        For a named reviewer who is judged by it too, the commercial director does.
        """
        self.ensure_one()
        acting = self.env.user
        if acting == user:
            return False
        if self.reviewer_role == "user" and self.reviewer_id != user:
            return acting == self.reviewer_id
        if acting.has_group("sales_manager_kpi.group_commercial_director"):
            return True
        return (
            self.reviewer_role == "director"
            and branch.director_id == acting
            and acting.has_group("sales_manager_kpi.group_branch_director")
        )

    def _reviewers(self, user, branch, company):
        """Who is asked for the figure of ``user``: ``res.users``."""
        self.ensure_one()
        if self.reviewer_role == "user" and self.reviewer_id != user:
            return self.reviewer_id
        Card = self.env["evaluation.scorecard"]
        commercial, admins = Card._company_approvers(company)
        above = (commercial - user) or (admins - user)
        director = branch.director_id
        if self.reviewer_role != "director" or not director or director == user:
            return above
        # as with plans: an absent director's deputy enters no figures
        absent = self.env["sales.substitution"]._absent(director, company)
        return (director | above) if absent[company.id] else director
