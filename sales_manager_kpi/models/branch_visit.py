from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from ..engine.visit import is_beyond, minutes, place_in_week

OUTCOMES = [
    ("order", "Order"),
    ("quotation", "Quotation"),
    ("hold", "Goods held"),
    ("loan", "Samples lent"),
    ("lead", "Lead"),
    ("claim", "Claim"),
    ("looking", "Just looking"),
    ("left", "Left without being served"),
    ("other", "Other"),
]
WEEKDAYS = [
    ("0", "Monday"),
    ("1", "Tuesday"),
    ("2", "Wednesday"),
    ("3", "Thursday"),
    ("4", "Friday"),
    ("5", "Saturday"),
    ("6", "Sunday"),
]
# In the branch now.
PRESENT = ("waiting", "served")
# Typed until the visit is over, typed always; the rest is written by steps.
ASKED = {"branch_id", "partner_id", "visitor_name", "phone", "email", "wish"}
ASKED |= {"product_ids", "categ_ids", "arrived_at"}
KEPT = {"note"}


class BranchVisit(models.Model):
    """Somebody comes into a branch: what for, how long they waited, what came of it.

    Everybody who works in the branch sees its visits and may serve. Who somebody is may
    come out later; a visitor whom nobody knows becomes a lead.
    """

    _name = "branch.visit"
    _description = "Visit of a Branch"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _inherit += ["steps.only.mixin", "showroom.kept.mixin"]
    _order = "arrived_at desc, id desc"
    _rec_names_search = ["partner_id", "visitor_name", "phone"]
    _check_company_auto = True

    # By phone or e-mail, as long as nobody chose: see `branch.visit.visitor`.
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id",
        string="Company of the Customer",
        store=True,
        index="btree_not_null",
    )
    visitor_name = fields.Char(
        string="Visitor", help="Who came, where we do not know the customer yet."
    )
    phone = fields.Char()
    email = fields.Char(string="E-mail")
    wish = fields.Text(help="What they came for, in their words.")
    product_ids = fields.Many2many(
        comodel_name="product.product",
        string="Products",
        domain="[('sale_ok', '=', True), ('company_id', 'in', (False, company_id))]",
        help="A quotation or a hold begins with these.",
    )
    categ_ids = fields.Many2many(
        comodel_name="product.category", string="Product Categories"
    )
    arrived_at = fields.Datetime(
        string="Arrived", required=True, copy=False, default=fields.Datetime.now
    )
    served_at = fields.Datetime(string="Served From", readonly=True, copy=False)
    served_by_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        copy=False,
        index="btree_not_null",
        tracking=True,
    )
    ended_at = fields.Datetime(string="Ended", readonly=True, copy=False)
    state = fields.Selection(
        string="Status",
        selection=[
            ("waiting", "Waiting"),
            ("served", "Being served"),
            ("done", "Done"),
            ("left", "Left"),
        ],
        required=True,
        default="waiting",
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
        group_expand=True,
    )
    outcome = fields.Selection(
        selection=OUTCOMES, readonly=True, copy=False, tracking=True
    )
    outcome_note = fields.Char(
        string="Reason", readonly=True, copy=False, tracking=True
    )
    note = fields.Text(string="Notes")
    # Time
    arrived_on = fields.Date(
        string="Day", compute="_compute_arrived", store=True, index=True
    )
    arrived_hour = fields.Integer(
        string="Hour",
        compute="_compute_arrived",
        store=True,
        aggregator=None,
        help="From this hour on, as the clocks of the branch show it.",
    )
    arrived_weekday = fields.Selection(
        selection=WEEKDAYS, string="Weekday", compute="_compute_arrived", store=True
    )
    norm_minutes = fields.Integer(
        string="Norm (minutes)",
        readonly=True,
        copy=False,
        aggregator=None,
        help="The norm of the branch on that day; 0 is none.",
    )
    waiting_minutes = fields.Integer(
        string="Waiting (minutes)",
        compute="_compute_waiting",
        store=True,
        aggregator="avg",
        help="Until somebody served, or until they left.",
    )
    is_beyond_norm = fields.Boolean(
        string="Waited Too Long", compute="_compute_waiting", store=True
    )
    served_minutes = fields.Integer(
        string="Served (minutes)",
        compute="_compute_served_minutes",
        store=True,
        aggregator="avg",
    )
    is_waiting_long = fields.Boolean(
        string="Waiting Too Long",
        compute="_compute_is_waiting_long",
        help="Still waiting, longer than the norm of the branch.",
    )

    _arrived_idx = models.Index("(branch_id, arrived_on DESC)")
    _present_idx = models.Index("(branch_id) WHERE state IN ('waiting', 'served')")
    _outcome_once_over = models.Constraint(
        "CHECK ((outcome IS NOT NULL) = (state IN ('done', 'left')))",
        "A visit that is over has an outcome.",
    )
    _other_has_reason = models.Constraint(
        "CHECK (outcome <> 'other' OR outcome_note IS NOT NULL)",
        "Say what came of the visit.",
    )

    # ------------------------------------------------------------------
    # Computed
    # ------------------------------------------------------------------

    @api.depends("partner_id", "visitor_name", "phone")
    def _compute_display_name(self):
        for visit in self:
            # sudo: who stands at the counter, also a colleague's customer
            customer = visit.sudo().partner_id
            visit.display_name = (
                customer.display_name
                or visit.visitor_name
                or visit.phone
                or self.env._("Unknown visitor")
            )

    @api.depends("arrived_at", "branch_id")
    def _compute_arrived(self):
        for visit in self:
            if not visit.arrived_at:
                visit.arrived_on = visit.arrived_weekday = False
                visit.arrived_hour = 0
                continue
            day, hour, weekday = place_in_week(
                visit.arrived_at, visit.branch_id.tz or "UTC"
            )
            visit.arrived_on = day
            visit.arrived_hour = hour
            visit.arrived_weekday = str(weekday)

    @api.depends("arrived_at", "served_at", "ended_at", "norm_minutes")
    def _compute_waiting(self):
        for visit in self:
            waited = minutes(visit.arrived_at, visit.served_at or visit.ended_at)
            visit.waiting_minutes = waited or 0
            visit.is_beyond_norm = is_beyond(waited, visit.norm_minutes)

    @api.depends("served_at", "ended_at")
    def _compute_served_minutes(self):
        for visit in self:
            visit.served_minutes = minutes(visit.served_at, visit.ended_at) or 0

    @api.depends("arrived_at", "state", "norm_minutes")
    def _compute_is_waiting_long(self):
        now = fields.Datetime.now()
        for visit in self:
            waits = visit.state == "waiting"
            waited = minutes(visit.arrived_at, now) if waits else None
            visit.is_waiting_long = is_beyond(waited, visit.norm_minutes)

    @api.constrains("arrived_at", "served_at")
    def _check_arrived_at(self):
        now = fields.Datetime.now()
        for visit in self:
            if visit.arrived_at > (visit.served_at or now):
                raise ValidationError(
                    self.env._(
                        "Nobody is served before arriving, and nobody arrives in the "
                        "future. Correct the time of arrival."
                    )
                )

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        visits = super().create(vals_list)
        for visit in visits.sudo():  # sudo: the norm of the day is the system's
            visit.norm_minutes = visit.branch_id.counter_waiting_norm
        return visits

    def write(self, vals):
        if not self.env.su and not ASKED.isdisjoint(vals):
            self._check_state(*PRESENT)
        if not self.env.su and "arrived_at" in vals:
            self._check_state("waiting")
        return super().write(vals)

    @api.model
    def _typed_fields(self):
        return ASKED | KEPT

    def _is_harmless(self, name, value):
        return super()._is_harmless(name, value) or (
            not self and name == "state" and value == "waiting"
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_served(self):
        if any(visit.state != "waiting" for visit in self):
            raise UserError(
                self.env._("Visits are kept. Say that it ended, and how it did.")
            )

    def _check_keeping(self):
        """Whoever works in the branch, directs it, or acts for either.

        :raise AccessError: for anybody else
        """
        if self.env.su:
            return
        self.check_access("write")
        if any(not branch.is_kept for branch in self.branch_id):
            raise AccessError(
                self.env._("Visitors are served by those who work in the branch.")
            )

    # ------------------------------------------------------------------
    # Looking for them
    # ------------------------------------------------------------------

    @api.model
    def _present_domain(self):
        """Visitors who are in a branch now."""
        return Domain("state", "in", PRESENT)
