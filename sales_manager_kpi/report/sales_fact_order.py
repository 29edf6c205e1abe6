from odoo import models
from odoo.tools import SQL

from .sales_fact_query import KIND_ORDER_LINE, KIND_ORDER_SPREAD


class SalesFactOrder(models.AbstractModel):
    """Facts on the order basis: orders by the day of their first confirmation.

    Beside the aliases of ``sales.fact.query``: ``sale`` the order, ``buyer`` its
    partner, ``branch`` its credited branch, ``currency`` the company's with the time
    zone of the company, ``money`` rate and value of the line.
    """

    _name = "sales.fact.order"
    _inherit = ["sales.fact.query"]
    _description = "Facts Query: Orders"

    def _sql_order_basis(self) -> SQL:
        """All facts on the order basis, as branches that filters can reach into."""
        return SQL("\nUNION ALL\n").join(self._sql_order_branches())

    def _sql_order_branches(self) -> list:
        """The branches that can have rows; planning a branch costs more than asking."""
        exists = self._find_existing(
            {
                "divided": self._sql_divided_orders(),
                "discounted": SQL(
                    "SELECT TRUE FROM (%s) AS found",
                    self._sql_discounted_order_lines(),
                ),
            }
        )
        branches = [self._sql_order_lines()]
        if exists["divided"]:
            branches.append(self._sql_order_lines_divided())
        if exists["discounted"] and not self._asks_whole_documents():
            branches.append(self._sql_order_spread())
        if exists["divided"] and exists["discounted"]:
            branches.append(self._sql_order_spread_divided())
        return branches

    def _sql_divided_orders(self) -> SQL:
        return SQL(
            "SELECT TRUE FROM sale_order AS sale WHERE %s AND %s",
            self._sql_is_order_divided(),
            self._sql_is_recognized(),
        )

    # ------------------------------------------------------------------
    # Branches
    # ------------------------------------------------------------------

    def _sql_order_lines(self) -> SQL:
        """The common path: orders of one manager or nobody, line by line."""
        return SQL(
            "SELECT %s %s %s WHERE %s AND %s AND (%s) IS NOT TRUE AND %s",
            self._sql_select(
                self._sql_order_columns(KIND_ORDER_LINE),
                self._sql_order_line_columns(),
            ),
            self._sql_from_orders(),
            self._sql_product_joins(),
            self._sql_is_recognized(),
            self._sql_is_goods_line(),
            self._sql_is_order_divided(),
            SQL("TRUE")
            if self._asks_whole_documents()
            else SQL("(%s) IS NOT TRUE", self._sql_is_order_adjustment()),
        )

    def _sql_order_lines_divided(self) -> SQL:
        """Orders of several managers: one row per line and share."""
        value = SQL("money.value")
        return SQL(
            "SELECT %s %s %s %s WHERE %s AND %s AND %s AND (%s) IS NOT TRUE",
            self._sql_select(
                self._sql_order_columns(KIND_ORDER_LINE, self._sql_order_rank()),
                self._sql_order_line_columns(part=SQL("COALESCE(share.part, 1)")),
                self._sql_order_divided_columns(value),
            ),
            self._sql_from_orders(),
            self._sql_shares(value, self._sql_order_credits()),
            self._sql_product_joins(),
            self._sql_is_recognized(),
            self._sql_is_goods_line(),
            self._sql_is_order_divided(),
            self._sql_is_order_adjustment(),
        )

    def _sql_order_spread(self) -> SQL:
        """Discounts on whole orders of one manager, on the lines they lower."""
        return SQL(
            "SELECT %s %s %s WHERE (%s) IS NOT TRUE",
            self._sql_select(
                self._sql_order_columns(KIND_ORDER_SPREAD),
                self._sql_order_spread_columns(SQL("spread.amount")),
            ),
            self._sql_from_order_spread(),
            self._sql_product_joins(),
            self._sql_is_order_divided(),
        )

    def _sql_order_spread_divided(self) -> SQL:
        """The same for orders of several managers."""
        value = SQL("spread.amount")
        return SQL(
            "SELECT %s %s %s %s WHERE %s",
            self._sql_select(
                self._sql_order_columns(KIND_ORDER_SPREAD, self._sql_order_rank()),
                self._sql_order_spread_columns(
                    SQL("COALESCE(share.amount, %s)", value)
                ),
                self._sql_order_divided_columns(value),
            ),
            self._sql_from_order_spread(),
            self._sql_shares(value, self._sql_order_credits()),
            self._sql_product_joins(),
            self._sql_is_order_divided(),
        )

    # ------------------------------------------------------------------
    # Sources
    # ------------------------------------------------------------------

    def _sql_order_joins(self, condition: SQL | None = None) -> SQL:
        """Joins of an order; ``condition`` narrows it before anything else does.

        What follows from the company is one relation to the planner (``OFFSET`` keeps
        it so): each further one doubles the orders of joins that it weighs. Its partner
        is looked up: joined, partners were read through for each line.
        """
        return SQL(
            """
            JOIN (
                SELECT company.id AS company_id, own.id, own.rounding,
                       (SELECT house.tz FROM res_partner AS house
                         WHERE house.id = company.partner_id) AS tz
                  FROM res_company AS company
                  JOIN res_currency AS own ON own.id = company.currency_id
                OFFSET 0
            ) AS currency ON currency.company_id = sale.company_id AND %s
            LEFT JOIN res_partner AS buyer ON buyer.id = sale.partner_id
            LEFT JOIN sales_branch AS branch ON branch.id = sale.credited_branch_id
            """,
            condition or SQL("TRUE"),
        )

    def _sql_from_orders(self) -> SQL:
        return SQL(
            """
            FROM sale_order AS sale
            JOIN sale_order_line AS line ON line.order_id = sale.id
            %s
            CROSS JOIN LATERAL (%s) AS money
            """,
            self._sql_order_joins(),
            self._sql_order_value(),
        )

    def _sql_order_value(self) -> SQL:
        """The line in company currency, at the rate of the first confirmation."""
        return SQL(
            """
            SELECT round(
                       line.price_subtotal / %s / currency.rounding
                   ) * currency.rounding AS value
            """,
            self._sql_order_rate(),
        )

    def _sql_order_rate(self) -> SQL:
        return SQL(
            "COALESCE(NULLIF(sale.first_confirmation_rate, 0),"
            " NULLIF(sale.currency_rate, 0), 1)"
        )

    def _sql_from_order_spread(self) -> SQL:
        """Parts of the discounts of each order that has one, beside their line."""
        return SQL(
            """
            FROM sale_order AS sale
            %(joins)s
            CROSS JOIN LATERAL (%(spread)s) AS spread
            JOIN sale_order_line AS line ON line.id = spread.line_id
             AND %(recognized)s
            """,
            joins=self._sql_order_joins(self._sql_is_discounted_order(SQL("sale.id"))),
            spread=self._sql_spread(self._sql_order_candidates()),
            recognized=self._sql_is_recognized(),
        )

    def _sql_is_discounted_order(self, order: SQL) -> SQL:
        """Whether ``order`` has a discount, as a test and not as a join.

        ``IS TRUE`` keeps PostgreSQL from walking through all that ever had a discount:
        it reads what is asked and looks each up among them.
        """
        return SQL("(%s IN (%s)) IS TRUE", order, self._sql_discounted_order_lines())

    def _sql_discounted_order_lines(self) -> SQL:
        return SQL(
            """
            SELECT discount.order_id
              FROM sale_order_line AS discount
              JOIN (%s) AS adjusting(product_id)
                ON adjusting.product_id = discount.product_id
            """,
            self._sql_adjustment_products(),
        )

    def _sql_order_candidates(self) -> SQL:
        return SQL(
            """
            SELECT line.id AS line_id,
                   money.value,
                   0 AS scope,
                   adjusting.product_id IS NOT NULL AS is_adjustment,
                   adjusting.product_id IS NULL
                   AND round(money.value / currency.rounding) > 0 AS is_target
              FROM sale_order_line AS line
              CROSS JOIN LATERAL (%(value)s) AS money
              %(adjusting)s
             WHERE line.order_id = sale.id
               AND line.is_downpayment IS NOT TRUE
               AND %(goods)s
            """,
            value=self._sql_order_value(),
            adjusting=self._sql_adjusting_join(),
            goods=self._sql_is_goods_line(),
        )

    def _sql_order_credits(self) -> SQL:
        return SQL(
            """
            SELECT credit.id, credit.user_id, credit.branch_id, credit.share_bp,
                   credit.sequence
              FROM sales_credit AS credit
             WHERE credit.order_id = sale.id
            """
        )

    # ------------------------------------------------------------------
    # Conditions
    # ------------------------------------------------------------------

    def _sql_is_recognized(self) -> SQL:
        return SQL("sale.first_confirmation_date IS NOT NULL")

    def _sql_is_goods_line(self) -> SQL:
        return SQL("line.display_type IS NULL")

    def _sql_is_order_divided(self) -> SQL:
        return SQL("sale.credit_kind = 'shared'")

    def _sql_is_order_adjustment(self) -> SQL:
        return SQL(
            "line.product_id IN (%s) AND line.is_downpayment IS NOT TRUE",
            self._sql_adjustment_products(),
        )

    def _sql_is_order_intercompany(self) -> SQL:
        return self._sql_is_intercompany(SQL("buyer.commercial_partner_id"))

    def _sql_is_order_line_excluded(self) -> SQL:
        """Whether a line of a confirmed order does not count; `reason` says why."""
        return SQL(
            "((sale.state <> 'sale') IS TRUE OR line.is_downpayment IS TRUE OR %s)",
            self._sql_is_order_intercompany(),
        )

    # ------------------------------------------------------------------
    # Columns
    # ------------------------------------------------------------------

    def _sql_order_rank(self) -> SQL:
        return SQL("COALESCE(share.rank, 0)")

    def _sql_order_day(self) -> SQL:
        """First confirmation as a day in the branch's, else the company's time zone."""
        return SQL(
            "(sale.first_confirmation_date AT TIME ZONE 'UTC'"
            " AT TIME ZONE COALESCE(branch.tz, currency.tz, 'UTC'))"
        )

    def _sql_order_columns(self, kind, rank=None) -> dict:
        """What all rows of an order have."""
        return {
            "id": self._sql_id(SQL("line.id"), kind, rank),
            "basis": SQL("'order'"),
            "date": self._sql_order_day(),
            "moment": SQL("sale.first_confirmation_date"),
            "company_id": SQL("sale.company_id"),
            "currency_id": SQL("currency.id"),
            "user_id": SQL("sale.credited_user_id"),
            "branch_id": SQL("sale.credited_branch_id"),
            "partner_id": SQL("buyer.commercial_partner_id"),
            **self._sql_product_columns(),
            **self._sql_order_status(SQL("sale.credited_user_id")),
            "rate": self._sql_order_rate(),
            "rate_date": SQL("sale.first_confirmation_date"),
            "share_bp": SQL("10000"),
            "is_return": SQL("line.product_uom_qty < 0"),
            "order_id": SQL("sale.id"),
            "order_line_id": SQL("line.id"),
            "substitution_id": SQL("sale.substitution_id"),
        }

    def _sql_order_status(self, user: SQL) -> dict:
        reason = SQL(
            """
            CASE WHEN sale.state <> 'sale' THEN 'cancelled'
                 WHEN line.is_downpayment THEN 'down_payment'
                 WHEN %s THEN 'intercompany'
            END
            """,
            self._sql_is_order_intercompany(),
        )
        return {
            **self._sql_status(self._sql_is_order_line_excluded(), user),
            "reason": reason,
        }

    def _sql_order_line_discount(self) -> SQL:
        list_value = SQL(
            "line.price_unit * line.product_uom_qty / %s", self._sql_order_rate()
        )
        return self._sql_line_discount(SQL("money.value"), list_value)

    def _sql_order_line_columns(self, part: SQL | None = None) -> dict:
        """Columns of one order line, or of ``part`` of it."""
        quantity = self._sql_in_product_uom(SQL("line.product_uom_qty"))
        discount = self._sql_order_line_discount()
        if part:
            quantity = SQL("%s * %s", quantity, part)
            discount = SQL("%s * %s", discount, part)
        return {
            "quantity": quantity,
            "amount": SQL("money.value"),
            "spread_amount": SQL("0"),
            "discount_amount": discount,
            "cost": SQL("line.recognition_cost * (%s)", quantity),
        }

    def _sql_order_spread_columns(self, value: SQL) -> dict:
        """Columns of a part of a discount: value alone, neither goods nor cost."""
        return {
            "quantity": SQL("0"),
            "amount": value,
            "spread_amount": SQL(
                "CASE WHEN spread.is_spread THEN %s ELSE 0 END", value
            ),
            "discount_amount": SQL("-(%s)", value),
            "cost": SQL(
                "CASE WHEN spread.is_spread AND line.recognition_cost IS NULL"
                " THEN NULL ELSE 0 END"
            ),
        }

    def _sql_order_divided_columns(self, value: SQL) -> dict:
        """What a share changes; without any share the order's manager has it all."""
        user = self._sql_order_share_column("user_id", "credited_user_id")
        return {
            "user_id": user,
            "branch_id": self._sql_order_share_column(
                "branch_id", "credited_branch_id"
            ),
            "amount": SQL("COALESCE(share.amount, %s)", value),
            "share_bp": SQL("COALESCE(share.share_bp, 10000)"),
            **self._sql_order_status(user),
        }

    def _sql_order_share_column(self, name, credited) -> SQL:
        return SQL(
            "CASE WHEN share.share_bp IS NOT NULL THEN %s ELSE %s END",
            SQL.identifier("share", name),
            SQL.identifier("sale", credited),
        )
