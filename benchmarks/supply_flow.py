"""Confirming 30 lines whose goods come down the ladder, and without the addon.

Both databases have the same routes: a branch asks the central warehouse for what it has
not got. Half of the lines lie at the branch, half in the centre, so that core makes its
chain of transfers in both; ours keeps the sources of every line beside it.
"""

import sys

from benchmarks.activation import GROUPS, users
from benchmarks.odoo_process import environment
from benchmarks.order_flow import SALESMAN, Budget, Flow, compare
from tools.paths import ROOT, cache

LADDER = Budget("confirming 30 lines with the ladder", 1.15, 15)
PLENTY = 100


def warehouses(env):
    """The central warehouse, and that of a branch."""
    found = env["stock.warehouse"].search([("company_id", "=", 1)], order="id", limit=2)
    return found[0], found[1]


class SupplyFlow(Flow):
    """An order of the branch, confirmed."""

    lines = 30

    @staticmethod
    def prepare(database):
        """Let core bring from the centre what the branch has not got. Commits."""
        with environment(database, cache() / "data", ROOT) as env:
            central, shop = warehouses(env)
            shop.resupply_wh_ids = central
            shop.delivery_route_id.rule_ids.filtered(
                lambda rule: rule.location_src_id == shop.lot_stock_id
            ).procure_method = "mts_else_mto"
            env["product.category"].search([]).route_ids |= shop.resupply_route_ids
            users(env, SALESMAN).with_company(1).property_warehouse_id = shop
            env.cr.commit()

    @staticmethod
    def activate(database):
        """Set the branch up for the ladder. Commits."""
        with environment(database, cache() / "data", ROOT) as env:
            from odoo.fields import Command

            for login, group in GROUPS.items():
                users(env, login).group_ids |= env.ref(group)
            central, shop = warehouses(env)
            branch = env["sales.branch"].create(
                {
                    "code": "SHP",
                    "name": "Shop",
                    "company_id": 1,
                    "warehouse_id": shop.id,
                    "supplying_warehouse_id": central.id,
                    "member_ids": [
                        Command.create(
                            {
                                "user_id": users(env, SALESMAN).id,
                                "date_from": "2020-01-01",
                            }
                        )
                    ],
                }
            )
            line = {"branch_id": branch.id, "mode": "automatic"}
            env["supply.setup"].create(
                {"company_id": 1, "line_ids": [Command.create(line)]}
            ).action_apply()
            env.cr.commit()

    def _steps(self):
        salesman = self._as(SALESMAN)
        order = salesman["sale.order"].create(self._order_values(salesman))
        self._stock_up(order)
        with self._measured("confirm"):
            order.action_confirm()
        self._check_chain(order.sudo())

    @staticmethod
    def _check_chain(order):
        """Raise where all comes from the branch itself: nothing would be measured."""
        if len(order.picking_ids) < 2:
            raise AssertionError("nothing was asked of the central warehouse")

    def _stock_up(self, order):
        """Every other line lies at the branch, the others in the centre."""
        Quant = self.env["stock.quant"]
        central, shop = (place.lot_stock_id for place in warehouses(self.env))
        for number, line in enumerate(order.sudo().order_line):
            product = line.product_id
            there = Quant._get_available_quantity(product, shop)
            wanted = PLENTY if number % 2 else 0
            if wanted != there:
                Quant._update_available_quantity(product, shop, wanted - there)
            Quant._update_available_quantity(product, central, PLENTY)


def main(argv):
    """Measure on two copies of the plain scale database named in argv."""
    return compare(argv, SupplyFlow, LADDER)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
