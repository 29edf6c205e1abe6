from odoo import api, fields, models
from odoo.tools import float_compare, formatLang


class DiscountRequest(models.Model):
    """Tells who decides that the order is no longer what was asked about.

    A yes is for what was asked, as it was asked. What was made better since is not
    worse, and is covered; what was made worse is not, and needs another request.
    """

    # The area of discounts has files of its own.
    _inherit = "discount.request"  # pylint: disable=consider-merging-classes-inherited

    is_order_changed = fields.Boolean(
        string="Changed Since",
        compute="_compute_is_order_changed",
        help="Whether the order has changed since approval was asked for. What was "
        "asked is what gets approved.",
    )
    change_words = fields.Text(string="What Changed", compute="_compute_change_words")

    # Not by what the order has: an order that is written looks for no requests.
    @api.depends("state", "fingerprint")
    def _compute_is_order_changed(self):
        for request in self:
            request.is_order_changed = request._has_order_changed()

    def _has_order_changed(self):
        order = self.order_id.sudo()  # sudo: only whether it is the same
        return (
            self.state == "pending"
            and bool(order)
            and order._discount_fingerprint() != self.fingerprint
        )

    @api.depends("state", "fingerprint", "line_ids.approved_price")
    @api.depends_context("lang")
    def _compute_change_words(self):
        for request in self:
            request.change_words = "\n".join(request._changes()) or False

    def _changes(self):
        """What differs from what was asked, and whether a yes would cover it; words."""
        if not self._has_order_changed():
            return []
        # sudo: prices that were asked and are asked now, not costs
        order = self.order_id.sudo()
        policy = order._discount_policy()
        if not policy:
            return [self.env._("No norms hold for the order any more.")]
        judgement = order._discount_judgement(policy)
        now = {figures.key: figures for figures in judgement.figures.lines}
        words = [
            word
            for row in self.line_ids
            for word in row._changes(now.get(row.order_line_id.id))
        ]
        added = order.order_line.browse(now) - self.line_ids.order_line_id
        words += [
            self.env._("%(product)s: added since", product=line.product_id.display_name)
            for line in added
        ]
        return [*words, self._effect_words(order, judgement)]

    def _effect_words(self, order, judgement):
        if judgement.verdict.within:
            return self.env._("The order is within the norms now.")
        if self._covers(order, judgement):
            return self.env._(
                "The order is at least as good for us as what was asked: "
                "approving it covers the order."
            )
        return self.env._(
            "The order is now worse than what was asked. Approving covers what was "
            "asked, and not the order as it is."
        )

    def _change_comment(self):
        """What the decision says where the order has changed; False where not."""
        if not self._has_order_changed():
            return False
        return self.env._(
            "As it was asked; the order has changed since. %s", self._changes()[-1]
        )


class DiscountRequestLine(models.Model):
    """What became of a line since approval was asked for."""

    _inherit = "discount.request.line"

    def _changes(self, figures):
        """How the line differs now, in words; a list.

        :param figures: `LineFigures` of the line now; None where it is gone
        """
        product = self.product_id.display_name
        if figures is None:
            return [self.env._("%(product)s: no longer on the order", product=product)]
        words = []
        if (
            abs(figures.final_price - self.asked_price) * figures.quantity
            > figures.step
        ):
            money = self.request_id.currency_id.format
            words.append(
                self.env._(
                    "%(product)s: %(asked)s was asked, it is %(now)s now",
                    product=product,
                    asked=money(self.asked_price),
                    now=money(figures.final_price),
                )
            )
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        if float_compare(figures.quantity, self.quantity, precision_digits=digits):
            words.append(
                self.env._(
                    "%(product)s: asked for %(asked)s, the order has %(now)s now",
                    product=product,
                    asked=formatLang(self.env, self.quantity, dp="Product Unit"),
                    now=formatLang(self.env, figures.quantity, dp="Product Unit"),
                )
            )
        return words
