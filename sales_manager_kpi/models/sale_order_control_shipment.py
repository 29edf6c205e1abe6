from odoo import api, models
from odoo.tools import SQL

from .sale_order_control import Part

COLUMNS = [
    "promised_on",
    "expected_on",
    "shipped_share",
    "first_shipped_at",
    "last_shipped_at",
    "late_days",
    "is_late",
    "is_ready",
    "shipment_state",
]
LINE_COLUMNS = [
    *("order_id", "company_id", "partner_id", "product_id", "user_id", "owner_id"),
    *("credited_user_id", "branch_id", "ordered_qty", "shipped_qty", "promised_on"),
    *("agreed_on", "expected_on", "first_shipped_at", "last_shipped_at", "shipped_on"),
    *("is_late", "is_on_time"),
]


class SaleOrderControl(models.Model):
    """The goods of orders: promised, expected, and with the customer."""

    # The goods have a file of their own.
    _inherit = "sale.order.control"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _sql_shipment(self):
        """The goods of the chosen orders, as a `Part`; also writes their lines.

        Only moves that end with the customer count: an order's goods on their way from
        the centre to the branch are not shipped. What of a line has arrived is Odoo's
        own delivered quantity, so kits count by their parts.
        """
        ctes = SQL(
            """
            %(lines)s,
            kept AS (%(line_upsert)s),
            dropped AS (
                DELETE FROM sale_order_control_line dropped USING lines
                 WHERE lines.id IS NULL
                   AND dropped.order_line_id = lines.line_before_id
            ),
            sums AS (
                SELECT lines.order_id, MAX(promised_on) AS promised_on,
                       CASE WHEN bool_or(NOT is_whole AND expected_on IS NULL)
                            THEN NULL ELSE MAX(expected_on) END AS expected_on,
                       CASE WHEN SUM(weight) > 0
                            THEN SUM(weight * part) / SUM(weight)
                            ELSE AVG(part) END AS share,
                       MIN(first_shipped_at) AS first_shipped_at,
                       MAX(last_shipped_at) AS last_shipped_at,
                       GREATEST(0, MAX(COALESCE(shipped_on, today) - agreed_on))
                           AS late_days,
                       bool_or(is_late) AS is_late,
                       bool_and(is_whole) AS is_whole,
                       bool_and(is_whole OR is_assigned) AS is_ready
                  FROM lines
                 WHERE lines.id IS NOT NULL
              GROUP BY lines.order_id
            )
            """,
            lines=self._sql_lines(),
            line_upsert=self._sql_line_upsert(),
        )
        joins = SQL("LEFT JOIN sums ON sums.order_id = chosen.id")
        return Part(COLUMNS, ctes, self._sql_shipment_values(), joins)

    @api.model
    def _sql_lines(self):
        """CTE ``lines``: each line of goods, with the days of its moves.

        Beside them, without an ``id``, what was kept of lines that are gone.
        """
        return SQL(
            """
            goods AS MATERIALIZED (
                SELECT sold.id, sold.order_id, sold.product_id,
                       sold.product_uom_qty AS ordered, sold.qty_delivered AS shipped,
                       ABS(sold.price_subtotal) AS weight,
                       chosen.company_id, chosen.partner_id, chosen.user_id,
                       chosen.owner_id, chosen.credited_user_id, chosen.branch_id,
                       chosen.today, chosen.tz, chosen.commitment_date
                  FROM chosen
                  JOIN sale_order_line sold ON sold.order_id = chosen.id
                   AND sold.display_type IS NULL
                   AND sold.is_downpayment IS NOT TRUE
                   AND sold.qty_delivered_method = 'stock_move'
                   AND sold.product_uom_qty > 0
            ),
            moved AS MATERIALIZED (
                SELECT goods.id,
                       MAX(move.date_deadline) AS deadline,
                       MIN(move.date) FILTER (WHERE move.state = 'done'
                           AND %(is_last)s) AS first_shipped_at,
                       MAX(move.date) FILTER (WHERE move.state = 'done'
                           AND %(is_last)s) AS last_shipped_at,
                       MAX(move.date) FILTER (WHERE %(is_open)s) AS planned_at,
                       COUNT(*) FILTER (WHERE %(is_open)s) AS open_count,
                       bool_and(move.state = 'assigned')
                           FILTER (WHERE %(is_open)s) AS is_assigned
                  FROM goods
                  JOIN stock_move move ON move.sale_line_id = goods.id
                   AND move.state <> 'cancel'
                  JOIN stock_location destination
                    ON destination.id = move.location_dest_id
             LEFT JOIN stock_location final ON final.id = move.location_final_id
                 WHERE %(is_last)s
                    OR final.usage = 'customer' AND move.state <> 'done'
              GROUP BY goods.id
            ),
            answered AS (
                SELECT goods.id, MAX(source.promised_at) AS promised_at,
                       bool_or(source.promised_at IS NULL) AS is_unanswered
                  FROM goods
                  JOIN sale_order_source source ON source.order_line_id = goods.id
                 WHERE source.kind NOT IN ('branch', 'hold')
                   AND source.state IN ('planned', 'requested', 'approved', 'partial',
                                        'rejected', 'in_transit')
              GROUP BY goods.id
            ),
            dated AS (
                SELECT goods.*,
                       LEAST(1, GREATEST(0, shipped / ordered)) AS part,
                       first_shipped_at, last_shipped_at,
                       COALESCE(is_assigned, FALSE) AS is_assigned,
                       shipped >= ordered - 0.00001
                       OR shipped > 0 AND COALESCE(open_count, 0) = 0 AS is_whole,
                       %(promised)s AS promised_on,
                       CASE WHEN answered.is_unanswered THEN NULL
                            ELSE %(expected)s END AS planned_on,
                       %(last)s AS last_shipped_on
                  FROM goods
             LEFT JOIN moved ON moved.id = goods.id
             LEFT JOIN answered ON answered.id = goods.id
            ),
            lines AS MATERIALIZED (
                SELECT dated.*, told.*,
                       COALESCE(told.shipped_on <= told.agreed_on, FALSE)
                           AS is_on_time,
                       before.order_line_id AS line_before_id,
                       before.order_line_id IS NULL
                       OR (%(before)s) IS DISTINCT FROM (%(fresh)s) AS is_changed
                  FROM dated
             FULL JOIN (SELECT line.* FROM touched
                          JOIN sale_order_control_line line
                            ON line.order_id = touched.id) AS before
                    ON before.order_line_id = dated.id
            CROSS JOIN LATERAL (
                SELECT CASE WHEN NOT is_whole THEN planned_on END AS expected_on,
                       CASE WHEN is_whole
                            THEN COALESCE(last_shipped_on, today) END AS shipped_on,
                       %(agreed)s AS agreed_on,
                       COALESCE(NOT is_whole AND dated.promised_on < today, FALSE)
                           AS is_late
                       ) AS told
            )
            """,
            before=self._sql_names(LINE_COLUMNS, "before"),
            fresh=SQL(
                """
                dated.order_id, dated.company_id, dated.partner_id, dated.product_id,
                dated.user_id, dated.owner_id, dated.credited_user_id,
                dated.branch_id, dated.ordered, dated.shipped, dated.promised_on,
                told.agreed_on, told.expected_on, dated.first_shipped_at,
                dated.last_shipped_at, told.shipped_on, told.is_late,
                COALESCE(told.shipped_on <= told.agreed_on, FALSE)
                """
            ),
            is_last=SQL(
                "(destination.usage = 'customer' OR destination.usage = 'transit'"
                " AND destination.company_id IS NULL)"
            ),
            is_open=SQL("move.state <> 'done'"),
            promised=self._sql_day(
                SQL("COALESCE(goods.commitment_date, moved.deadline)")
            ),
            expected=self._sql_day(
                SQL("GREATEST(moved.planned_at, answered.promised_at)")
            ),
            last=self._sql_day(SQL("moved.last_shipped_at")),
            # a later day counts where it was agreed before the goods were late
            agreed=SQL(
                """
                CASE WHEN before.agreed_on IS NULL THEN dated.promised_on
                     WHEN before.shipped_on IS NOT NULL AND is_whole
                       OR before.agreed_on < today
                     THEN before.agreed_on
                     ELSE COALESCE(dated.promised_on, before.agreed_on) END
                """
            ),
        )

    @api.model
    def _sql_day(self, moment):
        """The day of a moment (naive UTC) in the order's time zone."""
        return SQL("((%s) AT TIME ZONE 'UTC' AT TIME ZONE goods.tz)::date", moment)

    @api.model
    def _sql_line_upsert(self):
        """Only of lines that say something else now."""
        return SQL(
            """
            INSERT INTO sale_order_control_line (order_line_id, %(kept)s)
            SELECT id, order_id, company_id, partner_id, product_id, user_id, owner_id,
                   credited_user_id, branch_id, ordered, shipped, promised_on,
                   agreed_on, expected_on, first_shipped_at, last_shipped_at,
                   shipped_on, is_late, is_on_time
              FROM lines
             WHERE id IS NOT NULL AND is_changed
            ON CONFLICT (order_line_id) DO UPDATE SET (%(kept)s) = ROW(%(excluded)s)
            """,
            kept=self._sql_names(LINE_COLUMNS),
            excluded=self._sql_names(LINE_COLUMNS, "excluded"),
        )

    @api.model
    def _sql_shipment_values(self):
        return SQL(
            """
            sums.promised_on, sums.expected_on,
            COALESCE(ROUND(sums.share::numeric, 4), 0),
            sums.first_shipped_at, sums.last_shipped_at,
            COALESCE(sums.late_days, 0), COALESCE(sums.is_late, FALSE),
            COALESCE(sums.is_ready AND NOT sums.is_whole, FALSE),
            CASE WHEN sums.order_id IS NULL THEN 'nothing'
                 WHEN sums.is_whole THEN 'shipped'
                 WHEN sums.is_late THEN 'late'
                 WHEN sums.share > 0 THEN 'part'
                 WHEN sums.is_ready THEN 'ready'
                 ELSE 'waiting' END
            """
        )
