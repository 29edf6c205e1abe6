from datetime import date

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.date_utils import end_of

from .sales_fact_search import conjunction

COMPANIES = 1_000_000  # a company's months lie in one million of ids


class SalesReconciliation(models.Model):
    """Everything adds up: the facts of a month against the income accounts.

    Counted, unassigned and excluded facts of the invoice basis come from the facts
    report, the ledger straight from the journal items by accounting date. The
    difference is zero, always; anything else is an error to report.
    """

    _name = "sales.reconciliation"
    _description = "Facts against Ledger"
    _auto = False
    _order = "month desc, company_id"

    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    month = fields.Date(readonly=True, help="The first day of the month.")
    counted = fields.Monetary(
        readonly=True, help="Facts that count for a manager, by invoice date."
    )
    unassigned = fields.Monetary(readonly=True, help="Facts that nobody owns yet.")
    excluded = fields.Monetary(
        readonly=True, help="Facts that do not count, each with its reason."
    )
    total = fields.Monetary(
        readonly=True, help="Counted, unassigned and excluded together."
    )
    ledger = fields.Monetary(
        readonly=True, help="Posted items on income accounts, by accounting date."
    )
    difference = fields.Monetary(readonly=True, help="Total less ledger: zero.")

    _depends = {"account.move.line": ["date"], "sales.fact.report": []}

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """
            SELECT company.id::bigint * %(companies)s
                   + EXTRACT(YEAR FROM book.month)::integer * 100
                   + EXTRACT(MONTH FROM book.month)::integer AS id,
                   company.id AS company_id,
                   company.currency_id,
                   book.month,
                   book.counted,
                   book.unassigned,
                   book.excluded,
                   book.counted + book.unassigned + book.excluded AS total,
                   book.ledger,
                   book.counted + book.unassigned + book.excluded - book.ledger
                       AS difference
              FROM (%(book)s) AS book
              JOIN res_company AS company ON company.id = book.company_id
            """,
            companies=COMPANIES,
            book=self._sql_book(),
        )

    def _sql_book(self) -> SQL:
        return SQL(
            """
            SELECT side.company_id,
                   date_trunc('month', side.date::timestamp)::date AS month,
                   COALESCE(sum(side.amount) FILTER (
                       WHERE side.status = 'counted'), 0) AS counted,
                   COALESCE(sum(side.amount) FILTER (
                       WHERE side.status = 'unassigned'), 0) AS unassigned,
                   COALESCE(sum(side.amount) FILTER (
                       WHERE side.status = 'excluded'), 0) AS excluded,
                   COALESCE(sum(side.amount) FILTER (
                       WHERE side.status = 'ledger'), 0) AS ledger
              FROM (
                    SELECT fact.company_id, fact.date, fact.status, fact.amount
                      FROM (%(facts)s) AS fact
                     UNION ALL
                    %(ledger)s
                   ) AS side
             WHERE %(window)s
             GROUP BY 1, 2
            """,
            facts=self.env["sales.fact.report"]._sql_invoice_basis(),
            ledger=self._sql_ledger(),
            window=self._sql_window(),
        )

    def _sql_ledger(self) -> SQL:
        """The other side, on purpose without any part of the facts query."""
        return SQL(
            """
            SELECT item.company_id, item.date, 'ledger'::varchar, -item.balance
              FROM account_move_line AS item
              JOIN account_account AS account ON account.id = item.account_id
             WHERE item.parent_state = 'posted'
               AND account.account_type IN ('income', 'income_other')
            """
        )

    def _sql_window(self) -> SQL:
        """Days asked for: a month alone must not cost all years."""
        first, last = self.env.context.get("reconciliation_window", (None, None))
        bounds = [SQL("TRUE")]
        if first:
            bounds.append(SQL("side.date >= %s::date", first))
        if last:
            bounds.append(SQL("side.date <= %s::date", last))
        return SQL(" AND ").join(bounds)

    def _search(self, domain, *args, **kwargs):
        records = self.with_context(reconciliation_window=self._window(domain))
        return super(SalesReconciliation, records)._search(domain, *args, **kwargs)

    @api.model
    def _window(self, domain):
        """First and last day of the months that ``domain`` can find, None if open."""
        months = {">=": [], "<=": []}
        for condition in conjunction(Domain(domain)):
            for operator, month in _month_bounds(condition):
                months[operator].append(month)
        last = min(months["<="], default=None)
        return max(months[">="], default=None), last and end_of(last, "month")

    @api.depends("company_id", "month")
    def _compute_display_name(self):
        for row in self:
            row.display_name = f"{row.company_id.name} {row.month:%Y-%m}"

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_open_counted(self):
        """Open the facts that count."""
        return self._open_facts("counted")

    def action_open_unassigned(self):
        """Open the facts nobody owns."""
        return self._open_facts("unassigned")

    def action_open_excluded(self):
        """Open the facts that do not count, by their reason."""
        action = self._open_facts("excluded")
        action["context"] = {"group_by": ["reason"]}
        return action

    def action_open_ledger(self):
        """Open the journal items behind the ledger's side, as far as rights go."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Journal items of %(month)s", month=self.display_name),
            "res_model": "account.move.line",
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": [
                ("parent_state", "=", "posted"),
                ("account_id.account_type", "in", ["income", "income_other"]),
                *self._prepare_month_domain(),
            ],
        }

    def _open_facts(self, status):
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.sales_fact_report_action"
        )
        return {
            **action,
            "context": {},
            "domain": [
                ("basis", "=", "invoice"),
                ("status", "=", status),
                *self._prepare_month_domain(),
            ],
        }

    def _prepare_month_domain(self):
        return [
            ("company_id", "=", self.company_id.id),
            ("date", ">=", fields.Date.to_string(self.month)),
            ("date", "<=", fields.Date.to_string(end_of(self.month, "month"))),
        ]


def _month_bounds(condition):
    """``(">=" or "<=", first day of a month)`` that follow from ``condition``."""
    values = condition.value
    if isinstance(values, str | date | int):
        values = [values]
    try:
        if condition.field_expr == "id":
            months = [_id_month(value) for value in values]
        elif condition.field_expr == "month":
            months = [fields.Date.to_date(value).replace(day=1) for value in values]
        else:
            return []
    except (AttributeError, TypeError, ValueError):
        return []  # relative dates and the like: not narrowed
    return _operator_bounds(condition.operator, months)


def _operator_bounds(operator, months):
    bounds = []
    if months and operator in (">", ">=", "=", "in"):
        bounds.append((">=", min(months)))
    if months and operator in ("<", "<=", "=", "in"):
        bounds.append(("<=", max(months)))
    return bounds


def _id_month(row_id):
    number = row_id % COMPANIES
    return date(number // 100, number % 100, 1)
