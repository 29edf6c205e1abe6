from odoo import Command

from ..discount.common import DiscountCommon


class PromotionCommon(DiscountCommon):
    """The world with governed programmes to approve, and a product of 100.00."""

    @classmethod
    def make_program(
        cls, name="Autumn", approve=True, rule=None, reward=None, **values
    ):
        """A governed programme of 10 % on the order, approved unless said otherwise."""
        program = cls.env["loyalty.program"].create(
            {
                "name": name,
                "program_type": "promotion",
                "trigger": "auto",
                "company_id": cls.company.id,
                "is_governed": True,
                "goal": "Forty new customers",
                "owner_id": cls.commercial.id,
                "rule_ids": [Command.clear(), Command.create(rule or {})],
                "reward_ids": [
                    Command.clear(),
                    Command.create(reward or {"discount": 10}),
                ],
                **values,
            }
        )
        if approve:
            program.action_submit_promotion()
            program.with_user(cls.admin).action_approve_promotion()
        return program

    @classmethod
    def claim(cls, order, *programs):
        """Put on ``order`` what it may claim, of these programmes where given."""
        order._update_programs_and_rewards()
        for coupon, rewards in order._get_claimable_rewards().items():
            if not programs or coupon.program_id in programs:
                order._apply_program_reward(rewards[:1], coupon)
        return order

    @classmethod
    def rewarded(cls, *lines, user=None, claim=(), **values):
        """A quotation with what it may claim."""
        lines = lines or ((cls.cloth, 10, {}),)
        order = cls.make_quotation(*lines, user=user, **values)
        return cls.claim(order, *claim)

    def rewards(self, order):
        return order.order_line.filtered("reward_id")

    def uses(self, *programs):
        ids = [program.id for program in programs]
        return self.env["promotion.use"].search([("program_id", "in", ids)])
