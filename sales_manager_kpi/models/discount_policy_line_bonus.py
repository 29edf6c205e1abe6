from dataclasses import replace

from odoo import api, fields, models

from ..engine.trade_bonus import MONTHS


class DiscountPolicyLine(models.Model):
    """How far somebody may agree trade bonuses alone."""

    # The area of trade bonuses has files of its own.
    _inherit = "discount.policy.line"  # pylint: disable=consider-merging-classes-inherited

    limit_bonus = fields.Boolean(string="Limits Trade Bonuses")
    max_bonus_percent = fields.Float(
        string="Bonus %",
        digits="Discount",
        help="The highest rate of all terms of a customer together.",
    )
    max_bonus_amount = fields.Monetary(
        string="Bonus Cap",
        help="At most for one customer in one period of the agreement, in company "
        "currency. Nothing: a rate needs no cap, but fixed amounts are beyond it.",
    )
    bonus_period = fields.Selection(
        selection=[
            ("month", "A month"),
            ("quarter", "A quarter"),
            ("year", "A year"),
        ],
        string="Longest Bonus Period",
        help="Over how long a bonus may be counted; empty for any period.",
    )

    _bonus_range = models.Constraint(
        "CHECK (max_bonus_percent >= 0 AND max_bonus_percent <= 100"
        " AND max_bonus_amount >= 0)",
        "A bonus limit lies between 0 % and 100 %, and its cap is not negative.",
    )

    @api.depends("limit_bonus", "max_bonus_percent", "max_bonus_amount", "bonus_period")
    def _compute_summary(self):
        return super()._compute_summary()

    def _words(self):
        words = super()._words()
        if self.limit_bonus:
            words.append(
                self.env._("bonus of %(percent)g %%", percent=self.max_bonus_percent)
            )
            if self.max_bonus_amount:
                amount = self.currency_id.format(self.max_bonus_amount)
                words.append(self.env._("%(amount)s of bonus a period", amount=amount))
        return words

    def _limits(self):
        limits = super()._limits()
        if not self.limit_bonus:
            return limits
        return replace(
            limits,
            bonus_percent=self.max_bonus_percent,
            bonus_amount=self.max_bonus_amount or None,
            bonus_months=MONTHS.get(self.bonus_period),
        )
