from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .discount_authority_mixin import APPROVE_ACTIVITY
from .discount_policy_line import ROLES

GRANTED = ("approved", "countered")


class DiscountRequest(models.Model):
    """Somebody asks whether an order may leave the norms, and somebody answers.

    What was asked is kept as it was. An approval holds for what is not worse: see
    `_covers`. Decisions are rows of their own.
    """

    _name = "discount.request"
    _description = "Discount Request"
    _inherit = ["discount.authority.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(readonly=True, required=True)
    order_id = fields.Many2one(
        comodel_name="sale.order",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", readonly=True, required=True, index=True
    )
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    policy_id = fields.Many2one(
        comodel_name="discount.policy", readonly=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True, index=True
    )
    branch_id = fields.Many2one(
        comodel_name="sales.branch", readonly=True, index="btree_not_null"
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="Salesperson", readonly=True, index=True
    )
    requested_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, required=True, index=True
    )
    acting_for_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        help="For whom the person who asked stood in.",
    )
    reason_id = fields.Many2one(
        comodel_name="discount.reason", readonly=True, ondelete="restrict"
    )
    note = fields.Text(string="Why", readonly=True)
    state = fields.Selection(
        string="Status",
        selection=[
            ("pending", "Waiting"),
            ("approved", "Approved"),
            ("countered", "Counter-offer"),
            ("rejected", "Rejected"),
            ("cancelled", "Withdrawn"),
            ("unneeded", "Not needed"),
            ("expired", "Expired"),
            ("consumed", "Used"),
        ],
        default="pending",
        required=True,
        readonly=True,
        tracking=True,
        index=True,
    )
    role = fields.Selection(
        selection=ROLES,
        readonly=True,
        help="The lowest role whose authority covers what is asked.",
    )
    approver_ids = fields.Many2many(
        comodel_name="res.users",
        string="Asked",
        readonly=True,
        help="Who was asked; kept as it was, whoever directs the branch later.",
    )
    deadline = fields.Datetime(readonly=True)
    escalated_at = fields.Datetime(readonly=True)
    valid_until = fields.Datetime(readonly=True)
    fingerprint = fields.Char(readonly=True, export_string_translation=False)
    findings = fields.Text(string="Outside the Norm", readonly=True)
    norm_amount = fields.Monetary(readonly=True)
    manual_amount = fields.Monetary(string="Given Away", readonly=True)
    manual_percent = fields.Float(
        string="Below the Norm (%)", digits="Discount", readonly=True, aggregator="avg"
    )
    approved_percent = fields.Float(digits="Discount", readonly=True, aggregator=False)
    approved_amount = fields.Monetary(readonly=True)
    payment_days = fields.Integer(readonly=True, aggregator=False)
    payment_percent = fields.Float(digits="Discount", readonly=True, aggregator=False)
    pricelist_id = fields.Many2one(comodel_name="product.pricelist", readonly=True)
    line_ids = fields.One2many(
        comodel_name="discount.request.line", inverse_name="request_id"
    )
    decision_ids = fields.One2many(
        comodel_name="discount.decision", inverse_name="request_id", readonly=True
    )

    _one_pending = models.UniqueIndex(
        "(order_id) WHERE state = 'pending'",
        "Approval of this order has been asked for already.",
    )

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(self.env._("Ask for approval from the order."))
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and set(vals) - {"line_ids", "message_follower_ids"}:
            raise AccessError(self.env._("Use the buttons to decide on a request."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Requests and their decisions are kept."))

    # ------------------------------------------------------------------
    # Deciding
    # ------------------------------------------------------------------

    def action_approve(self):
        """Say yes to what was asked, whatever the order has become since.

        :raise AccessError: for who has not the authority, or asked themselves
        """
        self._answer("approve", "approved")

    def action_counter(self, comment=None):
        """Say yes to the lowest prices that stand in the lines now."""
        for request in self:
            if not any(
                line.approved_price > line.asked_price for line in request.line_ids
            ):
                raise UserError(
                    self.env._(
                        "Raise the lowest price of at least one line, or approve "
                        "what is asked."
                    )
                )
        self._answer("counter", "countered", comment)

    def reject(self, comment):
        """Say no, with a reason that the salesperson reads."""
        self._answer("reject", "rejected", comment)

    def forward(self, user, comment=None):
        """Ask somebody else who has the authority.

        :raise UserError: where ``user`` may not decide about it
        """
        self._check_pending()
        for request in self:
            request._check_authority()
            if not request._has_authority(user):
                raise UserError(
                    self.env._(
                        "%(user)s has not the authority to decide about this.",
                        user=user.name,
                    )
                )
            request._decide("forward", comment)
            request._call_approvers(user)

    def action_cancel(self):
        """Withdraw what was asked; by who asked, or whose order it is."""
        self._check_pending()
        for request in self:
            if self.env.user not in (request.requested_by_id, request.user_id):
                raise AccessError(
                    self.env._("Who asked withdraws a request. You may reject it.")
                )
            request._decide("cancel")
        self._set_state("cancelled")

    def _answer(self, decision, state, comment=None):
        self._check_pending()
        self.lock_for_update()
        for request in self:
            request._check_authority()
            if decision == "approve":
                comment = request._change_comment()
            request._decide(decision, comment)
            # sudo: the answer is the system's to keep
            request.sudo().write(
                {**request._prepare_answer(), **request._prepare_answer_norms()}
            )
        if decision == "approve":
            self._trace_approved()
        self._set_state(state)
        for request in self:
            request._tell_requester()

    def _trace_approved(self):
        """Keep the prices that were said yes to, where the order still has them."""
        for request in self:
            order = request.order_id.sudo()  # sudo: who decides may not read it
            if order and order._discount_fingerprint() == request.fingerprint:
                # sudo: its decisions, to say who granted it
                order._trace_prices("approve", request.sudo())

    def _prepare_answer(self):
        lines = self.line_ids
        given = sum((r.norm_price - r.approved_price) * r.quantity for r in lines)
        days = self.policy_id.sudo().approval_days  # sudo: a number of the norms
        return {
            "valid_until": fields.Datetime.add(fields.Datetime.now(), days=days),
            "approved_amount": given,
            "approved_percent": given / self.norm_amount * 100
            if self.norm_amount
            else 0.0,
        }

    def _check_pending(self):
        if any(request.state != "pending" for request in self):
            raise UserError(self.env._("This request has been decided already."))

    def _decide(self, decision, comment=None):
        """Keep a decision; nobody changes it later."""
        # sudo: decisions are written by the system
        self.env["discount.decision"].sudo().create(
            [request._prepare_decision(decision, comment) for request in self]
        )

    def _prepare_decision(self, decision, comment):
        order = self.order_id.sudo()  # sudo: who decides may not read it
        return {
            "request_id": self.id,
            "user_id": self.env.uid,
            "acting_for_id": self._acting_for(self.env.user).id,
            "decision": decision,
            "comment": comment,
            "fingerprint": order._discount_fingerprint() if order else self.fingerprint,
        }

    def _set_state(self, state):
        # sudo: the state is the system's to write
        requests = self.sudo()
        requests.write({"state": state})
        requests.activity_unlink([APPROVE_ACTIVITY])
