from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..engine.cover import days

# colours of Odoo's calendar: red, orange, green, blue, none
COLORS = {"uncovered": 1, "partly": 2, "covered": 10, "later": 4, "none": 0}


class SalesAbsence(models.Model):
    """Absences of sales people and who stands in; Odoo's own leaves, nothing beside.

    A row is a ``resource.calendar.leaves`` of somebody who is a member of a branch,
    directs one, supervises supply or is a commercial director; its id is that of the
    leave. What is entered here is a leave; what HR enters as leave is here. Why
    somebody is away is not shown, to nobody.
    """

    _name = "sales.absence"
    _description = "Absence"
    _inherit = ["sales.absence.entry", "mail.thread", "mail.activity.mixin"]
    _auto = False
    _order = "date_from desc, id desc"
    _rec_names_search = ["user_id.name"]
    _depends = {
        "resource.calendar.leaves": [
            "date_from",
            "date_to",
            "resource_id",
            "time_type",
        ],
        "resource.resource": ["user_id", "company_id"],
        "sales.branch.member": [
            "user_id",
            "company_id",
            "branch_id",
            "date_from",
            "date_to",
        ],
        "sales.branch": [
            "director_id",
            "company_id",
            "active",
            "tz",
            "sequence",
            "code",
        ],
        "res.company": ["partner_id"],
        "res.partner": ["tz"],
    }

    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Who",
        required=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
    )
    branch_id = fields.Many2one(
        comodel_name="sales.branch",
        readonly=True,
        help="Where this person works on the first day, or else what they direct.",
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: self.env["sales.branch"]._company_local_date(
            self.env.company
        ),
        help="The first day, in the time zone of the branch.",
    )
    date_to = fields.Date(
        string="To",
        required=True,
        default=lambda self: self.env["sales.branch"]._company_local_date(
            self.env.company
        ),
        help="The last day, in the time zone of the branch.",
    )
    whole_days = fields.Boolean(default=True)
    hour_from = fields.Float(
        string="From Hour",
        default=9.0,
        aggregator=None,
        help="On the first day, in the time zone of the branch.",
    )
    hour_to = fields.Float(
        string="To Hour",
        default=17.0,
        aggregator=None,
        help="On the last day, in the time zone of the branch.",
    )
    start_at = fields.Datetime(string="Begins", readonly=True)
    stop_at = fields.Datetime(string="Ends", readonly=True)
    from_hr = fields.Boolean(
        string="From HR",
        readonly=True,
        help="An approved leave; it is changed where it was asked for.",
    )
    is_member = fields.Boolean(
        string="Serves Customers",
        readonly=True,
        export_string_translation=False,
    )
    is_director = fields.Boolean(
        string="Directs a Branch", readonly=True, export_string_translation=False
    )
    working_days = fields.Float(
        compute="_compute_cover",
        digits=(16, 2),
        help="Working days that fall out, by the person's hours.",
    )
    uncovered_days = fields.Float(
        compute="_compute_cover",
        digits=(16, 2),
        help="Working days on which nobody stands in, or not for everything.",
    )
    cover = fields.Selection(
        selection=[
            ("uncovered", "Nobody stands in"),
            ("partly", "Partly covered"),
            ("later", "To come"),
            ("covered", "Covered"),
            ("none", "No working days"),
        ],
        compute="_compute_cover",
        search="_search_cover",
        help="To come: nobody stands in yet, and the company names deputies later.",
    )
    color = fields.Integer(compute="_compute_cover", export_string_translation=False)
    is_open = fields.Boolean(
        compute="_compute_cover",
        export_string_translation=False,
        help="Whether hours to come are not covered.",
    )
    deputy_ids = fields.Many2many(
        comodel_name="res.users",
        string="Stood in by",
        compute="_compute_substitutions",
    )
    substitution_ids = fields.Many2many(
        comodel_name="sales.substitution",
        string="Substitutions",
        compute="_compute_substitutions",
    )
    can_appoint = fields.Boolean(
        compute="_compute_can_appoint", export_string_translation=False
    )
    can_change = fields.Boolean(
        compute="_compute_can_change", export_string_translation=False
    )

    # ------------------------------------------------------------------
    # What is read
    # ------------------------------------------------------------------

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT leave.id, resource.user_id, resource.company_id,
                   COALESCE(member.branch_id, directed.id) AS branch_id,
                   member.branch_id IS NOT NULL AS is_member,
                   directed.id IS NOT NULL AS is_director,
                   leave.date_from AS start_at, leave.date_to AS stop_at,
                   local.start::date AS date_from, local.stop::date AS date_to,
                   local.start::time = '00:00' AND local.stop::time >= '23:59'
                       AS whole_days,
                   EXTRACT(EPOCH FROM local.start::time) / 3600 AS hour_from,
                   ROUND(EXTRACT(EPOCH FROM local.stop::time) / 60) / 60 AS hour_to,
                   %(from_hr)s AS from_hr
              FROM resource_calendar_leaves AS leave
              JOIN resource_resource AS resource ON resource.id = leave.resource_id
              JOIN res_company AS company ON company.id = resource.company_id
              JOIN res_partner AS address ON address.id = company.partner_id
              LEFT JOIN LATERAL (
                  SELECT home.branch_id
                    FROM sales_branch_member AS home
                   WHERE home.user_id = resource.user_id
                     AND home.company_id = resource.company_id
                     AND home.date_from <= leave.date_to
                     AND COALESCE(home.date_to, 'infinity') >= leave.date_from::date
                ORDER BY home.date_from
                   LIMIT 1
              ) AS member ON TRUE
              LEFT JOIN LATERAL (
                  SELECT own.id
                    FROM sales_branch AS own
                   WHERE own.director_id = resource.user_id
                     AND own.company_id = resource.company_id
                     AND own.active
                ORDER BY own.sequence, own.code, own.id
                   LIMIT 1
              ) AS directed ON TRUE
              LEFT JOIN sales_branch AS branch
                     ON branch.id = COALESCE(member.branch_id, directed.id)
             CROSS JOIN LATERAL (
                  SELECT zone.name,
                         leave.date_from AT TIME ZONE 'UTC' AT TIME ZONE zone.name
                             AS start,
                         (leave.date_to - INTERVAL '1 second')
                             AT TIME ZONE 'UTC' AT TIME ZONE zone.name AS stop
                    FROM (SELECT COALESCE(branch.tz, address.tz, 'UTC') AS name) AS zone
              ) AS local
             WHERE leave.time_type = 'leave'
               AND resource.user_id IS NOT NULL
               AND (branch.id IS NOT NULL OR EXISTS (
                       SELECT 1
                         FROM res_groups_users_rel AS rel
                        WHERE rel.uid = resource.user_id AND rel.gid = ANY(%(groups)s)
                   ))
            """,
            from_hr=self._from_hr(),
            groups=self._office_groups(),
        )

    @api.model
    def _from_hr(self):
        """Whether a leave is one of HR's, where HR is installed."""
        if "holiday_id" in self.env["resource.calendar.leaves"]._fields:
            return SQL("leave.holiday_id IS NOT NULL")
        return SQL("FALSE")

    @api.model
    def _office_groups(self):
        """Groups of those who are in no branch and have deputies all the same."""
        groups = self.env["res.groups"]
        ids = [
            self.env["ir.model.data"]._xmlid_to_res_id(f"sales_manager_kpi.{name}")
            for name in ("group_supply_supervisor", "group_commercial_director")
        ]
        return [*ids, *groups._get_group_definitions().get_subset_ids(ids)]

    @api.depends("user_id", "date_from", "date_to")
    def _compute_display_name(self):
        for absence in self:
            first, last = (
                format_date(self.env, day, date_format="d MMM")
                for day in (absence.date_from, absence.date_to)
            )
            period = first if first == last else f"{first} – {last}"
            absence.display_name = f"{absence.user_id.name or '…'}, {period}"

    @api.depends("user_id", "company_id", "start_at", "stop_at")
    def _compute_cover(self):
        now = fields.Datetime.now()
        covers = self.env["sales.absence.cover"]._of(self._origin)
        for absence in self:
            cover = covers.get(absence._origin.id)
            kind = cover and absence._origin._cover_kind(cover, now)
            absence.cover = kind
            absence.color = COLORS.get(kind, 0)
            absence.working_days = days(cover.away) if cover else 0.0
            absence.uncovered_days = days(cover.missing) if cover else 0.0
            absence.is_open = bool(cover and cover.gap(now))

    def _cover_kind(self, cover, now):
        """Its kind; ``later`` where deputies are not named yet."""
        if cover.kind == "uncovered" and self._is_later(now):
            return "later"
        return cover.kind

    def _is_later(self, now):
        """Whether nobody is asked yet who stands in."""
        return self.start_at > now + self._lead()

    def _lead(self):
        """How long before an absence its deputy is named."""
        # sudo: a setting
        return timedelta(days=self.company_id.sudo().sales_manager_kpi_absence_days)

    @api.model
    def _search_cover(self, operator, value):
        """Of all absences in the reader's companies; computed, so by their ids."""
        if operator != "in":
            return NotImplemented
        domain = Domain("company_id", "in", self.env.companies.ids)
        if set(value) == {"later"}:
            domain &= Domain("start_at", ">", fields.Datetime.now())
        # sudo: the ids are filtered by the reader's rules afterwards
        absences = self.sudo().search(domain)
        return Domain("id", "in", absences.filtered(lambda a: a.cover in value).ids)

    @api.depends("user_id", "company_id", "date_from", "date_to")
    def _compute_substitutions(self):
        saved = self._origin
        rows = self.env["sales.absence.cover"]._substitutions(saved) if saved else {}
        Substitution = self.env["sales.substitution"]
        every = Substitution.union(*rows.values()).with_env(self.env)
        readable = every._filtered_access("read")
        for absence in self:
            own = rows.get(absence._origin.id, Substitution)
            # sudo: who stands in is told to everybody who sees the absence
            absence.deputy_ids = own.filtered(
                lambda s: s.decision == "appointed"
            ).deputy_id.ids
            absence.substitution_ids = readable & own.with_env(self.env)

    @api.depends("is_open", "user_id", "branch_id")
    @api.depends_context("uid")
    def _compute_can_appoint(self):
        for absence in self:
            absence.can_appoint = (
                absence.is_open
                and absence.user_id != self.env.user
                and absence._decides()
            )

    @api.depends("user_id", "branch_id", "date_from", "from_hr")
    @api.depends_context("uid")
    def _compute_can_change(self):
        for absence in self:
            absence.can_change = not absence._origin or not absence._why_not()

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_appoint(self):
        """Open the dialog that names who stands in for what is not covered.

        :raise UserError: where somebody stands in already, or the absence is over
        """
        self.ensure_one()
        self.check_access("read")
        if self.stop_at <= fields.Datetime.now():
            raise UserError(self.env._("This absence is over."))
        if not self.is_open:
            raise UserError(
                self.env._(
                    "%(user)s needs no deputy in these days: %(cover)s.",
                    user=self.user_id.name,
                    cover=dict(
                        self._fields["cover"]._description_selection(self.env)
                    ).get(self.cover),
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Who stands in for %s?", self.user_id.name),
            "res_model": "sales.substitution.appoint",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_absence_id": self.id},
        }

    def action_open_substitutions(self):
        """Open who stands in during this absence."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.sales_substitution_action"
        )
        found = self.substitution_ids
        action["domain"] = [("id", "in", found.ids)]
        if len(found) == 1:
            action.update(views=[(False, "form")], res_id=found.id)
        return action
