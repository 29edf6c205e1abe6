from odoo import models
from odoo.tools import float_compare, formatLang


class DiscountRequest(models.Model):
    """What an approval covers: whatever is not worse than what was approved."""

    # The area of discounts has files of its own.
    _inherit = "discount.request"  # pylint: disable=consider-merging-classes-inherited

    def _covers(self, order, judgement):
        """Whether what the order asks now is not worse than what was approved.

        It is for the same customer in the same currency. Every line outside the norm
        has a line of the request of the same product whose lowest price it keeps, and
        all of that product give away no more; nor does the whole; and what was
        approved because of its volume keeps the volume.
        """
        self.ensure_one()
        return (
            self._covers_prices(order, judgement)
            and not self._raised_gifts(order, judgement)
            and not self._lost_volumes(order, judgement)
        )

    def _covers_prices(self, order, judgement):
        customer = order.partner_id.commercial_partner_id
        if (customer, order.currency_id) != (self.partner_id, self.currency_id):
            return False
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
        own = self._row_of(line)
        if not own:
            return False
        if finding.code == "margin" and (
            finding.value < own.sudo().margin_percent - 0.005  # sudo: only compared
        ):
            return False
        lowest = own.product_uom_id._compute_price(
            own.approved_price, line.product_uom_id
        )
        return (lowest - figures.final_price) * figures.quantity <= figures.step

    def _row_of(self, line):
        """What was asked of this line, or of its product where it is another line."""
        rows = self.line_ids.filtered(lambda row: row.product_id == line.product_id)
        return rows.filtered(lambda row: row.order_line_id == line) or rows[:1]

    def _covers_whole(self, order, figures, finding):
        # what waits is compared as if it were answered with yes
        whole = self._prepare_answer() if self.state == "pending" else self
        checks = {
            "order_percent": (figures.manual_percent or 0.0, whole["approved_percent"]),
            "amount": (figures.manual_amount, whole["approved_amount"]),
            # what somebody else approved does not come out of the manager's purse
            "purse": (figures.manual_amount, whole["approved_amount"]),
            "payment_days": (figures.payment_days, self.payment_days),
            "payment_percent": (figures.payment_percent, self.payment_percent),
        }
        if finding.code == "pricelist":
            return order.pricelist_id == self.pricelist_id
        value, approved = checks[finding.code]
        return value <= approved + 0.005

    # ------------------------------------------------------------------
    # Money
    # ------------------------------------------------------------------

    def _raised_gifts(self, order, judgement):
        """Where more is given away on a product than was approved: more of it is sold.

        Measured by the norms of the request, so that a norm that moves changes nothing.

        :return: ``[(product, approved, now)]``, amounts in the order's currency
        """
        found = []
        lines = {line.id: line for line in order.order_line}
        keys = {finding.key for finding in judgement.verdict.findings if finding.key}
        for product in order.order_line.browse(keys).product_id:
            now, step = 0.0, 0.0
            for figures in judgement.figures.lines:
                line = lines[figures.key]
                if line.product_id == product:
                    now += self._given_by(line, figures)
                    step += figures.step
            approved = sum(
                max(0.0, row.norm_price - row.approved_price) * row.quantity
                for row in self.line_ids
                if row.product_id == product
            )
            if now - approved > step:
                found.append((product, approved, now))
        return found

    def _given_by(self, line, figures):
        """What ``line`` gives away by the norm of when it was asked for."""
        row = self._row_of(line)
        norm = row.product_uom_id._compute_price(row.norm_price, line.product_uom_id)
        return max(0.0, norm - figures.final_price) * figures.quantity

    # ------------------------------------------------------------------
    # Volume
    # ------------------------------------------------------------------

    def _lost_volumes(self, order, judgement):
        """Where the order has less than the policy wants kept of what was approved.

        A line answers for the quantity of its product on the whole order, so that it
        may be divided; a finding of the whole, for the whole.

        :return: ``[(product, approved, kept, now)]``, quantities in the product's unit;
            without a product for the whole order, then amounts at the norm
        """
        self.ensure_one()
        policy = self.policy_id.sudo()  # sudo: a number of the norms
        share = policy.quantity_floor_percent / 100
        if not share:
            return []
        lines = {line.id: line for line in order.order_line}
        sold = [(lines[figures.key], figures) for figures in judgement.figures.lines]
        keys = {finding.key for finding in judgement.verdict.findings}
        products = order.order_line.browse(key for key in keys if key).product_id
        volumes = [
            (
                product,
                _volume(product, map(_row, self.line_ids)),
                _volume(product, sold),
            )
            for product in products
        ]
        if None in keys:
            volumes.append((None, self.norm_amount, self._volume_at_norm(sold)))
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        return [
            (product, approved, approved * share, now)
            for product, approved, now in volumes
            if float_compare(now, approved * share, precision_digits=digits) < 0
        ]

    def _volume_at_norm(self, sold):
        """What the order would bring at the norms of the request.

        What it did not name counts at its own norm.
        """
        amount = 0.0
        for line, figures in sold:
            row = self._row_of(line)
            price = (
                row.product_uom_id._compute_price(row.norm_price, line.product_uom_id)
                if row
                else figures.norm_price
            )
            amount += price * figures.quantity
        return amount

    def _lost_words(self, order, judgement):
        """Why the approval does not hold, though prices are kept, and what to do."""
        return [
            self._gift_words(*values) for values in self._raised_gifts(order, judgement)
        ] + [
            self._volume_words(*values)
            for values in self._lost_volumes(order, judgement)
        ]

    def _gift_words(self, product, approved, now):
        return self.env._(
            "%(product)s: approved to give away %(approved)s, it is %(now)s now. Lower "
            "the quantity, or ask for approval again.",
            product=product.display_name,
            approved=self.currency_id.format(approved),
            now=self.currency_id.format(now),
        )

    def _volume_words(self, product, approved, kept, now):
        if not product:
            money = self.currency_id.format
            return self.env._(
                "Approved for an order of %(approved)s at the norm, it is %(now)s now. "
                "Keep at least %(kept)s, or ask for approval again.",
                approved=money(approved),
                now=money(now),
                kept=money(kept),
            )
        return self.env._(
            "%(product)s: approved for %(approved)s %(unit)s, the order has %(now)s "
            "now. Keep at least %(kept)s %(unit)s, or ask for approval again.",
            product=product.display_name,
            unit=product.uom_id.name,
            **{
                name: formatLang(self.env, value, dp="Product Unit")
                for name, value in (
                    ("approved", approved),
                    ("kept", kept),
                    ("now", now),
                )
            },
        )


def _row(row):
    return row, row


def _volume(product, lines):
    """The quantity of ``product`` in its unit, of ``(line, its figures)`` pairs."""
    return sum(
        line.product_uom_id._compute_quantity(
            figures.quantity, product.uom_id, round=False, raise_if_failure=False
        )
        for line, figures in lines
        if line.product_id == product
    )
