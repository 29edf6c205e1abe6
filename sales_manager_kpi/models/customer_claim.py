from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .customer_claim_kind import AREAS, SEVERITIES, WEIGHTS

# Waits for a verdict.
OPEN = ("new", "review", "appealed")
# Still told: what is claimed may change.
TOLD = ("new", "review")
# What people tell; the rest is written by steps.
ASKED = {
    "subject",
    "description",
    "partner_id",
    "order_id",
    "order_line_ids",
    "picking_id",
    "move_id",
    "lot_id",
    "kind_id",
    "fault_area",
    "severity",
    "claimed_qty",
    "claimed_amount",
    "currency_id",
    "company_id",
}
DOCUMENTS = {"order_id", "picking_id", "move_id"}
# Who handles it where: a director's to say.
DIRECTED = {"user_id", "branch_id"}


class CustomerClaim(models.Model):
    """What a customer complains about, until it is judged and put right.

    What is claimed changes until the verdict (``customer_claim_verdict``). Steps are in
    ``customer_claim_flow``, who takes them in ``customer_claim_authority``.
    """

    _name = "customer.claim"
    _description = "Customer Claim"
    _inherit = [
        "customer.claim.authority",
        "steps.only.mixin",
        "sales.acting.note.mixin",
        "sales.portal.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _substitution_scope = "orders"
    _number_field = "name"
    _order = "id desc"
    _mail_post_access = "read"
    _check_company_auto = True
    _rec_names_search = ["name", "subject", "partner_id.name"]

    name = fields.Char(string="Number", readonly=True, copy=False, default="/")
    subject = fields.Char(required=True, help="What is wrong, in a few words.")
    description = fields.Text(string="What Happened")
    state = fields.Selection(
        string="Status",
        selection=[
            ("new", "New"),
            ("review", "In review"),
            ("decided", "Decided"),
            ("appealed", "Appealed"),
            ("executed", "Executed"),
            ("closed", "Closed"),
            ("withdrawn", "Withdrawn"),
        ],
        required=True,
        default="new",
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
        group_expand=True,
    )
    source = fields.Selection(
        string="Came By",
        selection=[("user", "Colleague"), ("mail", "Mail"), ("portal", "Portal")],
        required=True,
        default="user",
        readonly=True,
        copy=False,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="Empty only for a mail of somebody unknown, until a verdict is asked.",
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id",
        string="Company of the Customer",
        store=True,
        index="btree_not_null",
    )
    email_from = fields.Char(string="Mail Address", readonly=True, copy=False)
    order_id = fields.Many2one(
        comodel_name="sale.order",
        compute="_compute_order_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    order_line_ids = fields.Many2many(
        comodel_name="sale.order.line",
        domain="[('order_id', '=', order_id), ('display_type', '=', False)]",
        help="What of the order it is about; all of it where none is named.",
    )
    picking_id = fields.Many2one(
        comodel_name="stock.picking",
        string="Delivery",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    move_id = fields.Many2one(
        comodel_name="account.move",
        string="Invoice",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('move_type', 'in', ('out_invoice', 'out_refund', 'out_receipt'))]",
    )
    lot_id = fields.Many2one(
        comodel_name="stock.lot",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    branch_id = fields.Many2one(
        comodel_name="sales.branch",
        compute="_compute_people",
        store=True,
        readonly=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="Whose director decides: the branch that got the credit for the order, "
        "else the one of whoever handles the claim.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Handled By",
        compute="_compute_people",
        store=True,
        readonly=False,
        index="btree_not_null",
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="The manager of the customer or of the order; a director may choose "
        "somebody else.",
    )
    opened_by_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        copy=False,
        index="btree_not_null",
        default=lambda self: self.env.user,
        help="Does not decide it. Empty for a mail of somebody without an account.",
    )
    opened_at = fields.Datetime(
        string="Opened On",
        required=True,
        readonly=True,
        copy=False,
        default=fields.Datetime.now,
    )
    kind_id = fields.Many2one(
        comodel_name="customer.claim.kind",
        index=True,
        domain="[('company_id', 'in', (False, company_id))]",
        check_company=True,
        tracking=True,
    )
    fault_area = fields.Selection(
        selection=AREAS,
        compute="_compute_by_kind",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="Where the fault seems to lie; the verdict says where it does.",
    )
    severity = fields.Selection(
        selection=SEVERITIES,
        compute="_compute_by_kind",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        tracking=True,
        help="Minor weighs 1, serious 2, grave 3 in the figures of the responsible.",
    )
    weight = fields.Float(compute="_compute_weight", store=True, aggregator="sum")
    claimed_qty = fields.Float(
        string="Claimed Quantity",
        digits="Product Unit",
        tracking=True,
        help="In the unit of the order line.",
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency",
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    claimed_amount = fields.Monetary(tracking=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    claimed_company_amount = fields.Monetary(
        string="Claimed (company currency)",
        currency_field="company_currency_id",
        compute="_compute_claimed_company_amount",
        store=True,
        help="At the rate of the day it was opened.",
    )

    is_mine = fields.Boolean(
        string="To Be Handled by Me",
        compute="_compute_is_mine",
        search="_search_is_mine",
    )

    _customer_known = models.Constraint(
        "CHECK (partner_id IS NOT NULL OR "
        "(source = 'mail' AND state IN ('new', 'withdrawn')))",
        "Choose the customer who claims.",
    )
    _claimed_not_negative = models.Constraint(
        "CHECK (claimed_amount >= 0 AND claimed_qty >= 0)",
        "What is claimed is 0 or more.",
    )

    @api.depends("picking_id", "move_id")
    def _compute_order_id(self):
        for claim in self:
            claim.order_id = (
                claim.order_id
                or claim.picking_id.sale_id
                or claim.move_id.line_ids.sale_line_ids.order_id[:1]
            )

    @api.depends("order_id", "picking_id", "move_id")
    def _compute_partner_id(self):
        for claim in self:
            claim.partner_id = (
                claim.partner_id
                or claim.order_id.partner_id
                or claim.move_id.partner_id
                or claim.picking_id.partner_id
            )

    @api.depends("order_id", "move_id")
    def _compute_currency_id(self):
        for claim in self:
            claim.currency_id = (
                claim.order_id.currency_id
                or claim.move_id.currency_id
                or claim.currency_id
                or (claim.company_id or self.env.company).currency_id
            )

    @api.depends("kind_id")
    def _compute_by_kind(self):
        for claim in self:
            kind = claim.kind_id
            claim.fault_area = kind.fault_area or claim.fault_area
            claim.severity = kind.severity or claim.severity or "minor"

    @api.depends("severity")
    def _compute_weight(self):
        for claim in self:
            claim.weight = WEIGHTS.get(claim.severity, 0.0)

    @api.depends("claimed_amount", "currency_id", "company_id", "opened_at")
    def _compute_claimed_company_amount(self):
        for claim in self:
            claim.claimed_company_amount = claim._in_company_currency(
                claim.claimed_amount, claim.opened_at
            )

    def _in_company_currency(self, amount, moment):
        """``amount`` in the company's currency, at the rate of that day."""
        company = self.company_id
        if not amount or not self.currency_id:
            return amount
        day = self.env["sales.branch"]._company_local_date(company, moment)
        return self.currency_id._convert(amount, company.currency_id, company, day)

    @api.depends("name", "subject")
    def _compute_display_name(self):
        for claim in self:
            claim.display_name = " ".join(
                part for part in (claim.name, claim.subject) if part and part != "/"
            )

    @api.depends_context("uid")
    def _compute_is_mine(self):
        mine = self.filtered_domain(self._mine_domain())
        mine.is_mine = True
        (self - mine).is_mine = False

    @api.model
    def _search_is_mine(self, operator, value):
        return self._mine_domain() if operator == "in" else NotImplemented

    @api.model
    def _mine_domain(self):
        """Of whom I am, and of those I stand in for."""
        return Domain("user_id", "=", self.env.uid) | Domain("is_acted_for", "=", True)

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        claims = super().create(vals_list)
        claims._check_documents()
        if not self.env.su:
            claims._check_documents_readable(DOCUMENTS)
        return claims

    def write(self, vals):
        asked = not ASKED.isdisjoint(vals)
        if asked and not self.env.su:
            self._check_told()
        result = super().write(vals)
        if asked:
            self._check_documents()
            if not self.env.su:
                self._check_documents_readable(DOCUMENTS & vals.keys())
        if "user_id" in vals:
            self._pass_reminders()
        return result

    def _check_told(self):
        """
        :raise UserError: for what is claimed once it was judged
        """
        for claim in self:
            if claim.state not in TOLD:
                raise UserError(
                    self.env._(
                        "%(claim)s has been judged or withdrawn and stays as it was "
                        "told. Appeal, or open another claim.",
                        claim=claim.name,
                    )
                )

    def _check_documents_readable(self, names):
        """
        :raise AccessError: for a claim on what the current user may not see
        """
        if names:  # a delivery or an invoice brings its order along
            self.order_id.check_access("read")
        for name in names:
            self[name].check_access("read")

    @api.model
    def _typed_fields(self):
        return ASKED

    def _is_harmless(self, name, value):
        """Also another handler or branch, where a director decides so."""
        if name in DIRECTED:
            return bool(self) and self._may_direct(self.env.user)
        return super()._is_harmless(name, value) or (
            not self and name == "state" and value == "new"
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_told(self):
        raise UserError(self.env._("Claims are kept. Withdraw it, with a reason."))
