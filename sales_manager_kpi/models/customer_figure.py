from odoo import api, fields, models

STATES = [
    ("new", "New"),
    ("active", "Active"),
    ("dormant", "Dormant"),
    ("lost", "Lost"),
    ("won_back", "Won back"),
]


class CustomerFigure(models.Model):
    """What a customer is judged by in one company, kept up to date by the system.

    Amounts are untaxed, by invoice, in company currency; months are counted back from
    the day of `refreshed_on`.
    """

    _name = "customer.figure"
    _description = "Customer Figures"
    _inherit = ["append.only.mixin", "sales.substituted.mixin"]
    _substitution_scope = "orders"
    _order = "turnover desc, partner_id"
    _rec_name = "partner_id"
    _rec_names_search = ["partner_id.name", "partner_id.ref"]

    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, ondelete="cascade"
    )
    active = fields.Boolean(
        default=True, readonly=True, help="Off: no customer of this company any more."
    )
    currency_id = fields.Many2one(related="company_id.currency_id", store=True)
    refreshed_on = fields.Date(
        readonly=True, index=True, help="The day of which these figures are."
    )

    # Whose
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Owner",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    branch_id = fields.Many2one(
        comodel_name="sales.branch",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    territory_id = fields.Many2one(
        comodel_name="sales.territory",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    class_id = fields.Many2one(
        comodel_name="customer.class",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    # What it buys
    turnover = fields.Monetary(
        string="Turnover, 12 Months", readonly=True, help="Credit notes taken off."
    )
    turnover_before = fields.Monetary(
        string="Turnover, 12 Months Before", readonly=True
    )
    margin = fields.Monetary(
        string="Margin, 12 Months",
        readonly=True,
        groups="sales_manager_kpi.group_cost",
        help="Of the lines whose cost is known.",
    )
    returned = fields.Monetary(
        string="Returns, 12 Months", readonly=True, help="Credit notes, as a plus."
    )
    order_count = fields.Integer(string="Orders, 12 Months", readonly=True)
    first_order_on = fields.Date(string="First Order", readonly=True)
    last_order_on = fields.Date(string="Last Order", readonly=True)
    days_since_order = fields.Integer(
        string="Days since Last Order", readonly=True, aggregator="avg"
    )
    was_due = fields.Boolean(
        readonly=True,
        export_string_translation=False,
        help="Whether something fell due at all in twelve months.",
    )
    days_late = fields.Float(
        readonly=True,
        digits=(16, 1),
        aggregator="avg",
        help="Days paid after the due date in twelve months, weighted by amount; what "
        "is open still is late until the day of these figures.",
    )

    # What it is
    abc = fields.Selection(
        selection=[("a", "A"), ("b", "B"), ("c", "C")],
        string="ABC",
        readonly=True,
        help="By the cumulative share of the company's turnover of twelve months; "
        "empty without turnover.",
    )
    life_state = fields.Selection(
        selection=STATES,
        string="State",
        readonly=True,
        index=True,
        help="By the purchases on the company's basis; empty before the first one.",
    )
    state_since = fields.Date(readonly=True)

    # What is known of it
    completeness = fields.Float(
        readonly=True,
        digits=(16, 4),
        aggregator="avg",
        help="Weight of what is filled per weight of what is asked for, 0 to 1.",
    )
    asked_weight = fields.Float(readonly=True, export_string_translation=False)
    filled_weight = fields.Float(readonly=True, export_string_translation=False)
    is_incomplete = fields.Boolean(
        string="Lacks Data", readonly=True, help="Something asked for is missing."
    )
    missing_rule_ids = fields.Many2many(
        comodel_name="customer.data.rule",
        relation="customer_figure_missing_rel",
        column1="figure_id",
        column2="rule_id",
        string="Missing",
        readonly=True,
    )
    missing_words = fields.Char(
        string="What Is Missing", compute="_compute_missing_words"
    )

    # When somebody spoke to it
    last_contact_at = fields.Datetime(string="Last Contact", readonly=True)
    next_contact_on = fields.Date(
        string="Next Contact",
        readonly=True,
        index="btree_not_null",
        help="The last day for a contact by the cadence of the class, in working days "
        "of the branch.",
    )
    contact_ids = fields.One2many(
        comodel_name="customer.contact", inverse_name="figure_id", string="Contacts"
    )

    _customer_uniq = models.UniqueIndex(
        "(partner_id, company_id)",
        "There are figures of this customer in this company already.",
    )
    _company_idx = models.Index("(company_id, turnover)")

    @api.depends("partner_id")
    def _compute_display_name(self):
        for figure in self:
            figure.display_name = figure.partner_id.display_name

    @api.depends("missing_rule_ids")
    @api.depends_context("lang")
    def _compute_missing_words(self):
        for figure in self:
            # sudo: names of what is asked for
            rules = figure.sudo().missing_rule_ids
            figure.missing_words = ", ".join(rules.mapped("name")) or False

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_open_partner(self):
        """Open the customer, to fill what is missing."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "views": [(False, "form")],
        }

    def action_log_contact(self):
        """Note a call or a visit."""
        self.ensure_one()
        return self.partner_id.with_company(self.company_id).action_log_contact()

    def action_refresh(self):
        """Bring the figures of these customers up to date now."""
        self.check_access("read")
        for company, figures in self.grouped("company_id").items():
            # sudo: written by the system, for who may read them
            figures.sudo()._refresh(figures.partner_id, company)
        return True
