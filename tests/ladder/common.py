from odoo import Command

from ..common import OrganisationCommon


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
