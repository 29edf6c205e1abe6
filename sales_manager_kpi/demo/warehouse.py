"""Goods on their way: from suppliers to Leiden, to the branches, to customers."""

from odoo.fields import Command

from .catalogue import ROLL, by_metre

CLERK = "noor"


class Warehouse:
    """Moves goods by Odoo's own transfers."""

    def __init__(self, world):
        self.world = world
        self.env = world.acting(CLERK)
        self.supplier = world.env["res.partner"].create(
            {"name": "Weverij Van den Bergh", "is_company": True, "city": "Tilburg"}
        )
        self.rolls = 0

    # From suppliers ---------------------------------------------------------------

    def receive(self, day, rounds):
        """Suppliers bring whole rolls, each a lot of its own, and cartons."""
        for goods in rounds:
            picking = self._create_receipt(goods)
            picking.action_confirm()
            lots = iter(self._unroll(day, goods))
            for move in picking.move_ids:
                if by_metre(move.product_id.default_code):
                    move.move_line_ids = self._prepare_roll_lines(move, lots)
                else:
                    move.quantity = move.product_uom_qty
            picking.move_ids.picked = True
            picking.button_validate()

    def _create_receipt(self, goods):
        picking_type = self.world.central.in_type_id.with_env(self.env)
        place = self.env.ref("stock.stock_location_suppliers")
        target = self.world.central.lot_stock_id
        return self.env["stock.picking"].create(
            {
                "picking_type_id": picking_type.id,
                "partner_id": self.supplier.id,
                "location_id": place.id,
                "location_dest_id": target.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.world.products[code].id,
                            "product_uom_qty": quantity,
                            "product_uom": self.world.products[code].uom_id.id,
                            "location_id": place.id,
                            "location_dest_id": target.id,
                        }
                    )
                    for code, quantity in goods.items()
                ],
            }
        )

    def _unroll(self, day, goods):
        vals_list = []
        for code, quantity in goods.items():
            for __ in range(quantity // ROLL if by_metre(code) else 0):
                self.rolls += 1
                vals_list.append(
                    {
                        "name": f"R{day:%y}-{self.rolls:04}",
                        "product_id": self.world.products[code].id,
                        "company_id": self.world.company.id,
                    }
                )
        return self.env["stock.lot"].create(vals_list)

    def _prepare_roll_lines(self, move, lots):
        lines = [
            Command.create(
                {
                    "product_id": move.product_id.id,
                    "product_uom_id": move.product_uom.id,
                    "lot_id": next(lots).id,
                    "quantity": ROLL,
                    "location_id": move.location_id.id,
                    "location_dest_id": move.location_dest_id.id,
                    "picking_id": move.picking_id.id,
                }
            )
            for __ in range(int(move.product_uom_qty) // ROLL)
        ]
        return [Command.clear(), *lines]

    # To the branches ----------------------------------------------------------------

    def dispatch(self, day, supplies):
        """Order goods for branches by their resupply route; Leiden sends them."""
        for branch, goods, delivery in supplies:
            reference = (
                self.env["stock.reference"]
                .sudo()
                .create({"name": f"Supply {branch} {day:%Y-%m}"})
            )
            self._order_supply(branch, goods, reference)
            pickings = reference.picking_ids.with_env(self.env)
            sent = pickings.filtered(lambda p: p.picking_type_code != "incoming")
            sent = sent.filtered(
                lambda p: p.location_id == self.world.central.lot_stock_id
            )
            self._carry_out(sent)
            delivery.append(pickings - sent)

    def arrive(self, __, deliveries):
        """The branches put away what Leiden sent."""
        for delivery in deliveries:
            self._carry_out(delivery[0])

    def _order_supply(self, branch, goods, reference):
        warehouse = self.world.branches[branch].warehouse_id
        Rule = self.world.env["stock.rule"]
        Rule.run(
            [
                Rule.Procurement(
                    self.world.products[code],
                    quantity,
                    self.world.products[code].uom_id,
                    warehouse.lot_stock_id,
                    reference.name,
                    reference.name,
                    self.world.company,
                    {
                        "reference_ids": reference,
                        "warehouse_id": warehouse,
                        "route_ids": warehouse.resupply_route_ids,
                    },
                )
                for code, quantity in goods.items()
            ]
        )

    # To customers --------------------------------------------------------------------

    def ship(self, orders, part=1):
        """Deliver sale orders, or a ``part`` of them with a backorder for the rest."""
        pickings = orders.picking_ids.filtered(
            lambda p: p.state not in ("done", "cancel")
        )
        if part < 1:
            pickings.action_assign()
            for move in pickings.move_ids:
                move.quantity = int(move.product_uom_qty * part)
            pickings.move_ids.picked = True
            pickings.with_context(skip_backorder=True).button_validate()
        else:
            self._carry_out(pickings)

    def take_back(self, order):
        """The customer returns a fifth of the first goods that were delivered."""
        picking = order.picking_ids.filtered(lambda p: p.state == "done")[:1]
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        for line in wizard.product_return_moves:
            line.quantity = 0
        line = max(wizard.product_return_moves, key=_quantity)
        line.quantity = max(1, int(line.move_quantity * 0.2))
        action = wizard.action_create_returns()
        self._carry_out(self.env["stock.picking"].browse(action["res_id"]))

    def _carry_out(self, pickings):
        if not pickings:
            return
        pickings = pickings.with_env(self.env)
        pickings.action_assign()
        short = pickings.move_ids.filtered(lambda m: m.state != "assigned")
        if short:
            raise AssertionError(
                f"Goods are missing: {short.mapped('product_id.name')}"
            )
        pickings.move_ids.picked = True
        pickings.button_validate()


def _quantity(line):
    return line.move_quantity
