from odoo import api, models
from odoo.tools import SQL

from .sales_credit_fill import step


class SalesCreditFill(models.AbstractModel):
    """Cost and category of the lines of documents that were there before us."""

    _inherit = "sales.credit.fill"

    @api.model
    def _fill_cost(self):
        """Take the value of the goods that left; what was never valued stays unknown.

        Value per unit = Σ value / Σ quantity in the product's unit, of the done
        outgoing moves of a sale line. The category is today's: from now on it stays.
        Both in one statement per table, so that every line is written once.
        """
        with step("cost and category of order lines"):
            self._run(
                """
                UPDATE sale_order_line AS sol
                   SET recognition_cost = COALESCE(sol.recognition_cost, found.cost),
                       recognition_categ_id =
                           COALESCE(sol.recognition_categ_id, found.categ_id)
                  FROM (%(lines)s) AS found
                 WHERE sol.id = found.id
                """,
                lines=self._sql_order_line_stamps(),
            )
        with step("cost and category of invoice lines"):
            self._run(
                """
                UPDATE account_move_line AS line
                   SET recognition_cost = COALESCE(line.recognition_cost, found.cost),
                       recognition_categ_id =
                           COALESCE(line.recognition_categ_id, found.categ_id)
                  FROM (%(lines)s) AS found
                 WHERE line.id = found.id
                """,
                lines=self._sql_invoice_line_stamps(),
            )

    @api.model
    def _fill_category(self):
        """Today's category for lines that have none kept; costs stay as they are."""
        self.env.flush_all()  # an update has more in hand than these lines
        for table, lines in (
            ("sale_order_line", self._sql_order_line_stamps()),
            ("account_move_line", self._sql_invoice_line_stamps()),
        ):
            with step(f"category of {table}"):
                self._run(
                    """
                    UPDATE %(table)s AS line
                       SET recognition_categ_id = found.categ_id
                      FROM (%(lines)s) AS found
                     WHERE line.id = found.id AND line.recognition_categ_id IS NULL
                    """,
                    table=SQL.identifier(table),
                    lines=lines,
                )
        self.env.invalidate_all(flush=False)

    def _sql_order_line_stamps(self):
        """Cost and category of the lines of orders that were ever confirmed."""
        return SQL(
            """
            SELECT line.id, template.categ_id, moves.value / moves.quantity AS cost
              FROM sale_order_line AS line
              JOIN sale_order AS sale ON sale.id = line.order_id
               AND sale.first_confirmation_date IS NOT NULL
              JOIN product_product AS product ON product.id = line.product_id
              JOIN product_template AS template
                   ON template.id = product.product_tmpl_id
              LEFT JOIN (
                      SELECT move.sale_line_id,
                             sum(move.value) AS value,
                             sum(move.quantity * uom.factor / base.factor) AS quantity
                        FROM stock_move AS move
                        JOIN uom_uom AS uom ON uom.id = move.product_uom
                        JOIN product_product AS product ON product.id = move.product_id
                        JOIN product_template AS template
                             ON template.id = product.product_tmpl_id
                        JOIN uom_uom AS base ON base.id = template.uom_id
                       WHERE move.state = 'done' AND move.is_out
                         AND move.sale_line_id IS NOT NULL
                    GROUP BY move.sale_line_id
                      HAVING sum(move.value) > 0 AND sum(move.quantity) > 0
                  ) AS moves ON moves.sale_line_id = line.id
            """
        )

    def _sql_invoice_line_stamps(self):
        """Cost and category of the lines of posted sales documents."""
        return SQL(
            """
            SELECT line.id, template.categ_id, sold.cost
              FROM account_move_line AS line
              JOIN account_move AS move ON move.id = line.move_id
               AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
              JOIN product_product AS product ON product.id = line.product_id
              JOIN product_template AS template
                   ON template.id = product.product_tmpl_id
              LEFT JOIN (
                      SELECT rel.invoice_line_id, avg(sol.recognition_cost) AS cost
                        FROM sale_order_line_invoice_rel AS rel
                        JOIN sale_order_line AS sol ON sol.id = rel.order_line_id
                       WHERE sol.recognition_cost IS NOT NULL
                    GROUP BY rel.invoice_line_id
                  ) AS sold ON sold.invoice_line_id = line.id
             WHERE line.parent_state = 'posted' AND line.display_type = 'product'
            """
        )
