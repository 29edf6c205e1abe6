from odoo import models
from odoo.exceptions import AccessError

from .sale_order_discount_gate import checked_of


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    def write(self, vals):
        if "points" in vals and any(card.points < vals["points"] for card in self):
            self._check_points_by_hand()
        return super().write(vals)

    def _check_points_by_hand(self):
        """Points are money: salespeople add none while norms are in force.

        Orders that are confirmed or cancelled, and rewards taken off, give points.
        """
        if checked_of(self.env) or not self.env["res.partner"]._terms_are_guarded():
            return
        raise AccessError(
            self.env._("Points on a card are a discount. Ask a director to add them.")
        )
