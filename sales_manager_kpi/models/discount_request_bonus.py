from odoo import api, fields, models

from ..engine.concession import percent
from .discount_request_margin import COST


class DiscountRequest(models.Model):
    """What is left of the margin when the customer pays early and has the bonus.

    Untaxed, in the order's currency, of the lines whose cost was known when it was
    asked for.
    """

    # The area of trade bonuses has files of its own.
    _inherit = "discount.request"  # pylint: disable=consider-merging-classes-inherited

    bonus_expected = fields.Monetary(
        string="Expected Bonus",
        readonly=True,
        groups=COST,
        help="What the customer's agreements will probably give for it, each at the "
        "tier where it stood when it was asked for.",
    )
    margin_pocket = fields.Monetary(
        string="Margin in the Pocket", readonly=True, groups=COST
    )
    margin_pocket_percent = fields.Float(
        string="Margin in the Pocket (%)",
        digits="Discount",
        compute="_compute_margin_pocket_percent",
        groups=COST,
    )

    @api.depends("margin_pocket", "margin_asked", "margin_revenue")
    def _compute_margin_pocket_percent(self):
        for request in self:
            pocket = request.margin_pocket
            revenue = request.margin_revenue - request.margin_asked + pocket
            request.margin_pocket_percent = percent(pocket, revenue) or 0.0

    @api.model
    def _prepare_request(self, order, policy, judgement, reason, note):
        figures = judgement.figures
        expected = order._expected_bonuses(judgement)
        bonus = sum(
            expected.get(line.key, 0.0) * line.quantity * line.untaxed_rate
            for line in figures.costed
        )
        early = sum(
            line.final_price * line.quantity * line.untaxed_rate
            for line in figures.costed
        )
        early *= figures.payment_percent / 100
        return {
            **super()._prepare_request(order, policy, judgement, reason, note),
            "bonus_expected": bonus,
            "margin_pocket": (figures.margin or 0.0) - early - bonus,
        }
