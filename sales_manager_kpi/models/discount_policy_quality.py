from dataclasses import replace

from odoo import api, fields, models

from ..engine.categories import path_ids
from ..engine.norm_quality import Catalogue, flaws
from .discount_policy_line import ROLE_NAMES

# Conditions of a norm and the fields they come from.
NAMES = (
    ("user", "user_id"),
    ("branch", "branch_id"),
    ("partner", "partner_id"),
    ("class", "class_id"),
    ("template", "product_tmpl_id"),
    ("category", "categ_id"),
    ("tag", "tag_id"),
)


class DiscountPolicy(models.Model):
    """Says what is wrong with a policy before anybody is bound by it."""

    # A file for each thing a policy can do.
    _inherit = "discount.policy"  # pylint: disable=consider-merging-classes-inherited

    quality_warnings = fields.Text(
        compute="_compute_quality_warnings",
        help="What to reconsider before submitting; nothing here forbids it.",
    )

    @api.depends(
        *("line_ids", "resolution", "state", "date_from", "date_to", "branch_ids"),
        *("line_ids.summary", "line_ids.specificity", "line_ids.sequence"),
        *("line_ids.role", "line_ids.user_id", "line_ids.gift", "line_ids.pricelist"),
    )
    def _compute_quality_warnings(self):
        for policy in self:
            words = []
            if policy.state in ("draft", "to_approve") and policy.line_ids:
                words = policy._quality_words()
            policy.quality_warnings = "\n".join(words)

    def _quality_words(self):
        """Every flaw in words, a line each."""
        # lines being written have no id yet: they are told apart by their place
        lines = dict(enumerate(self.line_ids, start=1))
        norms = [line._numbered_norm(number) for number, line in lines.items()]
        found = flaws(norms, self.resolution, ROLE_NAMES, self._quality_catalogue())
        words = [
            getattr(self, f"_flaw_{flaw.code}")(
                flaw, lines.get(flaw.norm_id), lines.get(flaw.other_id)
            )
            for flaw in found
        ]
        return words + self._quality_of_people(lines) + self._quality_of_versions()

    def _quality_catalogue(self):
        templates = self.line_ids.product_tmpl_id
        categories = self.line_ids.categ_id | templates.categ_id
        return Catalogue(
            paths={c.id: set(path_ids(c.parent_path)) for c in categories},
            categories={t.id: t.categ_id.id for t in templates},
            tags={t.id: set(t.product_tag_ids.ids) for t in templates},
        )

    def _quality_of_people(self, lines):
        """Norms for who left, or for a branch where the policy does not hold."""
        words = []
        for number, line in lines.items():
            if line.user_id and not line.user_id.active:
                words.append(
                    self.env._(
                        "Line %(number)s is for %(user)s, who has left.",
                        number=number,
                        user=line.user_id.name,
                    )
                )
            if self.branch_ids and line.branch_id not in (
                *self.branch_ids,
                line.branch_id.browse(),
            ):
                words.append(
                    self.env._(
                        "Line %(number)s is for %(branch)s, where this policy does "
                        "not hold.",
                        number=number,
                        branch=line.branch_id.display_name,
                    )
                )
        return words

    def _quality_of_versions(self):
        """Active policies that would hold for the same branches and days."""
        if not self.date_from:
            return []
        # sudo: as at activation, also those the author does not see
        others = self.sudo().search(
            [("company_id", "=", self.company_id.id), ("state", "=", "active")]
        )
        return [
            self.env._(
                "%(other)s holds for the same branches and days. Retire it, or make "
                "this one its next version.",
                other=other.display_name,
            )
            for other in others - self._origin - self.previous_id
            if self._collides(other)
        ]

    # ------------------------------------------------------------------
    # Words
    # ------------------------------------------------------------------

    def _flaw_unlimited(self, _flaw, _line, _other):
        return self.env._("No line holds for all managers: they may give anything.")

    def _flaw_empty(self, flaw, line, _other):
        return self.env._("Line %(number)s limits nothing.", number=flaw.norm_id)

    def _flaw_never(self, flaw, line, _other):
        return self.env._(
            "Line %(number)s is never reached: %(product)s is not in %(category)s.",
            number=flaw.norm_id,
            product=line.product_tmpl_id.display_name,
            category=line.categ_id.display_name,
        )

    def _flaw_ignored(self, flaw, line, _other):
        return self.env._(
            "Line %(number)s is for products; its limit of the whole order "
            "(%(limit)s) counts nowhere.",
            number=flaw.norm_id,
            limit=self._limit_label(flaw.limit),
        )

    def _flaw_shadowed(self, flaw, line, _other):
        return self.env._(
            "Line %(number)s never counts: line %(other)s always speaks before it.",
            number=flaw.norm_id,
            other=flaw.other_id,
        )

    def _flaw_contradicts(self, flaw, line, _other):
        return self.env._(
            "Lines %(number)s and %(other)s have the same conditions and another "
            "%(limit)s; line %(number)s never counts.",
            number=flaw.norm_id,
            other=flaw.other_id,
            limit=self._limit_label(flaw.limit),
        )

    def _flaw_weaker(self, flaw, line, other):
        return self.env._(
            "Where line %(number)s holds, a %(higher)s may less than a %(lower)s: "
            "%(limit)s.",
            number=flaw.norm_id,
            higher=self._role_label(other),
            lower=self._role_label(line),
            limit=self._limit_label(flaw.limit),
        )

    def _role_label(self, line):
        roles = dict(self.line_ids._fields["role"]._description_selection(self.env))
        return roles.get(line.role if line else False, self.env._("higher role"))

    def _limit_label(self, name):
        field = {
            "line_percent": "max_line_percent",
            "order_percent": "max_order_percent",
            "amount": "max_amount",
            "margin_percent": "min_margin_percent",
            "payment_percent": "max_payment_percent",
            "payment_days": "max_payment_days",
            "purse": "max_month_amount",
        }.get(name, name)
        return self.line_ids._fields[field]._description_string(self.env)


class DiscountPolicyLine(models.Model):
    _inherit = "discount.policy.line"  # pylint: disable=consider-merging-classes-inherited

    def _numbered_norm(self, number):
        """This line as plain values, called ``number``."""
        norm = self._norm()
        values = {f"{name}_id": self[field]._origin.id or 0 for name, field in NAMES}
        limits = replace(norm.limits, source=number)
        return replace(norm, id=number, limits=limits, **values)
