from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

# What was agreed: typed until the contract is active.
TERMS = {
    *("partner_id", "company_id", "date_from", "date_to", "currency_id"),
    *("document", "document_name", "signed_on", "payment_term_id", "pricelist_id"),
    *("credit_limit", "committed_amount", "committed_period", "incoterm_id"),
    *("lead_days", "delivery_target", "payment_target"),
}
# Typed always.
KEPT = {"user_id", "branch_id", "note", "active", "termination_reason"}
# What orders look up of contracts in force.
LOOKED_UP = TERMS | {"state", "active"}


class SalesContract(models.Model):
    """What a customer and we promised each other for a time.

    Written as a draft by the manager, active once a director says so: from then on its
    terms stand, orders take it, and every night both sides are compared with what was
    done (see ``sales.contract.duty``). No two of one customer and company overlap.
    """

    _name = "sales.contract"
    _description = "Frame Contract"
    _inherit = ["sales.owned.mixin", "mail.thread", "mail.activity.mixin"]
    _inherit += ["steps.only.mixin", "sales.acting.note.mixin"]
    _substitution_scope = "orders"
    _number_field = "name"
    _order = "date_from desc, id desc"
    _mail_post_access = "read"
    _check_company_auto = True

    name = fields.Char(string="Number", readonly=True, copy=False, default="/")
    active = fields.Boolean(default=True)
    partner_id = fields.Many2one(
        domain="[('parent_id', '=', False)]",
        help="The commercial entity: its branches and contacts order by it too.",
    )
    branch_id = fields.Many2one(
        help="Whose director activates it; where the manager works.",
    )
    date_from = fields.Date(
        string="Valid From", required=True, default=fields.Date.context_today
    )
    date_to = fields.Date(
        string="Valid To", required=True, tracking=True, help="The last day."
    )
    notice_on = fields.Date(
        string="Remind On",
        compute="_compute_notice_on",
        store=True,
        help="So many days before it ends, see the settings.",
    )
    noticed_for = fields.Date(readonly=True, copy=False)
    document = fields.Binary(string="Signed Document", attachment=True, copy=False)
    document_name = fields.Char(copy=False)
    signed_on = fields.Date(copy=False, tracking=True)
    currency_id = fields.Many2one(
        comodel_name="res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    payment_term_id = fields.Many2one(
        comodel_name="account.payment.term",
        check_company=True,
        tracking=True,
        help="Proposed on new orders of the customer.",
    )
    pricelist_id = fields.Many2one(
        comodel_name="product.pricelist",
        check_company=True,
        domain="[('currency_id', '=', currency_id)]",
        tracking=True,
        help="Proposed on new orders of the customer.",
    )
    credit_limit = fields.Monetary(
        tracking=True, help="What the customer may owe at most; 0 for nothing agreed."
    )
    committed_amount = fields.Monetary(
        string="Committed Volume",
        tracking=True,
        help="What the customer buys in each period, untaxed; 0 for nothing agreed.",
    )
    committed_period = fields.Selection(
        selection=[
            ("month", "Each month"),
            ("quarter", "Each quarter"),
            ("year", "Each year"),
        ],
        string="Volume Period",
        required=True,
        default="quarter",
    )
    incoterm_id = fields.Many2one(comodel_name="account.incoterms")
    lead_days = fields.Integer(
        string="Days to Deliver",
        help="Days from confirmation to delivery, where an order has no date of its "
        "own; 0 for what each order says.",
    )
    delivery_target = fields.Float(
        string="Deliveries in Time",
        default=0.9,
        help="The share of deliveries we promise to make in time; 0 for no promise.",
    )
    payment_target = fields.Float(
        string="Payments in Time",
        default=0.9,
        help="The share of invoices the customer pays in time; 0 for no promise.",
    )
    state = fields.Selection(
        string="Status",
        selection=[
            ("draft", "Draft"),
            ("active", "Active"),
            ("expired", "Expired"),
            ("terminated", "Terminated"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
        group_expand=True,
    )
    activated_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False
    )
    activated_at = fields.Datetime(readonly=True, copy=False)
    termination_reason = fields.Char(copy=False, tracking=True)
    terminated_on = fields.Date(readonly=True, copy=False)
    note = fields.Html()
    duty_ids = fields.One2many(
        comodel_name="sales.contract.duty",
        inverse_name="contract_id",
        string="Obligations",
        readonly=True,
        copy=False,
    )
    is_breached = fields.Boolean(
        string="Breached", compute="_compute_is_breached", store=True
    )
    order_count = fields.Integer(
        string="Orders by Contract", compute="_compute_order_count"
    )

    _days = models.Constraint(
        "CHECK (date_from <= date_to)",
        "A contract ends on or after its first day. Choose a later last day.",
    )
    _not_negative = models.Constraint(
        "CHECK (committed_amount >= 0 AND credit_limit >= 0 AND lead_days >= 0 "
        "AND delivery_target BETWEEN 0 AND 1 AND payment_target BETWEEN 0 AND 1)",
        "Volumes, limits and days of a contract are not negative, and shares lie "
        "between 0 and 100%.",
    )
    # Boxes of (customer and company) by days: ranges would need an extension.
    _no_overlap = models.Constraint(
        "EXCLUDE USING gist (box("
        "point(partner_id::float8 * 1048576 + company_id, "
        "date_from - DATE '2000-01-01'), "
        "point(partner_id::float8 * 1048576 + company_id, "
        "date_to - DATE '2000-01-01')"
        ") WITH &&) WHERE (state IN ('active', 'expired'))",
        "The customer has a contract with this company for some of these days "
        "already. Choose other days, or terminate the other contract first.",
    )

    @api.depends("date_to", "company_id.sales_manager_kpi_contract_notice_days")
    def _compute_notice_on(self):
        for contract in self:
            days = contract.company_id.sales_manager_kpi_contract_notice_days
            contract.notice_on = contract.date_to and contract.date_to - timedelta(
                days=days
            )

    @api.depends("duty_ids.is_breached")
    def _compute_is_breached(self):
        for contract in self:
            contract.is_breached = any(contract.duty_ids.mapped("is_breached"))

    @api.depends_context("uid")
    def _compute_order_count(self):
        counts = dict(
            self.env["sale.order"]._read_group(
                [("sales_contract_id", "in", self.ids)],
                ["sales_contract_id"],
                ["__count"],
            )
        )
        for contract in self:
            contract.order_count = counts.get(contract, 0)

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        """The manager of the customer, and what the customer has already."""
        customer = self.partner_id.commercial_partner_id
        if not customer:
            return
        customer = customer.with_company(self.company_id)
        self.user_id = customer.user_id or self.user_id
        self.payment_term_id = customer.property_payment_term_id

    @api.constrains("partner_id")
    def _check_partner_id(self):
        for contract in self:
            if contract.partner_id != contract.partner_id.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is a contact of %(company)s. Make the contract "
                        "with %(company)s: its contacts order by it too.",
                        contact=contract.partner_id.name,
                        company=contract.partner_id.commercial_partner_id.name,
                    )
                )

    @api.constrains("pricelist_id", "currency_id")
    def _check_pricelist_id(self):
        for contract in self:
            pricelist = contract.pricelist_id
            if pricelist and pricelist.currency_id != contract.currency_id:
                raise ValidationError(
                    self.env._(
                        "%(pricelist)s is in %(theirs)s, the contract in %(ours)s. "
                        "Choose a price list in the currency of the contract.",
                        pricelist=pricelist.name,
                        theirs=pricelist.currency_id.name,
                        ours=contract.currency_id.name,
                    )
                )

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        contracts = super().create(vals_list)
        if any(contract.state == "active" for contract in contracts):
            contracts._follow_orders()
        return contracts

    def write(self, vals):
        if not self.env.su and not TERMS.isdisjoint(vals):
            self._check_state("draft")
        followed = not LOOKED_UP.isdisjoint(vals)
        held = self.filtered(lambda contract: contract.state == "active")
        result = super().write(vals)
        if followed:
            held |= self.filtered(lambda contract: contract.state == "active")
            held._follow_orders()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_activated(self):
        if any(contract.state != "draft" for contract in self):
            raise UserError(
                self.env._("Contracts that were active are kept. Archive them.")
            )

    @api.model
    def _typed_fields(self):
        return TERMS | KEPT

    def _advice_when_over(self):
        return self.env._("Copy it to agree something new.")

    def action_open_orders(self):
        """Open the orders that took this contract."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sale.action_quotations_with_onboarding"
        )
        return {
            **action,
            "domain": [("sales_contract_id", "=", self.id)],
            "context": {},
        }
