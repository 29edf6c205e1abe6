from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine.instants import HOURS, instant

# What a draft may still change, and what nobody changes later.
FIXED_FIELDS = {
    "company_id",
    "principal_id",
    "deputy_id",
    "mode",
    "date_from",
    "hour_from",
}
SYSTEM_FIELDS = {
    "decision",
    "branch_id",
    "start_at",
    "stop_at",
    "planned_stop_at",
    "appointed_by_id",
    "appointed_at",
    "revoked_by_id",
    "revoked_at",
    "adopted_at",
    "away_from",
    "away_to",
    "away_message",
}
END_FIELDS = {"date_to", "hour_to"}


class SalesSubstitution(models.Model):
    """Somebody stands in for an absent colleague, from one instant to another.

    The deputy gets the rights over the principal's records (see
    ``sales.substitution.rights``) exactly while ``start_at <= now < stop_at``, and is
    responsible for what happens then. Whoever directs the principal appoints; neither
    the principal nor the deputy does.

    *Active*: in force by its dates. *Passive*: named in advance for the case that the
    principal drops out; in force once the deputy takes it up, within its dates.
    """

    _name = "sales.substitution"
    _description = "Substitution"
    _inherit = [
        "sales.substitution.decision.mixin",
        "sales.substitution.check.mixin",
        "sales.substitution.away.mixin",
        "sales.substitution.hand.back",
        "sales.substitution.responsible",
        "sales.substitution.credit",
        "sales.substitution.policy",
        "mail.thread",
        "mail.activity.mixin",
        "sales.substitution.rights",  # last: the others extend its hooks
    ]
    _order = "date_from desc, id desc"
    _check_company_auto = True
    _rec_names_search = ["principal_id.name", "deputy_id.name"]

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    principal_id = fields.Many2one(
        comodel_name="res.users",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Who is absent.",
    )
    deputy_id = fields.Many2one(
        comodel_name="res.users",
        required=True,
        ondelete="restrict",
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id), "
        "('id', '!=', principal_id)]",
        help="Who stands in: gets the rights over the records, and the responsibility.",
    )
    branch_id = fields.Many2one(
        comodel_name="sales.branch",
        compute="_compute_branch_id",
        store=True,
        index="btree_not_null",
        help="Where the principal works on the first day, or else what they direct. "
        "Its director appoints, in its time zone.",
    )
    mode = fields.Selection(
        selection=[
            ("active", "By its dates"),
            ("passive", "When needed: the deputy takes it up"),
        ],
        required=True,
        default="active",
        tracking=True,
    )
    decision = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("appointed", "Appointed"),
            ("revoked", "Revoked"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    state = fields.Selection(
        string="Status",
        selection=[
            ("draft", "Draft"),
            ("standby", "Stands by"),
            ("appointed", "Appointed"),
            ("active", "Active"),
            ("ended", "Ended"),
            ("revoked", "Revoked"),
        ],
        compute="_compute_state",
        search="_search_state",
        help="By the clock: active from its first moment until its last.",
    )
    date_from = fields.Date(
        string="From",
        required=True,
        tracking=True,
        default=lambda self: self.env["sales.branch"]._company_local_date(
            self.env.company
        ),
        help="In the time zone of the branch.",
    )
    hour_from = fields.Float(
        string="From Hour",
        help="In the time zone of the branch; 0:00 begins with the day.",
    )
    date_to = fields.Date(
        string="To",
        required=True,
        tracking=True,
        default=lambda self: self.env["sales.branch"]._company_local_date(
            self.env.company
        ),
        help="The last day, in the time zone of the branch.",
    )
    hour_to = fields.Float(
        string="To Hour",
        default=HOURS,
        help="In the time zone of the branch; 24:00 ends with the day.",
    )
    start_at = fields.Datetime(
        string="In Force From",
        readonly=True,
        copy=False,
        help="The instant at which rights and responsibility pass.",
    )
    stop_at = fields.Datetime(
        string="In Force Until",
        readonly=True,
        copy=False,
        help="The instant at which they are back.",
    )
    planned_stop_at = fields.Datetime(
        compute="_compute_planned_stop_at",
        store=True,
        help="The instant that the last day means, taken up or not.",
    )
    scope_orders = fields.Boolean(
        string="Customers and Orders",
        default=True,
        help="Customers, quotations and orders of the principal.",
    )
    scope_invoices = fields.Boolean(
        string="Invoices",
        default=True,
        help="Invoices, credit notes and what is due of the principal's customers.",
    )
    scope_leads = fields.Boolean(
        string="Leads", default=True, help="Leads and opportunities of the principal."
    )
    scope_direction = fields.Boolean(
        string="Direction of the Branch",
        help="What a branch director decides: substitutes, handovers, credit, excuses. "
        "Never plans, scorecards or pay.",
    )
    scope_supply = fields.Boolean(
        string="Supply Supervision",
        help="What a supply supervisor answers for.",
    )
    reason = fields.Char(help="Why the principal is absent, as far as all may know.")
    note = fields.Html(help="What the deputy should know.")
    appointed_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False
    )
    appointed_at = fields.Datetime(readonly=True, copy=False)
    adopted_at = fields.Datetime(string="Taken Up On", readonly=True, copy=False)
    revoked_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    revoked_at = fields.Datetime(readonly=True, copy=False)

    _different_people = models.Constraint(
        "CHECK (principal_id <> deputy_id)",
        "Nobody stands in for themselves. Choose another deputy.",
    )
    _dates_order = models.Constraint(
        "CHECK (date_to > date_from OR (date_to = date_from AND hour_to > hour_from))",
        "A substitution ends after it begins. Correct its dates or hours.",
    )
    _hours_range = models.Constraint(
        "CHECK (hour_from >= 0 AND hour_from < 24 AND hour_to > 0 AND hour_to <= 24)",
        "Hours lie between 0:00 and 24:00.",
    )
    _instants_order = models.Constraint(
        "CHECK (stop_at >= start_at)", "A substitution ends after it begins."
    )
    _deputy_stop_idx = models.Index("(deputy_id, stop_at)")

    # ------------------------------------------------------------------
    # Computed
    # ------------------------------------------------------------------

    @api.depends("principal_id", "deputy_id")
    def _compute_display_name(self):
        for substitution in self:
            substitution.display_name = self.env._(
                "%(deputy)s for %(principal)s",
                deputy=substitution.deputy_id.name or "…",
                principal=substitution.principal_id.name or "…",
            )

    @api.depends("principal_id", "company_id", "date_from")
    def _compute_branch_id(self):
        Branch = self.env["sales.branch"]
        for (company, day), some in self.grouped(
            lambda s: (s.company_id, s.date_from)
        ).items():
            homes = Branch._branch_by_user(some.principal_id, company, day)
            # sudo: which branch a colleague directs
            directed = Branch.sudo().search(
                [
                    ("director_id", "in", some.principal_id.ids),
                    ("company_id", "=", company.id),
                ]
            )
            for substitution in some:
                principal = substitution.principal_id._origin
                own = directed.filtered(lambda b, p=principal: b.director_id == p)[:1]
                home = homes.get(principal.id) or own.sudo(False)
                substitution.branch_id = home or False

    @api.depends("date_to", "hour_to", "branch_id", "company_id")
    def _compute_planned_stop_at(self):
        for substitution in self:
            substitution.planned_stop_at = (
                substitution.date_to and substitution._planned_stop()
            )

    @api.depends("decision", "start_at", "stop_at", "planned_stop_at")
    def _compute_state(self):
        now = fields.Datetime.now()
        for substitution in self:
            substitution.state = substitution._state_at(now)

    def _state_at(self, now):
        if self.decision != "appointed":
            return self.decision
        if not self.start_at:
            return "standby" if now < self.planned_stop_at else "ended"
        if now < self.start_at:
            return "appointed"
        return "active" if now < self.stop_at else "ended"

    @api.model
    def _search_state(self, operator, value):
        """By the clock of this moment; what was never taken up ends with its dates."""
        if operator != "in":
            return NotImplemented
        appointed = fields.Domain("decision", "=", "appointed")
        now = fields.Datetime.now()
        never = appointed & fields.Domain("start_at", "=", False)
        domains = {
            "draft": fields.Domain("decision", "=", "draft"),
            "revoked": fields.Domain("decision", "=", "revoked"),
            "standby": never & fields.Domain("planned_stop_at", ">", now),
            "appointed": appointed & fields.Domain("start_at", ">", now),
            "active": appointed
            & fields.Domain("start_at", "<=", now)
            & fields.Domain("stop_at", ">", now),
            "ended": (appointed & fields.Domain("stop_at", "<=", now))
            | (never & fields.Domain("planned_stop_at", "<=", now)),
        }
        return fields.Domain.OR(domains[state] for state in value if state in domains)

    def _planned(self):
        """The first and the last instant that the dates mean, as naive UTC."""
        self.ensure_one()
        start = instant(self.date_from, self.hour_from, self._tz())
        return (start, self._planned_stop())

    def _planned_stop(self):
        return instant(self.date_to, self.hour_to, self._tz(), late=True)

    def _tz(self):
        branch = self.branch_id.sudo()  # sudo: a time zone
        return branch.tz or branch._company_tz(self.company_id)

    def _days(self):
        return self.env._(
            "%(start)s to %(stop)s",
            start=fields.Date.to_string(self.date_from),
            stop=fields.Date.to_string(self.date_to),
        )

    def action_open_activities(self):
        """Open the principal's activities on what the user works with for them."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "mail.mail_activity_action_my"
        )
        action["domain"] = [
            ("is_stood_in_for", "=", True),
            ("user_id", "=", self.principal_id.id),
        ]
        action["context"] = {"force_search_count": 1}
        return {
            **action,
            "name": self.env._("Activities of %s", self.principal_id.name),
        }

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    @api.model
    def default_get(self, fields_list):
        """Defaults as usual; a context cannot give what only the buttons decide."""
        values = super().default_get(fields_list)
        for name in SYSTEM_FIELDS & values.keys():
            del values[name]
        if "decision" in fields_list:
            values["decision"] = "draft"
        return values

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_system_fields(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_system_fields(vals)
        if not self.env.su:
            self._refuse_fixed_fields(vals)
        moved = self.browse()
        if not END_FIELDS.isdisjoint(vals):
            moved = self.filtered(lambda s: s.decision != "draft")
            moved._check_end_open()
        result = super().write(vals)
        moved._move_end()
        return result

    def _refuse_system_fields(self, vals):
        if not self.env.su and not SYSTEM_FIELDS.isdisjoint(vals):
            raise AccessError(
                self.env._("Use the buttons to appoint, take up or revoke.")
            )

    def _refuse_fixed_fields(self, vals):
        fixed = FIXED_FIELDS | set(self._scope_fields()) | self._credit_fields()
        if fixed.isdisjoint(vals):
            return
        if any(substitution.decision != "draft" for substitution in self):
            raise UserError(
                self.env._(
                    "Once appointed, only the end and the notes of a substitution "
                    "change. Revoke it and appoint another one."
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_appointed(self):
        if any(substitution.decision != "draft" for substitution in self):
            raise UserError(
                self.env._("A substitution that was appointed is kept as evidence.")
            )
