from odoo import api, fields, models
from odoo.tools import SQL

OPEN = ("waiting", "confirmed", "partially_available", "assigned")


class SupplyPullLine(models.Model):
    """What a supplying warehouse has to bring to a branch, and from which place.

    A row for each piece that is set aside in the warehouse, and one for what lacks.
    Transfers for orders of the ladder and for supply requests, as long as they have not
    left; of a warehouse in steps, each piece where it lies.
    """

    _name = "supply.pull.line"
    _description = "Pull List"
    _auto = False
    _order = "warehouse_id, branch_id, date, id"
    _depends = {
        "sale.order": ["user_id", "warehouse_id"],
        "sale.order.line": ["order_id"],
        "sales.branch": ["active", "supply_mode", "warehouse_id"],
        "stock.location": ["usage", "warehouse_id"],
        "stock.move": [
            *("company_id", "date", "location_id", "picking_id", "procure_method"),
            *("product_id", "product_qty", "sale_line_id", "state"),
            "supply_request_line_id",
        ],
        "stock.move.line": [
            *("location_id", "lot_id", "move_id", "quantity_product_uom"),
        ],
        "supply.request": ["order_id", "user_id"],
        "supply.request.line": ["branch_id", "request_id"],
    }

    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    warehouse_id = fields.Many2one(
        comodel_name="stock.warehouse", string="From Warehouse", readonly=True
    )
    branch_id = fields.Many2one(
        comodel_name="sales.branch", string="For Branch", readonly=True
    )
    move_id = fields.Many2one(
        comodel_name="stock.move", string="Stock Move", readonly=True
    )
    picking_id = fields.Many2one(
        comodel_name="stock.picking", string="Transfer", readonly=True
    )
    order_id = fields.Many2one(comodel_name="sale.order", readonly=True)
    request_id = fields.Many2one(comodel_name="supply.request", readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Manager",
        readonly=True,
        help="Of the order, or who asked.",
    )
    product_id = fields.Many2one(comodel_name="product.product", readonly=True)
    location_id = fields.Many2one(
        comodel_name="stock.location", string="Place", readonly=True
    )
    lot_id = fields.Many2one(comodel_name="stock.lot", readonly=True)
    quantity = fields.Float(
        digits="Product Unit", readonly=True, help="In the product's unit of measure."
    )
    product_uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    date = fields.Datetime(string="Planned For", readonly=True)
    state = fields.Selection(
        string="Status",
        selection=[("ready", "Set aside"), ("lacking", "Not there")],
        readonly=True,
    )

    @property
    def _table_query(self) -> SQL:
        return SQL("%s UNION ALL %s", self._sql_set_aside(), self._sql_lacking())

    def _sql_set_aside(self) -> SQL:
        return self._sql_rows(
            SQL("piece.id * 2"),
            SQL("'ready'"),
            SQL("piece.quantity_product_uom"),
            SQL("piece.location_id"),
            SQL("piece.lot_id"),
            SQL("JOIN stock_move_line AS piece ON piece.move_id = move.id"),
            SQL("piece.quantity_product_uom > 0"),
        )

    def _sql_lacking(self) -> SQL:
        """What lacks is told by the first step: later ones wait for it."""
        return self._sql_rows(
            SQL("move.id * 2 + 1"),
            SQL("'lacking'"),
            SQL("move.product_qty - reserved.quantity"),
            SQL("move.location_id"),
            SQL("NULL::integer"),
            SQL(
                """
                CROSS JOIN LATERAL (
                    SELECT COALESCE(SUM(piece.quantity_product_uom), 0) AS quantity
                      FROM stock_move_line AS piece
                     WHERE piece.move_id = move.id) AS reserved
                """
            ),
            SQL(
                """
                move.procure_method = 'make_to_stock'
                AND round((move.product_qty - reserved.quantity)::numeric, 6) > 0
                """
            ),
        )

    def _sql_rows(self, row_id, state, quantity, place, lot, pieces, condition) -> SQL:
        return SQL(
            """
            SELECT %(row_id)s AS id,
                   move.company_id,
                   source.warehouse_id,
                   branch.id AS branch_id,
                   move.id AS move_id,
                   move.picking_id,
                   COALESCE(sale.id, request.order_id) AS order_id,
                   request.id AS request_id,
                   COALESCE(sale.user_id, request.user_id) AS user_id,
                   move.product_id,
                   %(place)s AS location_id,
                   %(lot)s AS lot_id,
                   %(quantity)s AS quantity,
                   move.date,
                   %(state)s AS state
              FROM stock_move AS move
              JOIN stock_location AS source ON source.id = move.location_id
              LEFT JOIN sale_order_line AS line ON line.id = move.sale_line_id
              LEFT JOIN sale_order AS sale ON sale.id = line.order_id
              LEFT JOIN supply_request_line AS asked
                     ON asked.id = move.supply_request_line_id
              LEFT JOIN supply_request AS request ON request.id = asked.request_id
              JOIN sales_branch AS branch
                ON CASE WHEN asked.id IS NOT NULL
                        THEN branch.id = asked.branch_id
                        ELSE branch.warehouse_id = sale.warehouse_id
                         AND branch.supply_mode IS NOT NULL
                         AND branch.active
                   END
              %(pieces)s
             WHERE move.state IN %(open)s
               AND source.usage = 'internal'
               AND source.warehouse_id <> branch.warehouse_id
               AND (move.supply_request_line_id IS NOT NULL
                    OR move.sale_line_id IS NOT NULL)
               AND %(condition)s
            """,
            row_id=row_id,
            state=state,
            quantity=quantity,
            place=place,
            lot=lot,
            pieces=pieces,
            condition=condition,
            open=OPEN,
        )

    @api.depends("product_id", "branch_id")
    def _compute_display_name(self):
        for line in self:
            branch = line.branch_id.sudo()  # sudo: the name of a branch
            names = line.product_id.display_name, branch.name
            line.display_name = " → ".join(filter(None, names))

    def action_open_picking(self):
        """Open the transfer of this row.

        :raise AccessError: for who may not read transfers
        """
        self.ensure_one()
        self.picking_id.check_access("read")
        return self.picking_id.get_formview_action()


class SupplyPullListReport(models.AbstractModel):
    """The printed list: a page for each warehouse, a table for each branch."""

    _name = "report.sales_manager_kpi.report_supply_pull_list"
    _description = "Printed Pull List"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Rows the reader may see, in the order they are brought."""
        rows = self.env["supply.pull.line"].search([("id", "in", docids)])
        # sudo: names of branches, orders and requests on rows the reader may see
        shown = rows.sudo()
        return {
            "doc_ids": rows.ids,
            "doc_model": rows._name,
            "docs": shown,
            "pages": [
                (warehouse, [*lines.grouped("branch_id").items()])
                for warehouse, lines in shown.grouped("warehouse_id").items()
            ],
        }
