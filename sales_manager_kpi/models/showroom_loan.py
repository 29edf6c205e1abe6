from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

OPEN = ("out", "part_returned")
# Typed until it is lent, typed always; the rest is written by steps.
ASKED = {"branch_id", "partner_id"}
KEPT = {"due_on", "remind_customer", "deposit_amount", "note", "line_ids"}


class ShowroomLoan(models.Model):
    """Samples that a customer has until a day, and what came back of them.

    Its state follows its lines, which change by steps (see ``showroom_loan_flow``).
    Whether it is overdue is never kept: it is asked of the day.
    """

    _name = "showroom.loan"
    _description = "Loan of Samples"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _inherit += ["steps.only.mixin", "showroom.kept.mixin"]
    _number_field = "name"
    _order = "id desc"
    _mail_post_access = "read"
    _check_company_auto = True

    name = fields.Char(readonly=True, copy=False, default="/")
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id",
        string="Company of the Customer",
        store=True,
        index=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Manager",
        required=True,
        index=True,
        copy=False,
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        default=lambda self: self.env.user,
        help="Who lent the samples and sees to it that they come back. A director may "
        "choose somebody else.",
    )
    acting_for_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="For whom the manager stood in when the samples were lent.",
    )
    state = fields.Selection(
        string="Status",
        selection=[
            ("draft", "Draft"),
            ("out", "With the customer"),
            ("part_returned", "Back in part"),
            ("returned", "Back"),
            ("lost", "Not all back"),
            ("charged", "Charged"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
        group_expand=True,
    )
    out_at = fields.Datetime(string="Lent On", readonly=True, copy=False)
    out_on = fields.Date(
        string="Lent On (day)",
        readonly=True,
        copy=False,
        help="The day in the branch's time zone.",
    )
    due_on = fields.Date(
        string="Due Back",
        compute="_compute_due_on",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        index=True,
        tracking=True,
        help="By default after so many working days of the branch, see the settings.",
    )
    agreed_due_on = fields.Date(
        string="Due Back, as Agreed in Time",
        readonly=True,
        copy=False,
        help="A later day counts where it was agreed before the samples were overdue.",
    )
    is_overdue = fields.Boolean(
        string="Overdue", compute="_compute_is_overdue", search="_search_is_overdue"
    )
    remind_customer = fields.Boolean(
        help="The customer gets a mail on the day the samples are due back."
    )
    reminded_for = fields.Date(
        readonly=True, copy=False, help="The due day that was reminded of."
    )
    line_ids = fields.One2many(
        comodel_name="showroom.loan.line",
        inverse_name="loan_id",
        string="Samples",
        copy=False,
    )
    line_count = fields.Integer(string="Lent", compute="_compute_counts")
    out_count = fields.Integer(string="Still Out", compute="_compute_counts")
    to_charge_count = fields.Integer(string="To Charge", compute="_compute_counts")
    converted_count = fields.Integer(string="Ordered", compute="_compute_counts")
    currency_id = fields.Many2one(related="company_id.currency_id")
    deposit_amount = fields.Monetary(
        string="Deposit",
        copy=False,
        tracking=True,
        help="Noted here; the money itself is booked by accounting.",
    )
    deposit_received_on = fields.Date(readonly=True, copy=False, tracking=True)
    deposit_received_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False
    )
    deposit_returned_on = fields.Date(
        string="Deposit Given Back On", readonly=True, copy=False, tracking=True
    )
    deposit_returned_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Deposit Given Back By",
        readonly=True,
        copy=False,
    )
    invoice_count = fields.Integer(string="Invoices", compute="_compute_invoice_count")
    quotation_count = fields.Integer(
        string="Quotations", compute="_compute_quotation_count"
    )
    note = fields.Text()

    _deposit_not_negative = models.Constraint(
        "CHECK (deposit_amount >= 0)", "A deposit is 0 or more."
    )
    _open_due_idx = models.Index(
        "(branch_id, due_on) WHERE state IN ('out', 'part_returned')"
    )

    # ------------------------------------------------------------------
    # Computed
    # ------------------------------------------------------------------

    @api.depends("branch_id")
    def _compute_due_on(self):
        for loan in self:
            draft = loan.state in ("draft", False)
            loan.due_on = (
                loan.branch_id._loan_due_on()
                if draft and loan.branch_id
                else loan.due_on
            )

    @api.depends("state", "due_on")
    def _compute_is_overdue(self):
        today = fields.Date.context_today(self)
        for loan in self:
            loan.is_overdue = bool(
                loan.state in OPEN and loan.due_on and loan.due_on < today
            )

    @api.model
    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = self._overdue_domain()
        return Domain.OR(late if asked else ~late for asked in value)

    @api.model
    def _overdue_domain(self):
        """Loans that should have come back before today."""
        today = fields.Date.context_today(self)
        return Domain("state", "in", OPEN) & Domain("due_on", "<", today)

    @api.depends("line_ids.state", "line_ids.is_converted")
    def _compute_counts(self):
        for loan in self:
            lines = loan.line_ids
            loan.line_count = len(lines)
            loan.out_count = len(lines.filtered(lambda line: line.state == "out"))
            loan.to_charge_count = len(lines._to_charge())
            loan.converted_count = len(lines.filtered("is_converted"))

    @api.depends("line_ids.invoice_id")
    def _compute_invoice_count(self):
        for loan in self:
            loan.invoice_count = len(loan.line_ids.invoice_id)

    def _compute_quotation_count(self):
        counts = dict(
            self.env["sale.order"]._read_group(
                [("showroom_loan_id", "in", self.ids)],
                ["showroom_loan_id"],
                ["__count"],
            )
        )
        for loan in self:
            loan.quotation_count = counts.get(loan, 0)

    @api.constrains("due_on", "out_on")
    def _check_due_on(self):
        for loan in self:
            if loan.out_on and (not loan.due_on or loan.due_on < loan.out_on):
                raise ValidationError(
                    self.env._(
                        "%s is due back on or after the day it was lent. Choose a "
                        "later day.",
                        loan.name,
                    )
                )

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    def write(self, vals):
        if not self.env.su and not ASKED.isdisjoint(vals):
            self._check_state("draft")
        if not self.env.su and "deposit_amount" in vals:
            self._check_deposit_open()
        result = super().write(vals)
        if "due_on" in vals:
            self._follow_due_on()
        if "user_id" in vals:
            self._pass_reminder()
        return result

    def _check_deposit_open(self):
        """
        :raise UserError: for a deposit that was received already
        """
        for loan in self.filtered("deposit_received_on"):
            raise UserError(
                self.env._(
                    "The deposit of %s was received already and stays as it was.",
                    loan.name,
                )
            )

    def _follow_due_on(self):
        """Another day was agreed: in time it counts, later it is only reminded of."""
        lent = self.filtered(lambda loan: loan.state in OPEN)
        for loan in lent.sudo():  # sudo: what was agreed is the system's to write
            if loan.branch_id._local_today() <= loan.agreed_due_on:
                loan.agreed_due_on = loan.due_on
        lent._forget_reminder()

    @api.model
    def _typed_fields(self):
        return ASKED | KEPT

    def _is_harmless(self, name, value):
        """Also another manager, where a director decides so."""
        if self and name == "user_id":
            return self._may_reassign()
        return super()._is_harmless(name, value)

    def _may_reassign(self):
        """Whether the current user directs all these branches, or the company."""
        user = self.env.user
        return user.has_group("sales_manager_kpi.group_commercial_director") or all(
            branch._is_directed_by(user) for branch in self.branch_id
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_lent(self):
        if any(loan.state != "draft" for loan in self):
            raise ValidationError(
                self.env._("Loans that were made are kept. Take the samples back.")
            )

    # ------------------------------------------------------------------
    # Where it stands
    # ------------------------------------------------------------------

    def _state_by_lines(self):
        """Where it stands by what came back, once it was lent."""
        self.ensure_one()
        states = set(self.line_ids.mapped("state"))
        if "out" in states:
            return "out" if states == {"out"} else "part_returned"
        return next((s for s in ("lost", "charged") if s in states), "returned")

    def _follow_lines(self):
        """Keep where these loans stand; in sudo."""
        for loan in self:
            state = loan._state_by_lines()
            if state != loan.state:
                loan.state = state
        self.filtered(lambda loan: loan.state not in OPEN)._forget_reminder()
