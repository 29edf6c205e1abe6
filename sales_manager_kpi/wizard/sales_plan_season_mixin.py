from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..engine.allocation import to_units
from ..engine.categories import nearest
from ..engine.proposal import TOTAL
from ..engine.season import divide, level, months_of_year

SEASONAL = ("season", "year")
SEASON_CHOICES = (
    "profile_id",
    "own_profiles",
    "year_amount",
    "year_scope",
    "count_past",
)


class SalesPlanSeasonMixin(models.AbstractModel):
    """The part of ``sales.plan.proposal`` that knows seasons and targets of a year."""

    _name = "sales.plan.season.mixin"
    _description = "Seasons in a Plan Proposal"

    company_id = fields.Many2one(comodel_name="res.company")
    currency_id = fields.Many2one(related="company_id.currency_id")
    profile_id = fields.Many2one(
        comodel_name="sales.season.profile",
        string="Season Profile",
        check_company=True,
        domain="[('company_id', '=', company_id), ('categ_ids', '=', False)]",
        default=lambda self: self._default_profile(),
        help="How the year is spread over its months (Plans, Season profiles).",
    )
    own_profiles = fields.Boolean(
        string="Categories By Their Own Profile",
        default=True,
        help="Categories that have a season profile of their own follow that one.",
    )
    year_amount = fields.Monetary(
        string="Target of the Year",
        help="Untaxed, for the calendar year of the planned month.",
    )
    year_scope = fields.Selection(
        selection=[
            ("each", "For each manager"),
            ("together", "For all of them together"),
        ],
        string="This Target Is",
        required=True,
        default="each",
        help="Together: divided in proportion to what each sold in the last twelve "
        "full months.",
    )
    count_past = fields.Boolean(
        string="Spread What Is Left",
        help="What counted in the full months of the year is taken off first; the "
        "rest is spread over the months that remain.",
    )

    def _default_profile(self):
        company_id = self.env.context.get("default_company_id", self.env.company.id)
        return self.env["sales.season.profile"].search(
            [("company_id", "=", company_id), ("categ_ids", "=", False)], limit=1
        )

    def _check_season(self):
        if self.method in SEASONAL and not self.profile_id:
            raise ValidationError(
                self.env._(
                    "Choose a season profile. If there is none yet, a commercial "
                    "director makes one under Plans, Season profiles."
                )
            )
        if self.method == "year" and self.year_amount <= 0:
            raise ValidationError(
                self.env._("Enter the target of the year, more than zero.")
            )

    # ------------------------------------------------------------------
    # Season put in the place of the history's own
    # ------------------------------------------------------------------

    def _season_amounts(self, rows, period, first, months):
        """History rows as the amounts of the planned month, by category.

        :param rows: ``[(user id, category, amount)]`` of the window
        :return: ``[(user id, category, amount)]``
        """
        window = [
            (first + relativedelta(months=number)).month for number in range(months)
        ]
        chosen = self._profile_by_category()
        result = []
        for user_id, category, amount in rows:
            own = nearest(category.parent_path, chosen)
            weights = chosen.get(own) or self.profile_id._weights()
            factor = level(amount, weights, window)
            if factor is not None:
                result.append(
                    (user_id, category, factor * weights[period.date_from.month - 1])
                )
        return result

    def _profile_by_category(self):
        """``{category id: weights}`` of the categories with a profile of their own."""
        if not self.own_profiles:
            return {}
        own = self.env["sales.season.profile"].search(
            [("company_id", "=", self.company_id.id), ("categ_ids", "!=", False)],
            order="sequence desc, id desc",  # the first in line is written last
        )
        return {
            category.id: season._weights()
            for season in own
            for category in season.categ_ids
        }

    # ------------------------------------------------------------------
    # Target of the year
    # ------------------------------------------------------------------

    def _year_targets(self, targets, history):
        """What each of ``targets`` is to bring in its month.

        :return: ``{(user id, period, basis): units}``; exact: the months of a year
            add up to its target
        """
        groups = {}
        for user, __, period, basis in targets:
            groups.setdefault((period, basis), []).append(user.id)
        result = {}
        for (period, basis), user_ids in groups.items():
            first = self._first_open_month(period)
            counted = self._counted_this_year(user_ids, period, basis, first)
            if self.year_scope == "together":
                shares = {
                    user_id: sum(history.get((user_id, period, basis), {}).values())
                    for user_id in user_ids
                }
                parts = self._divide_together(period, first, counted, shares)
            else:
                parts = {
                    user_id: self._month_units(period, first, counted.get(user_id, 0))
                    for user_id in user_ids
                }
            result.update(
                {(user_id, period, basis): part for user_id, part in parts.items()}
            )
        return result

    def _divide_together(self, period, first, counted, shares):
        units = self._month_units(period, first, sum(counted.values()))
        if not any(share > 0 for share in shares.values()):
            shares = dict.fromkeys(shares, 1.0)  # nobody has history: alike
        return divide(units, shares, self._to_units(self.step))

    def _month_units(self, period, first, counted):
        rest = self._to_units(self.year_amount) - counted
        if rest <= 0:
            return 0
        step = self._to_units(self.step)
        months = months_of_year(rest, self.profile_id._weights(), first, step)
        if months is None:
            raise ValidationError(
                self.env._(
                    "%(profile)s gives the remaining months of %(year)s no weight. "
                    "Choose another profile.",
                    profile=self.profile_id.name,
                    year=period.date_from.year,
                )
            )
        return months[period.date_from.month]

    def _first_open_month(self, period):
        """Number of the first month of the year that the target is spread over."""
        if not self.count_past:
            return 1
        today = self.env["sales.branch"]._company_local_date(self.company_id)
        if today.year < period.date_from.year:
            return 1
        return min(today.replace(day=1), period.date_from).month

    def _counted_this_year(self, user_ids, period, basis, first):
        """``{user id: units}`` counted in the full months of the year before now."""
        if first == 1:
            return {}
        january = period.date_from.replace(month=1)
        domain = self._history_domain(
            ["counted"], basis, january, january.replace(month=first)
        )
        rows = self._facts()._read_group(
            domain & Domain("user_id", "in", user_ids), ["user_id"], ["amount:sum"]
        )
        return {user.id: self._to_units(amount or 0.0) for user, amount in rows}

    def _divide_month(self, units, base):
        """The month's units over the lines, in proportion to their history.

        What stands in no line is in the total alone; without a total line the lines
        carry all of it.
        """
        step = self._to_units(self.step)
        lines = {key: amount for key, amount in base.items() if key is not TOTAL}
        if TOTAL not in base and lines:
            return divide(units, lines, step)
        rest = max(0.0, base.get(TOTAL, 0.0) - sum(lines.values()))
        parts = divide(units, {**lines, TOTAL: rest}, step)
        return {**parts, TOTAL: units} if units else {}

    def _explain_season(self, targets):
        if self.method not in SEASONAL:
            return []
        parts = []
        weights = self.profile_id._weights()
        for period in {period for __, __, period, __ in targets}:
            parts.append(
                self.env._(
                    "By %(profile)s, %(month)s is %(share)s %% of the year.",
                    profile=self.profile_id.name,
                    month=period.display_name,
                    share=f"{weights[period.date_from.month - 1] / 100:g}",
                )
            )
        return sorted(parts)

    def _to_units(self, amount):
        rounding = self.currency_id.rounding
        return to_units(str(amount), str(rounding))

    def _from_units(self, units):
        return self.currency_id.round(units * self.currency_id.rounding)
