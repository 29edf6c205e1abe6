from odoo import api, fields, models

from ..engine.concession import percent

COST = "sales_manager_kpi.group_cost"


class DiscountRequest(models.Model):
    """What the margin was at the norm, is as asked, and would be as offered instead.

    Untaxed, in the order's currency, of the lines whose cost was known when it was
    asked for. Only for who may see costs.
    """

    # The area of discounts has files of its own.
    _inherit = "discount.request"  # pylint: disable=consider-merging-classes-inherited

    margin_norm = fields.Monetary(
        string="Margin at the Norm", readonly=True, groups=COST
    )
    margin_asked = fields.Monetary(string="Margin as Asked", readonly=True, groups=COST)
    margin_revenue = fields.Monetary(
        readonly=True,
        groups=COST,
        help="Untaxed, as asked, of the lines whose cost was known.",
    )
    margin_norm_percent = fields.Float(
        string="Margin at the Norm (%)",
        digits="Discount",
        compute="_compute_margins",
        groups=COST,
    )
    margin_asked_percent = fields.Float(
        string="Margin as Asked (%)",
        digits="Discount",
        compute="_compute_margins",
        groups=COST,
    )
    margin_counter = fields.Monetary(
        string="Margin of the Counter-offer", compute="_compute_margins", groups=COST
    )
    margin_counter_percent = fields.Float(
        string="Margin of the Counter-offer (%)",
        digits="Discount",
        compute="_compute_margins",
        groups=COST,
    )
    is_margin_known = fields.Boolean(compute="_compute_margins", groups=COST)
    is_margin_countered = fields.Boolean(
        compute="_compute_margins",
        groups=COST,
        help="Whether a line of known cost has a lowest price above what is asked.",
    )

    @api.depends(
        *("margin_norm", "margin_asked", "margin_revenue"),
        *("line_ids.approved_price", "line_ids.asked_price", "line_ids.quantity"),
    )
    def _compute_margins(self):
        for request in self:
            revenue, asked = request.margin_revenue, request.margin_asked
            norm = request.margin_norm
            more = sum(line._raised_revenue() for line in request.line_ids)
            request.is_margin_known = bool(revenue or asked or norm)
            request.is_margin_countered = more > 0
            request.margin_counter = asked + more
            # what was given away is missing in the margin and in the revenue alike
            at_norm = revenue and percent(norm, revenue + norm - asked)
            request.margin_norm_percent = at_norm or 0.0
            request.margin_asked_percent = percent(asked, revenue) or 0.0
            request.margin_counter_percent = (
                revenue and percent(asked + more, revenue + more)
            ) or 0.0

    @api.model
    def _prepare_request(self, order, policy, judgement, reason, note):
        figures = judgement.figures
        return {
            **super()._prepare_request(order, policy, judgement, reason, note),
            "margin_norm": figures.margin_at_norm or 0.0,
            "margin_asked": figures.margin or 0.0,
            "margin_revenue": figures.costed_revenue,
        }


class DiscountRequestLine(models.Model):
    """What a counter-offer on a line adds to the revenue."""

    _inherit = "discount.request.line"  # pylint: disable=consider-merging-classes-inherited

    is_costed = fields.Boolean(
        readonly=True,
        export_string_translation=False,
        help="Whether the cost was known.",
    )
    untaxed_rate = fields.Float(
        digits=0,
        default=1.0,
        readonly=True,
        aggregator=False,
        export_string_translation=False,
        help="Untaxed amount per amount in the frame of the price.",
    )

    def _raised_revenue(self):
        """Untaxed, of what is offered above what is asked; 0 without a known cost."""
        raised = (self.approved_price - self.asked_price) * self.quantity
        return max(0.0, raised) * self.untaxed_rate if self.is_costed else 0.0
