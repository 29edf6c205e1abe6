from odoo import Command

from ..common import OrganisationCommon
from ..kept import kept


@kept
class LadderCommon(OrganisationCommon):
    """A central warehouse, and a branch with a warehouse of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids |= cls.env.ref("stock.group_stock_manager")
        cls.central = cls.make_warehouse("Central", "CEN")
        cls.shop = cls.make_warehouse("Utrecht", "UTW")
        cls.branch.write(
            {"warehouse_id": cls.shop.id, "supplying_warehouse_id": cls.central.id}
        )
        cls.category = cls.env["product.category"].create({"name": "Fabrics"})
        cls.cloth = cls.make_cloth("Linen")

    @classmethod
    def make_warehouse(cls, name, code, **values):
        return cls.env["stock.warehouse"].create(
            {
                "name": name,
                "code": code,
                "company_id": cls.company.id,
                **values,
            }
        )

    @classmethod
    def make_cloth(cls, name, **values):
        return cls.env["product.product"].create(
            {
                "name": name,
                "is_storable": True,
                "categ_id": cls.category.id,
                "lst_price": 10.0,
                **values,
            }
        )

    @classmethod
    def put(cls, quantity, warehouse, product=None, lot=None):
        """Lay goods down in the stock of a warehouse."""
        cls.env["stock.quant"]._update_available_quantity(
            product or cls.cloth, warehouse.lot_stock_id, quantity, lot_id=lot
        )

    @classmethod
    def set_up(cls, branch=None, mode="automatic"):
        """Set the branch up for the ladder, as an administrator does."""
        cls.env["supply.setup"].create(
            {
                "company_id": cls.company.id,
                "line_ids": [
                    Command.create(
                        {"branch_id": (branch or cls.branch).id, "mode": mode}
                    )
                ],
            }
        ).action_apply()

    @classmethod
    def make_order(cls, *lines, confirm=True, warehouse=None, **values):
        """An order of ``(product, quantity)`` lines from the branch's warehouse."""
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "user_id": cls.manager_a.id,
                "warehouse_id": (warehouse or cls.shop).id,
                "order_line": [
                    Command.create(
                        {"product_id": product.id, "product_uom_qty": quantity}
                    )
                    for product, quantity in lines
                ],
                **values,
            }
        )
        if confirm:
            order.action_confirm()
        return order

    @staticmethod
    def ladder(order):
        """``[(kind, state, quantity)]`` of the sources of an order."""
        return sorted(
            (source.kind, source.state, source.quantity)
            for source in order.supply_source_ids
        )

    def finish(self, moves, quantity=None):
        """Do open moves one by one: all of them, or ``quantity`` with a backorder."""
        for move in moves:
            move.quantity = move.product_uom_qty if quantity is None else quantity
            move.picked = True
            move.picking_id._action_done()

    @staticmethod
    def open_moves(order, source, target):
        """Open moves of an order that leave ``source`` and reach ``target``.

        Warehouses, or None for a place outside all of them.
        """
        return order.order_line.move_ids.filtered(
            lambda move: (
                move.state not in ("done", "cancel")
                and move.location_id.warehouse_id == (source or source_of(move))
                and move.location_dest_id.warehouse_id == (target or source_of(move))
            )
        )

    def ship(self, order, quantity=None):
        """Let the centre send what it has for the order, in all its steps."""
        self.step(order, self.central, self.central, quantity)
        self.finish(self.open_moves(order, self.central, None), quantity)

    def receive(self, order, quantity=None):
        """Let the branch receive it, and put it away."""
        self.finish(self.open_moves(order, None, self.shop), quantity)
        inside = self.open_moves(order, self.shop, self.shop)
        while inside := inside.filtered(
            lambda move: (
                move.location_dest_id == self.shop.lot_stock_id
                or move.location_final_id == self.shop.lot_stock_id
            )
        ):
            self.finish(inside)
            inside = self.open_moves(order, self.shop, self.shop)

    def step(self, order, source, target, quantity=None):
        while moves := self.open_moves(order, source, target):
            self.finish(moves, quantity)

    def deliver(self, order, quantity=None):
        """Let the branch give the customer what lies ready."""
        self.give(order, quantity)
        while self.give(order, None, inside=False):
            pass

    def give(self, order, quantity, inside=True):
        """One step towards the customer: the first one, or those that follow it."""
        ready = order.order_line.move_ids.filtered(
            lambda move: (
                move.state in ("assigned", "partially_available")
                and move.location_id.warehouse_id == self.shop
                and (move.location_id == self.shop.lot_stock_id) == inside
                and "customer"
                in (move.location_final_id.usage, move.location_dest_id.usage)
            )
        )
        for move in ready:
            move.quantity = quantity or move.quantity
            move.picked = True
            move.picking_id._action_done()
        return ready

    def assertAddsUp(self, order):
        """Sources add up to the line, in the product's unit."""
        for line in order.order_line.filtered(lambda line: line._has_ladder()):
            total = sum(line.supply_source_ids.mapped("quantity"))
            self.assertAlmostEqual(
                total,
                line.product_uom_id._compute_quantity(
                    line.product_uom_qty, line.product_id.uom_id
                ),
            )

    def assertLadder(self, order, *rungs):
        self.assertAddsUp(order)
        self.assertEqual(self.ladder(order), sorted(rungs))


def source_of(move):
    return move.env["stock.warehouse"]
