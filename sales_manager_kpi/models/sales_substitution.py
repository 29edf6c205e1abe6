from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

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
    "start_at",
    "stop_at",
    "appointed_by_id",
    "appointed_at",
    "revoked_by_id",
    "revoked_at",
    "adopted_at",
}


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
        "sales.substitution.rights",
        "sales.substitution.hand.back",
        "sales.substitution.responsible",
        "sales.substitution.credit",
        "sales.substitution.policy",
        "mail.thread",
        "mail.activity.mixin",
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
        default=fields.Date.context_today,
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
        default=fields.Date.context_today,
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

    @api.depends("decision", "mode", "start_at", "stop_at", "date_to", "hour_to")
    def _compute_state(self):
        now = fields.Datetime.now()
        for substitution in self:
            substitution.state = substitution._state_at(now)

    def _state_at(self, now):
        if self.decision != "appointed":
            return self.decision
        if not self.start_at:
            return "standby" if now < self._planned()[1] else "ended"
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
        today = fields.Date.today()
        never = appointed & fields.Domain("start_at", "=", False)
        domains = {
            "draft": fields.Domain("decision", "=", "draft"),
            "revoked": fields.Domain("decision", "=", "revoked"),
            "standby": never & fields.Domain("date_to", ">=", today),
            "appointed": appointed & fields.Domain("start_at", ">", now),
            "active": appointed
            & fields.Domain("start_at", "<=", now)
            & fields.Domain("stop_at", ">", now),
            "ended": (appointed & fields.Domain("stop_at", "<=", now))
            | (never & fields.Domain("date_to", "<", today)),
        }
        return fields.Domain.OR(domains[state] for state in value if state in domains)

    def _planned(self):
        """The first and the last instant that the dates mean, as naive UTC."""
        self.ensure_one()
        tz = self._tz()
        return (
            instant(self.date_from, self.hour_from, tz),
            instant(self.date_to, self.hour_to, tz, late=True),
        )

    def _tz(self):
        # sudo: a time zone
        company = self.company_id.sudo()
        return self.branch_id.sudo().tz or company.partner_id.tz or "UTC"

    # ------------------------------------------------------------------
    # Rules
    # ------------------------------------------------------------------

    @api.constrains("principal_id", "deputy_id", "company_id")
    def _check_people(self):
        for substitution in self:
            # sudo: whether colleagues are active, and which companies they may enter
            for user in (substitution.principal_id + substitution.deputy_id).sudo():
                substitution._check_person(user)

    def _check_person(self, user):
        if not user.active:
            raise ValidationError(
                self.env._(
                    "%(user)s is archived. Hand the customers over instead.",
                    user=user.name,
                )
            )
        if self.company_id not in user.company_ids:
            raise ValidationError(
                self.env._(
                    "%(user)s has no access to company %(company)s. "
                    "Give the access first.",
                    user=user.name,
                    company=self.company_id.name,
                )
            )

    @api.constrains(lambda self: self._scope_fields())
    def _check_scopes(self):
        for substitution in self:
            if not substitution._scopes():
                raise ValidationError(
                    self.env._(
                        "Choose at least one area in which %(deputy)s stands in.",
                        deputy=substitution.deputy_id.name,
                    )
                )
            substitution._check_direction()

    def _check_direction(self):
        """Direction passes only to somebody who may direct a branch at all."""
        if not self.scope_direction:
            return
        # sudo: groups of colleagues
        for user in (self.principal_id + self.deputy_id).sudo():
            if not user.has_group("sales_manager_kpi.group_branch_director"):
                raise ValidationError(
                    self.env._(
                        "%(user)s is no branch director. Direction passes from one "
                        "director to another; choose somebody else, or leave it out.",
                        user=user.name,
                    )
                )

    def _check_free(self):
        """No overlap per principal and area, no chain, nobody absent as deputy."""
        users = self.principal_id + self.deputy_id
        self.env["sales.branch.member"]._lock_users(users.ids)
        # sudo: a clash with a substitution the appointer does not see is one as well
        others = self.sudo().search(
            [
                ("decision", "=", "appointed"),
                ("company_id", "in", self.company_id.ids),
                "|",
                ("principal_id", "in", users.ids),
                ("deputy_id", "in", self.principal_id.ids),
            ]
        )
        for substitution in self:
            for other in others - substitution:
                substitution._check_beside(other)

    def _check_beside(self, other):
        if self.company_id != other.company_id or not self._overlaps(other):
            return
        same = self.principal_id == other.principal_id
        if same and self.mode == other.mode and self._scopes() & other._scopes():
            raise ValidationError(
                self.env._(
                    "%(principal)s has a deputy already: %(other)s, %(days)s. "
                    "Revoke that one first, or choose other days or areas.",
                    principal=self.principal_id.name,
                    other=other.deputy_id.name,
                    days=other._days(),
                )
            )
        if other.principal_id == self.deputy_id:
            raise ValidationError(
                self.env._(
                    "%(deputy)s is absent too, %(days)s: %(other)s stands in. "
                    "A deputy has no deputy; choose somebody who is there.",
                    deputy=self.deputy_id.name,
                    days=other._days(),
                    other=other.deputy_id.name,
                )
            )
        if other.deputy_id == self.principal_id:
            raise ValidationError(
                self.env._(
                    "%(principal)s stands in for %(other)s, %(days)s. "
                    "Name another deputy for %(other)s first.",
                    principal=self.principal_id.name,
                    other=other.principal_id.name,
                    days=other._days(),
                )
            )

    def _overlaps(self, other):
        start, stop = self._span()
        other_start, other_stop = other._span()
        return start < other_stop and other_start < stop

    def _span(self):
        """From when to when it can be in force."""
        planned = self._planned()
        return (self.start_at or planned[0], self.stop_at or planned[1])

    def _days(self):
        return self.env._(
            "%(start)s to %(stop)s",
            start=fields.Date.to_string(self.date_from),
            stop=fields.Date.to_string(self.date_to),
        )

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                self._refuse_system_fields(vals)
        substitutions = super().create(vals_list)
        if not self.env.su and any(s.decision != "draft" for s in substitutions):
            raise AccessError(
                self.env._("A substitution begins as a draft. Appoint it afterwards.")
            )
        return substitutions

    def write(self, vals):
        if not self.env.su:
            self._refuse_system_fields(vals)
            self._refuse_fixed_fields(vals)
        result = super().write(vals)
        if not {"date_to", "hour_to"}.isdisjoint(vals):
            self.filtered(lambda s: s.decision == "appointed")._move_end()
        return result

    def _refuse_system_fields(self, vals):
        if not SYSTEM_FIELDS.isdisjoint(vals):
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

    def _move_end(self):
        """A new last day: never one that has passed, that would be revoking."""
        now = fields.Datetime.now()
        for substitution in self:
            substitution._check_decider()
            stop = substitution._planned()[1]
            if substitution.state == "ended" or stop <= now:
                raise UserError(
                    self.env._(
                        "A substitution cannot end in the past, and one that ended "
                        "does not begin again. Revoke it, or appoint another one."
                    )
                )
            if substitution.stop_at:
                # sudo: the instants are the system's to write
                substitution.sudo().stop_at = stop
        self._check_free()
        self._forget_running()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_appointed(self):
        if any(substitution.decision != "draft" for substitution in self):
            raise UserError(
                self.env._("A substitution that was appointed is kept as evidence.")
            )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_appoint(self):
        """Appoint the deputies: in force by their dates, or standing by.

        :raise AccessError: for who directs neither the branch nor the company, or is
            the principal or the deputy
        :raise UserError: where it ended before, or is no draft
        """
        now = fields.Datetime.now()
        for substitution in self:
            substitution._check_decider()
            if substitution.decision != "draft":
                raise UserError(self.env._("This substitution is appointed already."))
            if substitution._planned()[1] <= now:
                raise UserError(
                    self.env._("These days are over. Choose an end that is to come.")
                )
        self._check_people()
        self._check_free()
        # sudo: the decision and its instants are the system's to write
        for substitution in self.sudo():
            start, stop = substitution._planned()
            active = substitution.mode == "active"
            substitution.write(
                {
                    "decision": "appointed",
                    # who appoints today is not responsible for yesterday
                    "start_at": max(start, now) if active else False,
                    "stop_at": stop if active else False,
                    "appointed_by_id": self.env.uid,
                    "appointed_at": now,
                }
            )
        self._forget_running()
        self._after_appointed()

    def action_adopt(self):
        """Take up a substitution that stands by: in force from now.

        Until the end of its dates, unless a director ends it before.

        :raise AccessError: for anybody but the deputy and who may appoint
        """
        now = fields.Datetime.now()
        for substitution in self:
            if substitution.deputy_id != self.env.user:
                substitution._check_decider()
            if substitution.state != "standby":
                raise UserError(
                    self.env._("Only a substitution that stands by is taken up.")
                )
            start, stop = substitution._planned()
            if now < start:
                raise UserError(
                    self.env._(
                        "It can be taken up from %(day)s on.",
                        day=fields.Date.to_string(substitution.date_from),
                    )
                )
            # sudo: the deputy starts what a director has appointed
            substitution.sudo().write(
                {"start_at": now, "stop_at": stop, "adopted_at": now}
            )
        self._check_adopted_free()
        self._forget_running()
        self._after_adopted()

    def _check_adopted_free(self):
        """Nobody else stands in by dates for the same areas at the same time."""
        # sudo: see _check_free
        others = self.sudo().search(
            [
                ("decision", "=", "appointed"),
                ("mode", "=", "active"),
                ("principal_id", "in", self.principal_id.ids),
                ("company_id", "in", self.company_id.ids),
            ]
        )
        for substitution in self:
            for other in others.filtered(
                lambda o, s=substitution: o.principal_id == s.principal_id
            ):
                if substitution._overlaps(other) and (
                    substitution._scopes() & other._scopes()
                ):
                    raise UserError(
                        self.env._(
                            "%(deputy)s stands in for %(principal)s, %(days)s.",
                            deputy=other.deputy_id.name,
                            principal=other.principal_id.name,
                            days=other._days(),
                        )
                    )

    def action_revoke(self):
        """End the substitutions at this moment.

        :raise AccessError: for who may not appoint
        """
        now = fields.Datetime.now()
        for substitution in self:
            substitution._check_decider()
            if substitution.state not in ("standby", "appointed", "active"):
                raise UserError(
                    self.env._("Only what is appointed and has not ended is revoked.")
                )
        running = self.filtered(lambda s: s.state == "active")
        # sudo: the decision and its instants are the system's to write
        for substitution in self.sudo():
            start = substitution.start_at
            substitution.write(
                {
                    "decision": "revoked",
                    "stop_at": start and max(start, now),
                    "revoked_by_id": self.env.uid,
                    "revoked_at": now,
                }
            )
        self._forget_running()
        self._after_revoked(running)

    def _check_decider(self):
        """Whoever directs the principal decides; nobody about themselves."""
        self.ensure_one()
        user = self.env.user
        if self.env.su:
            return
        if user in (self.principal_id, self.deputy_id):
            raise AccessError(
                self.env._(
                    "Neither who is absent nor who stands in decides about it. "
                    "Ask the director of the branch, or the commercial director."
                )
            )
        if user.has_group("sales_manager_kpi.group_commercial_director"):
            return
        if not self.branch_id or not self.branch_id._is_directed_by(user):
            raise AccessError(
                self.env._(
                    "The director of the branch of %(principal)s, or the commercial "
                    "director, decides about this.",
                    principal=self.principal_id.name,
                )
            )

    # ------------------------------------------------------------------
    # What happens then: other files of this area add to these
    # ------------------------------------------------------------------

    def _after_appointed(self):
        """Called once the deputies are appointed."""
        self._handover_appointed()

    def _after_adopted(self):
        """Called once what stood by is in force."""
        self._handover_adopted()

    def _after_revoked(self, running):
        """Called once revoked; ``running`` are those that were in force until now."""
        self._handover_revoked(running)
