from datetime import date

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .sales_fact_search import _to_day, conjunction

YEAR = relativedelta(years=1)
COMPANIES, MONTHS = 1024, 4096
FACT_COLUMNS = (
    *("company_id", "currency_id", "partner_id", "basis", "is_excluded", "date"),
    *("moment", "amount"),
)


class SalesGrowthReport(models.Model):
    """Turnover of customers per month beside the same month last year.

    On the basis of the company's plans. Who owned a customer, and where it lay, is read
    on the last day of the month; the running month is compared with the same days of
    last year. Whether a customer was handed over in between is told, so that a growth
    without those can be looked at; how a score takes them says ``sales.growth``. Closed
    months are as they were frozen.
    """

    _name = "sales.growth.report"
    _inherit = ["sales.export.logged.mixin"]
    _description = "Growth"
    _auto = False
    _order = "date desc, id"

    date = fields.Date(string="Month", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True
    )
    user_id = fields.Many2one(comodel_name="res.users", string="Owner", readonly=True)
    branch_id = fields.Many2one(comodel_name="sales.branch", readonly=True)
    region_id = fields.Many2one(comodel_name="sales.territory", readonly=True)
    district_id = fields.Many2one(comodel_name="sales.territory", readonly=True)
    territory_id = fields.Many2one(comodel_name="sales.territory", readonly=True)
    industry_id = fields.Many2one(
        comodel_name="res.partner.industry", string="Sector", readonly=True
    )
    comparison = fields.Selection(
        selection=[
            ("kept", "Same owner since last year"),
            ("new", "Nobody's before"),
            ("handed_over", "Handed over since last year"),
            ("nobody", "Nobody's today"),
        ],
        readonly=True,
    )
    amount = fields.Monetary(string="Turnover", readonly=True)
    amount_before = fields.Monetary(string="Turnover Last Year", readonly=True)
    difference = fields.Monetary(readonly=True)
    growth = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Turnover per turnover last year, less one: 0.05 is 5 % more. Empty "
        "without turnover last year.",
    )

    _depends = {
        "customer.assignment": [
            "branch_id",
            "company_id",
            "date_from",
            "date_to",
            "partner_id",
            "territory_id",
            "user_id",
        ],
        "res.company": ["sales_manager_kpi_plan_basis"],
        "res.partner": ["industry_id", "tz"],
        "sales.territory": ["kind", "parent_path"],
    }

    @api.depends("partner_id", "date")
    def _compute_display_name(self):
        for row in self:
            row.display_name = row.partner_id.display_name

    # ------------------------------------------------------------------
    # Search: the days that are asked for reach the documents
    # ------------------------------------------------------------------

    def _search(self, domain, *args, **kwargs):
        domain = Domain(domain)
        records = self.with_context(growth_days=_asked_days(domain))
        return super(SalesGrowthReport, records)._search(
            domain.map_conditions(self._with_implied), *args, **kwargs
        )

    def _with_implied(self, condition):
        if condition.field_expr == "id" and condition.operator in ("=", "in"):
            ids = condition.value
            ids = [ids] if isinstance(ids, int) else ids
            if ids and all(isinstance(row_id, int) for row_id in ids):
                partners = {row_id // (COMPANIES * MONTHS) for row_id in ids}
                return condition & Domain("partner_id", "in", partners)
        return condition

    def _read_group_select(self, aggregate_spec, query):
        """Growth of a group is growth of its sums, not the mean of its customers'."""
        if aggregate_spec != "growth:avg":
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "SUM(%(now)s) / NULLIF(GREATEST(SUM(%(before)s), 0), 0) - 1",
            now=self._field_to_sql(self._table, "amount", query),
            before=self._field_to_sql(self._table, "amount_before", query),
        )

    @api.model
    @api.readonly
    def formatted_read_grouping_sets(self, *args, **kwargs):
        """Without turnover last year a pivot's cell is blank: no figure, not 0 %."""
        result = super().formatted_read_grouping_sets(*args, **kwargs)
        for groups in result:
            for group in groups:
                growth = group.get("growth:avg")
                if growth is None or growth is False:
                    group.pop("growth:avg", None)
        return result

    # ------------------------------------------------------------------
    # Query
    # ------------------------------------------------------------------

    @property
    def _table_query(self) -> SQL:
        for model, names in self._depends.items():
            self.env[model].flush_model(names)
        return SQL(
            """
            SELECT (turnover.partner_id::bigint * %(companies)s
                    + turnover.company_id %% %(companies)s) * %(months)s
                   + (EXTRACT(YEAR FROM turnover.date)::integer - 1970) * 12
                   + EXTRACT(MONTH FROM turnover.date)::integer AS id,
                   turnover.date, turnover.company_id, turnover.currency_id,
                   turnover.partner_id, turnover.amount, turnover.amount_before,
                   turnover.amount - turnover.amount_before AS difference,
                   turnover.amount
                   / NULLIF(GREATEST(turnover.amount_before, 0), 0) - 1 AS growth,
                   owner.user_id, owner.branch_id, owner.territory_id,
                   customer.industry_id,
                   %(region)s AS region_id, %(district)s AS district_id,
                   CASE WHEN owner.user_id IS NULL THEN 'nobody'
                        WHEN past.is_other THEN 'handed_over'
                        WHEN past.since > turnover.date - interval '1 year' THEN 'new'
                        ELSE 'kept' END AS comparison
              FROM (%(turnover)s) AS turnover
              JOIN res_partner AS customer ON customer.id = turnover.partner_id
              LEFT JOIN customer_assignment AS owner
                     ON owner.partner_id = turnover.partner_id
                    AND owner.company_id = turnover.company_id
                    AND owner.date_from <= turnover.last_day
                    AND (owner.date_to IS NULL OR owner.date_to >= turnover.last_day)
              LEFT JOIN sales_territory AS place ON place.id = owner.territory_id
              CROSS JOIN LATERAL (
                  SELECT bool_or(was.user_id IS DISTINCT FROM owner.user_id)
                             AS is_other,
                         min(was.date_from) AS since
                    FROM customer_assignment AS was
                   WHERE was.partner_id = turnover.partner_id
                     AND was.company_id = turnover.company_id
                     AND was.date_from <= turnover.last_day
                     AND (was.date_to IS NULL
                          OR was.date_to >= turnover.date - interval '1 year')
              ) AS past
            """,
            companies=COMPANIES,
            months=MONTHS,
            turnover=self._sql_turnover(),
            region=self._sql_place("region"),
            district=self._sql_place("district"),
        )

    def _sql_place(self, kind) -> SQL:
        return SQL(
            """
            (SELECT part.id FROM sales_territory AS part
              WHERE part.kind = %s
                AND place.parent_path LIKE part.parent_path || '%%%%'
           ORDER BY length(part.parent_path) DESC LIMIT 1)
            """,
            kind,
        )

    def _sql_turnover(self) -> SQL:
        """Per company, customer and month: turnover, and that of a year before."""
        companies = self.env.companies
        bases = set(companies.mapped("sales_manager_kpi_plan_basis"))
        facts = self.env["sales.fact.report"].with_context(fact_bases=bases)
        facts = facts._sql_with_frozen(FACT_COLUMNS)
        return SQL(
            """
            SELECT part.company_id, part.currency_id, part.partner_id, part.date,
                   LEAST((part.date + interval '1 month')::date - 1, part.today)
                       AS last_day,
                   sum(part.amount) AS amount,
                   sum(part.amount_before) AS amount_before
              FROM (%s) AS part
          GROUP BY part.company_id, part.currency_id, part.partner_id, part.date,
                   part.today
            """,
            SQL(" UNION ALL ").join(
                self._sql_facts(facts, company, years)
                for company in companies
                for years in (0, 1)
            ),
        )

    def _sql_facts(self, facts: SQL, company, years) -> SQL:
        """Facts of the days asked, or of a year before, put where they are compared.

        The bounds are literals, so that PostgreSQL knows how much it will find.
        """
        first, last = self.env.context.get("growth_days", (None, None))
        today = self.env["sales.branch"]._company_local_date(company)
        back = years * YEAR
        last = min(last, today) if last else today
        until = last - back
        if (until.month, until.day) == (2, 28):
            until += relativedelta(day=31)  # 29 February falls on the 28th a year later
        bounds = [
            SQL("fact.date <= %s", until),
            SQL("fact.moment < %s", until + relativedelta(days=2)),
        ]
        if first:
            bounds += [
                SQL("fact.date >= %s", first - back),
                SQL("fact.moment >= %s", first - back - relativedelta(days=1)),
            ]
        amounts = [SQL("fact.amount"), SQL("0")]
        return SQL(
            """
            SELECT fact.company_id, fact.currency_id, fact.partner_id,
                   date_trunc('month', fact.date + make_interval(years => %(years)s))
                       ::date AS date,
                   %(today)s::date AS today,
                   %(amount)s AS amount, %(before)s AS amount_before
              FROM (%(facts)s) AS fact
             WHERE NOT fact.is_excluded AND fact.partner_id IS NOT NULL
               AND fact.company_id = %(company)s AND fact.basis = %(basis)s
               AND %(bounds)s
            """,
            years=years,
            today=today,
            amount=amounts[years],
            before=amounts[1 - years],
            facts=facts,
            company=company.id,
            basis=company.sales_manager_kpi_plan_basis,
            bounds=SQL(" AND ").join(bounds),
        )


def _asked_days(domain):
    """First and last day of the months that ``domain`` asks for, None where open."""
    first = last = None
    for condition in conjunction(domain):
        if condition.field_expr != "date" or not isinstance(
            condition.value, str | date
        ):
            continue
        day = _to_day(condition.value)
        if condition.operator in (">", ">=", "="):
            month = day.replace(day=1)
            first = max(first, month) if first else month
        if condition.operator in ("<", "<=", "="):
            month = day + relativedelta(day=31)
            last = min(last, month) if last else month
    return first, last
