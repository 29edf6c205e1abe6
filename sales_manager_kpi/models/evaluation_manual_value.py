from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .evaluation_figure import format_figure


class EvaluationManualValue(models.Model):
    """A figure a reviewer entered for a manager and a month, with its evidence.

    Rows are never changed: a correction is a later row, and the last one counts.
    """

    _name = "evaluation.manual.value"
    _inherit = ["sales.month.directors.mixin", "append.only.mixin"]
    _description = "Entered Figure"
    _order = "id desc"
    _check_company_auto = True

    criterion_id = fields.Many2one(
        comodel_name="evaluation.criterion",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('measure', '=', 'manual')]",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Manager",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('share', '=', False), ('id', '!=', uid)]",
    )
    period_id = fields.Many2one(
        comodel_name="sales.period",
        string="Month",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self._default_period(),
        domain="[('company_id', 'in', allowed_company_ids)]",
    )
    company_id = fields.Many2one(
        related="period_id.company_id", store=True, index=True, precompute=True
    )
    branch_id = fields.Many2one(
        comodel_name="sales.branch",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Where the manager worked when the month began.",
    )
    unit = fields.Selection(related="criterion_id.unit")
    currency_id = fields.Many2one(related="company_id.currency_id")
    value = fields.Float(digits=(16, 6), aggregator=None)
    value_display = fields.Char(string="Figure", compute="_compute_value_display")
    note = fields.Text(help="What the figure rests on; the manager reads it.")
    attachment_ids = fields.Many2many(
        comodel_name="ir.attachment",
        relation="evaluation_manual_value_attachment_rel",
        column1="value_id",
        column2="attachment_id",
        string="Documents",
        bypass_search_access=True,
    )
    reviewer_id = fields.Many2one(
        comodel_name="res.users",
        string="Entered By",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    entered_on = fields.Datetime(
        required=True, readonly=True, default=lambda self: fields.Datetime.now()
    )

    _criterion_period_idx = models.Index("(criterion_id, period_id, user_id)")

    @api.model
    def _default_period(self):
        """The month that ended last is the one to judge."""
        company = self.env.company
        today = self.env["sales.branch"]._company_local_date(company)
        return self.env["sales.period"]._for_date(
            company, fields.Date.subtract(today, months=1)
        )

    @api.depends("criterion_id", "user_id", "period_id")
    def _compute_display_name(self):
        for value in self:
            names = (
                value.criterion_id.name,
                value.user_id.name,
                value.period_id.display_name,
            )
            value.display_name = " · ".join(filter(None, names))

    @api.depends("value", "unit", "currency_id")
    @api.depends_context("lang")
    def _compute_value_display(self):
        for row in self:
            row.value_display = format_figure(
                row.env, row.value, row.unit, row.currency_id
            )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals.update(reviewer_id=self.env.uid, entered_on=fields.Datetime.now())
            vals.pop("branch_id", None)
        values = super().create(vals_list)
        values._set_branch()
        values._check_allowed()
        values._check_evidence()
        values._keep_attachments()
        values._judge_again()
        return values

    @api.model
    def _may_append(self):
        return True

    @api.model
    def _may_remove(self):
        return False

    @api.model
    def _refusal(self):
        return UserError(
            self.env._(
                "What was entered stays as evidence. Enter the right figure; the last "
                "one counts."
            )
        )

    def _set_branch(self):
        Run = self.env["evaluation.run"]
        for period, values in self.grouped("period_id").items():
            members = Run._members(period, values.user_id)
            for user, of_user in values.grouped("user_id").items():
                # sudo: the branch follows from the membership, nobody types it
                of_user.sudo().branch_id = members.get(user.id)

    def _check_allowed(self):
        agreed = self._agreed()
        for value in self:
            value._check_subject()
            if (value.user_id, value.period_id) in agreed:
                raise UserError(
                    self.env._(
                        "The scorecard of %(user)s for %(month)s is agreed. Ask the "
                        "commercial director to reopen it first.",
                        user=value.user_id.name,
                        month=value.period_id.display_name,
                    )
                )

    def _check_subject(self):
        """The right kind of criterion, for a manager of a branch, by the reviewer."""
        if self.criterion_id.measure != "manual":
            raise UserError(
                self.env._(
                    "“%s” is measured from documents and cannot be entered.",
                    self.criterion_id.name,
                )
            )
        if not self.branch_id:
            raise UserError(
                self.env._(
                    "%(user)s was in no branch in %(month)s. Choose another manager or "
                    "month.",
                    user=self.user_id.name,
                    month=self.period_id.display_name,
                )
            )
        if not self.env.su and not self.criterion_id._is_reviewer(
            self.user_id, self.branch_id
        ):
            raise AccessError(
                self.env._(
                    "You do not enter “%(criterion)s” for %(user)s; ask %(reviewers)s.",
                    criterion=self.criterion_id.name,
                    user=self.user_id.name,
                    reviewers=self._reviewer_names() or self.env._("nobody yet"),
                )
            )

    def _reviewer_names(self):
        # sudo: whom to ask is no secret
        reviewers = self.criterion_id.sudo()._reviewers(
            self.user_id, self.branch_id.sudo(), self.company_id
        )
        # sudo: as above
        return ", ".join(reviewers.sudo().mapped("name"))

    def _check_evidence(self):
        for value in self:
            if value.attachment_ids:
                continue
            if value.criterion_id.needs_attachment:
                raise UserError(
                    self.env._(
                        "Attach the document that shows this figure of %(user)s for "
                        "“%(criterion)s”.",
                        user=value.user_id.name,
                        criterion=value.criterion_id.name,
                    )
                )
            if not (value.note or "").strip():
                raise UserError(
                    self.env._(
                        "Say in the note what this figure of %(user)s for "
                        "“%(criterion)s” rests on, or attach a document.",
                        user=value.user_id.name,
                        criterion=value.criterion_id.name,
                    )
                )

    def _keep_attachments(self):
        """Documents belong to the row from now on: who reads it, reads them."""
        for value in self:
            # sudo: where an attachment belongs is read before it is the row's
            attachments = value.attachment_ids.sudo()
            for attachment in attachments:
                if not self.env.su and (
                    attachment.create_uid != self.env.user
                    or attachment.res_id
                    or attachment.res_model not in (False, self._name)
                ):
                    raise AccessError(
                        self.env._(
                            "Upload the document here; one that belongs to something "
                            "else cannot be used."
                        )
                    )
            attachments.write({"res_model": self._name, "res_id": value.id})

    def _agreed(self):
        """``{(user, period)}`` whose scorecard stands."""
        # sudo: the reviewer need not read the scorecard, only that it stands
        cards = (
            self.env["evaluation.scorecard"]
            .sudo()
            .search(
                [
                    ("user_id", "in", self.user_id.ids),
                    ("period_id", "in", self.period_id.ids),
                    ("state", "=", "agreed"),
                ]
            )
        )
        return {(card.user_id, card.period_id) for card in cards.sudo(False)}

    def _judge_again(self):
        for period, values in self.grouped("period_id").items():
            self.env["evaluation.scorecard"]._compute_period(period, values.user_id)
            values.criterion_id._close_reminders(period)
