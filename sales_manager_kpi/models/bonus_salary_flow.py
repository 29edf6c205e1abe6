from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .bonus_salary import FIGURES

STEPS = {"state", "changed_by_id", "approved_by_id"}


class BonusSalary(models.Model):
    """A second person's approval, where the company asks for it.

    What was approved then stays as it is: a change is a new row, from its day on, and
    one that begins on the same day takes its place.
    """

    _inherit = "bonus.salary"  # pylint: disable=consider-merging-classes-inherited

    state = fields.Selection(
        string="Status",
        selection=[
            ("to_approve", "To Approve"),
            ("approved", "In Force"),
            ("replaced", "Replaced"),
        ],
        required=True,
        readonly=True,
        default="approved",
        copy=False,
        index=True,
        tracking=True,
    )
    changed_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Written By",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="Where two people are asked for, somebody else approves it.",
    )
    approved_by_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        copy=False,
        ondelete="restrict",
        tracking=True,
    )
    can_approve = fields.Boolean(compute="_compute_can_approve")
    is_fixed = fields.Boolean(
        compute="_compute_is_fixed", help="Agreed by two people, or replaced."
    )

    _from_uniq = models.UniqueIndex(
        "(user_id, company_id, date_from) WHERE state = 'approved'",
        "There is a salary of this person from this day on. Change that one.",
    )

    @api.depends("state", "changed_by_id", "user_id")
    @api.depends_context("uid")
    def _compute_can_approve(self):
        may_write = self.has_access("write")
        for salary in self:
            salary.can_approve = (
                may_write
                and salary.state == "to_approve"
                and not salary._is_decided_by(self.env.user)
            )

    @api.depends("state", "company_id.sales_manager_kpi_salary_four_eyes")
    def _compute_is_fixed(self):
        for salary in self:
            salary.is_fixed = salary.state == "replaced" or (
                bool(salary._origin)
                and salary.state == "approved"
                and salary._is_for_two()
            )

    # ------------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------------

    def action_approve(self):
        """Let these salaries hold; each ends the one that begins on the same day.

        :raises AccessError: for who wrote it last, for the own one, and for that of
            whom one stands in for
        :raises UserError: where one does not wait, or a locked month would change
        """
        self.check_access("write")
        for salary in self:
            if salary.state != "to_approve":
                raise UserError(
                    self.env._("%s does not wait for approval.", salary.display_name)
                )
            if not self.env.su and salary._is_decided_by(self.env.user):
                raise AccessError(
                    self.env._(
                        "%s: you wrote it yourself, it is yours, or you stand in for "
                        "such a person. Ask another approver of pay.",
                        salary.display_name,
                    )
                )
        with self._locked_months_kept(self.user_id):
            for salary in self:
                salary._same_day("approved")._step({"state": "replaced"})
                salary._step({"state": "approved", "approved_by_id": self.env.uid})

    def _is_decided_by(self, user):
        """Whether ``user`` wrote it, or it is theirs; substitutes included."""
        selves = self.env["sales.substitution"]._selves(user)
        # where one person is enough, it may be who wrote it
        written_by = self.changed_by_id if self._is_for_two() else self.user_id
        return bool((self.user_id | written_by) & selves)

    def _same_day(self, state):
        return self.search(
            [
                ("user_id", "=", self.user_id.id),
                ("company_id", "=", self.company_id.id),
                ("date_from", "=", self.date_from),
                ("state", "=", state),
                ("id", "!=", self.id),
            ]
        )

    def _step(self, vals):
        # sudo: only steps write the status; each was checked
        self.sudo().write(vals)
        self.flush_recordset()  # at no moment two begin on the same day

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_steps(vals)
        state = "approved" if self.env.su else "to_approve"
        written = {"state": state, "changed_by_id": self.env.uid}
        written["approved_by_id"] = False  # nor does a context say so
        salaries = super().create([{**written, **vals} for vals in vals_list])
        alone = salaries.filtered(lambda one: not one._is_for_two())
        with self._locked_months_kept(alone.user_id):
            alone._step({"state": "approved"})
        return salaries

    def write(self, vals):
        self._refuse_steps(vals)
        if FIGURES.isdisjoint(vals) or self.env.su:
            return super().write(vals)
        self._check_open_to_change()
        result = super().write(vals)
        self._check_open_to_change()  # also in the company it was moved to
        self._step({"changed_by_id": self.env.uid})
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approved(self):
        if not self.env.su:
            self._check_open_to_change()

    def _is_for_two(self):
        # sudo: how many people it takes is no secret
        return self.company_id.sudo().sales_manager_kpi_salary_four_eyes

    def _check_open_to_change(self):
        """
        :raise UserError: for what two people have agreed on, and what was replaced
        """
        for salary in self:
            if salary.is_fixed:
                raise UserError(
                    self.env._(
                        "%s was approved and stays. Write a new salary from the day on "
                        "which it changes, or from the same day to replace it; 0 ends "
                        "it.",
                        salary.display_name,
                    )
                )

    @api.model
    def _refuse_steps(self, vals):
        if not self.env.su and not STEPS.isdisjoint(vals):
            raise UserError(self.env._("Use the button of the salary to approve it."))
