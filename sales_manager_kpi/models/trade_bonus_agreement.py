from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

SYSTEM_FIELDS = {
    *("state", "version", "previous_id", "policy_id", "role", "approver_ids"),
    *("deadline", "requested_by_id", "acting_for_id", "activated_by_id"),
    *("activated_at",),
}
# What does not touch what was agreed.
ALWAYS = {"portal_visible", "user_id", "message_follower_ids", "activity_ids"}


class TradeBonusAgreement(models.Model):
    """What customers get back for what they buy, agreed for a time.

    A version is written as a draft, submitted, and active once somebody with the
    authority says so: alone within the bonus norms of the discount policy, by somebody
    else beyond them. From then on it stands; a new version replaces it from its first
    day. Every customer of an agreement has tiers of their own.
    """

    _name = "trade.bonus.agreement"
    _description = "Trade Bonus Agreement"
    _inherit = [
        "sales.substituted.mixin",
        "discount.authority.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date_from desc, version desc, id desc"
    _check_company_auto = True
    _substitution_scope = "orders"
    _approve_activity = "sales_manager_kpi.mail_activity_type_bonus_approve"

    name = fields.Char(required=True, tracking=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
        help="In which turnover is counted and the bonus paid. A document in it counts "
        "as it is, any other by the rate of its date.",
    )
    partner_ids = fields.Many2many(
        comodel_name="res.partner",
        relation="trade_bonus_agreement_partner_rel",
        string="Customers",
        domain="[('parent_id', '=', False)]",
        tracking=True,
        help="Commercial entities; all their branches and contacts count together. "
        "Every customer reaches the tiers alone.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Manager",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        index=True,
        tracking=True,
    )
    branch_id = fields.Many2one(
        comodel_name="sales.branch",
        compute="_compute_branch_id",
        store=True,
        readonly=False,
        check_company=True,
        help="Whose director decides; where the manager works.",
    )
    date_from = fields.Date(required=True, default=fields.Date.context_today)
    date_to = fields.Date(required=True, tracking=True, help="The last day.")
    state = fields.Selection(
        string="Status",
        selection=[
            ("draft", "Draft"),
            ("to_approve", "To approve"),
            ("active", "Active"),
            ("suspended", "Suspended"),
            ("closed", "Closed"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    version = fields.Integer(default=1, readonly=True, copy=False)
    previous_id = fields.Many2one(
        comodel_name="trade.bonus.agreement",
        string="Previous Version",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    payout = fields.Selection(
        selection=[
            ("credit_note", "Credit note"),
            ("offset", "Credit note, set off against open invoices"),
            ("ewallet", "eWallet"),
        ],
        required=True,
        default="credit_note",
    )
    tax_mode = fields.Selection(
        selection=[
            ("retro_price", "Lowers the price afterwards: corrects the taxes"),
            ("premium", "Premium: the price and its taxes stay"),
        ],
        required=True,
        default="retro_price",
        help="What the contract says decides, not what is easier to book.",
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        string="Bonus Product",
        domain="[('type', '=', 'service')]",
        check_company=True,
        help="On the credit note; its account is that of trade bonuses.",
    )
    expense_account_id = fields.Many2one(
        comodel_name="account.account",
        string="Bonus Account",
        check_company=True,
        help="For credit notes and accruals; empty for the account of the product.",
    )
    accrual_account_id = fields.Many2one(
        comodel_name="account.account",
        check_company=True,
        help="Where bonuses that are not settled yet are accrued.",
    )
    allow_double = fields.Boolean(
        string="On Top of Other Agreements",
        tracking=True,
        help="The same customer may have another agreement at the same time. Norms "
        "then look at the rates of both together.",
    )
    portal_visible = fields.Boolean(
        string="Shown to the Customer", help="In the portal, once it is active."
    )
    contract = fields.Binary(attachment=True, copy=False)
    contract_name = fields.Char(copy=False)
    note = fields.Html()
    term_ids = fields.One2many(
        comodel_name="trade.bonus.term",
        inverse_name="agreement_id",
        string="Terms",
        copy=True,
    )
    decision_ids = fields.One2many(
        comodel_name="trade.bonus.decision",
        inverse_name="agreement_id",
        string="Decisions",
        readonly=True,
    )
    formula_text = fields.Text(string="In Words", compute="_compute_formula_text")

    # Who is asked, see discount.authority.mixin
    policy_id = fields.Many2one(
        comodel_name="discount.policy", readonly=True, copy=False, ondelete="restrict"
    )
    role = fields.Selection(
        selection=[
            ("manager", "Manager"),
            ("branch_director", "Branch director"),
            ("commercial_director", "Commercial director"),
        ],
        string="Needed Authority",
        readonly=True,
        copy=False,
        help="The lowest role whose norms cover it.",
    )
    approver_ids = fields.Many2many(
        comodel_name="res.users",
        relation="trade_bonus_agreement_approver_rel",
        string="Asked",
        readonly=True,
        copy=False,
    )
    deadline = fields.Datetime(string="Answer Until", readonly=True, copy=False)
    requested_by_id = fields.Many2one(
        comodel_name="res.users", string="Submitted By", readonly=True, copy=False
    )
    acting_for_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False, help="Stood in for."
    )
    activated_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False
    )
    activated_at = fields.Datetime(readonly=True, copy=False)

    _dates_order = models.Constraint(
        "CHECK (date_to >= date_from)",
        "An agreement cannot end before it begins. Correct its dates.",
    )

    @api.depends("name", "version")
    def _compute_display_name(self):
        for agreement in self:
            name = agreement.name or ""
            agreement.display_name = (
                name
                if agreement.version == 1
                else self.env._(
                    "%(name)s (version %(version)s)",
                    name=name,
                    version=agreement.version,
                )
            )

    @api.depends("user_id", "company_id")
    def _compute_branch_id(self):
        Branch = self.env["sales.branch"]
        for company, agreements in self.grouped("company_id").items():
            if not company:
                continue
            day = Branch._company_local_date(company)
            found = Branch._branch_by_user(agreements.user_id, company, day)
            for agreement in agreements:
                agreement.branch_id = found.get(agreement.user_id.id, False)

    @api.depends("term_ids.formula_text", "term_ids.name")
    @api.depends_context("lang")
    def _compute_formula_text(self):
        for agreement in self:
            agreement.formula_text = "\n\n".join(
                f"{term.name}\n{term.formula_text}" for term in agreement.term_ids
            )

    @api.constrains("partner_ids")
    def _check_customers(self):
        for partner in self.partner_ids:
            customer = partner.commercial_partner_id
            if partner != customer:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is a contact. Choose %(customer)s.",
                        contact=partner.display_name,
                        customer=customer.display_name,
                    )
                )

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(SYSTEM_FIELDS & set(vals) for vals in vals_list):
            raise AccessError(
                self.env._("An agreement begins as a draft. Submit it afterwards.")
            )
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            if not SYSTEM_FIELDS.isdisjoint(vals):
                raise AccessError(
                    self.env._("Use the buttons to submit, approve or end it.")
                )
            if set(vals) - ALWAYS:
                self._check_open_to_change()
            if "user_id" in vals and any(a.state != "draft" for a in self):
                self._check_director()
        return super().write(vals)

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for agreement, vals in zip(self, vals_list, strict=True):
            if "name" not in (default or {}):
                vals["name"] = self.env._("%s (copy)", agreement.name)
        return vals_list

    @api.ondelete(at_uninstall=False)
    def _unlink_except_agreed(self):
        if any(agreement.state not in ("draft", "cancelled") for agreement in self):
            raise UserError(self.env._("Only drafts are deleted. Cancel it instead."))

    def _check_open_to_change(self):
        """What was agreed stays as it is.

        :raise UserError: unless these are drafts, or the system writes
        """
        if self.env.su:
            return
        if any(agreement.state != "draft" for agreement in self):
            raise UserError(
                self.env._(
                    "An agreement that was submitted does not change. Return it to "
                    "draft, or make a new version from a date on."
                )
            )

    # ------------------------------------------------------------------
    # Versions
    # ------------------------------------------------------------------

    def action_new_version(self):
        """Open a draft that replaces this agreement from its own first day on.

        :raise UserError: for what is not in force
        """
        self.ensure_one()
        self.check_access("write")
        if self.state not in ("active", "suspended"):
            raise UserError(self.env._("Only an agreement in force gets a version."))
        start = max(fields.Date.context_today(self), self.date_from)
        version = self.copy({"date_from": min(start, self.date_to), "name": self.name})
        # sudo: the chain of versions is the system's to write
        version.sudo().write({"previous_id": self.id, "version": self.version + 1})
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": version.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def _replace_previous(self):
        """End the version before this one on the day before.

        :raise UserError: where it was replaced already, or calculated beyond that day
        """
        previous = self.previous_id
        if not previous:
            return
        if previous.state not in ("active", "suspended"):
            raise UserError(
                self.env._(
                    "%(previous)s is not in force any more. Make a new version of the "
                    "one that is.",
                    previous=previous.display_name,
                )
            )
        last = fields.Date.subtract(self.date_from, days=1)
        previous._end_periods(last)
        values = (
            {"state": "closed"}
            if self.date_from <= previous.date_from
            else {"date_to": min(last, previous.date_to)}
        )
        # sudo: what was in force is the system's to end
        previous.sudo().write(values)
        previous._decide("replace", self.display_name)
