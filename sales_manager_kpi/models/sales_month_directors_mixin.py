from odoo import api, fields, models
from odoo.tools import SQL


class SalesMonthDirectorsMixin(models.AbstractModel):
    """What is kept of a manager's month is read by everybody who directed it.

    Who changes branch in mid-month has two directors in that month: both read, one
    judges. Nothing is stored, since memberships and directors change afterwards.
    For models with ``user_id``, ``company_id`` and ``period_id``.
    """

    _name = "sales.month.directors.mixin"
    _description = "Directors of a Manager's Month"

    month_director_ids = fields.Many2many(
        comodel_name="res.users",
        string="Directors in the Month",
        compute="_compute_month_director_ids",
        search="_search_month_director_ids",
        compute_sudo=True,
        help="They direct a branch that the manager belonged to in this month.",
    )

    @api.depends(
        "user_id.sales_branch_member_ids.branch_id.director_id",
        "user_id.sales_branch_member_ids.date_from",
        "user_id.sales_branch_member_ids.date_to",
        "company_id",
        "period_id",
    )
    def _compute_month_director_ids(self):
        for row in self:
            period = row.period_id
            members = row.user_id.sales_branch_member_ids.filtered(
                lambda member, row=row, period=period: (
                    member.company_id == row.company_id
                    and member.date_from <= period.date_to
                    and (not member.date_to or member.date_to >= period.date_from)
                )
            )
            row.month_director_ids = members.branch_id.director_id

    def _search_month_director_ids(self, operator, value):
        """By id alone, as record rules ask: one subquery over the memberships."""
        if operator != "in":
            return NotImplemented
        self.flush_model(["company_id", "period_id", "user_id"])
        self.env["sales.branch"].flush_model(["director_id"])
        self.env["sales.branch.member"].flush_model(
            ["branch_id", "company_id", "date_from", "date_to", "user_id"]
        )
        query = SQL(
            """
            (SELECT row.id
               FROM %(table)s AS row
               JOIN sales_period AS period ON period.id = row.period_id
               JOIN sales_branch_member AS member
                 ON member.user_id = row.user_id
                AND member.company_id = row.company_id
                AND member.date_from <= period.date_to
                AND (member.date_to IS NULL OR member.date_to >= period.date_from)
               JOIN sales_branch AS branch ON branch.id = member.branch_id
              WHERE branch.director_id = ANY(%(users)s))
            """,
            table=SQL.identifier(self._table),
            users=[user_id for user_id in value if user_id],
        )
        return [("id", "in", query)]
