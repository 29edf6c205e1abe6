from odoo import models
from odoo.tools import SQL

from ..models.read_once import read_once

# Every branch of the union has these columns, in this order and of these types: only
# then PostgreSQL flattens it and filters reach the indexes below.
COLUMNS = {
    "id": "bigint",
    "basis": "varchar",
    "status": "varchar",
    "reason": "varchar",
    "is_excluded": "boolean",
    "date": "date",
    "moment": "timestamp",
    "company_id": "integer",
    "currency_id": "integer",
    "user_id": "integer",
    "branch_id": "integer",
    "partner_id": "integer",
    "product_id": "integer",
    "categ_id": "integer",
    "uom_id": "integer",
    "quantity": "numeric",
    "amount": "numeric",
    "spread_amount": "numeric",
    "discount_amount": "numeric",
    "cost": "numeric",
    "margin": "numeric",
    "rate": "numeric",
    "rate_date": "date",
    "share_bp": "integer",
    "is_return": "boolean",
    "move_id": "integer",
    "move_line_id": "integer",
    "order_id": "integer",
    "order_line_id": "integer",
    "substitution_id": "integer",
}

# What a row is, in the lowest four bits of its id; then four bits of share rank.
KIND_MOVE_LINE = 0
KIND_MOVE_SPREAD = 1
KIND_MOVED_OUT = 2
KIND_MOVED_IN = 3
KIND_ORDER_LINE = 4
KIND_ORDER_SPREAD = 5
KIND_DELIVERY_MOVE = 6
KIND_DELIVERY_MOVE_SPREAD = 7
KIND_DELIVERY_KIT = 8
KIND_DELIVERY_KIT_SPREAD = 9
KIND_DELIVERY_BILLED = 10
KIND_DELIVERY_BILLED_SPREAD = 11
KIND_PAYMENT = 12
KIND_PAYMENT_SPREAD = 13
RANKS, KINDS = 16, 16
# How many payments of one document have numbers of their own; a browser counts to 2^53.
PAYMENTS = 1024

# In the context where only sums over whole documents are asked; no client can send it.
WHOLE = object()
# The same where only what counts is asked: income without a sales document never does.
COUNTING = object()


def select_list(kinds, columns) -> SQL:
    """``SELECT`` list of typed columns; those not given are NULL.

    :param kinds: ``{name: type}``, as the report has them
    :param columns: ``{name: expression}``
    """
    return SQL(", ").join(
        SQL(f"(%s)::{kind} AS %s", columns.get(name, SQL("NULL")), SQL.identifier(name))
        for name, kind in kinds.items()
    )


class SalesFactQuery(models.AbstractModel):
    """Parts that the facts of invoices and of orders have in common.

    A part is a method, so another addon changes one without copying the query.
    Aliases: ``line`` the source line, ``product``, ``template``, ``line_uom``,
    ``product_uom`` what it sells, ``currency`` the company's, ``share`` one share.
    """

    _name = "sales.fact.query"
    _description = "Parts of the Facts Query"

    def _sql_select(self, *parts) -> SQL:
        """``SELECT`` list of a branch out of ``{column: expression}``, later ones win.

        Columns not given are NULL; the margin follows from amount and cost.
        """
        columns = {name: sql for part in parts for name, sql in part.items()}
        if "cost" in columns:
            columns["margin"] = SQL("%s - (%s)", columns["amount"], columns["cost"])
        return select_list(COLUMNS, columns)

    def _asks_whole_documents(self) -> bool:
        """Whether nobody sees on which line a discount on a document lies.

        Then its own line stands for the parts of it, which together are the same.
        """
        return self.env.context.get("fact_documents") is WHOLE

    def _asks_what_counts(self) -> bool:
        """Whether nobody asks for what is excluded, so that it need not be found."""
        return self.env.context.get("fact_rows") is COUNTING

    def _sql_no_rows(self) -> SQL:
        """A branch without rows, which keeps the union whole."""
        return SQL("SELECT %s WHERE FALSE", self._sql_select({}))

    def _find_existing(self, queries) -> dict:
        """Which of ``{name: query}`` find anything at all, in one query.

        The queries select TRUE; they are ordered where only that leads to the index.
        """
        for model, names in self._depends.items():
            self.env[model].flush_model(names)
        # one call may ask for some of them first, and for others later
        known = read_once(self.env, ("existing",), dict)
        asked = {
            name: (query.code, repr(query.params)) for name, query in queries.items()
        }
        missing = [name for name, key in asked.items() if key not in known]
        if missing:
            found = self._probe([queries[name] for name in missing])
            known.update(zip((asked[name] for name in missing), found, strict=True))
        return {name: known[key] for name, key in asked.items()}

    def _probe(self, queries) -> tuple:
        [found] = self.env.execute_query(
            SQL(
                "SELECT %s",
                SQL(", ").join(SQL("(%s LIMIT 1) IS TRUE", query) for query in queries),
            )
        )
        return found

    def _sql_id(self, line_id: SQL, kind: int, rank: SQL | None = None) -> SQL:
        """A number no other row has, without counting rows."""
        return SQL(
            "(%s::bigint * %s + %s) * %s + %s",
            line_id,
            RANKS,
            rank or SQL("0"),
            KINDS,
            kind,
        )

    # ------------------------------------------------------------------
    # Product, unit, quantity
    # ------------------------------------------------------------------

    def _sql_product_joins(self) -> SQL:
        """Left joins on primary keys: PostgreSQL drops those nobody asks for."""
        return SQL(
            """
            LEFT JOIN product_product AS product ON product.id = line.product_id
            LEFT JOIN product_template AS template
                   ON template.id = product.product_tmpl_id
            LEFT JOIN uom_uom AS line_uom ON line_uom.id = line.product_uom_id
            LEFT JOIN uom_uom AS product_uom ON product_uom.id = template.uom_id
            """
        )

    def _sql_product_columns(self) -> dict:
        return {
            "product_id": SQL("line.product_id"),
            "categ_id": SQL("COALESCE(line.recognition_categ_id, template.categ_id)"),
            "uom_id": SQL("COALESCE(template.uom_id, line.product_uom_id)"),
        }

    def _sql_in_product_uom(self, quantity: SQL) -> SQL:
        """``quantity`` of the line's unit in the product's; `factor` is absolute."""
        return SQL(
            "%s * COALESCE(line_uom.factor, product_uom.factor, 1)"
            " / COALESCE(NULLIF(product_uom.factor, 0), line_uom.factor, 1)",
            quantity,
        )

    # ------------------------------------------------------------------
    # What was given away
    # ------------------------------------------------------------------

    def _sql_line_discount(self, value: SQL, list_value: SQL) -> SQL:
        """What the discount on the line took off, beside the ``value`` it left.

        :param list_value: what the line would be without discount, for one that leaves
            nothing; there a price with taxes in it counts with them
        """
        return SQL(
            """
            CASE WHEN COALESCE(line.discount, 0) = 0 THEN 0
                 WHEN line.discount >= 100 THEN round(
                     (%(list_value)s)::numeric / currency.rounding
                 ) * currency.rounding
                 ELSE round(
                     %(value)s * line.discount / (100 - line.discount)
                     / currency.rounding
                 ) * currency.rounding
            END
            """,
            value=value,
            list_value=list_value,
        )

    # ------------------------------------------------------------------
    # What a line is
    # ------------------------------------------------------------------

    def _sql_adjustment_products(self) -> SQL:
        """Products whose lines are a discount on the whole document."""
        return SQL(
            """
            SELECT company.sale_discount_product_id
              FROM res_company AS company
             WHERE company.sale_discount_product_id IS NOT NULL
             UNION
            SELECT reward.discount_line_product_id
              FROM loyalty_reward AS reward
             WHERE reward.discount_line_product_id IS NOT NULL
            """
        )

    def _sql_adjusting_join(self) -> SQL:
        """Marks lines of such products: ``adjusting.product_id`` is set."""
        return SQL(
            """
            LEFT JOIN (%s) AS adjusting(product_id)
                   ON adjusting.product_id = line.product_id
            """,
            self._sql_adjustment_products(),
        )

    def _sql_status(self, is_excluded: SQL, user: SQL) -> dict:
        """Counted, unassigned or excluded.

        Conditions on the status are searched as conditions on ``is_excluded`` and the
        user, whose frequency PostgreSQL can guess; on the text it cannot.

        :param is_excluded: TRUE or FALSE, never NULL
        """
        return {
            "is_excluded": is_excluded,
            "status": SQL(
                "CASE WHEN %s THEN 'excluded'"
                " WHEN %s IS NULL THEN 'unassigned' ELSE 'counted' END",
                is_excluded,
                user,
            ),
        }

    def _sql_is_intercompany(self, partner: SQL) -> SQL:
        """Whether ``partner`` is one of the companies of this database."""
        return SQL(
            "(%s IN (SELECT c.partner_id FROM res_company AS c)) IS TRUE", partner
        )

    # ------------------------------------------------------------------
    # Shared credit
    # ------------------------------------------------------------------

    def _sql_shares(self, value: SQL, credits_: SQL) -> SQL:
        """Left join of the shares of one line, by largest remainder.

        :param value: amount to divide; what is no multiple of the currency's rounding
            goes to the first share, so that the shares are the line exactly
        :param credits_: query of the ``sales_credit`` rows that hold for the line
        """
        return SQL(
            """
            LEFT JOIN LATERAL (
                SELECT placed.user_id,
                       placed.branch_id,
                       placed.share_bp,
                       placed.share_bp::numeric / placed.whole_bp AS part,
                       placed.rank,
                       placed.sign * currency.rounding * (
                           placed.base + (
                               placed.place <= placed.units - placed.given
                           )::integer
                       ) + CASE placed.rank WHEN 0 THEN placed.residue ELSE 0 END
                           AS amount
                  FROM (
                        SELECT quota.*,
                               sum(quota.base) OVER () AS given,
                               row_number() OVER (
                                   ORDER BY quota.rest DESC, quota.sequence, quota.id
                               ) AS place,
                               row_number() OVER (
                                   ORDER BY quota.sequence, quota.id
                               ) - 1 AS rank
                          FROM (
                                SELECT credit.*,
                                       whole.*,
                                       div(whole.units * credit.share_bp,
                                           credit.whole_bp) AS base,
                                       mod(whole.units * credit.share_bp,
                                           credit.whole_bp) AS rest
                                  FROM (
                                        SELECT rows.*,
                                               sum(rows.share_bp) OVER () AS whole_bp
                                          FROM (%(credits)s) AS rows
                                       ) AS credit,
                                       (%(whole)s) AS whole
                               ) AS quota
                       ) AS placed
            ) AS share ON TRUE
            """,
            credits=credits_,
            whole=self._sql_whole(value),
        )

    def _sql_whole(self, value: SQL) -> SQL:
        """``value`` as sign, whole units of the currency, and what is below a unit."""
        return SQL(
            """
            SELECT sign(%(value)s) AS sign,
                   abs(round(%(value)s / currency.rounding)) AS units,
                   %(value)s
                   - round(%(value)s / currency.rounding) * currency.rounding AS residue
            """,
            value=value,
        )

    # ------------------------------------------------------------------
    # Discounts on the whole document
    # ------------------------------------------------------------------

    def _sql_spread(self, candidates: SQL) -> SQL:
        """Parts of a document's discounts, by largest remainder of the net amounts.

        :param candidates: query of the document's product lines: ``line_id``,
            ``value``, ``scope`` (discounts stay within it), ``is_adjustment``,
            ``is_target``
        :return: query of ``line_id``, ``amount`` and ``is_spread``; a scope without
            target keeps its discount lines as they are
        """
        return SQL(
            """
            SELECT placed.line_id,
                   placed.is_target AS is_spread,
                   CASE WHEN NOT placed.is_target THEN placed.value
                   ELSE sign(placed.adjustment) * currency.rounding * (
                            placed.base + (
                                placed.place <= placed.units - placed.given
                            )::integer
                        ) + CASE placed.place WHEN 1 THEN placed.residue ELSE 0 END
                   END AS amount
              FROM (
                    SELECT quota.*,
                           sum(quota.base) OVER (PARTITION BY quota.scope) AS given,
                           row_number() OVER (
                               PARTITION BY quota.scope
                               ORDER BY quota.rest DESC, quota.line_id
                           ) AS place
                      FROM (
                            SELECT total.*,
                                   whole.*,
                                   div(whole.units * total.weight,
                                       NULLIF(total.weights, 0)) AS base,
                                   mod(whole.units * total.weight,
                                       NULLIF(total.weights, 0)) AS rest
                              FROM (%(totals)s) AS total,
                                   LATERAL (%(whole)s) AS whole
                             WHERE total.is_target
                                OR (total.is_adjustment AND NOT total.has_target)
                           ) AS quota
                   ) AS placed
             WHERE NOT placed.is_target OR placed.adjustment <> 0
            """,
            totals=self._sql_spread_totals(candidates),
            whole=self._sql_whole(SQL("total.adjustment")),
        )

    def _sql_spread_totals(self, candidates: SQL) -> SQL:
        return SQL(
            """
            SELECT weighed.*,
                   bool_or(weighed.is_target) OVER scope AS has_target,
                   sum(weighed.weight) OVER scope AS weights,
                   sum(CASE WHEN weighed.is_adjustment THEN weighed.value ELSE 0 END)
                       OVER scope AS adjustment
              FROM (
                    SELECT candidate.*,
                           CASE WHEN candidate.is_target
                                THEN abs(round(candidate.value / currency.rounding))
                                ELSE 0
                           END AS weight
                      FROM (%s) AS candidate
                   ) AS weighed
            WINDOW scope AS (PARTITION BY weighed.scope)
            """,
            candidates,
        )
