from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from .supply_department import COMMERCIAL

WAITING = ("submitted", "in_review")
CLOSED = ("done", "cancelled")
# What is asked, by who asks; the rest is written by the system.
ASKED = {
    "kind",
    "branch_id",
    "department_id",
    "company_id",
    "partner_id",
    "order_id",
    "need_by",
    "note",
    "tell_customer",
    "history_weeks",
    "lead_days",
    "cover_days",
}
FREE = {"line_ids"}


class SupplyRequest(models.Model):
    """A branch asks a department for goods, and somebody answers line by line.

    What was asked stays as it was from submitting on; answers are on the lines and
    decisions are rows of their own. See ``supply.request.flow`` for the steps.
    """

    _name = "supply.request"
    _description = "Supply Request"
    _inherit = [
        "supply.request.authority",
        "steps.only.mixin",
        "sales.substituted.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _substitution_scope = "orders"
    _mail_post_access = "read"
    _number_field = "name"
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(readonly=True, copy=False, default="/")
    kind = fields.Selection(
        selection=[
            ("shortage", "Shortage"),
            ("stocking", "Stocking of the branch"),
            ("sample", "Samples"),
        ],
        required=True,
        default="stocking",
        index=True,
    )
    state = fields.Selection(
        string="Status",
        selection=[
            ("draft", "Draft"),
            ("to_approve", "Director to approve"),
            ("submitted", "To answer"),
            ("in_review", "In review"),
            ("answered", "Answered"),
            ("in_progress", "On the way"),
            ("done", "Done"),
            ("cancelled", "Withdrawn"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
        group_expand=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    branch_id = fields.Many2one(
        comodel_name="sales.branch",
        required=True,
        index=True,
        check_company=True,
        default=lambda self: self.env["sales.branch"]._of_user(),
    )
    department_id = fields.Many2one(
        comodel_name="supply.department",
        index=True,
        check_company=True,
        compute="_compute_department_id",
        store=True,
        readonly=False,
        precompute=True,
        help="Who is asked. By default who answers for the branch.",
    )
    supervisor_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Who supervised the department when it was asked.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Asked By",
        required=True,
        index=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    acting_for_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        copy=False,
        help="For whom the person who asked stood in.",
    )
    order_id = fields.Many2one(
        comodel_name="sale.order",
        index="btree_not_null",
        check_company=True,
        help="The order that lacks the goods.",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        check_company=True,
    )
    tell_customer = fields.Boolean(
        help="The customer gets a mail when a promised date moves."
    )
    need_by = fields.Date(
        string="Needed By", index="btree_not_null", help="When the goods are wanted."
    )
    note = fields.Text(
        string="Local Conditions",
        help="What the department should know: an event, a competitor, the weather.",
    )
    line_ids = fields.One2many(
        comodel_name="supply.request.line", inverse_name="request_id", copy=True
    )
    decision_ids = fields.One2many(
        comodel_name="supply.decision", inverse_name="request_id", readonly=True
    )
    reference_id = fields.Many2one(
        comodel_name="stock.reference", readonly=True, copy=False, ondelete="set null"
    )
    submitted_at = fields.Datetime(string="Asked On", readonly=True, copy=False)
    due_at = fields.Datetime(
        string="Answer Due", readonly=True, copy=False, index="btree_not_null"
    )
    due_date = fields.Date(
        string="Answer Due (day)",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The day in the department's time zone.",
    )
    answered_at = fields.Datetime(string="Answered On", readonly=True, copy=False)
    is_answered_in_time = fields.Boolean(
        string="Answered in Time", readonly=True, copy=False
    )
    escalated_at = fields.Datetime(readonly=True, copy=False)
    done_at = fields.Datetime(string="Done On", readonly=True, copy=False)
    is_overdue = fields.Boolean(
        string="Overdue",
        compute="_compute_is_overdue",
        search="_search_is_overdue",
        help="The answer is late.",
    )
    line_count = fields.Integer(
        string="Lines", compute="_compute_counts", compute_sudo=True
    )
    error_count = fields.Integer(
        string="Not Ordered", compute="_compute_counts", compute_sudo=True
    )

    _state_due_idx = models.Index("(due_at) WHERE state IN ('submitted', 'in_review')")

    # ------------------------------------------------------------------
    # Computed
    # ------------------------------------------------------------------

    @api.depends("branch_id")
    def _compute_department_id(self):
        Department = self.env["supply.department"]
        for request in self:
            if request.branch_id and request.state == "draft":
                answering = Department._answering(request.branch_id)
                if request.department_id not in answering:
                    request.department_id = answering[:1]

    @api.depends("order_id")
    def _compute_partner_id(self):
        for request in self:
            order = request.order_id.sudo()  # sudo: the customer's name alone
            if order:
                request.partner_id = order.partner_id.commercial_partner_id

    @api.depends("state", "due_at")
    def _compute_is_overdue(self):
        now = fields.Datetime.now()
        for request in self:
            request.is_overdue = bool(
                request.state in WAITING and request.due_at and request.due_at < now
            )

    @api.model
    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = Domain("state", "in", WAITING) & Domain(
            "due_at", "<", fields.Datetime.now()
        )
        return Domain.OR(late if asked else ~late for asked in value)

    @api.depends("line_ids.error")
    def _compute_counts(self):
        for request in self:
            request.line_count = len(request.line_ids)
            request.error_count = len(request.line_ids.filtered("error"))

    def copy_data(self, default=None):
        """A copy asks again: in the own name, with nothing answered."""
        vals_list = super().copy_data(default=default)
        for vals in vals_list:
            vals["user_id"] = self.env.uid
        return vals_list

    # ------------------------------------------------------------------
    # Writing: who asks says what, who answers says how much
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        requests = super().create(vals_list)
        requests._check_asking()
        return requests

    def write(self, vals):
        if not self.env.su and set(vals) & ASKED:
            self._check_asking()
        result = super().write(vals)
        if not self.env.su and set(vals) & ASKED:
            self._check_asking()
        return result

    @api.model
    def _typed_fields(self):
        return ASKED | FREE

    def _check_asking(self):
        """What is asked changes while it is a draft, by who asks.

        :raise AccessError: for anybody else
        :raise UserError: once it was submitted
        """
        if self.env.su:
            return
        for request in self:
            if not request._may_ask():
                raise AccessError(
                    self.env._(
                        "Who asks says what for. You may answer %(request)s.",
                        request=request.name,
                    )
                )
            if request.state not in request._open_to_asker():
                raise UserError(
                    self.env._(
                        "%(request)s has been submitted and stays as it was asked. "
                        "Withdraw it and ask again.",
                        request=request.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_asked(self):
        if any(request.state != "draft" for request in self):
            raise UserError(
                self.env._("Requests that were submitted are kept. Withdraw it.")
            )

    def _has_group(self, group):
        return self.env.user.has_group(group)

    def _is_commercial(self, user):
        # sudo: which groups and companies a colleague has
        person = user.sudo()
        return person.has_group(COMMERCIAL) and self.company_id in person.company_ids

    # ------------------------------------------------------------------
    # Decisions
    # ------------------------------------------------------------------

    def _decide(self, decision, comment=None, lines=None, **values):
        """Keep a decision about the requests, or about ``lines`` of them."""
        # sudo: decisions are written by the system
        self.env["supply.decision"].sudo().create(
            [
                {
                    "request_id": row.request_id.id if lines else row.id,
                    "line_id": row.id if lines else False,
                    "user_id": self.env.uid,
                    "acting_for_id": (row.request_id if lines else row)
                    ._acting_name()
                    .id,
                    "decision": decision,
                    "comment": comment,
                    **(row._decided() if lines else {}),
                    **values,
                }
                for row in (lines or self)
            ]
        )
