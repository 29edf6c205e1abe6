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
                  marked AS MATERIALIZED (%(marked)s)
            SELECT %(columns)s
              FROM (%(lines)s) AS row
             GROUP BY row.period_id, row.key)
            """,
            windows=self._sql_windows(mine, shift_years),
            wanted=self._sql_scope("include"),
            unwanted=self._sql_scope("exclude"),
            marked=self._sql_marked(basis, mine.term_id),
            columns=self._sql_row_columns(),
            lines=self._sql_lines(basis, mine, shift_years),
        )

    def _sql_row_columns(self) -> SQL:
        """A line of a document is one row, with what discounts took off it."""
        return SQL(
            """
            row.period_id, row.key, max(row.date) AS date,
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
            """
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
                   (period.date_to - make_interval(years => %(shift)s))::date
                       AS date_to,
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
        value = SQL(
            "(fact.amount + CASE WHEN win.net_of_discounts THEN 0"
            " ELSE COALESCE(fact.discount_amount, 0) END)"
        )
        return SQL(
            """
            SELECT win.period_id, win.places, win.by_unit,
                   %(key)s AS key,
                   %(counted)s AS date,
                   fact.branch_id, fact.move_id, fact.move_line_id,
                   %(order_columns)s,
                   fact.product_id, fact.categ_id,
                   fact.quantity,
                   %(value)s AS amount_company,
                   %(converted)s AS amount,
                   fact.quantity * product_uom.factor
                       / NULLIF(win.unit_factor, 0) AS units,
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
            key=self._sql_key(basis),
            counted=self._sql_counted_on(basis),
            order_columns=self._sql_order_columns(basis),
            value=value,
            converted=self._sql_converted(basis, value),
            reason=self._sql_reason(basis),
            facts=self._sql_facts(basis),
            near=self._sql_near(basis, periods, shift_years),
            joins=self._sql_joins(basis),
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

    def _sql_key(self, basis) -> SQL:
        """What tells lines of documents apart, whatever they say later."""
        return {
            "invoice": SQL("'m' || fact.move_line_id"),
            "payment": SQL("'p' || fact.move_line_id || ':' || fact.date"),
            "order": SQL("'o' || fact.order_line_id"),
            "delivery": SQL("'d' || fact.order_line_id || ':' || fact.date"),
        }[basis]

    def _sql_order_columns(self, basis) -> SQL:
        if basis in ("order", "delivery"):
            return SQL("fact.order_id, fact.order_line_id")
        return SQL("NULL::integer AS order_id, NULL::integer AS order_line_id")

    def _sql_counted_on(self, basis) -> SQL:
        """The day a line counts: a credit note on that of the invoice it corrects."""
        if basis == "invoice":
            return SQL("COALESCE(origin.invoice_date, fact.date)")
        return SQL("fact.date")

    def _sql_joins(self, basis) -> SQL:
        by_line = basis in ("invoice", "payment")
        return SQL(
            """
            LEFT JOIN account_move AS move ON move.id = fact.move_id
            LEFT JOIN account_move AS origin ON origin.id = move.reversed_entry_id
            LEFT JOIN sale_order AS sale ON sale.id = %(order)s
            LEFT JOIN account_move_line AS item
                   ON item.id = fact.move_line_id
                  AND win.currency_id <> win.company_currency_id
            LEFT JOIN product_product AS product ON product.id = fact.product_id
            LEFT JOIN uom_uom AS product_uom ON product_uom.id = fact.uom_id
            LEFT JOIN marked ON marked.line_id = %(line)s
            LEFT JOIN LATERAL (
                SELECT TRUE AS found FROM wanted
                 WHERE win.has_only AND wanted.term_id = win.term_id
                   AND (wanted.categ_id = fact.categ_id
                     OR wanted.template_id = product.product_tmpl_id)
                 LIMIT 1
            ) AS inside ON win.has_only
            LEFT JOIN LATERAL (
                SELECT TRUE AS found FROM unwanted
                 WHERE unwanted.term_id = win.term_id
                   AND (unwanted.categ_id = fact.categ_id
                     OR unwanted.template_id = product.product_tmpl_id)
                 LIMIT 1
            ) AS outside ON TRUE
            """,
            order=SQL("NULL::integer") if by_line else SQL("fact.order_id"),
            line=SQL("fact.move_line_id") if by_line else SQL("fact.order_line_id"),
        )

    def _sql_reason(self, basis) -> SQL:
        """Why a line does not count; NULL where it does."""
        return SQL(
            """
            CASE WHEN move.trade_bonus_settlement_id IS NOT NULL THEN 'bonus_note'
                 WHEN fact.is_excluded THEN fact.reason
                 WHEN win.has_only AND inside.found IS NULL THEN 'out_of_scope'
                 WHEN outside.found THEN 'excluded_product'
                 WHEN win.exclude_promo AND marked.is_promo THEN 'promo'
                 WHEN win.exclude_below_norm AND marked.is_below THEN 'below_norm'
                 WHEN win.by_unit AND split_part(product_uom.parent_path, '/', 1)
                      IS DISTINCT FROM win.unit_root THEN 'other_unit'
            END
            """
        )

    def _sql_converted(self, basis, value) -> SQL:
        """In the currency of the agreement: as the document says, or by its day."""
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

    # ------------------------------------------------------------------
    # Lines that were rewarded already, or sold too low
    # ------------------------------------------------------------------

    def _sql_marked(self, basis, terms) -> SQL:
        """``line_id, is_promo, is_below`` of order lines, or of their invoice lines."""
        found = []
        if any(terms.mapped("exclude_promo")):
            found.append(self._sql_promoted())
        if any(terms.mapped("exclude_below_norm")):
            found.append(self._sql_below_norm())
        if not found:
            return SQL(
                "SELECT NULL::integer AS line_id, FALSE AS is_promo, FALSE AS is_below"
                " WHERE FALSE"
            )
        by_line = basis in ("invoice", "payment")
        return SQL(
            """
            SELECT %(line)s AS line_id, bool_or(found.is_promo) AS is_promo,
                   bool_or(NOT found.is_promo) AS is_below
              FROM (%(found)s) AS found %(join)s
             GROUP BY 1
            """,
            line=SQL("rel.invoice_line_id") if by_line else SQL("found.line_id"),
            found=SQL(" UNION ALL ").join(found),
            join=SQL(
                "JOIN sale_order_line_invoice_rel AS rel"
                " ON rel.order_line_id = found.line_id"
            )
            if by_line
            else SQL(""),
        )

    def _sql_promoted(self) -> SQL:
        """Lines of orders with a reward: those the reward names, or else all."""
        return SQL(
            """
            SELECT line.id AS line_id, TRUE AS is_promo
              FROM sale_order_line AS given
              JOIN loyalty_reward AS reward ON reward.id = given.reward_id
              JOIN loyalty_program AS program ON program.id = reward.program_id
               AND program.program_type NOT IN ('ewallet', 'gift_card')
              JOIN sale_order_line AS line ON line.order_id = given.order_id
              JOIN product_product AS product ON product.id = line.product_id
              JOIN product_template AS template ON template.id = product.product_tmpl_id
             WHERE line.id = given.id
                OR (reward.reward_type = 'discount' AND CASE
                        WHEN reward.discount_applicability <> 'specific' THEN TRUE
                        WHEN EXISTS (SELECT FROM loyalty_reward_product_product_rel AS r
                                      WHERE r.loyalty_reward_id = reward.id)
                        THEN EXISTS (SELECT FROM loyalty_reward_product_product_rel AS r
                                      WHERE r.loyalty_reward_id = reward.id
                                        AND r.product_product_id = product.id)
                        WHEN reward.discount_product_category_id IS NOT NULL
                        THEN EXISTS (
                            SELECT FROM product_category AS above
                              JOIN product_category AS own
                                ON own.parent_path LIKE above.parent_path || '%%'
                             WHERE above.id = reward.discount_product_category_id
                               AND own.id = template.categ_id)
                        ELSE TRUE
                    END)
            """
        )

    def _sql_below_norm(self) -> SQL:
        return SQL(
            """
            SELECT concession.order_line_id AS line_id, FALSE AS is_promo
              FROM discount_concession AS concession
             WHERE concession.within_norm IS NOT TRUE
               AND concession.reversal_of_id IS NULL
               AND concession.order_line_id IS NOT NULL
               AND concession.kind <> 'promotion'
            """
        )
