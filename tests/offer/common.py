from datetime import timedelta

from odoo import Command, fields

from ..discount.common import DiscountCommon
from ..kept import kept

TEN = {"role": "manager", "max_line_percent": 10}
TWENTY = {"role": "branch_director", "max_line_percent": 20}


@kept
class OfferCommon(DiscountCommon):
    """Cloth and silk with stock in the branch and the centre, under no norm yet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "buyer@customer.example"
        cls.centre, cls.store = (cls.make_warehouse(code) for code in ("CTR", "UTS"))
        cls.branch.write(
            {
                "warehouse_id": cls.store.id,
                "supplying_warehouse_id": cls.centre.id,
            }
        )
        cls.silk = cls.make_product("Silk", 50.0, cost=30.0, is_storable=True)
        cls.put(cls.silk, cls.store, 40)
        cls.put(cls.silk, cls.centre, 200)

    @classmethod
    def make_warehouse(cls, code):
        return cls.env["stock.warehouse"].create(
            {"name": code, "code": code, "company_id": cls.company.id}
        )

    @classmethod
    def put(cls, product, warehouse, quantity):
        cls.env["stock.quant"]._update_available_quantity(
            product, warehouse.lot_stock_id, quantity
        )

    @classmethod
    def make_offer(cls, *lines, user=None, **values):
        """An offer of ``(product, quantity, values)`` lines, by its manager."""
        day = fields.Date.today() + timedelta(days=10)
        return (
            cls.env["sales.offer"]
            .with_user(user or cls.manager_a)
            .create(
                {
                    "partner_id": cls.customer.id,
                    "company_id": cls.company.id,
                    "validity_date": day,
                    "line_ids": [
                        Command.create(
                            {"product_id": p.id, "quantity": quantity, **more}
                        )
                        for p, quantity, more in lines
                    ],
                    **values,
                }
            )
        )

    @classmethod
    def make_sent(cls, *lines, **values):
        """One that was handed over."""
        offer = cls.make_offer(*(lines or ((cls.silk, 2, {}),)), **values)
        offer.action_hand_over()
        return offer

    @classmethod
    def sell(cls, product, quantity=1, customer=None, **values):
        """A confirmed order, as it was sold before."""
        order = cls.make_quotation((product, quantity, values))
        if customer:
            order.partner_id = customer
        order.action_confirm()
        return order
