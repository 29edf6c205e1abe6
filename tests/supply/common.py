from odoo import Command, fields

from ..common import OrganisationCommon
from ..kept import kept


@kept
class SupplyCommon(OrganisationCommon):
    """A central warehouse that supplies two branches, and two departments."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.central = cls.make_warehouse("CEN", "Central")
        cls.store = cls.make_warehouse("BRU", "Utrecht", cls.central)
        cls.branch.write(
            {"warehouse_id": cls.store.id, "supplying_warehouse_id": cls.central.id}
        )
        cls.head = cls.make_user("head", "sales_manager_kpi.group_supply_supervisor")
        cls.regional = cls.make_department("Regional", cls.supervisor)
        cls.cloth = cls.make_goods("Cloth")
        cls.felt = cls.make_goods("Felt")
        cls.tomorrow = fields.Date.add(fields.Date.today(), days=3)

    @classmethod
    def make_warehouse(cls, code, name, supplier=None, **values):
        return cls.env["stock.warehouse"].create(
            {
                "code": code,
                "name": name,
                "company_id": cls.company.id,
                "resupply_wh_ids": [Command.link(supplier.id)] if supplier else [],
                **values,
            }
        )

    @classmethod
    def make_department(cls, name, supervisor, **values):
        return cls.env["supply.department"].create(
            {
                "name": name,
                "company_id": cls.company.id,
                "supervisor_id": supervisor.id,
                "escalation_user_id": cls.head.id,
                "tz": "Europe/Amsterdam",
                **values,
            }
        )

    @classmethod
    def make_goods(cls, name, **values):
        return cls.env["product.product"].create(
            {"name": name, "type": "consu", "is_storable": True, **values}
        )

    @classmethod
    def stock(cls, product, warehouse, quantity):
        cls.env["stock.quant"]._update_available_quantity(
            product, warehouse.lot_stock_id, quantity
        )

    @classmethod
    def make_request(cls, *lines, user=None, submit=True, **values):
        """What ``user`` asks: ``(product, quantity)`` lines, submitted unless not."""
        request = (
            cls.env["supply.request"]
            .with_user(user or cls.manager_a)
            .create(
                {
                    "kind": "sample",
                    "branch_id": cls.branch.id,
                    "line_ids": [
                        Command.create(
                            {"product_id": product.id, "product_uom_qty": quantity}
                        )
                        for product, quantity in lines
                    ],
                    **values,
                }
            )
        )
        if submit:
            request.action_submit()
        return request

    @classmethod
    def answer(cls, line, verdict="granted", granted=None, user=None, **values):
        """``line`` answered by the supervisor."""
        line = line.with_user(user or cls.supervisor)
        if granted is None:
            granted = line.asked_qty if verdict == "granted" else 0.0
        line.write(
            {
                "verdict": verdict,
                "granted_qty": granted,
                "promised_date": cls.tomorrow if verdict != "rejected" else False,
                "reason": False if verdict == "granted" else "Sold out",
                **values,
            }
        )
        line.action_answer()
        return line

    @classmethod
    def carry_out(cls, moves):
        """The warehouse does the transfers of these moves, with what there is."""
        moves = moves.sudo()
        moves._action_assign()
        for move in moves:
            move.quantity = move.quantity or move.product_uom_qty
            move.picked = True
        return moves.picking_id._action_done()
