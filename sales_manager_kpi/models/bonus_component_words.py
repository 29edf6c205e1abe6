from odoo import api, models
from odoo.tools import format_amount
from odoo.tools.misc import formatLang

from .bonus_component import AXES, FACT_KINDS


class BonusComponent(models.Model):
    """What a component pays, in words."""

    # The area of pay has files of its own.
    _inherit = "bonus.component"  # pylint: disable=consider-merging-classes-inherited

    @api.depends(
        *("kind", "basis", "amount", "rate_percent", "tier_axis", "tier_method"),
        *("tier_pays", "tier_ids.start", "tier_ids.rate", "tier_ids.amount"),
        *("categ_ids", "exclude_categ_ids", "product_ids", "class_ids"),
        *("new_customer_months", "max_discount", "program_ids", "criterion_id"),
        *("gate_score", "gate_attainment", "scorecard_gates", "floor", "cap"),
        *("hold_percent", "decay_ids.days_late", "decay_ids.kept_percent"),
        *("is_multiplied", "is_prorated", "newcomer_months", "currency_id"),
    )
    @api.depends_context("lang")
    def _compute_summary(self):
        for component in self:
            parts = [
                component._what_words(),
                *component._filter_words(),
                *component._tiers_words(),
                *component._gate_words(),
                *component._limit_words(),
                *component._when_words(),
            ]
            component.summary = " ".join(part for part in parts if part)

    def _money(self, amount):
        return format_amount(self.env, amount, self.currency_id)

    def _percent_words(self, number):
        digits = next((d for d in range(4) if round(number, d) == number), 4)
        return self.env._("%(number)s %%", number=formatLang(self.env, number, digits))

    def _what_words(self):
        values = {
            "rate": self._percent_words(self.rate_percent),
            "amount": self._money(self.amount),
            "what": self._counted_words(),
            "criterion": self.criterion_id.name or self.env._("the scorecard"),
        }
        tiered = bool(self.tier_ids)
        if self.kind in FACT_KINDS:
            if self.kind == "new_customers" and self.amount:
                return self.env._("%(amount)s for each new customer.", **values)
            if tiered:
                return self.env._("A share of %(what)s.", **values)
            return self.env._("%(rate)s of %(what)s.", **values)
        sentences = {
            "plan": self.env._("%(amount)s for the plan.", **values),
            "criterion": self.env._(
                "%(amount)s for the score of %(criterion)s.", **values
            ),
            "duty_fee": self.env._("The fees agreed for substitutions."),
            "fixed": self.env._("%(amount)s a month.", **values),
            "minimum": self.env._(
                "What is missing to %(amount)s a month is added.", **values
            ),
            "multiplier": self.env._(
                "What is multiplied is raised or lowered by the score."
            ),
        }
        if self.kind == "growth":
            if self.amount:
                return self.env._("%(amount)s for growth over last year.", **values)
            if tiered:
                return self.env._("A share of the growth over last year.")
            return self.env._("%(rate)s of the growth over last year.", **values)
        return sentences[self.kind]

    def _counted_words(self):
        if self.kind == "team_override":
            return {
                "invoice": self.env._("what the others of the branch invoice"),
                "order": self.env._("what the others of the branch sell"),
                "delivery": self.env._("what the others of the branch deliver"),
                "payment": self.env._("what is paid to the others of the branch"),
            }[self.basis]
        if self.kind == "new_customers":
            return self.env._("the first month of new customers")
        return {
            "invoice": self.env._("what is invoiced, without tax"),
            "order": self.env._("what is ordered, without tax"),
            "delivery": self.env._("what is delivered, without tax"),
            "payment": self.env._("what is paid, without tax"),
        }[self.basis]

    def _filter_words(self):
        if self.kind not in FACT_KINDS:
            return
        only = self.categ_ids.mapped("display_name") + self.product_ids.mapped("name")
        names = {
            self.env._("Only: %(names)s."): only,
            self.env._("Not: %(names)s."): self.exclude_categ_ids.mapped(
                "display_name"
            ),
            self.env._("Customers of class %(names)s."): self.class_ids.mapped("code"),
            self.env._("Promotions: %(names)s."): self.program_ids.mapped("name"),
        }
        for sentence, found in names.items():
            if found:
                yield sentence % {"names": ", ".join(found)}
        if self.new_customer_months:
            yield self.env._(
                "Only customers who are new within %(count)s months.",
                count=self.new_customer_months,
            )
        if self.max_discount:
            yield self.env._(
                "Lines with more than %(percent)s discount do not count.",
                percent=self._percent_words(self.max_discount),
            )

    def _tiers_words(self):
        if not self.tier_ids:
            return
        axes = dict(self._fields["tier_axis"]._description_selection(self.env))
        own = {"plan": "attainment", "criterion": "score", "multiplier": "score"}
        axis = self.tier_axis
        if axis == "amount":
            axis = own.get(self.kind, axis)
        tiers = ", ".join(
            self.env._(
                "from %(start)s: %(value)s",
                start=formatLang(self.env, tier.start, 0 if tier.start % 1 == 0 else 2),
                value=self._money(tier.amount)
                if self.tier_pays == "amount"
                else self._percent_words(tier.rate),
            )
            for tier in self.tier_ids.sorted("start")
        )
        method = {
            "marginal": self.env._("each part at the rate of its own tier"),
            "whole": self.env._("everything by the tier reached"),
            "interpolated": self.env._("in between in proportion"),
        }[self.tier_method]
        yield self.env._(
            "%(axis)s – %(tiers)s; %(method)s.",
            axis=axes.get(axis, dict(AXES)[axis]),
            tiers=tiers,
            method=method,
        )

    def _gate_words(self):
        if self.gate_score:
            yield self.env._(
                "Nothing below a score of %(score)s.",
                score=formatLang(self.env, self.gate_score, digits=2),
            )
        if self.gate_attainment:
            yield self.env._(
                "Nothing below %(percent)s of the plan.",
                percent=self._percent_words(self.gate_attainment),
            )
        if self.scorecard_gates:
            yield self.env._("Nothing where a gate of the scorecard is closed.")

    def _limit_words(self):
        if self.floor:
            yield self.env._("At least %(amount)s.", amount=self._money(self.floor))
        if self.cap:
            yield self.env._("At most %(amount)s.", amount=self._money(self.cap))
        if self.is_multiplied:
            yield self.env._("The multiplier applies.")
        if self.is_prorated and self.amount:
            yield self.env._("By the working days in the branches.")

    def _when_words(self):
        if self.newcomer_months:
            yield self.env._(
                "Only in the first %(count)s months.", count=self.newcomer_months
            )
        if self.hold_percent:
            yield self.env._(
                "%(percent)s of it once the invoice is paid.",
                percent=self._percent_words(self.hold_percent),
            )
        if self.decay_ids:
            yield self.env._(
                "Of that remains: %(decay)s.",
                decay=", ".join(
                    self.env._(
                        "%(percent)s from %(days)s days late",
                        percent=self._percent_words(decay.kept_percent),
                        days=decay.days_late,
                    )
                    for decay in self.decay_ids.sorted("days_late")
                ),
            )
