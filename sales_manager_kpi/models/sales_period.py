from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from .sales_plan_states import SYSTEM

UPCOMING = 13  # this month and the twelve after it
NAME_OPERATORS = ("=", "in", "=ilike", "like", "ilike")


class SalesPeriod(models.Model):
    """A calendar month of a company: what plans and evaluations are made for."""

    _name = "sales.period"
    _description = "Sales Month"
    _inherit = ["mail.thread", "mail.activity.mixin"]  # who is reminded of a month
    _mail_post_access = "read"
    _order = "date_from desc, company_id"
    _rec_names_search = ["name"]
    # Written by the steps of a month alone.
    _step_fields = frozenset({"state"})

    name = fields.Char(
        compute="_compute_name",
        store=True,
        precompute=True,
        help="Year and month, the same in every language.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    date_from = fields.Date(
        string="First Day",
        required=True,
        default=lambda self: fields.Date.context_today(self).replace(day=1),
    )
    date_to = fields.Date(
        string="Last Day",
        compute="_compute_date_to",
        store=True,
        precompute=True,
        help="The last day of the month, included.",
    )
    state = fields.Selection(
        string="Status",
        selection=[
            ("open", "Open"),
            ("closing", "Being closed"),
            ("closed", "Closed"),
        ],
        required=True,
        readonly=True,
        default="open",
        copy=False,
    )

    # first of the month + one row per month = months cannot overlap
    _month = models.Constraint(
        "CHECK (EXTRACT(day FROM date_from) = 1 AND "
        "date_to = (date_from + INTERVAL '1 month' - INTERVAL '1 day')::date)",
        "A sales month is a calendar month: begin it on the first day of the month.",
    )
    _month_uniq = models.UniqueIndex(
        "(company_id, date_from)",
        "This company already has this month. Use that one.",
    )

    @api.depends("date_from")
    def _compute_name(self):
        for period in self:
            period.name = f"{period.date_from:%Y-%m}" if period.date_from else False

    @api.depends("date_from")
    def _compute_date_to(self):
        for period in self:
            period.date_to = period.date_from and period._last_day(period.date_from)

    @api.depends("date_from", "company_id")
    @api.depends_context("lang", "allowed_company_ids")
    def _compute_display_name(self):
        several = len(self.env.companies) > 1
        for period in self:
            month = format_date(self.env, period.date_from, date_format="LLLL y")
            period.display_name = (
                f"{month} ({period.company_id.name})" if several else month
            )

    @api.model
    def _search_display_name(self, operator, value):
        """Find a month as it is shown ("March 2026"), in the reader's language."""
        if operator not in NAME_OPERATORS:
            return NotImplemented
        if operator == "in":
            wanted = {_plain(one) for one in value if isinstance(one, str)}
            match = wanted.__contains__
        else:
            wanted = _plain(value or "")
            match = wanted.__eq__ if operator in ("=", "=ilike") else None
        # months are few, and their names are made in the reader's language
        shown = [
            period.id
            for period in self.search([])
            if any(
                match(name) if match else wanted in name
                for name in period._shown_names()
            )
        ]
        return super()._search_display_name(operator, value) | Domain("id", "in", shown)

    def _shown_names(self):
        month = format_date(self.env, self.date_from, date_format="LLLL y")
        return {_plain(month), _plain(f"{month} ({self.company_id.name})")}

    @api.model_create_multi
    def create(self, vals_list):
        given = {name for vals in vals_list for name in vals} & self._step_fields
        given |= {f for f in self._step_fields if f"default_{f}" in self.env.context}
        periods = super().create(vals_list)
        if given - {"state"} or any(period.state != "open" for period in periods):
            raise UserError(self.env._("A new month is open. Leave its status out."))
        return periods

    def write(self, vals):
        # what a month is called follows from its first day: payroll reads it
        vals = {name: value for name, value in vals.items() if name != "name"}
        if not (self._step_fields.isdisjoint(vals) or self._is_step()):
            raise UserError(
                self.env._("The status of a month cannot be written directly.")
            )
        if not vals.keys().isdisjoint({"company_id", "date_from", "date_to"}):
            self._check_unused()
        return super().write(vals)

    def _is_step(self):
        return self.env.context.get("sales_period_step") is SYSTEM

    def _step(self, vals):
        """Write what only a step of a month may."""
        # sudo: who may take the step is for the step to check
        self.sudo().with_context(sales_period_step=SYSTEM).write(vals)

    def _check_unused(self):
        closed = self.filtered(lambda period: period.state != "open")[:1]
        if closed:
            raise UserError(
                self.env._(
                    "%(period)s is closed, so its month and company stay.",
                    period=closed.display_name,
                )
            )
        # sudo: a plan the writer does not see is a plan all the same
        plan = (
            self.env["sales.plan"]
            .sudo()
            .search([("period_id", "in", self.ids)], limit=1)
        )
        if plan:
            raise UserError(
                self.env._(
                    "%(period)s has plans, so its month and company stay. "
                    "Create another month instead.",
                    period=plan.period_id.display_name,
                )
            )

    @api.model
    def _last_day(self, day):
        return day + relativedelta(day=31)

    @api.model
    def _for_date(self, company, date):
        """The period of ``company`` that holds ``date``; made if there is none.

        Two transactions may ask at once: the row is inserted once, and the transaction
        that lost is served again by Odoo's retry of serialization failures.
        """
        return self._for_months(company, [date])

    @api.model
    def _for_months(self, company, dates):
        """Periods of ``company`` that hold ``dates``, oldest first; see _for_date."""
        months = {date.replace(day=1) for date in dates}
        # sudo: a month is no secret, and everybody who plans needs its row
        Period = self.sudo()
        domain = [("company_id", "=", company.id), ("date_from", "in", list(months))]
        periods = Period.search_fetch(domain)
        missing = months - set(periods.mapped("date_from"))
        if missing:
            Period._insert(company, sorted(missing))
            periods = Period.search(domain)
        return periods.sorted("date_from").sudo(self.env.su)

    @api.model
    def _insert(self, company, months):
        rows = SQL(", ").join(
            SQL(
                "(%s, %s, %s, %s, 'open', %s, %s, now() AT TIME ZONE 'UTC', "
                "now() AT TIME ZONE 'UTC')",
                company.id,
                month,
                self._last_day(month),
                f"{month:%Y-%m}",
                self.env.uid,
                self.env.uid,
            )
            for month in months
        )
        self.env.execute_query(
            SQL(
                """
                INSERT INTO sales_period (
                                company_id, date_from, date_to, name, state,
                                create_uid, write_uid, create_date, write_date
                            )
                     VALUES %s
                ON CONFLICT (company_id, date_from) DO NOTHING
                  RETURNING id
                """,
                rows,
            )
        )

    @api.model
    def _upcoming(self, company):
        """This month and the twelve after it, for choosing one to plan."""
        today = self.env["sales.branch"]._company_local_date(company)
        months = [today + relativedelta(months=i) for i in range(UPCOMING)]
        return self._for_months(company, months)


def _plain(text):
    """A name as it is compared: without case and double spaces."""
    return " ".join(str(text).split()).casefold()
