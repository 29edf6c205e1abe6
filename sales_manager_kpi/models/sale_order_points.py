from odoo import models

from .loyalty_points import moving_points


class SaleOrder(models.Model):
    """The ways in which an order moves points; no other one is a salesperson's."""

    # The area of promotions has files of its own.
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def action_confirm(self):
        with moving_points():
            return super().action_confirm()

    def _action_cancel(self):
        with moving_points():
            return super()._action_cancel()

    def _apply_program_reward(self, reward, coupon, **kwargs):
        with moving_points():
            result = super()._apply_program_reward(reward, coupon, **kwargs)
        self._follow_rewards()
        return result

    def _add_points_for_coupon(self, coupon_points):
        with moving_points():
            return super()._add_points_for_coupon(coupon_points)
