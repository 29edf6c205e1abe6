from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

VALID_DAYS = 14
# What the customer is told: typed until the offer is sent.
TERMS = {
    *("partner_id", "company_id", "pricelist_id", "validity_date", "payment_term_id"),
    *("delivery_terms", "note", "line_ids", "opening", "lead_id"),
    *("campaign_id", "source_id", "medium_id"),
}
# Typed always.
KEPT = {"user_id", "branch_id", "active", "lost_reason_id", "internal_note"}


class SalesOffer(models.Model):
    """What one customer is offered, at which prices, from where and until when.

    While it is a draft its figures are those of this moment: Odoo's price lists price
    it, the norms judge it, and where the goods are is read anew. What is sent is kept
    as it was shown, and never computed again.
    """

    _name = "sales.offer"
    _description = "Offer"
    _inherit = ["sales.portal.mixin", "mail.thread", "mail.activity.mixin", "utm.mixin"]
    _inherit += ["steps.only.mixin", "sales.acting.note.mixin"]
    _inherit += ["sales.export.logged.mixin", "sales.owned.mixin"]
    _substitution_scope = "orders"
    _number_field = "name"
    _order = "id desc"
    _mail_post_access = "read"
    _check_company_auto = True

    name = fields.Char(string="Number", readonly=True, copy=False, default="/")
    active = fields.Boolean(default=True)
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id",
        string="Commercial Entity",
        store=True,
        index=True,
    )
    credited_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Sent As",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Whose offer it was when it was sent.",
    )
    branch_id = fields.Many2one(
        help="Whose goods are shown; where the manager works.",
    )
    lead_id = fields.Many2one(
        comodel_name="crm.lead",
        string="Opportunity",
        check_company=True,
        index="btree_not_null",
        ondelete="set null",
    )
    pricelist_id = fields.Many2one(
        comodel_name="product.pricelist",
        compute="_compute_pricelist_id",
        store=True,
        readonly=False,
        copy=True,
        precompute=True,
        check_company=True,
        tracking=True,
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency",
        compute="_compute_currency_id",
        store=True,
        precompute=True,
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    validity_date = fields.Date(
        string="Valid Until",
        required=True,
        default=lambda self: self._default_validity_date(),
        copy=False,
        tracking=True,
        help="The last day on which these prices hold.",
    )
    payment_term_id = fields.Many2one(
        comodel_name="account.payment.term",
        compute="_compute_payment_term_id",
        store=True,
        readonly=False,
        copy=True,
        precompute=True,
        check_company=True,
    )
    delivery_terms = fields.Text(
        string="Loading and Delivery",
        help="How and where goods are loaded, by whom they are carried, and when.",
    )
    opening = fields.Text(string="Words to the Customer")
    note = fields.Html(string="Terms and Conditions")
    internal_note = fields.Text(help="Never shown to the customer.")
    line_ids = fields.One2many(
        comodel_name="sales.offer.line",
        inverse_name="offer_id",
        string="Products",
        copy=True,
    )
    state = fields.Selection(
        string="Status",
        selection=[
            ("draft", "Draft"),
            ("sent", "Sent"),
            ("won", "Won"),
            ("lost", "Lost"),
            ("expired", "Expired"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
        group_expand=True,
    )
    sent_at = fields.Datetime(readonly=True, copy=False)
    sent_on = fields.Date(readonly=True, copy=False, index=True)
    decided_on = fields.Date(
        readonly=True,
        copy=False,
        index=True,
        help="The day on which it was won or lost, or found expired.",
    )
    lost_reason_id = fields.Many2one(
        comodel_name="crm.lost.reason", copy=False, tracking=True, ondelete="restrict"
    )
    interest_at = fields.Datetime(
        string="Interest Shown",
        readonly=True,
        copy=False,
        help="When the customer said in the portal that they are interested.",
    )
    order_ids = fields.One2many(
        comodel_name="sale.order",
        inverse_name="sales_offer_id",
        string="Quotations",
        readonly=True,
        copy=False,
    )
    order_count = fields.Integer(
        string="Quotations and Orders", compute="_compute_order_count"
    )

    _validity_idx = models.Index("(validity_date) WHERE state = 'sent'")

    @api.model
    def _default_validity_date(self):
        today = self.env["sales.branch"]._company_local_date(self.env.company)
        return today + timedelta(days=VALID_DAYS)

    # ------------------------------------------------------------------
    # What the customer and the manager bring along
    # ------------------------------------------------------------------

    @api.depends("partner_id", "company_id")
    def _compute_pricelist_id(self):
        for offer in self:
            if offer.state == "draft":
                offer.pricelist_id = offer._terms_of_customer().pricelist_id

    @api.depends("partner_id", "company_id")
    def _compute_payment_term_id(self):
        for offer in self:
            if offer.state == "draft":
                offer.payment_term_id = offer._terms_of_customer().payment_term_id

    def _terms_of_customer(self):
        """An order in memory, which takes the customer's terms and contract."""
        return self.env["sale.order"].new(
            {
                "partner_id": self.partner_id._origin.id,
                "company_id": self.company_id.id,
                "user_id": self.user_id.id,
            }
        )

    @api.depends("pricelist_id", "company_id")
    def _compute_currency_id(self):
        for offer in self:
            currency = offer.pricelist_id.currency_id
            offer.currency_id = currency or offer.company_id.currency_id

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_order_count(self):
        counts = dict(
            self.env["sale.order"]._read_group(
                [("sales_offer_id", "in", self.ids)], ["sales_offer_id"], ["__count"]
            )
        )
        for offer in self:
            offer.order_count = counts.get(offer._origin, 0)

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        """The offer is of who looks after the customer, where that may be written."""
        owner = self.partner_id.commercial_partner_id.user_id
        if owner and self.env.user.has_group("sales_manager_kpi.group_branch_director"):
            self.user_id = owner

    @api.onchange("lead_id")
    def _onchange_lead_id(self):
        """A campaign that brought the opportunity brought the offer."""
        lead = self.lead_id
        self.partner_id = self.partner_id or lead.partner_id
        for name in ("campaign_id", "source_id", "medium_id"):
            self[name] = lead[name] or self[name]

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    @api.constrains("partner_id")
    def _check_partner_id(self):
        for offer in self:
            if not offer.partner_id.active:
                raise ValidationError(offer._archived_customer_words())

    @api.constrains("pricelist_id", "company_id")
    def _check_rate(self):
        """Without a rate Odoo reckons one for one, and every price would be wrong."""
        for offer in self:
            if not offer._has_rate():
                raise ValidationError(
                    self.env._(
                        "There is no rate of %(currency)s, the currency of "
                        "%(pricelist)s. Enter one, or choose another price list.",
                        currency=offer.currency_id.name,
                        pricelist=offer.pricelist_id.name,
                    )
                )

    def _has_rate(self):
        company = self.company_id
        if self.currency_id == company.currency_id:
            return True
        # sudo: rates are known to all who sell
        rates = self.env["res.currency.rate"].sudo()
        return bool(
            rates.search_count(
                [
                    ("currency_id", "=", self.currency_id.id),
                    ("company_id", "in", (False, company.root_id.id)),
                ],
                limit=1,
            )
        )

    def _archived_customer_words(self):
        return self.env._(
            "%(customer)s is archived. Unarchive the customer first, or choose "
            "another.",
            customer=self.partner_id.display_name,
        )

    def write(self, vals):
        if not self.env.su and not TERMS.isdisjoint(vals):
            self._check_state("draft")
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        if any(offer.state != "draft" for offer in self):
            raise UserError(self.env._("Offers that were sent are kept. Archive them."))

    @api.model
    def _typed_fields(self):
        return TERMS | KEPT

    def _advice_when_over(self):
        return self.env._("Duplicate it to offer something new.")

    def copy(self, default=None):
        """A new draft for today's prices; archived customers get none."""
        copies = super().copy(default)
        for copy, offer in zip(copies, self, strict=True):
            copy.message_post(body=self.env._("Copied from %s.", offer.name))
        return copies
