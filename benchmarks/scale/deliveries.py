"""Deliveries, returns and stock on hand."""

from .bulk import stamps
from .masters import WAREHOUSE_COLUMNS
from .orders import NUMBER_OFFSET, done_moment

WAREHOUSE = ", ".join(f"w.{part.split()[0]}" for part in WAREHOUSE_COLUMNS.split(", "))
GOODS = "s_goods_line l JOIN s_order o ON o.i = l.oi JOIN s_picking p ON p.oi = l.oi"


def make(bulk):
    """Write the stock documents of the staged orders."""
    _stage_pickings(bulk)
    _pickings(bulk)
    _moves(bulk)
    _move_lines(bulk)
    _references(bulk)
    _returns(bulk)
    _quants(bulk)


def _stage_pickings(bulk):
    picking = bulk.number_from("stock_picking", "stock_picking")
    reference = bulk.number_from("stock_reference", "stock_reference")
    bulk.number_from("stock_move", "stock_move")
    bulk.number_from("stock_move_line", "stock_move_line")
    bulk.stage(
        "s_picking",
        f"""SELECT z.*, out_prefix || pg_temp.pad(num, 5) AS name FROM (
          SELECT {picking} + (row_number() OVER (ORDER BY o.i))::int AS id,
            {reference} + (row_number() OVER (ORDER BY o.i))::int AS reference_id,
            o.i AS oi, {WAREHOUSE},
            row_number() OVER (PARTITION BY o.wh_id ORDER BY o.ts, o.i)
              + {NUMBER_OFFSET} AS num,
            CASE WHEN o.done_day IS NOT NULL THEN 'done'
              WHEN o.r_open < 0.8 THEN 'assigned' ELSE 'confirmed' END AS state,
            o.promised + interval '12 hours' AS planned, {done_moment()} AS done
          FROM s_order o JOIN s_warehouse w ON w.wh_id = o.wh_id
          WHERE o.state = 'sale'
        ) z""",
        "oi",
    )
    bulk.stage("s_goods_line", "SELECT * FROM s_line WHERE kind = 'goods'", "id")


def _pickings(bulk):
    bulk.copy(
        "stock_picking",
        {
            "id": "p.id",
            "name": "p.name",
            "sale_id": "o.id",
            "origin": "o.name",
            "partner_id": "o.partner_id",
            "location_id": "p.stock_loc",
            "location_dest_id": str(bulk.specimens["customer_location"]),
            "picking_type_id": "p.out_type",
            "state": "p.state",
            "scheduled_date": "p.planned",
            "date_deadline": "p.planned",
            "date_done": "p.done",
            "has_deadline_issue": "false",
            "user_id": None,
            **stamps("coalesce(p.done, o.ts)", "o.owner_id"),
            "create_date": "o.ts",
        },
        "s_picking p JOIN s_order o ON o.i = p.oi",
    )


def _moves(bulk):
    customers = str(bulk.specimens["customer_location"])
    bulk.copy(
        "stock_move",
        {
            "id": _move_id(bulk, "stock_move"),
            **_quantities(),
            "location_id": "p.stock_loc",
            "location_dest_id": customers,
            "location_final_id": customers,
            "picking_id": "p.id",
            "picking_type_id": "p.out_type",
            "warehouse_id": "p.wh_id",
            "rule_id": "p.rule_id",
            "partner_id": "o.partner_id",
            "origin": "o.name",
            "reference": "p.name",
            "state": "p.state",
            "quantity": "CASE WHEN p.state = 'confirmed' THEN 0 ELSE l.qty END",
            "picked": "p.state = 'done'",
            "is_out": "p.state = 'done'",
            "value": "CASE WHEN p.state = 'done'"
            " THEN round(l.cost_company * l.qty, 2) END",
            "date": "coalesce(p.done, p.planned)",
            "date_deadline": "p.planned",
            "reservation_date": "o.dt",
            "sale_line_id": "l.id",
            "price_unit": None,
            **stamps("coalesce(p.done, o.ts)", "o.owner_id"),
        },
        GOODS,
    )


def _move_id(bulk, table):
    """Moves and their details are numbered like the order lines."""
    return f"{bulk.first[table]} + l.id - {bulk.first['sale_order_line']}"


def _quantities():
    return {
        "product_id": "l.product_id",
        "product_qty": "l.qty",
        "product_uom_qty": "l.qty",
        "packaging_uom_qty": "l.qty",
    }


def _move_lines(bulk):
    bulk.copy(
        "stock_move_line",
        {
            "id": _move_id(bulk, "stock_move_line"),
            "move_id": _move_id(bulk, "stock_move"),
            "picking_id": "p.id",
            "product_id": "l.product_id",
            "location_id": "p.stock_loc",
            "location_dest_id": str(bulk.specimens["customer_location"]),
            "state": "p.state",
            "quantity": "l.qty",
            "quantity_product_uom": "l.qty",
            "picked": "p.state = 'done'",
            "date": "coalesce(p.done, p.planned)",
            **stamps("coalesce(p.done, o.ts)", "o.owner_id"),
        },
        f"{GOODS} WHERE p.state <> 'confirmed'",
    )


def _references(bulk):
    bulk.copy(
        "stock_reference",
        {"id": "p.reference_id", "name": "o.name"},
        "s_picking p JOIN s_order o ON o.i = p.oi",
    )
    bulk.loader.link(
        "stock_reference_sale_rel",
        "sale_id, reference_id",
        "SELECT o.id, p.reference_id FROM s_picking p JOIN s_order o ON o.i = p.oi",
    )
    bulk.loader.link(
        "stock_reference_move_rel",
        "move_id, reference_id",
        f"SELECT {_move_id(bulk, 'stock_move')}, p.reference_id"
        " FROM s_goods_line l JOIN s_picking p ON p.oi = l.oi",
    )


def _returns(bulk):
    """The refunded lines come back."""
    picking = bulk.number_from("return_picking", "stock_picking")
    move = bulk.number_from("return_move", "stock_move")
    detail = bulk.number_from("return_move_line", "stock_move_line")
    bulk.stage(
        "s_incoming",
        f"""SELECT r.k::int AS k, r.oi, r.line_id, p.id AS out_id, p.name AS out_name,
          p.in_type, p.stock_loc, p.wh_id,
          r.day + interval '10 hours' AS ts, p.in_prefix || pg_temp.pad({NUMBER_OFFSET}
            + row_number() OVER (PARTITION BY p.wh_id ORDER BY r.day, r.k), 5) AS name
        FROM s_return r JOIN s_picking p ON p.oi = r.oi""",
        "k",
    )
    place = {
        "location_id": str(bulk.specimens["customer_location"]),
        "location_dest_id": "r.stock_loc",
    }
    source = (
        "s_incoming r JOIN s_line l ON l.id = r.line_id JOIN s_order o ON o.i = r.oi"
    )
    bulk.copy(
        "stock_picking",
        {
            "id": f"{picking} + r.k",
            "name": "r.name",
            "sale_id": "o.id",
            "origin": "'Return of ' || r.out_name",
            "return_id": "r.out_id",
            "partner_id": "o.partner_id",
            "picking_type_id": "r.in_type",
            "scheduled_date": "r.ts",
            "date_done": "r.ts",
            "date_deadline": None,
            **place,
            **stamps("r.ts"),
        },
        source,
        "return_picking",
    )
    bulk.copy(
        "stock_move",
        {
            "id": f"{move} + r.k",
            **_quantities(),
            **place,
            "location_final_id": "r.stock_loc",
            "picking_id": f"{picking} + r.k",
            "picking_type_id": "r.in_type",
            "warehouse_id": "r.wh_id",
            "partner_id": "o.partner_id",
            "origin": "'Return of ' || r.out_name",
            "reference": "r.name",
            "quantity": "l.qty",
            "value": "round(l.cost_company * l.qty, 2)",
            "date": "r.ts",
            "date_deadline": None,
            "sale_line_id": "l.id",
            "origin_returned_move_id": _move_id(bulk, "stock_move"),
            "rule_id": None,
            **stamps("r.ts"),
        },
        source,
        "return_move",
    )
    bulk.copy(
        "stock_move_line",
        {
            "id": f"{detail} + r.k",
            "move_id": f"{move} + r.k",
            "picking_id": f"{picking} + r.k",
            "product_id": "l.product_id",
            **place,
            "quantity": "l.qty",
            "quantity_product_uom": "l.qty",
            "date": "r.ts",
            **stamps("r.ts"),
        },
        source,
        "return_move_line",
    )


def _quants(bulk):
    """Stock of 60 % of the products per warehouse, and what is reserved on top."""
    first = bulk.number_from("quant", "stock_quant")
    bulk.stage(
        "s_quant",
        f"""WITH reserved AS (
          SELECT product_id, location_id, sum(quantity) AS q FROM stock_move_line
          WHERE state = 'assigned' GROUP BY 1, 2
        ), free AS (
          SELECT p.product_id, w.stock_loc AS location_id, round((20 + 480
            * pg_temp.rnd(p.i::bigint * 1000 + w.wh_id, 60))::numeric) AS q
          FROM s_product p, s_warehouse w
          WHERE pg_temp.rnd(p.i::bigint * 1000 + w.wh_id, 61) < 0.6
        )
        SELECT {first} + (row_number() OVER (ORDER BY location_id, product_id))::int
            AS id, product_id, location_id, coalesce(free.q, 0)
            + coalesce(reserved.q, 0) AS q, coalesce(reserved.q, 0) AS reserved
        FROM free FULL JOIN reserved USING (product_id, location_id)
        WHERE product_id <> {bulk.specimens["product_product"]}""",
    )
    bulk.copy(
        "stock_quant",
        {
            "id": "s.id",
            "product_id": "s.product_id",
            "location_id": "s.location_id",
            "quantity": "s.q",
            "reserved_quantity": "s.reserved",
            "in_date": f"{bulk.start}::timestamp",
        },
        "s_quant s",
        "quant",
    )
    first = bulk.number_from("quant_customer", "stock_quant")
    customers = bulk.specimens["customer_location"]
    bulk.copy(
        "stock_quant",
        {
            "id": f"{first} + (row_number() OVER (ORDER BY s.product_id))::int",
            "product_id": "s.product_id",
            "quantity": "s.q",
            "reserved_quantity": "0",
        },
        f"""(SELECT product_id, sum(CASE WHEN location_dest_id = {customers}
          THEN quantity ELSE -quantity END) AS q FROM stock_move_line
          WHERE state = 'done' AND product_id <> {bulk.specimens["product_product"]}
          GROUP BY 1) s""",
        "quant_customer",
    )
