from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .bonus_private_mixin import PAY
from .sales_plan_states import SYSTEM

COMMERCIAL = "sales_manager_kpi.group_commercial_director"
OPEN = ("open", "info")
DECIDED = ("accepted", "partly", "rejected")
TYPED = {
    *("kind", "description", "claimed_amount", "document", "attachment_ids"),
    *("scorecard_id", "scorecard_line_id", "statement_id", "statement_line_id"),
    "fact_line_id",
}
SOURCES = [
    *("statement_line_id", "statement_id", "scorecard_line_id", "scorecard_id"),
    "fact_line_id",
]


class EvaluationDispute(models.Model):
    """A manager says that a figure of theirs is wrong, and somebody else decides.

    Of a scorecard those decide who judge it; of a statement those who approve pay, and
    nobody else reads it. What is accepted of pay becomes an adjustment that another
    approves. Steps are in ``evaluation_dispute_flow``.
    """

    _name = "evaluation.dispute"
    _description = "Dispute"
    _inherit = [
        "steps.only.mixin",
        "sales.export.logged.mixin",
        "sales.plan.activity.mixin",
        "bonus.private.mixin",
        "sales.attached.mixin",
    ]
    _files_open = OPEN
    _number_field = "name"
    _order = "id desc"
    _mail_post_access = "read"
    _check_company_auto = True

    name = fields.Char(string="Number", readonly=True, copy=False, default="/")
    state = fields.Selection(
        string="Status",
        selection=[
            ("open", "Open"),
            ("info", "More information asked"),
            ("accepted", "Accepted"),
            ("partly", "Accepted in part"),
            ("rejected", "Rejected"),
            ("closed", "Closed"),
        ],
        required=True,
        readonly=True,
        default="open",
        copy=False,
        index=True,
        tracking=True,
    )
    kind = fields.Selection(
        selection=[
            ("missing_deal", "A deal is missing"),
            ("wrong_owner", "Counted for somebody else"),
            ("wrong_amount", "Wrong amount"),
            ("evidence", "Evidence of a criterion"),
            ("other", "Something else"),
        ],
        string="What Is Wrong",
        required=True,
        default="wrong_amount",
    )
    description = fields.Text(required=True, help="What is wrong, and what is right.")
    claimed_amount = fields.Monetary(
        help="What is missing of your pay, in company currency. Only of statements."
    )
    document = fields.Reference(
        selection=[
            ("sale.order", "Order"),
            ("account.move", "Invoice"),
            ("customer.claim", "Claim"),
        ]
    )
    attachment_ids = fields.Many2many(
        comodel_name="ir.attachment",
        relation="evaluation_dispute_attachment_rel",
        column1="dispute_id",
        column2="attachment_id",
        string="Documents",
        copy=False,
    )
    scorecard_id = fields.Many2one(
        comodel_name="evaluation.scorecard",
        index="btree_not_null",
        ondelete="restrict",
    )
    scorecard_line_id = fields.Many2one(
        comodel_name="evaluation.scorecard.line",
        string="Criterion",
        index="btree_not_null",
        ondelete="set null",
        domain="[('scorecard_id', '=', scorecard_id)]",
    )
    statement_id = fields.Many2one(
        comodel_name="bonus.statement",
        index="btree_not_null",
        ondelete="restrict",
    )
    statement_line_id = fields.Many2one(
        comodel_name="bonus.statement.line",
        string="Line of the Statement",
        index="btree_not_null",
        ondelete="set null",
        domain="[('statement_id', '=', statement_id)]",
    )
    fact_line_id = fields.Many2one(
        comodel_name="sales.fact.line",
        string="Deal",
        index="btree_not_null",
        ondelete="set null",
    )
    subject = fields.Char(
        readonly=True, help="The line or criterion, as it was called then."
    )
    line_key = fields.Char(readonly=True, export_string_translation=False)
    is_pay = fields.Boolean(string="Of Pay", readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Manager",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    branch_id = fields.Many2one(
        comodel_name="sales.branch",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    period_id = fields.Many2one(
        comodel_name="sales.period",
        string="Month",
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    date_from = fields.Date(string="Month Begins", readonly=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    opened_at = fields.Datetime(
        string="Opened On",
        required=True,
        readonly=True,
        default=fields.Datetime.now,
        copy=False,
    )
    is_open = fields.Boolean(
        string="Waits for a Decision", compute="_compute_is_open", store=True
    )
    step_ids = fields.One2many(
        comodel_name="evaluation.dispute.step",
        inverse_name="dispute_id",
        string="Steps",
        readonly=True,
    )
    decided_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False, ondelete="restrict"
    )
    decided_at = fields.Datetime(string="Decided On", readonly=True, copy=False)
    is_decided_in_time = fields.Boolean(
        string="Decided in Time", readonly=True, copy=False
    )
    decision_note = fields.Text(
        string="Reason of the Decision", readonly=True, copy=False
    )
    accepted_amount = fields.Monetary(readonly=True, copy=False)
    adjustment_ids = fields.One2many(
        comodel_name="bonus.adjustment",
        inverse_name="dispute_id",
        readonly=True,
        groups="sales_manager_kpi.group_pay",
    )
    can_decide = fields.Boolean(compute="_compute_can")
    can_answer = fields.Boolean(compute="_compute_can")

    _about_something = models.Constraint(
        "CHECK ((statement_id IS NULL) <> (scorecard_id IS NULL))",
        "A dispute is about a statement or about a scorecard.",
    )
    _pay_apart = models.Constraint(
        "CHECK (COALESCE(is_pay, FALSE) = (statement_id IS NOT NULL))",
        "What is about a statement is about pay.",
    )
    _amount_of_pay = models.Constraint(
        "CHECK (is_pay OR COALESCE(claimed_amount, 0) = 0)",
        "An amount is claimed of a statement, not of a scorecard.",
    )

    @api.depends("state")
    def _compute_is_open(self):
        for dispute in self:
            dispute.is_open = dispute.state in OPEN

    @api.depends("state", "user_id", "branch_id")
    @api.depends_context("uid")
    def _compute_can(self):
        user = self.env.user
        for dispute in self:
            dispute.can_answer = dispute.user_id == user and dispute.state in OPEN
            dispute.can_decide = dispute.state in OPEN and dispute._may_decide(user)

    # ------------------------------------------------------------------
    # Who
    # ------------------------------------------------------------------

    def _may_decide(self, user):
        """Whoever judges the branch, or approves pay; never in the own matter."""
        self.ensure_one()
        if self._is_own_matter(user):
            return False
        if self.is_pay:
            return user.has_group(PAY) and self.company_id in user.company_ids
        branch = self.branch_id.sudo()  # sudo: who directs it
        return user.has_group(COMMERCIAL) or bool(
            branch and branch._is_directed_by(user)
        )

    def _may_know(self, user):
        if self.is_pay:
            return super()._may_know(user)
        return user == self.user_id or self._may_decide(user)

    def _deciders(self):
        """``{dispute: users to ask}``."""
        pay = self.filtered("is_pay")
        return {**pay._approvers(), **(self - pay)._get_approvers()}

    # ------------------------------------------------------------------
    # Opening
    # ------------------------------------------------------------------

    @api.model
    def _typed_fields(self):
        return TYPED

    @api.model_create_multi
    def create(self, vals_list):
        self.browse()._refuse_untyped(vals_list)
        # what follows from the source is ours to add
        Dispute = self.with_context(dispute_source=SYSTEM)
        disputes = super(EvaluationDispute, Dispute).create(
            [{**vals, **self._prepare_source(vals)} for vals in vals_list]
        )
        disputes = disputes.with_env(self.env)
        if not self.env.su:
            disputes._check_opening()
        disputes._open()
        return disputes

    def write(self, vals):
        if not self.env.su and not TYPED.isdisjoint(vals):
            if not set(SOURCES).isdisjoint(vals):
                raise UserError(
                    self.env._("What a dispute is about stays. Open another one.")
                )
            for dispute in self:
                if not dispute.can_answer:
                    raise UserError(
                        self.env._(
                            "%s is not yours, or was decided: it stays as it was told.",
                            dispute.name,
                        )
                    )
        return super().write(vals)

    def _refuse_untyped(self, vals_list):
        # an object that no context from outside can hold
        if self.env.context.get("dispute_source") is SYSTEM:
            return None
        return super()._refuse_untyped(vals_list)

    @api.model
    def _prepare_source(self, vals):
        """What follows from the line that is disputed."""
        vals = {**self.default_get(SOURCES), **vals}
        line = self.env["bonus.statement.line"].browse(vals.get("statement_line_id"))
        criterion = self.env["evaluation.scorecard.line"].browse(
            vals.get("scorecard_line_id")
        )
        source = (
            line.statement_id
            or self.env["bonus.statement"].browse(vals.get("statement_id"))
            or criterion.scorecard_id
            or self.env["evaluation.scorecard"].browse(vals.get("scorecard_id"))
        )
        if not source:
            raise UserError(
                self.env._("Open a dispute from a statement or from a scorecard.")
            )
        source.check_access("read")
        is_pay = source._name == "bonus.statement"
        fact = self.env["sales.fact.line"].browse(vals.get("fact_line_id"))
        fact.check_access("read")
        if fact and (not is_pay or not fact._belongs_to(source)):
            raise UserError(
                self.env._("A deal is disputed with the statement that settles it.")
            )
        if not is_pay and vals.get("claimed_amount"):
            raise UserError(
                self.env._("An amount is claimed of a statement, not of a scorecard.")
            )
        return {
            "statement_id": source.id if is_pay else False,
            "statement_line_id": line.id if is_pay else False,
            "scorecard_id": False if is_pay else source.id,
            "scorecard_line_id": False if is_pay else criterion.id,
            "subject": line.label if is_pay else criterion.criterion_id.name,
            "line_key": line.key,
            "is_pay": is_pay,
            "user_id": source.user_id.id,
            "branch_id": source.branch_id.id,
            "period_id": source.period_id.id,
            "date_from": source.date_from,
            "company_id": source.company_id.id,
        }

    def _check_opening(self):
        """
        :raise AccessError: for figures of somebody else
        :raise UserError: where figures are no more, or not yet, to be disputed
        """
        for dispute in self:
            if dispute.user_id != self.env.user:
                raise AccessError(
                    self.env._("Only whom a figure is about disputes it.")
                )
            if dispute.document:
                dispute.document.check_access("read")
            statement = dispute.statement_id
            if statement and not statement.can_dispute:
                raise UserError(
                    self.env._(
                        "%(statement)s is %(state)s. Ask who approves pay for an "
                        "adjustment.",
                        statement=statement.display_name,
                        state=statement._label("state").lower(),
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_opened(self):
        raise UserError(self.env._("Disputes are kept. Close it, with a reason."))

    @api.model
    def _follow_lines(self, statements, lines):
        """Statements were computed again: disputes follow their lines; in sudo.

        :param lines: ``{(statement id, key): line}``
        """
        for dispute in self.search(
            [("statement_id", "in", statements.ids), ("line_key", "!=", False)]
        ):
            line = lines.get((dispute.statement_id.id, dispute.line_key))
            dispute.statement_line_id = line or False
