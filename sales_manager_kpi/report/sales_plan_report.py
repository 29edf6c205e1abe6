from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine import working_days
from ..models.res_company import PLAN_BASIS
from ..models.sales_plan_states import VALID_STATES
from .sales_fact_search import conjunction

# What a condition on these columns says about the plans that the rows are of.
# What the facts' side reads of a fact.
FACT_COLUMNS = (
    "id",
    "company_id",
    "date",
    "moment",
    "user_id",
    "branch_id",
    "basis",
    "categ_id",
    "amount",
    "is_excluded",
)
PLAN_COLUMNS = {
    "basis": "basis",
    "branch_id": "branch_id",
    "company_id": "company_id",
    "date": "day_from",
    "period_id": "period_id",
    "plan_id": "id",
    "user_id": "user_id",
}


class SalesPlanReport(models.Model):
    """Plan against fact, one row per plan line and per counted fact.

    Facts stand under the category of their manager's valid plan that holds them; what
    no category of the plan holds is the rest of its total, or outside a plan without
    total. Facts of managers without a plan count on the company's basis.

    Effective targets follow absences and memberships, which Odoo's calendars know and
    SQL does not. They are computed when the report is asked, for the plans it is asked
    about, and enter the query as numbers: they are never older than the screen.
    """

    _name = "sales.plan.report"
    _inherit = ["sales.fact.search"]
    _description = "Plan against Fact"
    _auto = False
    _rec_name = "date"
    _order = "date desc, id"
    _depends = {
        "sales.fact.line": ["amount"],
        "sales.fact.report": ["amount"],
        "sales.plan": [
            "state",
            "basis",
            "user_id",
            "period_id",
            "branch_id",
            "day_from",
            "day_to",
        ],
        "sales.plan.line": [
            "plan_id",
            "dimension",
            "categ_id",
            "is_main",
            "target_amount",
        ],
        "sales.period": ["company_id", "date_from", "frozen_bases", "state"],
        "product.category": ["parent_path"],
        "res.company": [
            "currency_id",
            "sales_manager_kpi_plan_basis",
            "sales_manager_kpi_target_policy",
        ],
    }

    kind = fields.Selection(
        selection=[("plan", "Plan"), ("fact", "Fact")], readonly=True
    )
    scope = fields.Selection(
        selection=[
            ("category", "Planned category"),
            ("rest", "Rest of the total"),
            ("outside", "Outside the plan"),
            ("unplanned", "No valid plan"),
        ],
        readonly=True,
        help="How the row stands to the plan. Planned categories and the rest make the "
        "fulfilment; what is outside does not.",
    )
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    period_id = fields.Many2one(
        comodel_name="sales.period", string="Month", readonly=True
    )
    date = fields.Date(readonly=True)
    moment = fields.Datetime(
        readonly=True,
        help="The moment of the fact; for a plan the beginning of its month.",
    )
    plan_id = fields.Many2one(
        comodel_name="sales.plan", string="Valid Plan", readonly=True
    )
    user_id = fields.Many2one(comodel_name="res.users", string="Manager", readonly=True)
    branch_id = fields.Many2one(comodel_name="sales.branch", readonly=True)
    basis = fields.Selection(selection=PLAN_BASIS, readonly=True)
    categ_id = fields.Many2one(
        comodel_name="product.category", string="Plan Category", readonly=True
    )
    plan_amount = fields.Monetary(
        string="Plan", readonly=True, help="The target as it was agreed."
    )
    effective_amount = fields.Monetary(
        string="Effective Plan",
        readonly=True,
        help="The part of the agreed target that falls on the days the manager is "
        "there: it follows absences, calendars and memberships.",
    )
    fact_amount = fields.Monetary(string="Fact", readonly=True)
    amount = fields.Monetary(
        readonly=True, help="The row's own amount, plan or fact, for grouping by kind."
    )
    difference = fields.Monetary(
        readonly=True,
        help="Fact less the target that counts, the agreed or the effective one as the "
        "company decides in the settings: below zero is missing.",
    )

    def _search(self, domain, *args, **kwargs):
        domain = Domain(domain)
        records = self.with_context(report_plans=_asked_plans(domain))
        return super(SalesPlanReport, records)._search(domain, *args, **kwargs)

    def _with_implied(self, condition):
        """Days say something about moments, which have an index; ids do not."""
        if condition.field_expr == "date":
            return condition & self._implied_by_date(condition)
        return condition

    @property
    def _table_query(self) -> SQL:
        return SQL("%s UNION ALL %s", self._query_plan(), self._query_fact())

    def _query_plan(self):
        """Plan lines; the total line stands for what its categories leave.

        ``before`` is what the lines that come first ask for. Rounding what is asked up
        to a line, and not each line, makes the lines' effective targets add up to the
        plan's to the cent.
        """
        shares = self._effective_shares()
        return SQL(
            """
            SELECT -line.id::bigint AS id,
                   'plan' AS kind,
                   CASE line.dimension WHEN 'total' THEN 'rest' ELSE 'category' END
                       AS scope,
                   plan.company_id,
                   plan.currency_id,
                   plan.period_id,
                   plan.day_from AS date,
                   plan.day_from::timestamp AS moment,
                   plan.id AS plan_id,
                   plan.user_id,
                   plan.branch_id,
                   plan.basis,
                   line.categ_id,
                   own.amount AS plan_amount,
                   own.effective AS effective_amount,
                   0.0 AS fact_amount,
                   own.amount AS amount,
                   CASE company.sales_manager_kpi_target_policy
                        WHEN 'effective' THEN -own.effective ELSE -own.amount END
                       AS difference
              FROM sales_plan_line AS line
              JOIN sales_plan AS plan ON plan.id = line.plan_id
              JOIN res_company AS company ON company.id = plan.company_id
              JOIN res_currency AS currency ON currency.id = plan.currency_id
         LEFT JOIN unnest(%(plan_ids)s::integer[], %(shares)s::numeric[])
                AS present (plan_id, share) ON present.plan_id = plan.id
        CROSS JOIN LATERAL (
                    SELECT COALESCE(SUM(other.target_amount), 0) AS amount
                      FROM sales_plan_line AS other
                     WHERE (line.dimension = 'total'
                            OR present.share IS NOT NULL AND other.id < line.id)
                       AND other.plan_id = line.plan_id
                       AND other.dimension = 'category'
                       AND other.is_main
                   ) AS before
        CROSS JOIN LATERAL (
                    SELECT CASE line.dimension
                                WHEN 'total' THEN line.target_amount
                                ELSE before.amount + line.target_amount END AS amount
                   ) AS upto
        CROSS JOIN LATERAL (
                    SELECT upto.amount - before.amount AS amount,
                           CASE WHEN present.share IS NULL
                                THEN upto.amount - before.amount
                                ELSE %(upto)s - %(before)s END AS effective
                   ) AS own
             WHERE plan.state IN ('approved', 'running')
               AND line.is_main
            """,
            plan_ids=list(shares),
            shares=list(shares.values()),
            upto=_sql_part(SQL("upto.amount")),
            before=_sql_part(SQL("before.amount")),
        )

    def _effective_shares(self):
        """``{plan id: part of its target}`` where the manager is not there all days.

        Of the plans the reader may read, which are those whose rows they may read.
        """
        asked = self.env.context.get("report_plans") or Domain.TRUE
        plans = self.env["sales.plan"].search(
            Domain(asked) & Domain("state", "in", VALID_STATES)
        )
        shares = {
            plan.id: working_days.share(*days) for plan, days in plans._days().items()
        }
        return {
            plan_id: share
            for plan_id, share in shares.items()
            if share is not None and share < 1
        }

    def _query_fact(self):
        """Counted facts under the category of the manager's plan."""
        return SQL(
            """
            SELECT fact.id,
                   'fact' AS kind,
                   CASE WHEN held.categ_id IS NOT NULL THEN 'category'
                        WHEN plan.id IS NULL THEN 'unplanned'
                        WHEN whole.id IS NOT NULL THEN 'rest'
                        ELSE 'outside' END AS scope,
                   fact.company_id,
                   company.currency_id,
                   period.id AS period_id,
                   fact.date,
                   fact.moment,
                   plan.id AS plan_id,
                   fact.user_id,
                   COALESCE(plan.branch_id, fact.branch_id) AS branch_id,
                   fact.basis,
                   held.categ_id,
                   0.0 AS plan_amount,
                   0.0 AS effective_amount,
                   fact.amount AS fact_amount,
                   fact.amount AS amount,
                   fact.amount AS difference
              FROM (%(facts)s) AS fact
              JOIN res_company AS company ON company.id = fact.company_id
         LEFT JOIN sales_period AS period
                ON period.company_id = fact.company_id
               AND period.date_from = date_trunc('month', fact.date)::date
         LEFT JOIN sales_plan AS plan
                ON plan.user_id = fact.user_id
               AND plan.period_id = period.id
               AND plan.company_id = fact.company_id
               AND plan.state IN ('approved', 'running')
               AND fact.date BETWEEN plan.day_from AND plan.day_to
         LEFT JOIN sales_plan_line AS whole
                ON whole.plan_id = plan.id
               AND whole.dimension = 'total'
               AND whole.is_main
         LEFT JOIN product_category AS category ON category.id = fact.categ_id
         LEFT JOIN LATERAL (
                    SELECT line.categ_id
                      FROM sales_plan_line AS line
                      JOIN product_category AS holder ON holder.id = line.categ_id
                     WHERE line.plan_id = plan.id
                       AND line.is_main
                       AND starts_with(category.parent_path, holder.parent_path)
                     LIMIT 1
                   ) AS held ON TRUE
             WHERE NOT fact.is_excluded
               AND fact.user_id IS NOT NULL
               AND fact.basis =
                   COALESCE(plan.basis, company.sales_manager_kpi_plan_basis)
            """,
            facts=self.env["sales.fact.report"]
            .with_context(fact_bases=self._bases_in_use())
            ._sql_with_frozen(FACT_COLUMNS),
        )

    def _bases_in_use(self):
        """Bases of plans and companies: planning the query for others costs time."""
        asked = self.env.context.get("fact_bases")
        if asked and len(asked) < len(PLAN_BASIS):
            return asked
        self.env["sales.plan"].flush_model(["basis"])
        self.env["res.company"].flush_model(["sales_manager_kpi_plan_basis"])
        rows = self.env.execute_query(
            SQL(
                "SELECT basis FROM sales_plan"
                " UNION SELECT sales_manager_kpi_plan_basis FROM res_company"
            )
        )
        return [basis for (basis,) in rows]


def _sql_part(amount):
    """The present part of ``amount``, rounded as the currency is, half a cent up.

    A share is a fraction cut off after some digits; what it lacks is put right before
    the rounding, or half a cent would be less than half.
    """
    return SQL(
        "round(round(%s * present.share, 8) / currency.rounding::numeric)"
        " * currency.rounding::numeric",
        amount,
    )


def _asked_plans(domain):
    """The plans whose rows ``domain`` can find, as a domain on them."""
    asked = Domain.TRUE
    for condition in conjunction(domain):
        name, _dot, rest = condition.field_expr.partition(".")
        operator, value = condition.operator, condition.value
        if name == "kind" and operator in ("=", "in") and "plan" not in _values(value):
            return Domain.FALSE
        if name == "id" and operator in ("=", "in"):
            lines = [-row for row in _values(value) if isinstance(row, int)]
            asked &= Domain("line_ids", "in", [line for line in lines if line > 0])
        elif name in PLAN_COLUMNS:
            path = ".".join(filter(None, (PLAN_COLUMNS[name], rest)))
            asked &= Domain(path, operator, value)
    return asked


def _values(value):
    return value if isinstance(value, list | tuple | set | frozenset) else (value,)
