from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import format_amount

from ..engine.trade_bonus import ZERO, entitlement, exact, growth_percent, reached


class TradeBonusTerm(models.Model):
    """The formula of a term in words, with the customer's own figures."""

    # The area of trade bonuses has files of its own.
    _inherit = "trade.bonus.term"  # pylint: disable=consider-merging-classes-inherited

    formula_text = fields.Text(
        string="In Words",
        compute="_compute_formula_text",
        help="As it is printed on the agreement.",
    )

    @api.depends(
        *("basis", "net_of_discounts", "method", "period", "cumulative", "minimum"),
        *("cap", "uom_id", "growth_base", "growth_amount", "currency_id"),
        *("limit_overdue", "max_overdue_days", "limit_paid_on_time"),
        *("min_paid_percent", "no_open_claims", "min_products", "min_categories"),
        *("guard_effect", "reduce_percent", "tier_ids.start", "tier_ids.rate"),
        *("exclude_promo", "exclude_below_norm", "include_categ_ids"),
        *("exclude_categ_ids", "include_product_ids", "exclude_product_ids"),
    )
    @api.depends_context("lang")
    def _compute_formula_text(self):
        for term in self:
            parts = [
                *term._base_words(),
                *term._tier_words(),
                *term._limit_words(),
                *term._guard_words(),
                *term._example_words(),
            ]
            term.formula_text = "\n".join(part for part in parts if part)

    def _money(self, amount):
        return format_amount(self.env, float(amount), self.currency_id)

    def _figure(self, value):
        """A figure of the base: money, or units."""
        if self.method == "per_unit":
            return f"{float(value):g} {self.uom_id.name or ''}".strip()
        return self._money(value)

    def _base_words(self):
        bases = {
            "invoice": self.env._("What is invoiced counts"),
            "order": self.env._("What is ordered counts"),
            "delivery": self.env._("What is delivered counts"),
            "payment": self.env._("What is paid counts"),
        }
        discounts = (
            self.env._("after discounts")
            if self.net_of_discounts
            else self.env._("before discounts")
        )
        return [
            self.env._(
                "%(counts)s, without tax and %(discounts)s, %(period)s.",
                counts=bases[self.basis],
                discounts=discounts,
                period=self._period_words(),
            ),
            *self._scope_words(),
        ]

    def _period_words(self):
        if self.cumulative:
            return self.env._("added up since the first day of the agreement")
        return {
            "month": self.env._("in each month of the agreement"),
            "quarter": self.env._("in each quarter of the agreement"),
            "year": self.env._("in each year of the agreement"),
            "whole": self.env._("over the whole agreement"),
        }[self.period]

    def _scope_words(self):
        only = self.include_categ_ids.mapped("name") + self.include_product_ids.mapped(
            "name"
        )
        never = self.exclude_categ_ids.mapped("name") + self.exclude_product_ids.mapped(
            "name"
        )
        if self.exclude_promo:
            never.append(self.env._("what a promotion lowered"))
        if self.exclude_below_norm:
            never.append(self.env._("what was sold below the norm"))
        return [
            only and self.env._("Only: %(names)s.", names=", ".join(only)),
            never and self.env._("Not: %(names)s.", names=", ".join(never)),
        ]

    def _tier_words(self):
        explained = {
            "stepped": self.env._("Each part gets the rate of its own tier:"),
            "whole": self.env._("Everything gets the rate of the tier reached:"),
            "fixed": self.env._("The amount of the tier reached:"),
            "per_unit": self.env._("Every unit gets the amount of the tier reached:"),
            "growth": self.env._("The growth gets the rate of the tier it reached:"),
        }
        return [
            explained[self.method],
            *(self._tier_line(tier) for tier in self.tier_ids.sorted("start")),
            self._growth_words(),
        ]

    def _tier_line(self, tier):
        start = (
            self.env._("%(percent)g %% of growth", percent=tier.start)
            if self.method == "growth"
            else self._figure(tier.start)
        )
        return self.env._(
            "• from %(start)s: %(rate)s", start=start, rate=self._rate_words(tier.rate)
        )

    def _rate_words(self, rate):
        if self.method == "fixed":
            return self._money(rate)
        if self.method == "per_unit":
            return self.env._(
                "%(amount)s per %(unit)s",
                amount=self._money(rate),
                unit=self.uom_id.name or "",
            )
        return self.env._("%(rate)g %%", rate=float(rate))

    def _growth_words(self):
        if self.method != "growth":
            return ""
        if self.growth_base == "amount":
            return self.env._(
                "Growth is over %(amount)s a period.",
                amount=self._money(self.growth_amount),
            )
        return self.env._("Growth is over the same period of last year.")

    def _limit_words(self):
        return [
            self.minimum
            and self.env._(
                "Below %(minimum)s nothing is earned.",
                minimum=self._figure(self.minimum),
            ),
            self.cap and self.env._("At most %(cap)s.", cap=self._money(self.cap)),
        ]

    def _guard_words(self):
        conditions = [words for words in self._condition_words() if words]
        if not conditions:
            return []
        otherwise = {
            "zero": self.env._("otherwise the bonus of the period is lost"),
            "reduce": self.env._(
                "otherwise it is %(percent)g %% less", percent=self.reduce_percent
            ),
            "postpone": self.env._("otherwise it is paid once they hold"),
        }
        return [
            self.env._(
                "Conditions: %(conditions)s; %(otherwise)s.",
                conditions=", ".join(conditions),
                otherwise=otherwise[self.guard_effect],
            )
        ]

    def _condition_words(self):
        return [
            self.limit_overdue
            and self.env._(
                "no invoice more than %(days)s days overdue",
                days=self.max_overdue_days,
            ),
            self.limit_paid_on_time
            and self.env._(
                "%(percent)g %% paid on time", percent=self.min_paid_percent
            ),
            self.no_open_claims and self.env._("no unjustified claims open"),
            self.min_products
            and self.env._("%(count)s different products", count=self.min_products),
            self.min_categories
            and self.env._("%(count)s different categories", count=self.min_categories),
        ]

    def _example_words(self):
        """The bonus at the start of the customer's own highest tier."""
        tiers = self.tier_ids.sorted("start")
        if not tiers or self.method == "growth":
            return []
        return [
            self.env._(
                "Example: %(calculation)s",
                calculation=self._calculation_words(exact(tiers[-1].start)),
            )
        ]

    def _calculation_words(self, base, baseline=None):
        """How ``base`` becomes its bonus: ``5,000 × 2 % + 1,000 × 4 % = 140``."""
        if not self.tier_ids:
            return ""
        tariff = self._tariff()
        amount = entitlement(tariff, base, baseline)
        return f"{self._product_words(tariff, base, baseline)} → {self._money(amount)}"

    def _product_words(self, tariff, base, baseline):
        if self.method == "fixed":
            return self._figure(base)
        if self.method == "growth":
            percent = growth_percent(base, baseline)
            tier = percent is not None and reached(tariff.tiers, percent)
            parts = [(base - baseline, tier.rate)] if tier else []
        elif self.method == "stepped":
            parts = self._stepped_parts(tariff.tiers, base)
        else:
            tier = reached(tariff.tiers, base)
            parts = [(base, tier.rate)] if tier else []
        return " + ".join(
            f"{self._figure(part)} × {self._rate_words(rate)}" for part, rate in parts
        ) or self._figure(base)

    @api.model
    def _stepped_parts(self, tiers, base):
        ends = [tier.start for tier in tiers[1:]] + [Decimal("Infinity")]
        pairs = zip(tiers, ends, strict=True)
        return [
            (min(base, end) - tier.start, tier.rate)
            for tier, end in pairs
            if base > tier.start and tier.rate > ZERO
        ]
