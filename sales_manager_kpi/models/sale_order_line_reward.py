from odoo import fields, models

from .sale_order_discount_gate import CHECKED, Checked, checked_of


class SaleOrder(models.Model):
    """Which cards an order may use, and what their rewards give at most."""

    # The area of discounts has files of its own.
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def _reward_cards(self):
        """Cards applied on this order, and those whose points it brings itself.

        As core claims rewards: what an order earns for the next one is not yet there.
        """
        brought = self.coupon_point_ids.coupon_id.filtered(
            lambda card: (
                card.program_id.is_nominative or card.program_id.applies_on != "future"
            )
        )
        return self.applied_coupon_ids | brought

    def _update_programs_and_rewards(self):
        """Core gives points back and takes them again: no hand adds any."""
        if self.state == "sale" and not checked_of(self.env):
            self = self.with_context(**{CHECKED: Checked()})
        return super()._update_programs_and_rewards()

    def _reward_bound(self, reward, cost):
        """The most that ``reward`` takes off for ``cost`` points, in this currency."""
        if reward.discount_mode == "percent":
            most = self._discountable_bound(reward) * reward.discount / 100
        else:
            points = cost if reward.discount_mode == "per_point" else 1
            most = self._from_reward_currency(reward, reward.discount * points)
        if reward.discount_max_amount:
            limit = self._from_reward_currency(reward, reward.discount_max_amount)
            most = min(most, limit)
        return most

    def _from_reward_currency(self, reward, amount):
        return reward.currency_id._convert(
            amount, self.currency_id, self.company_id, fields.Date.today()
        )

    def _discountable_bound(self, reward):
        """The goods that a percentage is of, with their taxes."""
        if reward.discount_applicability == "cheapest":
            lines = self._cheapest_line(reward) or self.order_line.browse()
            return sum(line.price_total / line.product_uom_qty for line in lines)
        lines = self.order_line.filtered(lambda line: not line.reward_id)
        if reward.discount_applicability == "specific":
            lines = self._get_specific_discountable_lines(reward)
        return sum(max(0.0, line.price_total) for line in lines)


class SaleOrderLine(models.Model):
    """A reward is a promotion where it is applied on the order, not where it is typed.

    Core computes the rewards of a card anew when an order is confirmed. What it would
    not compute, a line whose card is not on the order, is a discount by hand; and so is
    what a person changes later beyond what the reward gives.
    """

    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    def _is_promotion(self):
        """Whether a programme gives this line, and no person."""
        self.ensure_one()
        if not self.reward_id:
            return False
        line = self.sudo()  # sudo: cards of the order, whoever reads it
        return (
            line.coupon_id in line.order_id._reward_cards()
            and line.coupon_id.program_id == line.reward_id.program_id
            and (not line._is_reward_by_hand() or line._is_within_reward())
        )

    def _is_reward_by_hand(self):
        """Whether a person has set what core computes until the confirmation."""
        if self.state != "sale" or checked_of(self.env):
            return False
        edited = self.order_id._edited()
        return edited is None or self.id in edited.ids

    def _is_within_reward(self):
        """Whether this line and those of the same claim give no more than the reward.

        An upper bound: taxes are counted in, and what other rewards give is not taken
        off what the discount is of.
        """
        reward, card = self.reward_id, self.coupon_id
        claim = self.order_id.order_line.filtered(
            lambda line: (
                line.reward_id == reward
                and line.coupon_id == card
                and line.reward_identifier_code == self.reward_identifier_code
            )
        )
        cost = sum(claim.mapped("points_cost"))
        if card.points < 0:
            return False
        if reward.reward_type == "product":
            return self._are_goods_within(reward, claim, cost)
        given = -sum(line._net_price() * line.product_uom_qty for line in claim)
        if not given:
            return True
        step = self.currency_id.rounding * (len(claim) + 1)
        paid = reward.discount_mode == "per_point" or cost >= reward.required_points
        return paid and given <= self.order_id._reward_bound(reward, cost) + step

    def _are_goods_within(self, reward, claim, cost):
        claims = 1 if reward.clear_wallet else cost // (reward.required_points or 1)
        quantity = sum(
            line.product_uom_id._compute_quantity(
                line.product_uom_qty, line.product_id.uom_id, round=False
            )
            for line in claim
        )
        return (
            claim.product_id <= reward.reward_product_ids
            and quantity <= reward.reward_product_qty * claims
        )
