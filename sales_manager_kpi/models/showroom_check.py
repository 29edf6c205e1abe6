from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

OPEN = ("planned", "in_progress")
CLOSED = ("done", "cancelled")
# Typed by whoever keeps the showroom; the rest is written by steps.
PLAN = {"branch_id", "planned_on"}
TYPED = PLAN | {"user_id", "note"}


class ShowroomCheck(models.Model):
    """A round through a showroom: what should be there is looked at, one by one.

    Its steps are in ``showroom_check_flow``, what the phone shows in
    ``showroom_check_screen``. Once finished it stays as it is, with the figures of
    that day.
    """

    _name = "showroom.check"
    _description = "Showroom Check"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _inherit += ["steps.only.mixin", "showroom.kept.mixin"]
    _order = "planned_on desc, id desc"
    _mail_post_access = "read"
    _check_company_auto = True

    branch_id = fields.Many2one(domain="[('has_showroom', '=', True)]")
    state = fields.Selection(
        string="Status",
        selection=[
            ("planned", "Planned"),
            ("in_progress", "In progress"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="planned",
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
        group_expand=True,
    )
    planned_on = fields.Date(
        required=True,
        index=True,
        tracking=True,
        default=fields.Date.context_today,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Keeper",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Is asked to check, and gets the task of what failed. Anybody who works "
        "in the branch may check too.",
    )
    started_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    acting_for_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        copy=False,
        help="For whom the one who started or finished it stood in.",
    )
    started_at = fields.Datetime(string="Started On", readonly=True, copy=False)
    done_by_id = fields.Many2one(
        comodel_name="res.users", string="Finished By", readonly=True, copy=False
    )
    done_at = fields.Datetime(string="Finished On", readonly=True, copy=False)
    done_on = fields.Date(
        string="Day",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="When it was finished, in the time zone of the branch.",
    )
    asked_on = fields.Date(readonly=True, copy=False)
    note = fields.Text(copy=False)
    line_ids = fields.One2many(
        comodel_name="showroom.check.line", inverse_name="check_id", readonly=True
    )

    # What it came to, written once when it is finished.
    completeness = fields.Float(
        readonly=True,
        copy=False,
        digits=(16, 4),
        aggregator="avg",
        help="Products of the norm of which enough samples were there, 0 to 1.",
    )
    completeness_weighted = fields.Float(
        string="Weighted Completeness",
        readonly=True,
        copy=False,
        digits=(16, 4),
        aggregator="avg",
    )
    fresh_share = fields.Float(
        string="Fresh",
        readonly=True,
        copy=False,
        digits=(16, 4),
        aggregator="avg",
        help="Of the samples that were seen, those not stale: neither too old, nor too "
        "worn, nor left unseen for too long before.",
    )
    due_count = fields.Integer(string="Required", readonly=True, copy=False)
    satisfied_count = fields.Integer(readonly=True, copy=False)
    due_weight = fields.Float(readonly=True, copy=False, digits=(16, 2))
    satisfied_weight = fields.Float(readonly=True, copy=False, digits=(16, 2))
    seen_count = fields.Integer(string="Seen", readonly=True, copy=False)
    stale_count = fields.Integer(string="Stale", readonly=True, copy=False)
    missing_count = fields.Integer(
        string="Not Found",
        readonly=True,
        copy=False,
        help="Samples that were not found; without products that had no sample.",
    )
    worn_count = fields.Integer(
        string="Worn or Unfit", readonly=True, copy=False, help="Condition C or D."
    )
    added_count = fields.Integer(
        string="Not Expected",
        readonly=True,
        copy=False,
        help="Samples that came into the check while it was under way.",
    )
    again_count = fields.Integer(
        string="Found Again",
        readonly=True,
        copy=False,
        help="Samples that were thought to be lost.",
    )

    _one_in_progress = models.UniqueIndex(
        "(branch_id) WHERE state = 'in_progress'",
        "A check of this showroom is in progress already. Continue that one.",
    )

    @api.depends("branch_id")
    def _compute_user_id(self):
        for check in self:
            if check.state == "planned":
                branch = check.branch_id
                check.user_id = branch._showroom_keeper() if branch else False

    @api.depends("branch_id", "planned_on", "done_on")
    def _compute_display_name(self):
        for check in self:
            day = check.done_on or check.planned_on
            check.display_name = self.env._(
                "Check of %(branch)s, %(day)s",
                branch=check.branch_id.name or "",
                day=fields.Date.to_string(day) or "",
            )

    @api.constrains("branch_id")
    def _check_branch(self):
        for check in self:
            if not check.branch_id.has_showroom:
                raise ValidationError(
                    self.env._(
                        "%s has no showroom. Turn it on on the branch first.",
                        check.branch_id.display_name,
                    )
                )

    # ------------------------------------------------------------------
    # Writing: a plan, until it is carried out
    # ------------------------------------------------------------------

    def write(self, vals):
        if not self.env.su:
            self._check_open_for(TYPED.intersection(vals))
        result = super().write(vals)
        if "user_id" in vals:
            # sudo: what was asked goes along to the new keeper
            self.sudo()._move_tasks()
        return result

    @api.model
    def _typed_fields(self):
        return TYPED

    def _is_harmless(self, name, value):
        return (not self and (name, value) == ("state", "planned")) or (
            super()._is_harmless(name, value)
        )

    def _check_open_for(self, names):
        """
        :raise UserError: for a check that is over, or the plan of one under way
        """
        for check in self if names else ():
            if check.state in CLOSED:
                raise UserError(check._closed_words())
            if check.state != "planned" and not PLAN.isdisjoint(names):
                raise UserError(
                    self.env._(
                        "%s has been started: its branch and day stay. Cancel it to "
                        "plan another one.",
                        check.display_name,
                    )
                )

    def _closed_words(self):
        if self.state == "cancelled":
            return self.env._(
                "%s was cancelled and stays as it is. Plan another one.",
                self.display_name,
            )
        return self.env._(
            "%s is finished and stays as it is. Start another one to correct what it "
            "says.",
            self.display_name,
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        for check in self:
            if check.state in CLOSED and not self.env.su:
                raise UserError(check._closed_words())
            if check.state == "in_progress":
                raise UserError(
                    self.env._(
                        "%s is in progress. Finish or cancel it.", check.display_name
                    )
                )

    def _check_state(self, *states):
        """
        :raise UserError: for a check that is in none of these states
        """
        for check in self:
            if check.state in states:
                continue
            if check.state in CLOSED:
                raise UserError(check._closed_words())
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(check)s is %(state)s. Reload the page to see who did it.",
                    check=check.display_name,
                    state=labels[check.state].lower(),
                )
            )
