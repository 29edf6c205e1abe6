from collections import defaultdict
from dataclasses import replace

from odoo import models

from ..engine.sourcing import Facts, Place, ladder


class SaleOrderSource(models.Model):
    """Plans what nobody has set aside: by what is free, and at whom to ask."""

    _inherit = "sale.order.source"  # pylint: disable=consider-merging-classes-inherited

    def _with_plan(self, facts):
        """``{line: Facts}`` with what is free and whom to ask, where goods are missing.

        Lines are served in their order: what is free is given once.
        """
        short = {
            line: fact
            for line, fact in facts.items()
            if any(rung.state == "planned" for rung in ladder(fact))
        }
        if not short:
            return facts
        free = self._free(list(short))
        for line, fact in short.items():
            facts[line] = self._plan_line(line, fact, free)
        return facts

    def _plan_line(self, line, fact, free):
        """``fact`` with a plan; takes from ``free`` what it plans to use."""
        branch, product = line._ladder_branch(), line.product_id
        plan = [
            (place, line._to_steps(free[product, warehouse]))
            for place, warehouse in branch._supply_places()
        ]
        fact = replace(
            fact,
            free=max(0, line._to_steps(free[product, line.warehouse_id])),
            plan=(*plan, (Place(self._supervisor_kind(line)), None)),
        )
        Warehouse = self.env["stock.warehouse"]
        for rung in ladder(fact):
            if rung.state == "planned" and rung.place.warehouse_id:
                warehouse = Warehouse.browse(rung.place.warehouse_id)
                free[product, warehouse] -= line._from_steps(rung.quantity)
        return fact

    def _free(self, lines):
        """``{(product, warehouse): quantity}`` that is nobody's, in one query."""
        warehouses = self.env["stock.warehouse"]
        products = self.env["product.product"]
        for line in lines:
            products |= line.product_id
            warehouses |= line.warehouse_id
            for _place, warehouse in line._ladder_branch()._supply_places():
                warehouses |= warehouse
        # sudo: what is free is asked by whoever sells, and shown as a sum
        rows = (
            self.env["stock.quant"]
            .sudo()
            ._read_group(
                [
                    ("product_id", "in", products.ids),
                    ("location_id", "child_of", warehouses.lot_stock_id.ids),
                ],
                ["product_id", "location_id"],
                ["quantity:sum", "reserved_quantity:sum"],
            )
        )
        free = defaultdict(float)
        for product, location, quantity, reserved in rows:
            free[product, location.warehouse_id] += quantity - reserved
        return free

    def _supervisor_kind(self, line):
        """Who is asked for what no warehouse has: ``production`` where it is made."""
        product = line.product_id
        routes = product.route_ids | product.categ_id.total_route_ids
        made = "manufacture" in routes.rule_ids.mapped("action")
        return "production" if made else "regional"

    def _quotation_rungs(self, lines):
        """``{line: [Rung]}`` as lines of quotations would be served now.

        Nothing is set aside by a plan, so it is not kept: tomorrow it is another.
        """
        held = self._held_by_line(lines)
        facts = {}
        for line in lines:
            on_hold = line._to_steps(held.get(line.id, 0.0))
            facts[line] = Facts(
                branch=line._ladder_branch()._place_of(line.warehouse_id),
                quantity=line._ladder_steps(),
                secured=on_hold,
                held=on_hold,
            )
        return {line: ladder(fact) for line, fact in self._with_plan(facts).items()}
