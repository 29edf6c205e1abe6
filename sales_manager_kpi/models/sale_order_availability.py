from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date, format_datetime

from ..engine.promise import promised_day

OPEN_STATES = ("waiting", "confirmed", "assigned", "partially_available")
BRANCH_FIELDS = ("name", "tz", "warehouse_id", "supplying_warehouse_id")
# figures of a line in its unit, and the fields that show them
SUPPLY_FIELDS = {
    "free": "supply_free_qty",
    "held": "supply_held_qty",
    "own": "supply_own_qty",
    "central": "supply_central_qty",
    "coming": "supply_coming_qty",
    "elsewhere": "supply_elsewhere_qty",
}


class SaleOrder(models.Model):
    """Reads once for a whole quotation where its goods are."""

    # The area of supply has files of its own.
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def _supply_facts(self, branch, products):
        """Where ``products`` are, in their own units, in a query per source.

        :param branch: of the manager of this order; as sudo
        :return: ``{"free": {(warehouse id, product id): quantity}, "holds": {product
            id: holds}, "answers": {product: request lines}, "coming": {product id:
            [(day, quantity)]}, "waiting": {product id: what is promised of it to
            others, but not reserved}}``
        """
        self.ensure_one()
        # sudo: what is in stock, held and coming is for all to know who sell it
        branches = branch.sudo().search_fetch(
            [("company_id", "=", self.company_id.id)], BRANCH_FIELDS
        )
        warehouses = branches.warehouse_id | branches.supplying_warehouse_id
        free, reserved = self._free_by_warehouse(products, warehouses)
        holds = self.env["stock.hold"]._live(
            ("product_id", "in", products.ids),
            ("warehouse_id", "in", warehouses.ids),
        )
        for hold in holds.filtered(lambda hold: hold._is_over()):
            # whoever touches these goods gets them
            free[hold.warehouse_id.id, hold.product_id.id] += hold.held_qty
        here = branch.warehouse_id
        answers = self._supply_answers(branch, products)
        coming, waiting = self._coming_and_waiting(
            products, here, reserved, self._beside_answers(branch)
        )
        return {
            "answers": answers.grouped("product_id"),
            "branches": branches,
            "free": free,
            "holds": holds.filtered(
                lambda hold: hold.warehouse_id == here and not hold._is_over()
            ).grouped("product_id"),
            "coming": coming,
            "waiting": waiting,
        }

    def _free_by_warehouse(self, products, warehouses):
        """Free, and reserved: two of ``{(warehouse id, product id): quantity}``."""
        free, reserved = defaultdict(float), defaultdict(float)
        # sudo: see _supply_facts
        groups = (
            self.env["stock.quant"]
            .sudo()
            ._read_group(
                [
                    ("product_id", "in", products.ids),
                    ("location_id.warehouse_id", "in", warehouses.ids),
                    ("location_id.usage", "=", "internal"),
                ],
                ["location_id", "product_id"],
                ["quantity:sum", "reserved_quantity:sum"],
            )
        )
        # places and stocks are read together
        places = warehouses.lot_stock_id.union(*(place for place, *__ in groups))
        stocks = {warehouse: warehouse.lot_stock_id for warehouse in warehouses}
        for place, product, quantity, taken in groups:
            place = places.browse(place.id).with_prefetch(places.ids)
            warehouse = place.warehouse_id
            reserved[warehouse.id, product.id] += taken
            if place._child_of(stocks[warehouse].with_prefetch(places.ids)):
                free[warehouse.id, product.id] += quantity - taken
        return free, reserved

    def _coming_and_waiting(self, products, warehouse, reserved, beside):
        """What comes into ``warehouse``, and what leaves it without a reservation.

        :param beside: domain of the moves that count as coming
        """
        # sudo: see _supply_facts
        Product = self.env["product.product"].sudo()
        Move = self.env["stock.move"].sudo()  # sudo: as above
        __, into, out_of = Product.with_context(
            warehouse_id=warehouse.ids
        )._get_domain_locations()
        todo = [("product_id", "in", products.ids), ("state", "in", OPEN_STATES)]
        coming, waiting = defaultdict(list), defaultdict(float)
        if not warehouse:
            return coming, waiting
        for product, day, quantity in Move._read_group(
            Domain([*todo, *into]) & beside,
            ["product_id", "date:day"],
            ["product_qty:sum"],
        ):
            coming[product.id].append((fields.Date.to_date(day), quantity))
        for product, quantity in Move._read_group(
            [*todo, *out_of], ["product_id"], ["product_qty:sum"]
        ):
            left = quantity - reserved[warehouse.id, product.id]
            waiting[product.id] = max(0.0, left)
        return coming, waiting

    def get_supply_availability(self):
        """Where the goods of this order are, in the units of its lines.

        :return: ``{line id: dict}``, see ``sale.order.line._supply_words``; empty for
            orders of nobody in a branch
        :raise AccessError: for who may not read the order
        """
        self.ensure_one()
        self.check_access("read")
        lines = self.order_line
        return {
            line.id: line._supply_words(figures)
            for line, figures in lines._supply_figures().items()
        }


class SaleOrderLine(models.Model):
    """Where the goods of a line are, and when they can be promised.

    Nothing is read for orders of managers without a branch.
    """

    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    supply_free_qty = fields.Float(
        string="Free Here",
        digits="Product Unit",
        compute="_compute_supply",
        groups="sales_manager_kpi.group_manager",
        help="Free in the warehouse of the manager's branch, in the unit of the line.",
    )
    supply_held_qty = fields.Float(
        string="Held for Others",
        digits="Product Unit",
        compute="_compute_supply",
        groups="sales_manager_kpi.group_manager",
    )
    supply_own_qty = fields.Float(
        string="Held for This Line",
        digits="Product Unit",
        compute="_compute_supply",
        groups="sales_manager_kpi.group_manager",
    )
    supply_central_qty = fields.Float(
        string="Free in Supplying Warehouse",
        digits="Product Unit",
        compute="_compute_supply",
        groups="sales_manager_kpi.group_manager",
    )
    supply_coming_qty = fields.Float(
        string="Coming In",
        digits="Product Unit",
        compute="_compute_supply",
        groups="sales_manager_kpi.group_manager",
    )
    supply_elsewhere_qty = fields.Float(
        string="Free in Other Branches",
        digits="Product Unit",
        compute="_compute_supply",
        groups="sales_manager_kpi.group_manager",
    )
    supply_promised_on = fields.Date(
        string="Can Be There On",
        compute="_compute_supply",
        groups="sales_manager_kpi.group_manager",
        help="Today where enough is free, or the day on which enough has come in. "
        "Empty where nobody has promised the goods.",
    )

    @api.depends(
        "product_id",
        "product_uom_id",
        "product_uom_qty",
        "state",
        "order_id.user_id",
        "order_id.company_id",
    )
    def _compute_supply(self):
        self.update(dict.fromkeys(SUPPLY_FIELDS.values(), 0.0))
        self.supply_promised_on = False
        for line, figures in self._supply_figures().items():
            line.update({name: figures[key] for key, name in SUPPLY_FIELDS.items()})
            line.supply_promised_on = figures["promised"]

    def _supply_figures(self):
        """``{line: figures}`` of quotation lines with goods of a branch's manager.

        Quantities in the units of the lines: ``free`` (what the lines above left),
        ``held`` for others, ``own``, ``central``, ``coming``, ``elsewhere``, all the
        pieces behind them, and ``promised``, a day or None.
        """
        orders = self.order_id._origin
        branches = orders._supply_branches() if orders else {}
        found = {}
        for order, branch in branches.items():
            lines = self.filtered(
                lambda line, order=order: (
                    line.order_id._origin == order and line._is_supplied()
                )
            )
            if lines:
                # sudo: the warehouses of a branch, whoever sells from it
                found.update(lines._figures_of_order(order, branch.sudo()))
        return found

    def _is_supplied(self):
        """Whether the line is of goods, of a quotation, in a unit of their kind."""
        self.ensure_one()
        return (
            self.state in ("draft", "sent")
            and not self.display_type
            and self.product_id.is_storable
            and self.product_uom_id
            and self.product_uom_id._has_common_reference(self.product_id.uom_id)
            and not self._bypasses_branch()
        )

    def _figures_of_order(self, order, branch):
        facts = order._supply_facts(branch, self.product_id)
        here = branch.warehouse_id.id
        used = defaultdict(float)
        figures = {}
        for line in self:
            product = line.product_id
            # sudo: keys as they were read, all that is held counts
            holds = facts["holds"].get(product.sudo(), self.env["stock.hold"])
            # sudo: as above
            own = holds.filtered(
                lambda hold, line=line: (
                    hold.order_line_id and hold.order_line_id == line._origin.sudo()
                )
            )
            own_qty = sum(own.mapped("held_qty"))
            need = max(0.0, line._stock_quantity(line.product_uom_qty) - own_qty)
            left = facts["free"][here, product.id] - used[product]
            used[product] += need
            figures[line] = line._prepare_figures(facts, branch, left, need, own, holds)
        promised = self._promised_facts(figures)
        today = branch._local_date(fields.Datetime.now())
        for line, row in figures.items():
            line._finish_figures(row, promised.get(line, ()), today)
        return figures

    def _prepare_figures(self, facts, branch, left, need, own, holds):
        """Figures of one line in the product's unit; see `_supply_figures`.

        :param left: what the lines above left of the free goods; below 0 they wait for
            what comes
        """
        product_id = self.product_id.id
        central = branch.supplying_warehouse_id
        # sudo: keys as they were read
        answers = facts["answers"].get(self.product_id.sudo(), ())
        promises, shared = self._answered_facts(answers)
        arrivals = sorted([*facts["coming"][product_id], *shared])
        elsewhere = {
            other: facts["free"][other.warehouse_id.id, product_id]
            for other in facts["branches"] - branch
            if other.warehouse_id not in (branch.warehouse_id, central)
            and facts["free"][other.warehouse_id.id, product_id] > 0
        }
        return {
            "need": need,
            "free": max(0.0, left),
            "own": sum(own.mapped("held_qty")),
            "held": sum((holds - own).mapped("held_qty")),
            "holds": holds - own,
            "central": max(0.0, facts["free"][central.id, product_id]),
            "arrivals": arrivals,
            "promises": promises,
            "coming": sum(quantity for __, quantity in [*arrivals, *promises]),
            "waiting": facts["waiting"][product_id] + max(0.0, -left),
            "branches": elsewhere,
            "elsewhere": sum(elsewhere.values()),
        }

    def _promised_facts(self, figures):
        """What is known to come for these lines: ``{line: [(day, quantity)]}``.

        What is waited for by others is taken off what comes first; what supervisors
        have answered for the line is its own.

        :param figures: ``{line: figures}`` in the product's unit
        """
        return {
            line: [*_after(row["waiting"], row["arrivals"]), *row["promises"]]
            for line, row in figures.items()
        }

    def _finish_figures(self, row, facts, today):
        """The promised day, and everything in the unit of the line."""
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        row["promised"] = promised_day(
            row["need"], row["free"], facts, today, 10**-digits
        )
        for key in ("need", *SUPPLY_FIELDS):
            row[key] = self._line_quantity(row[key])

    def _line_quantity(self, quantity):
        """``quantity`` of the product's unit in the line's, never too much."""
        return self.product_id.uom_id._compute_quantity(
            quantity, self.product_uom_id, rounding_method="DOWN"
        )

    def _supply_words(self, row):
        """The figures of one line for the screen: quantities, names and days."""
        return {
            "unit": self.product_uom_id.name,
            "need": row["need"],
            **{key: row[key] for key in SUPPLY_FIELDS},
            "holds": [
                {
                    "id": hold.id,
                    "who": hold.user_id.name or "",
                    "quantity": self._line_quantity(hold.held_qty),
                    "until": format_datetime(
                        self.env, hold.until_at, dt_format="short"
                    ),
                }
                for hold in row["holds"]
            ],
            "arrivals": self._coming_words(row["arrivals"]),
            "promises": self._coming_words(row["promises"]),
            "branches": [
                {"name": branch.name, "quantity": self._line_quantity(quantity)}
                for branch, quantity in row["branches"].items()
            ],
            "promised": row["promised"] and format_date(self.env, row["promised"]),
        }

    def _coming_words(self, facts):
        return [
            {
                "day": format_date(self.env, day),
                "quantity": self._line_quantity(quantity),
            }
            for day, quantity in facts
        ]


def _after(waiting, facts):
    """What of ``facts`` is left for others after ``waiting`` was served."""
    left = []
    for day, quantity in facts:
        part = min(waiting, quantity)
        waiting -= part
        if quantity - part > 0:
            left.append((day, quantity - part))
    return left
