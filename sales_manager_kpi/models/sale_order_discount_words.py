from odoo import models


class SaleOrder(models.Model):
    """Says in words in what an order leaves the norms."""

    # The area of discounts has files of its own.
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def _discount_message(self, policy, judgement):
        """Why it may not be confirmed, and what to do."""
        words = self._finding_words(judgement.verdict.findings)
        reasons = "\n".join(words + self._lost_approval_words(judgement))
        if policy.mode == "block" or not judgement.covering_role:
            return self.env._(
                "%(order)s is outside the norms, and nobody may approve that:\n"
                "%(reasons)s\nChange its prices.",
                order=self.name,
                reasons=reasons,
            )
        return self.env._(
            "%(order)s needs approval before it is confirmed:\n%(reasons)s\n"
            "Ask for approval, or change its prices.",
            order=self.name,
            reasons=reasons,
        )

    def _finding_words(self, findings):
        """What was found, a line of words each."""
        names = {
            line._figures_key(): line.product_id.display_name
            for line in self.order_line
        }
        return [
            getattr(self, f"_words_{finding.code}")(finding, names.get(finding.key))
            for finding in findings
        ]

    def _lost_approval_words(self, judgement):
        """Why an approval whose prices are kept holds no more; a list."""
        for request in self._valid_approvals():
            if request._covers_prices(self, judgement):
                if not self._is_under_norms(request, judgement):
                    return [request._version_words(self)]
                return request._lost_words(self, judgement)
        return []

    def _words_line_percent(self, finding, product):
        return self.env._(
            "%(product)s: %(value).2f %% below the norm, allowed %(limit).2f %%",
            product=product,
            value=finding.value,
            limit=finding.limit,
        )

    def _words_margin(self, _finding, product):
        return self.env._("%(product)s: below the lowest margin", product=product)

    def _words_floor(self, finding, product):
        return self.env._(
            "%(product)s: %(value)s, the floor is %(limit)s",
            product=product,
            value=self.currency_id.format(finding.value),
            limit=self.currency_id.format(finding.limit),
        )

    def _words_gift(self, _finding, product):
        return self.env._("%(product)s: given for nothing", product=product)

    def _words_unpriced(self, _finding, product):
        return self.env._("%(product)s: nothing says its price", product=product)

    def _words_order_percent(self, finding, _product):
        return self.env._(
            "Whole order: %(value).2f %% below the norm, allowed %(limit).2f %%",
            value=finding.value,
            limit=finding.limit,
        )

    def _words_amount(self, finding, _product):
        return self.env._(
            "Whole order: %(value)s given away, allowed %(limit)s",
            value=self.currency_id.format(finding.value),
            limit=self.currency_id.format(finding.limit),
        )

    def _words_payment_days(self, finding, _product):
        return self.env._(
            "%(value)s days to pay, allowed %(limit)s",
            value=int(finding.value),
            limit=int(finding.limit),
        )

    def _words_payment_percent(self, finding, _product):
        return self.env._(
            "%(value).2f %% for paying early, allowed %(limit).2f %%",
            value=finding.value,
            limit=finding.limit,
        )

    def _words_pricelist(self, _finding, _product):
        return self.env._("Another price list than the customer's")
