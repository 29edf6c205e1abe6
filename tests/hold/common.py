from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import Command

from ..common import OrganisationCommon

# a Tuesday, 10:00 in Amsterdam
NOW = datetime(2026, 3, 10, 9)
# the end of work on the Thursday after it
THURSDAY = datetime(2026, 3, 12, 16)


class HoldCommon(OrganisationCommon):
    """Two branches with warehouses, rolls of fabric and buttons by the piece."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.freeze = freeze_time(NOW)
        cls.freeze.start()
        cls.addClassCleanup(cls.freeze.stop)
        cls.calendar = cls.make_calendar()
        cls.warehouse = cls.make_warehouse("UTRS")
        cls.other_warehouse = cls.make_warehouse("HAMS")
        cls.branch.write(
            {
                "warehouse_id": cls.warehouse.id,
                "resource_calendar_id": cls.calendar.id,
            }
        )
        cls.other_branch.write(
            {
                "warehouse_id": cls.other_warehouse.id,
                "resource_calendar_id": cls.calendar.id,
            }
        )
        cls.stock = cls.warehouse.lot_stock_id
        cls.metre = cls.env.ref("uom.product_uom_meter")
        cls.fabric = cls.make_product("Velvet", cls.metre, tracking="lot")
        cls.button = cls.make_product("Button", cls.env.ref("uom.product_uom_unit"))

    @classmethod
    def make_calendar(cls):
        """Monday to Friday, 9 to 17 by the clock of Amsterdam."""
        return cls.env["resource.calendar"].create(
            {
                "name": "Branch",
                "company_id": cls.company.id,
                "tz": "Europe/Amsterdam",
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": str(day),
                                "dayofweek": str(day),
                                "hour_from": 9,
                                "hour_to": 17,
                                "day_period": "morning",
                            }
                        )
                        for day in range(5)
                    ),
                ],
            }
        )

    @classmethod
    def make_warehouse(cls, code, **values):
        return cls.env["stock.warehouse"].create(
            {"name": code, "code": code, "company_id": cls.company.id, **values}
        )

    @classmethod
    def make_product(cls, name, unit, **values):
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": "consu",
                "is_storable": values.get("type") != "service",
                "uom_id": unit.id,
                "taxes_id": [],
                **values,
            }
        )

    @classmethod
    def put(cls, product, quantity, lot=None, location=None):
        """Goods that lie in the stock of the branch; returns the lot, if any."""
        lots = cls.env["stock.lot"]
        if lot:
            lots = lots.search(
                [("name", "=", lot), ("product_id", "=", product.id)]
            ) or lots.create({"name": lot, "product_id": product.id})
        cls.env["stock.quant"]._update_available_quantity(
            product, location or cls.stock, quantity, lot_id=lots or None
        )
        return lots

    @classmethod
    def make_quotation(cls, *lines, user=None, **values):
        """A quotation of ``(product, quantity)`` lines; of manager A by default."""
        user = user or cls.manager_a
        values.setdefault("warehouse_id", cls.warehouse.id)
        return cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "user_id": user.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "price_unit": 10,
                        }
                    )
                    for product, quantity in lines
                ],
                **values,
            }
        )

    @classmethod
    def hold(cls, line, quantity=None, user=None, **values):
        """Hold of ``line``, all of it unless said otherwise; as its manager."""
        user = user or line.order_id.user_id
        return line.with_user(user)._hold(quantity or line.product_uom_qty, **values)

    def free(self, product, location=None):
        return self.env["stock.quant"]._get_available_quantity(
            product, location or self.stock
        )

    def reserved(self, record):
        """``{lot name or False: quantity}`` that the moves of a record reserve."""
        lines = record.move_ids.move_line_ids
        found = {}
        for line in lines:
            name = line.lot_id.name
            found[name] = found.get(name, 0) + line.quantity_product_uom
        return found

    def lines_of(self, hold):
        """``{lot name or False: quantity}`` that a hold reserves."""
        return {
            line.lot_id.name: line.quantity_product_uom
            for line in hold.move_id.move_line_ids
        }

    def expect(self, product, quantity, day, warehouse=None):
        """Goods that are on their way into the branch."""
        warehouse = warehouse or self.warehouse
        supplier = self.env["stock.location"].search(
            [("usage", "=", "supplier")], limit=1
        )
        move = self.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom": product.uom_id.id,
                "product_uom_qty": quantity,
                "location_id": supplier.id,
                "location_dest_id": warehouse.lot_stock_id.id,
                "picking_type_id": warehouse.in_type_id.id,
                "company_id": self.company.id,
                "date": NOW + timedelta(days=day),
            }
        )
        move._action_confirm(merge=False)
        return move
