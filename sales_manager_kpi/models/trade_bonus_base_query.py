from odoo import api, models
from odoo.tools import SQL

from .res_company import PLAN_BASIS

# What `_sql_rows` selects, beside the period; the columns of a base line.
ROW = (
    *("key", "date", "branch_id", "move_id", "move_line_id", "order_id"),
    *("order_line_id", "product_id", "categ_id", "quantity", "amount"),
    *("amount_company", "value", "is_included", "reason"),
)


class TradeBonusBaseQuery(models.AbstractModel):
    """What counts in periods of trade bonuses, out of the facts, for all at once.

    Aliases: ``win`` a period with its term, ``fact`` a row of ``sales.fact.report``,
    ``marked`` lines that a promotion lowered or that were sold below the norm.
    """

    _name = "trade.bonus.base.query"
    _inherit = ["trade.bonus.base.marks"]
    _description = "Query of Trade Bonus Bases"

    @api.model
    def _sql_rows(self, periods, shift_years=0) -> SQL:
        """Rows of ``periods``, one per line of a document: ``period_id`` and `ROW`.

        :param shift_years: of the same days so many years earlier
        """
        wanted = set(periods.mapped("term_id.basis"))
        parts = [
            self._sql_rows_of(basis, periods, shift_years)
            for basis, _label in PLAN_BASIS
            if basis in wanted
        ]
        return SQL("\nUNION ALL\n").join(parts)

    @api.model
    def _flush_facts(self):
        """What is still to be written is seen by the query."""
        self.env.flush_all()

    def _sql_rows_of(self, basis, periods, shift_years) -> SQL:
        mine = periods.filtered(lambda period: period.term_id.basis == basis)
        return SQL(
            """
            (WITH win AS MATERIALIZED (%(windows)s),
                  wanted AS MATERIALIZED (%(wanted)s),
                  unwanted AS MATERIALIZED (%(unwanted)s),
                  marked AS MATERIALIZED (%(marked)s),
                  noted AS MATERIALIZED (%(noted)s)
            SELECT %(columns)s
              FROM (%(lines)s) AS row
             GROUP BY row.period_id, row.line_id, row.day)
            """,
            windows=self._sql_windows(mine, shift_years),
            wanted=self._sql_scope("include"),
            unwanted=self._sql_scope("exclude"),
            marked=self._sql_marked(basis, mine.term_id),
            noted=self._sql_noted(),
            columns=self._sql_row_columns(basis),
            lines=self._sql_lines(basis, mine, shift_years),
        )

    def _sql_row_columns(self, basis) -> SQL:
        """A line of a document is one row, with what discounts took off it.

        The key tells lines of documents apart, whatever they say later.
        """
        return SQL(
            """
            row.period_id, concat_ws(':', %(basis)s, row.line_id, row.day) AS key,
            max(row.date) AS date,
            max(row.branch_id) AS branch_id, max(row.move_id) AS move_id,
            max(row.move_line_id) AS move_line_id, max(row.order_id) AS order_id,
            max(row.order_line_id) AS order_line_id,
            max(row.product_id) AS product_id, max(row.categ_id) AS categ_id,
            sum(row.quantity) AS quantity,
            round(sum(row.amount), min(row.places)) AS amount,
            sum(row.amount_company) AS amount_company,
            CASE WHEN max(row.reason) IS NOT NULL THEN 0
                 WHEN bool_or(row.by_unit) THEN round(sum(row.units), 4)
                 ELSE round(sum(row.amount), min(row.places))
            END AS value,
            max(row.reason) IS NULL AS is_included,
            max(row.reason) AS reason
            """,
            basis=basis,
        )

    # ------------------------------------------------------------------
    # Periods and their terms
    # ------------------------------------------------------------------

    def _sql_windows(self, periods, shift_years) -> SQL:
        return SQL(
            """
            SELECT period.id AS period_id,
                   period.partner_id,
                   (period.date_from - make_interval(years => %(shift)s))::date
                       AS date_from,
                   (LEAST(period.date_to, %(until)s::date)
                       - make_interval(years => %(shift)s))::date AS date_to,
                   agreement.company_id,
                   agreement.currency_id,
                   company.currency_id AS company_currency_id,
                   currency.decimal_places AS places,
                   term.id AS term_id,
                   term.net_of_discounts,
                   term.exclude_promo,
                   term.exclude_below_norm,
                   term.method = 'per_unit' AS by_unit,
                   unit.factor AS unit_factor,
                   split_part(unit.parent_path, '/', 1) AS unit_root,
                   EXISTS (SELECT FROM trade_bonus_term_include_categ_rel AS r
                            WHERE r.trade_bonus_term_id = term.id)
                   OR EXISTS (SELECT FROM trade_bonus_term_include_product_rel AS r
                               WHERE r.trade_bonus_term_id = term.id) AS has_only
              FROM trade_bonus_period AS period
              JOIN trade_bonus_term AS term ON term.id = period.term_id
              JOIN trade_bonus_agreement AS agreement
                ON agreement.id = term.agreement_id
              JOIN res_company AS company ON company.id = agreement.company_id
              JOIN res_currency AS currency ON currency.id = agreement.currency_id
              LEFT JOIN uom_uom AS unit ON unit.id = term.uom_id
             WHERE period.id = ANY(%(ids)s) AND period.is_correction IS NOT TRUE
            """,
            # growth is over the whole of last year's period
            until=None if shift_years else self.env.context.get("trade_bonus_until"),
            shift=shift_years,
            ids=periods.ids,
        )

    def _sql_scope(self, kind) -> SQL:
        """Products a term names, by themselves or by a category above them."""
        return SQL(
            """
            SELECT named.trade_bonus_term_id AS term_id,
                   below.id AS categ_id, NULL::integer AS template_id
              FROM %(categories)s AS named
              JOIN product_category AS above ON above.id = named.product_category_id
              JOIN product_category AS below
                ON below.parent_path LIKE above.parent_path || '%%'
             UNION
            SELECT named.trade_bonus_term_id, NULL, named.product_template_id
              FROM %(products)s AS named
            """,
            categories=SQL.identifier(f"trade_bonus_term_{kind}_categ_rel"),
            products=SQL.identifier(f"trade_bonus_term_{kind}_product_rel"),
        )

    # ------------------------------------------------------------------
    # Lines
    # ------------------------------------------------------------------

    def _sql_lines(self, basis, periods, shift_years) -> SQL:
        asked = self._asked(periods.term_id)
        value = SQL(
            "(fact.amount + CASE WHEN win.net_of_discounts THEN 0"
            " ELSE COALESCE(fact.discount_amount, 0) END)"
        )
        return SQL(
            """
            SELECT win.period_id, win.places, win.by_unit,
                   %(line_id)s AS line_id, %(day)s AS day,
                   %(counted)s AS date,
                   fact.branch_id, fact.move_id, fact.move_line_id,
                   %(order_columns)s,
                   fact.product_id, fact.categ_id,
                   fact.quantity,
                   %(value)s AS amount_company,
                   %(converted)s AS amount,
                   %(units)s AS units,
                   %(reason)s AS reason
              FROM win
              JOIN (%(facts)s) AS fact
                ON fact.partner_id = win.partner_id
               AND fact.company_id = win.company_id
               AND fact.reason IS DISTINCT FROM 'other_month'
               AND %(near)s
              %(joins)s
             WHERE %(counted)s BETWEEN win.date_from AND win.date_to
            """,
            line_id=self._sql_line_id(basis),
            day=self._sql_day(basis),
            counted=self._sql_counted_on(basis),
            order_columns=self._sql_order_columns(basis),
            value=value,
            converted=self._sql_converted(basis, value, asked),
            units=SQL("fact.quantity * product_uom.factor / NULLIF(win.unit_factor, 0)")
            if "units" in asked
            else SQL("NULL::numeric"),
            reason=self._sql_reason(basis, asked),
            facts=self._sql_facts(basis),
            near=self._sql_near(basis, periods, shift_years),
            joins=self._sql_joins(basis, asked),
        )

    def _sql_facts(self, basis) -> SQL:
        facts = self.env["sales.fact.report"].with_context(fact_bases=(basis,))
        return facts._table_query

    def _sql_near(self, basis, periods, shift_years) -> SQL:
        """What follows for columns with an index; the exact days come later."""
        # a credit note counts when its invoice did, so it may be of any later day
        until = SQL("")
        if basis != "invoice":
            until = SQL(
                "AND fact.date <= %s::date - make_interval(years => %s)",
                max(periods.mapped("date_to")),
                shift_years,
            )
        return SQL(
            """
            fact.partner_id = ANY(%(partners)s)
            AND fact.date >= %(since)s::date - make_interval(years => %(shift)s)
            %(until)s
            """,
            partners=periods.partner_id.ids,
            since=min(periods.mapped("date_from")),
            shift=shift_years,
            until=until,
        )

    def _sql_line_id(self, basis) -> SQL:
        if basis in ("invoice", "payment"):
            return SQL("fact.move_line_id")
        return SQL("fact.order_line_id")

    def _sql_day(self, basis) -> SQL:
        """What is paid or delivered in parts is a row for each day."""
        by_day = basis in ("payment", "delivery")
        return SQL("fact.date") if by_day else SQL("NULL::date")

    def _sql_order_columns(self, basis) -> SQL:
        if basis in ("order", "delivery"):
            return SQL("fact.order_id, fact.order_line_id")
        return SQL("NULL::integer AS order_id, NULL::integer AS order_line_id")

    def _sql_counted_on(self, basis) -> SQL:
        """The day a line counts: a credit note on that of the invoice it corrects."""
        if basis == "invoice":
            return SQL("COALESCE(noted.corrected_day, fact.date)")
        return SQL("fact.date")

    @api.model
    def _asked(self, terms):
        """What these terms look at: only that is joined, for each of many lines."""
        scopes = [term._scope() for term in terms]
        found = {
            "wanted": any(scope.is_chosen for scope in scopes),
            "unwanted": any(scope.leaves_out for scope in scopes),
            "marked": any(
                term.exclude_promo or term.exclude_below_norm for term in terms
            ),
        }
        asked = {part for part, is_asked in found.items() if is_asked}
        if "per_unit" in terms.mapped("method"):
            asked.add("units")
        if any(row.currency_id != row.company_id.currency_id for row in terms):
            asked.add("foreign")
        return asked

    def _sql_joins(self, basis, asked) -> SQL:
        joins = [SQL("LEFT JOIN noted ON noted.move_id = fact.move_id")]
        if basis in ("order", "delivery"):
            joins.append(SQL("LEFT JOIN sale_order AS gift ON gift.id = fact.order_id"))
        if "foreign" in asked:
            joins += [
                SQL("LEFT JOIN account_move AS move ON move.id = fact.move_id"),
                SQL("LEFT JOIN sale_order AS sale ON sale.id = %s", _order_of(basis)),
                SQL(
                    "LEFT JOIN account_move_line AS item ON item.id = fact.move_line_id"
                    " AND win.currency_id <> win.company_currency_id"
                ),
            ]
        if "units" in asked:
            joins.append(
                SQL("LEFT JOIN uom_uom AS product_uom ON product_uom.id = fact.uom_id")
            )
        if "marked" in asked:
            joins.append(
                SQL("LEFT JOIN marked ON marked.line_id = %s", self._sql_line_id(basis))
            )
        scopes = [name for name in ("wanted", "unwanted") if name in asked]
        if scopes:
            joins.append(
                SQL(
                    "LEFT JOIN product_product AS product"
                    " ON product.id = fact.product_id"
                )
            )
        return SQL("\n").join(joins + [self._sql_scope_join(name) for name in scopes])

    def _sql_scope_join(self, name) -> SQL:
        """Whether the term names the product, or a category above it."""
        return SQL(
            """
            LEFT JOIN LATERAL (
                SELECT TRUE AS found FROM %(name)s AS scope
                 WHERE scope.term_id = win.term_id
                   AND (scope.categ_id = fact.categ_id
                     OR scope.template_id = product.product_tmpl_id)
                 LIMIT 1
            ) AS %(found)s ON TRUE
            """,
            name=SQL.identifier(name),
            found=SQL.identifier(f"is_{name}"),
        )

    def _sql_reason(self, basis, asked) -> SQL:
        """Why a line does not count; NULL where it does."""
        unit = SQL(
            "split_part(product_uom.parent_path, '/', 1) IS DISTINCT FROM win.unit_root"
        )
        cases = {
            "wanted": SQL(
                "WHEN win.has_only AND is_wanted.found IS NULL THEN 'out_of_scope'"
            ),
            "unwanted": SQL("WHEN is_unwanted.found THEN 'excluded_product'"),
            "marked": SQL(
                "WHEN win.exclude_promo AND marked.is_promo THEN 'promo'"
                " WHEN win.exclude_below_norm AND marked.is_below THEN 'below_norm'"
            ),
            "units": SQL("WHEN win.by_unit AND %s THEN 'other_unit'", unit),
        }
        return SQL(
            """
            CASE WHEN noted.is_bonus%s THEN 'bonus_note'
                 WHEN fact.is_excluded THEN fact.reason
                 %s
            END
            """,
            SQL(" OR gift.trade_bonus_settlement_id IS NOT NULL")
            if basis in ("order", "delivery")
            else SQL(""),
            SQL(" ").join(sql for name, sql in cases.items() if name in asked),
        )

    def _sql_converted(self, basis, value, asked) -> SQL:
        """In the currency of the agreement: as the document says, or by its day."""
        if "foreign" not in asked:
            return value
        exact = SQL("%s * COALESCE(NULLIF(fact.rate, 0), 1)", value)
        if basis in ("invoice", "payment"):
            # the line of the document itself, which no rounded rate gives again
            exact = SQL(
                "COALESCE(%s * item.amount_currency / NULLIF(item.balance, 0), %s)",
                value,
                exact,
            )
        return SQL(
            """
            CASE WHEN win.currency_id = win.company_currency_id THEN %(value)s
                 WHEN COALESCE(move.currency_id, sale.currency_id) = win.currency_id
                 THEN %(exact)s
                 ELSE %(value)s * %(theirs)s / %(ours)s
            END
            """,
            value=value,
            exact=exact,
            theirs=self._sql_rate(SQL("win.currency_id")),
            ours=self._sql_rate(SQL("win.company_currency_id")),
        )

    def _sql_rate(self, currency) -> SQL:
        """The rate on the day of the document, as Odoo finds it."""
        return SQL(
            """
            COALESCE((
                SELECT rate.rate
                  FROM res_currency_rate AS rate
                  JOIN res_company AS mine ON mine.id = win.company_id
                 WHERE rate.currency_id = %(currency)s
                   AND rate.name <= fact.date
                   AND (rate.company_id IS NULL OR rate.company_id::text
                        = split_part(mine.parent_path, '/', 1))
                 ORDER BY rate.company_id NULLS LAST, rate.name DESC
                 LIMIT 1
            ), 1)
            """,
            currency=currency,
        )


def _order_of(basis):
    """The order of a fact, where it is one of orders."""
    by_order = basis in ("order", "delivery")
    return SQL("fact.order_id") if by_order else SQL("NULL::integer")
