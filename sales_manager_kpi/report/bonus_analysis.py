from odoo import api, fields, models
from odoo.tools import SQL

COST = "sales_manager_kpi.group_cost"
PAY = "sales_manager_kpi.group_pay"
# What is measured by what, so that a group's ratio is that of its sums.
RATIOS = {
    "fulfilment": ("plan_fact", "plan_target"),
    "bonus_turnover": ("variable", "turnover"),
    "bonus_margin": ("variable", "margin"),
}
OF_COST = ("margin", "bonus_margin")
# Kinds of components, and what is no component.
PAID_KINDS = (
    *("own_deals", "plan", "criterion", "growth", "new_customers", "programme"),
    *("team_override", "duty_fee", "fixed", "minimum", "multiplier", "adjustment"),
)


class BonusAnalysis(models.Model):
    """What months paid beside what they brought, one row per statement.

    Turnover and margin are the frozen figures of the month on the basis of invoices,
    plan and fact those that the statement was computed from: a closed month never
    changes here. Amounts are in company currency; of several currencies there is no
    sum.
    """

    _name = "bonus.analysis"
    _inherit = ["sales.export.logged.mixin"]
    _description = "Pay Analysis"
    _auto = False
    _rec_name = "date"
    _order = "date desc, user_id, id"

    user_id = fields.Many2one(comodel_name="res.users", string="Manager", readonly=True)
    branch_id = fields.Many2one(comodel_name="sales.branch", readonly=True)
    period_id = fields.Many2one(
        comodel_name="sales.period", string="Statement Month", readonly=True
    )
    date = fields.Date(string="Month", readonly=True)
    scheme_id = fields.Many2one(comodel_name="bonus.scheme", readonly=True, groups=PAY)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    state = fields.Selection(
        selection=lambda self: self.env["bonus.statement"]._fields["state"].selection,
        string="Status",
        readonly=True,
    )
    variable = fields.Monetary(
        string="Earned", readonly=True, help="The sum of the lines of the month."
    )
    payable = fields.Monetary(string="To Pay", readonly=True)
    plan_target = fields.Monetary(string="Plan", readonly=True)
    plan_fact = fields.Monetary(readonly=True)
    fulfilment = fields.Float(
        string="Plan Fulfilment",
        readonly=True,
        aggregator="avg",
        help="Fact per plan: 1 is 100 %. Empty without a plan.",
    )
    turnover = fields.Monetary(
        readonly=True, help="Invoiced in the month, as it was frozen."
    )
    margin = fields.Monetary(readonly=True, groups=COST)
    bonus_turnover = fields.Float(
        string="Bonus of Turnover",
        readonly=True,
        aggregator="avg",
        help="Earned per turnover: 0.02 is 2 %. Empty without turnover.",
    )
    bonus_margin = fields.Float(
        string="Bonus of Margin",
        readonly=True,
        aggregator="avg",
        groups=COST,
        help="Earned per margin: 0.1 is 10 %. Empty without a margin.",
    )
    paid_own_deals = fields.Monetary(string="Own Deals", readonly=True)
    paid_plan = fields.Monetary(string="For the Plan", readonly=True)
    paid_criterion = fields.Monetary(string="For Criteria", readonly=True)
    paid_growth = fields.Monetary(string="For Growth", readonly=True)
    paid_new_customers = fields.Monetary(string="For New Customers", readonly=True)
    paid_programme = fields.Monetary(string="For Promotions", readonly=True)
    paid_team_override = fields.Monetary(string="Branch's Deals", readonly=True)
    paid_duty_fee = fields.Monetary(string="Fees for Substitutions", readonly=True)
    paid_fixed = fields.Monetary(string="Fixed Amounts", readonly=True)
    paid_minimum = fields.Monetary(string="Up to the Minimum", readonly=True)
    paid_multiplier = fields.Monetary(string="By Multipliers", readonly=True)
    paid_adjustment = fields.Monetary(string="Adjustments", readonly=True)

    _depends = {
        "bonus.statement": [
            "branch_id",
            "company_id",
            "date_from",
            "paid_before",
            "payable",
            "period_id",
            "plan_fact",
            "plan_target",
            "scheme_id",
            "state",
            "user_id",
            "variable",
        ],
        "bonus.statement.line": ["amount", "kind", "statement_id"],
        "sales.fact.line": [
            "amount",
            "basis",
            "kind",
            "margin",
            "period_id",
            "status",
            "user_id",
        ],
        "sales.period": ["state"],
    }

    # ------------------------------------------------------------------
    # Rights and sums
    # ------------------------------------------------------------------

    def _has_field_access(self, field, operation):
        """Margins are for who sees costs and approves pay as well."""
        allowed = super()._has_field_access(field, operation)
        if allowed and field.name in OF_COST and not self.env.su:
            return self.env.user.has_group(PAY)
        return allowed

    def _read_group_select(self, aggregate_spec, query):
        """Ratios of sums, not means of ratios; nothing of several currencies."""
        name, _colon, function = aggregate_spec.partition(":")
        field = self._fields.get(name)
        if name in RATIOS and function == "avg":
            self._check_field_access(field, "read")
            above, below = (
                self._field_to_sql(self._table, part, query) for part in RATIOS[name]
            )
            figure = SQL(
                """
                SUM(%(above)s) FILTER (WHERE %(below)s IS NOT NULL)
                / NULLIF(GREATEST(SUM(%(below)s), 0), 0)
                """,
                above=above,
                below=below,
            )
        else:
            figure = super()._read_group_select(aggregate_spec, query)
            if field is None or field.type != "monetary":
                return figure
        return SQL(
            "CASE WHEN COUNT(DISTINCT %(currency)s) = 1 THEN %(figure)s END",
            currency=self._field_to_sql(self._table, "currency_id", query),
            figure=figure,
        )

    @api.model
    @api.readonly
    def formatted_read_grouping_sets(self, *args, **kwargs):
        """A pivot's cell without a figure is blank: nothing is not 0."""
        result = super().formatted_read_grouping_sets(*args, **kwargs)
        for groups in result:
            for group in groups:
                for name, value in list(group.items()):
                    if ":" in name and (value is None or value is False):
                        if self._is_figure(name.partition(":")[0]):
                            del group[name]
        return result

    @api.model
    def _is_figure(self, name):
        field = self._fields.get(name)
        return field is not None and field.type in ("monetary", "float")

    # ------------------------------------------------------------------
    # Query
    # ------------------------------------------------------------------

    @property
    def _table_query(self) -> SQL:
        for model, names in self._depends.items():
            self.env[model].flush_model(names)
        return SQL(
            """
            SELECT statement.id, statement.user_id, statement.branch_id,
                   statement.period_id, statement.date_from AS date,
                   statement.scheme_id, statement.company_id, company.currency_id,
                   statement.state, statement.variable,
                   -- what a reversed statement had paid was paid for the month too
                   statement.payable + COALESCE(statement.paid_before, 0) AS payable,
                   statement.plan_target, statement.plan_fact,
                   statement.plan_fact
                   / NULLIF(GREATEST(statement.plan_target, 0), 0) AS fulfilment,
                   fact.turnover, fact.margin,
                   statement.variable / NULLIF(GREATEST(fact.turnover, 0), 0)
                       AS bonus_turnover,
                   statement.variable / NULLIF(GREATEST(fact.margin, 0), 0)
                       AS bonus_margin,
                   %(names)s
              FROM bonus_statement AS statement
              JOIN res_company AS company ON company.id = statement.company_id
              JOIN sales_period AS month ON month.id = statement.period_id
         LEFT JOIN LATERAL (
                   SELECT COALESCE(sum(line.amount), 0) AS turnover,
                          COALESCE(sum(line.margin), 0) AS margin
                     FROM sales_fact_line AS line
                    WHERE line.period_id = statement.period_id
                      AND line.user_id = statement.user_id
                      AND line.kind = 'frozen'
                      AND line.basis = 'invoice'
                      AND line.status = 'counted'
                   ) AS fact ON month.state = 'closed'
         LEFT JOIN LATERAL (
                   SELECT %(kinds)s
                     FROM bonus_statement_line AS line
                    WHERE line.statement_id = statement.id
                   ) AS paid ON TRUE
             WHERE statement.state <> 'reversed'
            """,
            names=SQL(", ").join(
                SQL.identifier("paid", f"paid_{kind}") for kind in PAID_KINDS
            ),
            kinds=SQL(", ").join(
                SQL(
                    "COALESCE(sum(line.amount) FILTER (WHERE line.kind = %s), 0) AS %s",
                    kind,
                    SQL.identifier(f"paid_{kind}"),
                )
                for kind in PAID_KINDS
            ),
        )

    def action_open_statement(self):
        """Open the statement behind a row."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "bonus.statement",
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
