from odoo import api, fields, models
from odoo.exceptions import AccessError

from .loyalty_points import are_points_moving


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    can_set_points = fields.Boolean(compute="_compute_can_set_points")

    @api.depends_context("uid")
    def _compute_can_set_points(self):
        self.can_set_points = self._may_set_points()

    def write(self, vals):
        if "points" in vals and any(card.points != vals["points"] for card in self):
            self._check_points_by_hand()
        return super().write(vals)

    def action_loyalty_update_balance(self):
        self._check_points_by_hand()
        return super().action_loyalty_update_balance()

    def _check_points_by_hand(self):
        """Points are money: salespeople neither add nor take any by hand.

        Orders that are confirmed or cancelled, and rewards put on or taken off, move
        points. Core lets every salesperson write them.
        """
        if self.env.su or are_points_moving() or self._may_set_points():
            return
        raise AccessError(
            self.env._(
                "Points on a card are a discount. Ask a director or a sales "
                "administrator to change them."
            )
        )

    def _may_set_points(self):
        """Whether this person has them as more than a salesperson."""
        user = self.env.user
        return (
            not user.has_group("sales_team.group_sale_salesman")
            or user.has_group("sales_team.group_sale_manager")
            or user._discount_role() != "manager"
        )
