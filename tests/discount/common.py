from odoo import Command

from ..common import OrganisationCommon, SalesManagementCommon
from ..kept import kept


class DiscountWorld:
    """A price list, a product of 100.00 and a policy to activate."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.config.settings"].create(
            {"group_product_pricelist": True, "group_discount_per_so_line": True}
        ).execute()
        cls.pricelist = cls.make_pricelist("Norm")
        (cls.customer).property_product_pricelist = cls.pricelist
        cls.cloth = cls.make_product("Cloth", 100.0)

    @classmethod
    def make_pricelist(cls, name, *rules, **values):
        return cls.env["product.pricelist"].create(
            {
                "name": name,
                "company_id": cls.company.id,
                "currency_id": cls.company.currency_id.id,
                "item_ids": [Command.create(rule) for rule in rules],
                **values,
            }
        )

    @classmethod
    def make_product(cls, name, price, cost=0.0, **values):
        return cls.env["product.product"].create(
            {
                "name": name,
                "list_price": price,
                "standard_price": cost,
                "type": "consu",
                "invoice_policy": "order",
                "taxes_id": [Command.clear()],
                **values,
            }
        )

    @classmethod
    def make_policy(cls, *lines, activate=True, people=None, **values):
        """An active policy with these norms.

        :param people: who submits and who activates it, if not those of ``cls.company``
        """
        submitter, activator = people or (cls.commercial, cls.admin)
        policy = cls.env["discount.policy"].create(
            {
                "name": "Norms",
                "company_id": cls.company.id,
                "date_from": "2020-01-01",
                "line_ids": [Command.create(line) for line in lines],
                **values,
            }
        )
        if activate:
            policy.with_user(submitter).action_submit()
            policy.with_user(activator).action_activate()
        return policy

    @classmethod
    def make_quotation(cls, *lines, user=None, **values):
        """A quotation of ``(product, quantity, values)`` lines, priced by core."""
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "company_id": cls.company.id,
                "user_id": (user or cls.manager_a).id,
                "order_line": [
                    Command.create(
                        {"product_id": p.id, "product_uom_qty": quantity, **more}
                    )
                    for p, quantity, more in lines
                ],
                **values,
            }
        )
        return order

    @classmethod
    def asked(cls, order, user=None):
        """The requests about ``order``, after ``user`` has asked for approval of it."""
        reason = cls.env.ref("sales_manager_kpi.discount_reason_volume")
        wizard = cls.env["discount.ask"].with_user(user or cls.manager_a)
        wizard.create(
            {"order_id": order.id, "reason_id": reason.id, "note": "Please"}
        ).action_ask()
        return cls.env["discount.request"].search([("order_id", "=", order.id)])


@kept
class DiscountCommon(DiscountWorld, SalesManagementCommon):
    """The world in a company with accounting, orders and invoices."""


@kept
class QuotationCommon(DiscountWorld, OrganisationCommon):
    """The world without accounting: quick, for quotations and who may read what."""
