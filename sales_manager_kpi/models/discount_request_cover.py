from odoo import models


class DiscountRequest(models.Model):
    """What an approval covers: whatever is not worse than what was approved."""

    # The area of discounts has files of its own.
    _inherit = "discount.request"  # pylint: disable=consider-merging-classes-inherited

    def _covers(self, order, judgement):
        """Whether what the order asks now is not worse than what was approved.

        Every line outside the norm has a line of the request of the same product and
        unit whose lowest price it keeps; the whole gives away no more.
        """
        self.ensure_one()
        figures = judgement.figures
        by_key = {line.key: line for line in figures.lines}
        return all(
            self._covers_line(order, by_key[finding.key], finding)
            if finding.key
            else self._covers_whole(order, figures, finding)
            for finding in judgement.verdict.findings
        )

    def _covers_line(self, order, figures, finding):
        line = order.order_line.browse(figures.key)
        approved = self.line_ids.filtered(
            lambda row: (
                row.product_id == line.product_id
                and row.product_uom_id == line.product_uom_id
            )
        )
        own = approved.filtered(lambda row: row.order_line_id == line) or approved[:1]
        if not own:
            return False
        if finding.code == "margin" and (
            finding.value < own.sudo().margin_percent - 0.005  # sudo: only compared
        ):
            return False
        lower = (own.approved_price - figures.final_price) * figures.quantity
        return lower <= figures.step

    def _covers_whole(self, order, figures, finding):
        checks = {
            "order_percent": (figures.manual_percent or 0.0, self.approved_percent),
            "amount": (figures.manual_amount, self.approved_amount),
            # what somebody else approved does not come out of the manager's purse
            "purse": (figures.manual_amount, self.approved_amount),
            "payment_days": (figures.payment_days, self.payment_days),
            "payment_percent": (figures.payment_percent, self.payment_percent),
        }
        if finding.code == "pricelist":
            return order.pricelist_id == self.pricelist_id
        value, approved = checks[finding.code]
        return value <= approved + 0.005
