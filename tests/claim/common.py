from odoo import Command

from ..common import COMMERCIAL, MANAGER, OrganisationCommon
from ..kept import kept

FAULT = {
    "verdict": "justified",
    "fault_area": "manager",
    "note": "The manager wrote down another colour.",
}


class ClaimWorld:
    """A delivered order of ``customer``, and the people around its claims."""

    @classmethod
    def _make_claim_world(cls):
        cls.rival = cls.make_customer("Rival", cls.manager_b)
        cls.second_commercial = cls.make_user("second_commercial", COMMERCIAL)
        cls.colleague = cls.make_user("colleague", MANAGER)
        cls.env["sales.branch.member"].create(
            {
                "branch_id": cls.branch.id,
                "user_id": cls.colleague.id,
                "date_from": "2020-01-01",
            }
        )
        cls.cloth = cls.env["product.product"].create(
            {"name": "Cloth", "type": "consu", "lst_price": 20.0}
        )
        cls.order = cls.make_cloth_order(cls.customer)
        cls.delivery = cls.deliver(cls.order)

    @classmethod
    def make_cloth_order(cls, customer, quantity=10, **values):
        order = cls.env["sale.order"].create(
            {
                "partner_id": customer.id,
                "user_id": customer.user_id.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": cls.cloth.id,
                            "product_uom_qty": quantity,
                            "price_unit": 20.0,
                        }
                    )
                ],
                **values,
            }
        )
        order.action_confirm()
        return order

    @classmethod
    def deliver(cls, order):
        picking = order.picking_ids.filtered(lambda row: row.state != "done")
        for move in picking.move_ids:
            move.quantity = move.product_uom_qty
            move.picked = True
        picking._action_done()
        return picking

    @classmethod
    def make_claim(cls, user=None, review=False, **values):
        """A claim of ``customer`` about its order, told by ``user``."""
        claim = (
            cls.env["customer.claim"]
            .with_user(user or cls.manager_a)
            .with_company(cls.company)
            .create({"subject": "Wrong colour", "order_id": cls.order.id, **values})
        )
        if review:
            claim.action_review()
        return claim

    @classmethod
    def decide(cls, claim, user=None, **values):
        """The verdict by the wizard, as the director gives it."""
        wizards = cls.env["customer.claim.decide"].with_user(user or cls.director)
        wizard = wizards.with_company(claim.company_id).create(
            {"claim_id": claim.id, **FAULT, **values}
        )
        wizard.action_confirm()
        return claim.sudo().decision_ids[-1:]

    @classmethod
    def step(cls, claim, step, user=None, reason="Because", **values):
        wizards = cls.env["customer.claim.step"].with_user(user or cls.manager_a)
        wizards.create(
            {"claim_id": claim.id, "step": step, "reason": reason, **values}
        ).action_confirm()


@kept
class ClaimCommon(ClaimWorld, OrganisationCommon):
    """Claims without accounting: quick."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_claim_world()
