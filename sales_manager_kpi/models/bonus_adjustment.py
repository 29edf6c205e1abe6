from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from .bonus_private_mixin import PAY

APPROVE_ACTIVITY = "sales_manager_kpi.mail_activity_type_adjustment"
DOCUMENTS = [
    ("sale.order", "Order"),
    ("account.move", "Invoice"),
    ("customer.claim", "Claim"),
    ("sales.plan", "Plan"),
    ("evaluation.scorecard", "Scorecard"),
    ("evaluation.dispute", "Dispute"),
]
TYPED = {
    *("user_id", "company_id", "amount", "reason_id", "note"),
    *("document", "attachment_ids"),
}


class BonusAdjustment(models.Model):
    """Money that the components do not give: always a row, with reason and evidence.

    Who asks for it does not approve it, and the person does neither. Once approved it
    is paid, or taken back, by the first statement of the person that is not approved.
    """

    _name = "bonus.adjustment"
    _description = "Pay Adjustment"
    _inherit = [
        "steps.only.mixin",
        "sales.export.logged.mixin",
        "bonus.private.mixin",
        "sales.attached.mixin",
    ]
    _number_field = "name"
    _mail_post_access = "read"
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(string="Number", readonly=True, copy=False, default="/")
    state = fields.Selection(
        string="Status",
        selection=[
            ("draft", "Draft"),
            ("requested", "Requested"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Manager",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount = fields.Monetary(
        required=True,
        help="In company currency; negative takes money back.",
    )
    reason_id = fields.Many2one(
        comodel_name="bonus.adjustment.reason",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('company_id', 'in', (False, company_id))]",
        check_company=True,
    )
    note = fields.Text(string="Why", required=True, help="The person reads it.")
    document = fields.Reference(selection=DOCUMENTS)
    attachment_ids = fields.Many2many(
        comodel_name="ir.attachment",
        relation="bonus_adjustment_attachment_rel",
        column1="adjustment_id",
        column2="attachment_id",
        string="Evidence",
        copy=False,
    )
    requested_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False, ondelete="restrict"
    )
    requested_on = fields.Datetime(readonly=True, copy=False)
    decided_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False, ondelete="restrict"
    )
    decided_on = fields.Datetime(readonly=True, copy=False)
    decision_note = fields.Text(
        string="Reason of the Decision", readonly=True, copy=False
    )
    dispute_id = fields.Many2one(
        comodel_name="evaluation.dispute",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    statement_id = fields.Many2one(
        comodel_name="bonus.statement",
        string="Paid By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The statement that it is part of.",
    )
    can_decide = fields.Boolean(compute="_compute_can_decide")

    _amount_given = models.Constraint(
        "CHECK (amount <> 0)", "An adjustment of 0 changes nothing. Give an amount."
    )
    _user_state_idx = models.Index(
        "(company_id, user_id) WHERE state = 'approved' AND statement_id IS NULL"
    )

    @api.depends("state", "user_id", "requested_by_id")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        user = self.env.user
        approver = user.has_group(PAY)
        for row in self:
            row.can_decide = (
                approver and row.state == "requested" and not row._is_own_matter(user)
            )

    def _own_people(self):
        return self.user_id | self.requested_by_id

    @api.model
    def _typed_fields(self):
        return TYPED

    def write(self, vals):
        if not self.env.su and not TYPED.isdisjoint(vals):
            self._check_state("draft")
        result = super().write(vals)
        if "company_id" in vals:
            self.check_access("write")  # also of the company it was moved to
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_requested(self):
        self._check_state("draft")

    # ------------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------------

    def action_request(self):
        """Ask another approver of pay.

        :raise UserError: without evidence, or where nobody else may approve
        """
        self._check_payer()
        self._check_state("draft")
        for row in self:
            if not row.attachment_ids and not row.document:
                raise UserError(
                    self.env._(
                        "%(row)s: attach what shows it, or choose the document.",
                        row=row.name,
                    )
                )
        self._request()
        return True

    def _request(self):
        # sudo: steps are the system's to write; who may was checked
        rows = self.sudo()
        rows.write(
            {
                "state": "requested",
                "requested_by_id": self.env.uid,
                "requested_on": fields.Datetime.now(),
            }
        )
        for row, users in rows._approvers().items():
            for user in users:
                row.activity_schedule(APPROVE_ACTIVITY, user_id=user.id)

    def action_approve(self):
        """Approve what another asked for; the next statement of the person has it.

        :raise AccessError: for who asked, the person, and who stands in for these
        """
        self._decide("approved")
        return True

    def action_reject(self):
        """Ask for the reason, then reject."""
        self._check_state("requested")
        self._check_approver()
        return self.env["bonus.reason"]._ask(self, "reject")

    def _reject(self, reason):
        self._decide("rejected", self._said(reason))

    def _decide(self, state, note=False):
        self.lock_for_update()
        self._check_state("requested")
        self._check_approver()
        # sudo: steps are the system's to write; who may was checked
        rows = self.sudo()
        rows.write(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "decided_on": fields.Datetime.now(),
                "decision_note": note,
            }
        )
        rows.activity_unlink([APPROVE_ACTIVITY])

    def action_cancel(self):
        """Withdraw what is not approved yet."""
        self._check_payer()
        self._check_state("draft", "requested")
        # sudo: steps are the system's to write; who may was checked
        rows = self.sudo()
        rows.write({"state": "cancelled"})
        rows.activity_unlink([APPROVE_ACTIVITY])
        return True

    def _check_payer(self):
        """Whoever asks for it approves pay, and does not ask for themselves."""
        self.check_access("read")
        if not (self.env.su or self.env.user.has_group(PAY)):
            raise AccessError(self.env._("This is for those who approve pay."))
        selves = self.env["sales.substitution"]._selves(self.env.user)
        if self.user_id & selves:
            raise AccessError(
                self.env._(
                    "Nobody asks for an adjustment of their own pay, nor of whom they "
                    "stand in for. Open a dispute on the statement."
                )
            )

    def _check_state(self, *states):
        """
        :raise UserError: for one that is in none of these states
        """
        labels = dict(self._fields["state"]._description_selection(self.env))
        for row in self:
            if row.state not in states:
                raise UserError(
                    self.env._(
                        "%(row)s is: %(state)s. It stays as it is; make another "
                        "adjustment.",
                        row=row.name,
                        state=labels[row.state].lower(),
                    )
                )

    # ------------------------------------------------------------------
    # Into statements
    # ------------------------------------------------------------------

    @api.model
    def _to_settle(self, company, user_ids, statements):
        """Approved ones that these people's statements take up, in sudo.

        Those that are in ``statements`` already, and those that are in none.
        """
        free = Domain("statement_id", "=", False) | Domain(
            "statement_id", "in", statements.ids
        )
        return self.search(
            Domain("company_id", "=", company.id)
            & Domain("user_id", "in", list(user_ids))
            & Domain("state", "=", "approved")
            & free,
            order="id",
        )
