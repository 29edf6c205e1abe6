from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

WAITING = ("open", "returned")
TYPED = {"subject", "description", "deadline", "attachment_ids"}
GIVEN = {"user_id", "document", "marketing_action_id"}  # once, when it is given


class SalesAssignment(models.Model):
    """A task that the head gives a manager: by when, and what came of it.

    Directors give them to who works in their branch, commercial directors to everybody
    of the company. The assignee reports, the head accepts or returns; nobody accepts
    their own. Steps are in ``sales_assignment_flow``.
    """

    _name = "sales.assignment"
    _description = "Assignment"
    _inherit = [
        "sales.voice.numbered.mixin",
        "sales.attached.mixin",
        "sales.acting.note.mixin",
    ]
    _order = "deadline desc, id desc"
    _check_company_auto = True
    _substitution_scope = "orders"
    _answer_field = "assignment_id"
    _files_open = WAITING

    description = fields.Text()
    attachment_ids = fields.Many2many(
        relation="sales_assignment_attachment_rel",
        column1="assignment_id",
        column2="attachment_id",
    )
    user_id = fields.Many2one(
        string="Assigned To",
        readonly=False,
        default=None,
        copy=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    head_id = fields.Many2one(
        comodel_name="res.users",
        string="From",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
        copy=False,
        index=True,
        ondelete="restrict",
    )
    acting_for_id = fields.Many2one(
        comodel_name="res.users",
        string="Head Stood In For",
        readonly=True,
        copy=False,
        help="The director for whom the head stood in.",
    )
    branch_id = fields.Many2one(help="Where the assignee worked when it was given.")
    deadline = fields.Date(
        required=True,
        index=True,
        tracking=True,
        default=lambda self: self._default_deadline(),
    )
    document = fields.Reference(
        string="About",
        selection=[
            ("res.partner", "Customer"),
            ("crm.lead", "Lead"),
            ("sale.order", "Order"),
        ],
        help="What it is about. The assignee must be able to open it.",
    )
    marketing_action_id = fields.Many2one(
        comodel_name="sales.marketing.action",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    state = fields.Selection(
        string="Status",
        selection=[
            ("open", "Open"),
            ("done", "Reported"),
            ("returned", "Returned"),
            ("accepted", "Accepted"),
            ("withdrawn", "Withdrawn"),
        ],
        required=True,
        readonly=True,
        default="open",
        copy=False,
        index=True,
        tracking=True,
    )
    result = fields.Text(readonly=True, copy=False)
    reported_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False, ondelete="restrict"
    )
    reported_at = fields.Datetime(string="Reported On", readonly=True, copy=False)
    reported_on = fields.Date(
        string="Reported On (day)",
        readonly=True,
        copy=False,
        help="The day in the branch's time zone. Returned and reported again, it is "
        "the last one.",
    )
    is_in_time = fields.Boolean(
        string="In Time",
        compute="_compute_is_in_time",
        store=True,
        help="Reported by the deadline, and not returned since.",
    )
    is_overdue = fields.Boolean(
        string="Overdue", compute="_compute_is_overdue", search="_search_is_overdue"
    )
    overdue_told_for = fields.Date(readonly=True, copy=False)
    judged_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False, ondelete="restrict"
    )
    judged_at = fields.Datetime(string="Judged On", readonly=True, copy=False)
    step_ids = fields.One2many(
        comodel_name="sales.assignment.step",
        inverse_name="document_id",
        string="Steps",
        readonly=True,
    )
    can_report = fields.Boolean(compute="_compute_can")
    can_judge = fields.Boolean(compute="_compute_can")
    can_head = fields.Boolean(compute="_compute_can")

    _reported_with_result = models.Constraint(
        "CHECK (state NOT IN ('done', 'accepted') "
        "OR (result IS NOT NULL AND reported_on IS NOT NULL))",
        "An assignment is done with a result.",
    )
    _assignee_idx = models.Index("(company_id, user_id, deadline)")

    @api.model
    def _default_deadline(self):
        company = self.env.company
        _moment, day = self._day_after(
            company,
            self.env["sales.branch"]._of_user(),
            fields.Datetime.now(),
            # sudo: a setting of the company
            company.sudo().sales_manager_kpi_assignment_days,
        )
        return day

    @api.depends("state", "deadline", "reported_on")
    def _compute_is_in_time(self):
        for row in self:
            row.is_in_time = bool(
                row.state in ("done", "accepted")
                and row.reported_on
                and row.reported_on <= row.deadline
            )

    @api.depends("state", "deadline")
    def _compute_is_overdue(self):
        for row in self:
            row.is_overdue = bool(
                row.state in WAITING and row.deadline and row.deadline < row._today()
            )

    @api.model
    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env["sales.branch"]._company_local_date(self.env.company)
        late = fields.Domain("state", "in", WAITING) & fields.Domain(
            "deadline", "<", today
        )
        return fields.Domain.OR(late if asked else ~late for asked in value)

    @api.depends("state", "user_id", "head_id", "branch_id")
    @api.depends_context("uid")
    def _compute_can(self):
        user = self.env.user
        for row in self:
            known = bool(row.id)
            row.can_report = known and row.state in WAITING and row._may_report(user)
            row.can_head = not known or row._may_head(user)
            row.can_judge = known and row.state == "done" and row._may_judge(user)

    def _today(self):
        branch = self.branch_id.sudo()  # sudo: time zone of a branch
        if branch:
            return branch._local_today()
        return self.env["sales.branch"]._company_local_date(self.company_id)

    # ------------------------------------------------------------------
    # Who
    # ------------------------------------------------------------------

    def _own_people(self):
        return self.user_id | self.reported_by_id

    def _may_report(self, user):
        """The assignee, or who looks after their orders now."""
        self.ensure_one()
        acting = self.env["sales.substitution"]._acting("orders", user)
        theirs = acting.get(self.company_id.id, ())
        return user == self.user_id or self.user_id.id in theirs

    def _may_head(self, user):
        """Whose assignment it is as head: who gave it, directs the branch or more.

        Who gave it while standing in is its head no longer than that.
        """
        gave = user == self.head_id and not self.acting_for_id
        return gave or self._directs(user)

    def _may_judge(self, user):
        """The head, but nobody their own, nor that of whom they stand in for."""
        self.ensure_one()
        row = self.sudo()  # sudo: who may, whoever asks
        return row._may_head(user) and not row._is_own_matter(user)

    # ------------------------------------------------------------------
    # Giving it
    # ------------------------------------------------------------------

    @api.model
    def _typed_fields(self):
        return TYPED | GIVEN

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._place()
        if not self.env.su:
            rows._check_giving()
        rows._check_readable()
        rows._give()
        return rows

    def _place(self):
        """Where the assignees work, and for whom the head gives it."""
        Branch = self.env["sales.branch"]
        for company, rows in self.grouped("company_id").items():
            today = Branch._company_local_date(company)
            homes = Branch._branch_by_user(rows.user_id, company, today)
            for row in rows.sudo():  # sudo: the system's to write
                branch = homes.get(row.user_id.id, Branch)
                row.branch_id = branch
                if branch and not row._is_commercial_of(row.head_id, company):
                    row.acting_for_id = branch._stands_in_for(row.head_id)

    def _check_giving(self):
        """
        :raise AccessError: for who does not direct the assignee, or is the assignee
        :raise UserError: for somebody who does not work in the company
        """
        user = self.env.user
        selves = self.env["sales.substitution"]._selves(user)
        for row in self:
            person = row.sudo().user_id  # sudo: which companies a colleague enters
            if person in selves:
                raise AccessError(
                    self.env._(
                        "Nobody gives assignments to themselves, nor to whom they "
                        "stand in for."
                    )
                )
            if person.share or row.company_id not in person.company_ids:
                raise UserError(
                    self.env._(
                        "%(user)s does not work in %(company)s. Choose somebody else.",
                        user=person.name,
                        company=row.company_id.name,
                    )
                )
            if not row._directs(user):
                raise AccessError(
                    self.env._(
                        "%s does not work in a branch that you direct. Ask the "
                        "commercial director.",
                        person.name,
                    )
                )

    def _check_readable(self):
        """
        :raise UserError: where the assignee could not open what it is about
        """
        if not self.env.su:
            self.marketing_action_id.check_access("read")
        for row in self.filtered("document"):
            if not self.env.su:
                row.document.check_access("read")
            about = row.document.with_user(row.user_id).with_context(
                allowed_company_ids=row.company_id.ids
            )
            if not about.exists() or not about.has_access("read"):
                raise UserError(
                    self.env._(
                        "%(user)s cannot open %(document)s. Choose another document, "
                        "or hand it over first.",
                        # sudo: names, of what the reader was found to read
                        user=row.sudo().user_id.name,
                        document=row.document.display_name,
                    )
                )

    def write(self, vals):
        moved = "deadline" in vals
        if not self.env.su and not (TYPED | GIVEN).isdisjoint(vals):
            self._check_typing(vals)
        result = super().write(vals)
        if moved:
            self._move_deadline()
        return result

    def _check_typing(self, vals):
        if not GIVEN.isdisjoint(vals):
            raise UserError(
                self.env._(
                    "To whom it was given, and what it is about, stays. Withdraw it, "
                    "and give another one."
                )
            )
        for row in self:
            if not row._may_head(self.env.user) or row.user_id == self.env.user:
                raise AccessError(self.env._("Only the head changes what was asked."))
            if row.state not in WAITING:
                raise UserError(
                    self.env._("%s was reported: it stays as it was asked.", row.name)
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_given(self):
        raise UserError(self.env._("Assignments are kept. Withdraw it instead."))
