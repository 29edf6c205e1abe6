from odoo import models
from odoo.tools import SQL


class SalesFactDeliveryParts(models.AbstractModel):
    """Where deliveries come from: stock moves, kits, and invoices of what never moves.

    Which moves count is what Odoo counts as delivered: to the customer, and back if
    the return is to be refunded. Steps inside the warehouse and scrap are neither.
    """

    _name = "sales.fact.delivery.parts"
    _inherit = ["sales.fact.order"]
    _description = "Parts of the Facts Query: Deliveries"

    def _has_kits(self):
        """Whether moves can be of other products than their order line.

        Only kits do that, and kits come with manufacturing.
        """
        if "mrp.bom" not in self.env:
            return False
        self.env["mrp.bom"].flush_model(["type"])
        [[found]] = self.env.execute_query(
            SQL("SELECT EXISTS (SELECT FROM mrp_bom WHERE type = 'phantom')")
        )
        return found

    # ------------------------------------------------------------------
    # Events
    # ------------------------------------------------------------------

    def _sql_event_joins(self) -> SQL:
        """What every event needs of its order line, before the event itself."""
        return SQL(
            """
            JOIN sale_order AS sale ON sale.id = line.order_id
            %s
            %s
            CROSS JOIN LATERAL (%s) AS money
            CROSS JOIN LATERAL (%s) AS whole
            """,
            self._sql_order_joins(),
            self._sql_product_joins(),
            self._sql_order_value(),
            self._sql_whole_line(),
        )

    def _sql_whole_line(self) -> SQL:
        """What the whole line is: parts of it are delivered.

        Odoo adds a line of zero ordered for goods that only the warehouse knew of;
        such a line is worth its price for each unit that left.
        """
        return SQL(
            """
            SELECT COALESCE(NULLIF(line.product_uom_qty, 0), 1) AS quantity,
                   CASE WHEN line.product_uom_qty <> 0 THEN money.value
                   ELSE round(
                       line.price_unit * (1 - COALESCE(line.discount, 0) / 100)
                       / %s / currency.rounding
                   ) * currency.rounding END AS value
            """,
            self._sql_order_rate(),
        )

    def _sql_moved_events(self) -> SQL:
        """Done moves of the line's own product."""
        return SQL(
            """
            FROM stock_move AS moved
            JOIN stock_location AS source ON source.id = moved.location_id
            JOIN stock_location AS target ON target.id = moved.location_dest_id
             AND %(counts)s
            JOIN sale_order_line AS line ON line.id = moved.sale_line_id
             AND line.product_id = moved.product_id
            %(joins)s
            LEFT JOIN uom_uom AS moved_uom ON moved_uom.id = moved.product_uom
            CROSS JOIN LATERAL (
                SELECT moved.id,
                       moved.date AS moment,
                       %(day)s AS day,
                       %(sign)s AS sign,
                       NULL AS move_id,
                       NULL AS move_line_id,
                       earlier.quantity / whole.quantity AS before,
                       (earlier.quantity + %(quantity)s) / whole.quantity AS after
                  FROM (%(earlier)s) AS earlier
            ) AS event
            """,
            counts=self._sql_is_counting_move("moved", "source", "target"),
            joins=self._sql_event_joins(),
            day=self._sql_moved_day(),
            sign=self._sql_move_direction("target"),
            quantity=self._sql_moved_quantity("moved", "moved_uom", "target"),
            earlier=self._sql_earlier_moves(),
        )

    def _sql_earlier_moves(self) -> SQL:
        return SQL(
            """
            SELECT COALESCE(sum(%(quantity)s), 0) AS quantity
              FROM stock_move AS prior
              JOIN stock_location AS prior_source
                ON prior_source.id = prior.location_id
              JOIN stock_location AS prior_target
                ON prior_target.id = prior.location_dest_id
              LEFT JOIN uom_uom AS prior_uom ON prior_uom.id = prior.product_uom
             WHERE prior.sale_line_id = line.id
               AND prior.product_id = line.product_id
               AND %(counts)s
               AND (prior.date < moved.date
                    OR prior.date = moved.date AND prior.id < moved.id)
            """,
            quantity=self._sql_moved_quantity("prior", "prior_uom", "prior_target"),
            counts=self._sql_is_counting_move("prior", "prior_source", "prior_target"),
        )

    def _sql_billed_events(self) -> SQL:
        """Posted invoice lines of what no move was ever made for."""
        return SQL(
            """
            FROM account_move AS bill
            JOIN account_move_line AS item ON item.move_id = bill.id
             AND item.parent_state = 'posted'
             AND item.display_type = 'product'
             AND bill.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
             AND bill.invoice_date IS NOT NULL
            JOIN sale_order_line_invoice_rel AS rel ON rel.invoice_line_id = item.id
            JOIN sale_order_line AS line ON line.id = rel.order_line_id
             AND NOT EXISTS (
                     SELECT FROM stock_move AS stocked
                      WHERE stocked.sale_line_id = line.id
                 )
             AND NOT EXISTS (
                     SELECT FROM sale_order_line_invoice_rel AS other
                      WHERE other.invoice_line_id = item.id
                        AND other.order_line_id < line.id
                 )
            %(joins)s
            LEFT JOIN uom_uom AS item_uom ON item_uom.id = item.product_uom_id
            CROSS JOIN LATERAL (
                SELECT item.id,
                       bill.invoice_date AS moment,
                       bill.invoice_date AS day,
                       CASE bill.move_type WHEN 'out_refund' THEN -1 ELSE 1 END
                           AS sign,
                       bill.id AS move_id,
                       item.id AS move_line_id,
                       earlier.quantity / whole.quantity AS before,
                       (earlier.quantity + %(quantity)s) / whole.quantity AS after
                  FROM (%(earlier)s) AS earlier
            ) AS event
            """,
            joins=self._sql_event_joins(),
            quantity=self._sql_billed_quantity("bill", "item", "item_uom"),
            earlier=self._sql_earlier_bills(),
        )

    def _sql_earlier_bills(self) -> SQL:
        return SQL(
            """
            SELECT COALESCE(sum(%(quantity)s), 0) AS quantity
              FROM sale_order_line_invoice_rel AS prior_rel
              JOIN account_move_line AS prior ON prior.id = prior_rel.invoice_line_id
               AND prior.parent_state = 'posted'
               AND prior.display_type = 'product'
              JOIN account_move AS prior_bill ON prior_bill.id = prior.move_id
               AND prior_bill.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
              LEFT JOIN uom_uom AS prior_uom ON prior_uom.id = prior.product_uom_id
             WHERE prior_rel.order_line_id = line.id
               AND (prior_bill.invoice_date, prior.id) < (bill.invoice_date, item.id)
            """,
            quantity=self._sql_billed_quantity("prior_bill", "prior", "prior_uom"),
        )

    def _sql_kit_events(self) -> SQL:
        """Moves of the components of a kit; the kit left when all of it did.

        Without asking for its parts list: ``done`` is how much of all that ever left
        has left by now, of the component that lags most behind. What all that ever
        left was of the line follows from Odoo's delivered quantity; of a kit that
        came back whole it is taken as the line.
        """
        return SQL(
            """
            FROM stock_move AS moved
            JOIN stock_location AS source ON source.id = moved.location_id
            JOIN stock_location AS target ON target.id = moved.location_dest_id
             AND %(counts)s
            JOIN sale_order_line AS line ON line.id = moved.sale_line_id
             AND line.product_id <> moved.product_id
            %(joins)s
            CROSS JOIN LATERAL (
                SELECT moved.id,
                       moved.date AS moment,
                       %(day)s AS day,
                       %(sign)s AS sign,
                       NULL AS move_id,
                       NULL AS move_line_id,
                       done.before * gross.part AS before,
                       done.after * gross.part AS after
                  FROM (%(done)s) AS done,
                       LATERAL (
                           SELECT CASE WHEN done.net > 0
                                  THEN COALESCE(line.qty_delivered, 0)
                                       / whole.quantity / done.net
                                  ELSE 1 END AS part
                       ) AS gross
            ) AS event
            """,
            counts=self._sql_is_counting_move("moved", "source", "target"),
            joins=self._sql_event_joins(),
            day=self._sql_moved_day(),
            sign=self._sql_move_direction("target"),
            done=self._sql_kit_progress(),
        )

    def _sql_kit_progress(self) -> SQL:
        """Parts of all that ever left of a kit, of its most lagging component."""
        return SQL(
            """
            SELECT COALESCE(min(component.before / component.gross), 0) AS before,
                   COALESCE(min(component.after / component.gross), 0) AS after,
                   COALESCE(min(component.net / component.gross), 0) AS net
              FROM (
                    SELECT sum(part.quantity) AS net,
                           sum(greatest(part.quantity, 0)) AS gross,
                           COALESCE(sum(part.quantity) FILTER (
                               WHERE part.date < moved.date
                                  OR part.date = moved.date AND part.id < moved.id
                           ), 0) AS before,
                           COALESCE(sum(part.quantity) FILTER (
                               WHERE part.date < moved.date
                                  OR part.date = moved.date AND part.id <= moved.id
                           ), 0) AS after
                      FROM (
                            SELECT prior.id, prior.date, prior.product_id,
                                   %(sign)s * prior.quantity * prior_uom.factor
                                       AS quantity
                              FROM stock_move AS prior
                              JOIN stock_location AS prior_source
                                ON prior_source.id = prior.location_id
                              JOIN stock_location AS prior_target
                                ON prior_target.id = prior.location_dest_id
                              JOIN uom_uom AS prior_uom
                                ON prior_uom.id = prior.product_uom
                             WHERE prior.sale_line_id = line.id
                               AND prior.product_id <> line.product_id
                               AND %(counts)s
                           ) AS part
                  GROUP BY part.product_id
                   ) AS component
             WHERE component.gross > 0
            """,
            sign=self._sql_move_direction("prior_target"),
            counts=self._sql_is_counting_move("prior", "prior_source", "prior_target"),
        )

    # ------------------------------------------------------------------
    # Conditions and quantities
    # ------------------------------------------------------------------

    def _sql_is_customer(self, place) -> SQL:
        """Whether a location is where customers are, another company of ours too."""
        return SQL(
            "(%(usage)s = 'customer' OR %(usage)s = 'transit' AND %(company)s IS NULL)",
            usage=SQL.identifier(place, "usage"),
            company=SQL.identifier(place, "company_id"),
        )

    def _sql_is_counting_move(self, move, source, target) -> SQL:
        """As `_get_outgoing_incoming_moves` of Odoo's order line, in strict mode."""
        return SQL(
            """
            %(move)s.state = 'done'
             AND %(source)s <> %(target)s
             AND (%(target)s AND (
                      %(move)s.origin_returned_move_id IS NULL OR %(move)s.to_refund
                  )
                  OR %(source)s AND %(move)s.to_refund AND %(usage)s <> 'inventory')
            """,
            move=SQL.identifier(move),
            source=self._sql_is_customer(source),
            target=self._sql_is_customer(target),
            usage=SQL.identifier(target, "usage"),
        )

    def _sql_moved_day(self) -> SQL:
        """Day of a move in the branch's, else the company's time zone."""
        return SQL(
            "moved.date AT TIME ZONE 'UTC'"
            " AT TIME ZONE COALESCE(branch.tz, currency.tz, 'UTC')"
        )

    def _sql_move_direction(self, target) -> SQL:
        return SQL("CASE WHEN %s THEN 1 ELSE -1 END", self._sql_is_customer(target))

    def _sql_moved_quantity(self, move, uom, target) -> SQL:
        """Signed, in the unit of the order line."""
        return SQL(
            "%s * %s.quantity * COALESCE(%s.factor, line_uom.factor, 1)"
            " / COALESCE(NULLIF(line_uom.factor, 0), 1)",
            self._sql_move_direction(target),
            SQL.identifier(move),
            SQL.identifier(uom),
        )

    def _sql_billed_quantity(self, bill, item, uom) -> SQL:
        """Signed, in the unit of the order line."""
        return SQL(
            "CASE %s.move_type WHEN 'out_refund' THEN -1 ELSE 1 END"
            " * %s.quantity * COALESCE(%s.factor, line_uom.factor, 1)"
            " / COALESCE(NULLIF(line_uom.factor, 0), 1)",
            SQL.identifier(bill),
            SQL.identifier(item),
            SQL.identifier(uom),
        )
