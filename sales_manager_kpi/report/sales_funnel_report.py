from odoo import api, fields, models
from odoo.tools import SQL

STEPS = 1_048_576  # ids of rows: the lead, then the step


class SalesFunnelReport(models.Model):
    """Leads by the steps that they reached, and how long each took.

    A step is reached when it could come: when the steps before it were done. Days are
    working days of the branch, kept with the mark; those of a step that is not done yet
    are not counted.
    """

    _name = "sales.funnel.report"
    _inherit = ["sales.export.logged.mixin", "sales.mean.mixin"]
    _description = "Funnel"
    _means_of_known = ("days",)
    _auto = False
    _order = "reached_on desc, id"
    _rec_name = "lead_id"

    lead_id = fields.Many2one(comodel_name="crm.lead", readonly=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True
    )
    playbook_id = fields.Many2one(comodel_name="sales.playbook", readonly=True)
    step_id = fields.Many2one(comodel_name="sales.playbook.step", readonly=True)
    sequence = fields.Integer(readonly=True, aggregator="min")
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    user_id = fields.Many2one(comodel_name="res.users", string="Manager", readonly=True)
    branch_id = fields.Many2one(comodel_name="sales.branch", readonly=True)
    team_id = fields.Many2one(
        comodel_name="crm.team", string="Sales Team", readonly=True
    )
    source_id = fields.Many2one(comodel_name="utm.source", readonly=True)
    campaign_id = fields.Many2one(comodel_name="utm.campaign", readonly=True)
    reached_on = fields.Date(readonly=True, help="When the step could come.")
    ended_on = fields.Date(readonly=True, help="When it was done, or the lead lost.")
    state = fields.Selection(
        string="Status",
        selection=[("done", "Done"), ("open", "Open"), ("lost", "Lost")],
        readonly=True,
    )
    reached = fields.Integer(string="Leads", readonly=True)
    converted = fields.Integer(
        string="Went On", readonly=True, help="1 where the step was done."
    )
    conversion = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Leads that did the step per lead that reached it, 0 to 1.",
    )
    days = fields.Integer(
        string="Working Days",
        readonly=True,
        aggregator="avg",
        help="Working days of the branch from when the step could come until it was "
        "done.",
    )
    is_late = fields.Boolean(
        readonly=True, help="It took longer than the playbook expects."
    )
    first_order_id = fields.Many2one(
        related="lead_id.first_order_id", string="First Order"
    )
    is_new_customer = fields.Boolean(
        related="lead_id.is_new_customer", string="New Customer"
    )

    _depends = {
        "crm.lead": [
            "active",
            "campaign_id",
            "company_id",
            "create_date",
            "date_closed",
            "partner_id",
            "playbook_id",
            "source_id",
            "team_id",
            "user_id",
            "won_status",
        ],
        "res.partner": ["tz"],
        "sales.branch": ["tz"],
        "sales.branch.member": ["branch_id", "date_from", "date_to", "user_id"],
        "sales.playbook.mark": [
            "at",
            "branch_id",
            "company_id",
            "date",
            "days",
            "lead_id",
            "manager_id",
            "reached_at",
            "step_id",
        ],
        "sales.playbook.step": [
            "active",
            "expected_days",
            "playbook_id",
            "prerequisite_ids",
            "sequence",
        ],
    }

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """
            WITH lead AS (%(leads)s)
            %(done)s
            UNION ALL
            %(open)s
            """,
            leads=self._sql_leads(),
            done=self._sql_done(),
            open=self._sql_open(),
        )

    def _sql_leads(self) -> SQL:
        """Leads with their company, branch and time zone of today."""
        return SQL(
            """
            SELECT lead.id, lead.playbook_id, lead.user_id, lead.team_id,
                   lead.partner_id, lead.source_id, lead.campaign_id,
                   lead.create_date, lead.won_status, lead.date_closed,
                   company.id AS company_id, place.id AS branch_id,
                   COALESCE(place.tz, home.tz, 'UTC') AS tz
              FROM crm_lead AS lead
         LEFT JOIN crm_team AS team ON team.id = lead.team_id
         LEFT JOIN res_users AS owner ON owner.id = lead.user_id
              JOIN res_company AS company
                ON company.id =
                   COALESCE(lead.company_id, team.company_id, owner.company_id)
              JOIN res_partner AS home ON home.id = company.partner_id
         LEFT JOIN LATERAL (
                   SELECT branch.id, branch.tz
                     FROM sales_branch_member AS member
                     JOIN sales_branch AS branch ON branch.id = member.branch_id
                    WHERE member.user_id = lead.user_id
                      AND branch.company_id = company.id
                      AND member.date_from <= CURRENT_DATE
                      AND (member.date_to IS NULL OR member.date_to >= CURRENT_DATE)
                 ORDER BY member.date_from DESC
                    LIMIT 1
                   ) AS place ON TRUE
            """
        )

    def _sql_done(self) -> SQL:
        """What is kept with marks, also of steps that are archived by now."""
        return SQL(
            """
            SELECT mark.lead_id::bigint * %(steps)s + mark.step_id AS id,
                   mark.lead_id, lead.partner_id, mark.playbook_id, mark.step_id,
                   step.sequence, mark.company_id, mark.manager_id AS user_id,
                   mark.branch_id, lead.team_id, lead.source_id, lead.campaign_id,
                   %(reached)s AS reached_on, mark.date AS ended_on,
                   'done' AS state, 1 AS reached, 1 AS converted,
                   1.0::float AS conversion, mark.days,
                   step.expected_days > 0 AND mark.days > step.expected_days AS is_late
              FROM sales_playbook_mark AS mark
              JOIN sales_playbook_step AS step ON step.id = mark.step_id
              JOIN crm_lead AS lead ON lead.id = mark.lead_id
              JOIN res_company AS company ON company.id = mark.company_id
              JOIN res_partner AS home ON home.id = company.partner_id
         LEFT JOIN sales_branch AS place ON place.id = mark.branch_id
            """,
            steps=STEPS,
            reached=_sql_day(
                SQL("mark.reached_at"), SQL("COALESCE(place.tz, home.tz, 'UTC')")
            ),
        )

    def _sql_open(self) -> SQL:
        """Steps that can come now, or could when the lead was lost."""
        moment = SQL("GREATEST(lead.create_date, before.at)")
        return SQL(
            """
            SELECT lead.id::bigint * %(steps)s + step.id AS id,
                   lead.id AS lead_id, lead.partner_id, step.playbook_id,
                   step.id AS step_id, step.sequence, lead.company_id, lead.user_id,
                   lead.branch_id, lead.team_id, lead.source_id, lead.campaign_id,
                   %(reached)s AS reached_on,
                   CASE WHEN lead.won_status = 'lost' THEN %(closed)s END AS ended_on,
                   CASE WHEN lead.won_status = 'lost' THEN 'lost' ELSE 'open' END
                   AS state,
                   1 AS reached, 0 AS converted, 0.0::float AS conversion,
                   NULL::integer AS days, FALSE AS is_late
              FROM lead
              JOIN sales_playbook_step AS step
                ON step.playbook_id = lead.playbook_id AND step.active
        CROSS JOIN LATERAL (
                   SELECT count(*) AS needed, count(mark.id) AS had,
                          max(mark.at) AS at
                     FROM sales_playbook_step_before_rel AS rel
                     JOIN sales_playbook_step AS earlier
                       ON earlier.id = rel.before_id AND earlier.active
                LEFT JOIN sales_playbook_mark AS mark
                       ON mark.step_id = earlier.id AND mark.lead_id = lead.id
                    WHERE rel.step_id = step.id
                   ) AS before
             WHERE before.needed = before.had
               AND NOT EXISTS (
                   SELECT FROM sales_playbook_mark AS own
                    WHERE own.lead_id = lead.id AND own.step_id = step.id
                   )
            """,
            steps=STEPS,
            reached=_sql_day(moment, SQL("lead.tz")),
            closed=_sql_day(SQL("lead.date_closed"), SQL("lead.tz")),
        )

    @api.depends("lead_id", "step_id")
    def _compute_display_name(self):
        for row in self:
            # sudo: the name of a lead whose row may be read
            row.display_name = f"{row.lead_id.sudo().name} · {row.step_id.name}"

    def action_open_lead(self):
        """Open the lead."""
        self.ensure_one()
        return self.lead_id._get_records_action()


def _sql_day(moment: SQL, tz: SQL) -> SQL:
    return SQL("((%s) AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", moment, tz)
