from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..engine.allocation import WHOLE, to_units
from ..engine.categories import find_overlap
from ..engine.season import MONTHS, profile
from .res_company import PLAN_BASIS

MAX_YEARS = 5
EVEN = [834] * 4 + [833] * 8
# A month whose first document comes within its first week was worked from the start.
FIRST_WEEK = 7
WEIGHTS = [f"weight_{month}" for month in range(1, MONTHS + 1)]
NAMES = "January February March April May June July August September October "
NAMES = (NAMES + "November December").split()


def _weight(month):
    return fields.Integer(
        string=NAMES[month - 1],
        required=True,
        default=EVEN[month - 1],
        aggregator=False,
        help="Basis points of the year: 834 is 8.34 %. All months come to 10,000.",
    )


class SalesSeasonProfile(models.Model):
    """How a year of sales is spread over its months, in basis points.

    Computed from the facts of whole years and corrected by hand; proposals of plans
    use it. The twelve weights stand in one row, so that the database itself holds
    them to 10,000.
    """

    _name = "sales.season.profile"
    _description = "Season Profile"
    _order = "company_id, sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    categ_ids = fields.Many2many(
        comodel_name="product.category",
        string="Product Categories",
        help="For these and the categories below them. Empty: for everything sold.",
    )
    basis = fields.Selection(
        selection=PLAN_BASIS,
        required=True,
        default=lambda self: self.env.company.sales_manager_kpi_plan_basis,
        help="Which documents the weights are computed from.",
    )
    years = fields.Integer(
        string="Years of History",
        required=True,
        default=2,
        help="Whole years to compute from, as far as there are so many. A whole year "
        "has every month once, so growth does not look like a season.",
    )
    history_from = fields.Date(string="Computed From", readonly=True, copy=False)
    history_to = fields.Date(string="Computed To", readonly=True, copy=False)
    weight_1 = _weight(1)
    weight_2 = _weight(2)
    weight_3 = _weight(3)
    weight_4 = _weight(4)
    weight_5 = _weight(5)
    weight_6 = _weight(6)
    weight_7 = _weight(7)
    weight_8 = _weight(8)
    weight_9 = _weight(9)
    weight_10 = _weight(10)
    weight_11 = _weight(11)
    weight_12 = _weight(12)
    total = fields.Integer(
        string="Sum",
        compute="_compute_total",
        aggregator=False,
        help="Basis points of the year; saved only when they are 10,000.",
    )
    strongest = fields.Char(string="Strongest Months", compute="_compute_total")

    # said by _check_weights in words; this holds whatever writes the table
    _whole_year = models.Constraint(
        f"CHECK ({' + '.join(WEIGHTS)} = {WHOLE} AND LEAST({', '.join(WEIGHTS)}) >= 0)",
        "The months of a season profile add up to 10,000, and none is below zero.",
    )
    _years_positive = models.Constraint(
        f"CHECK (years BETWEEN 1 AND {MAX_YEARS})",
        f"A season profile is computed from 1 to {MAX_YEARS} years.",
    )

    @api.depends(*WEIGHTS)
    @api.depends_context("lang")
    def _compute_total(self):
        for season in self:
            weights = season._weights()
            season.total = sum(weights)
            season.strongest = season._strongest(weights)

    def _strongest(self, weights):
        best = sorted(range(MONTHS), key=lambda place: -weights[place])[:3]
        labels = self.fields_get([WEIGHTS[place] for place in best], ["string"])
        return ", ".join(
            f"{labels[WEIGHTS[place]]['string']} {weights[place] / 100:g} %"
            for place in best
            if weights[place]
        )

    def _weights(self):
        """The twelve weights, January first."""
        self.ensure_one()
        return [self[name] for name in WEIGHTS]

    @api.constrains(*WEIGHTS)
    def _check_weights(self):
        for season in self:
            weights = season._weights()
            if min(weights) < 0:
                raise ValidationError(
                    self.env._(
                        "A month of %(profile)s weighs less than nothing. "
                        "Enter zero or more.",
                        profile=season.name,
                    )
                )
            if sum(weights) != WHOLE:
                raise ValidationError(
                    self.env._(
                        "The months of %(profile)s add up to %(sum)s, not to 10,000 "
                        "basis points. Change another month by %(difference)s, or "
                        "press Compute from history.",
                        profile=season.name,
                        sum=sum(weights),
                        difference=f"{WHOLE - sum(weights):+d}",
                    )
                )

    @api.constrains("years")
    def _check_years(self):
        for season in self:
            if not 1 <= season.years <= MAX_YEARS:
                raise ValidationError(
                    self.env._(
                        "Choose between 1 and %(most)s years of history.",
                        most=MAX_YEARS,
                    )
                )

    @api.constrains("categ_ids")
    def _check_categories(self):
        for season in self:
            overlap = find_overlap([(c, c.parent_path) for c in season.categ_ids])
            if overlap:
                raise ValidationError(
                    self.env._(
                        "%(parent)s includes %(child)s. Choose one of the two.",
                        parent=overlap[0].display_name,
                        child=overlap[1].display_name,
                    )
                )

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        if "name" not in (default or {}):
            for season, vals in zip(self, vals_list, strict=True):
                vals["name"] = self.env._("%s (copy)", season.name)
        return vals_list

    # ------------------------------------------------------------------
    # History
    # ------------------------------------------------------------------

    def action_compute(self):
        """Take the weights from the facts of the last whole years.

        :raises UserError: where there are less than twelve full months of facts, or
            nothing was sold in them
        """
        self.check_access("write")
        for season in self:
            season._compute_from_history()
        return True

    def _compute_from_history(self):
        first, after = self._history_window()
        units = self._history_units(first, after)
        weights = profile(units)
        if not weights:
            raise UserError(
                self.env._(
                    "Nothing was sold for %(profile)s in the last full year. Choose "
                    "other categories, or enter the weights by hand.",
                    profile=self.name,
                )
            )
        self.write(
            {
                **dict(zip(WEIGHTS, weights, strict=True)),
                "history_from": first,
                "history_to": after - relativedelta(days=1),
            }
        )

    def _history_window(self):
        """First day and day after the last of the whole years to compute from."""
        today = self.env["sales.branch"]._company_local_date(self.company_id)
        after = today.replace(day=1)
        first = self._first_full_month(after)
        full = (
            (after.year - first.year) * MONTHS + after.month - first.month
            if first
            else 0
        )
        years = min(self.years, full // MONTHS)
        if not years:
            raise UserError(
                self.env._(
                    "A season needs 12 full months of history, and for %(profile)s "
                    "there are %(count)s. Enter the weights by hand, or start from "
                    "even months.",
                    profile=self.name,
                    count=max(0, full),
                )
            )
        return after - relativedelta(years=years), after

    def _first_full_month(self, after):
        [(day,)] = self._facts()._read_group(
            self._facts_before(after), [], ["date:min"]
        )
        if not day:
            return None
        month = day.replace(day=1)
        return month if day.day <= FIRST_WEEK else month + relativedelta(months=1)

    def _history_units(self, first, after):
        """Units of currency sold per calendar month, January first."""
        rows = self._facts()._read_group(
            self._facts_before(after) & Domain("date", ">=", first),
            ["date:month"],
            ["amount:sum"],
        )
        units = [0] * MONTHS
        rounding = self.company_id.currency_id.rounding
        for month, amount in rows:
            units[month.month - 1] += to_units(str(amount or 0), str(rounding))
        return units

    def _facts(self):
        # sudo: how the company's year goes is one for all who plan; only sums of the
        # profile's company leave this model, and only who may write a profile asks
        return (
            self.env["sales.fact.report"]
            .sudo()
            .with_context(allowed_company_ids=self.company_id.ids)
        )

    def _facts_before(self, after):
        domain = (
            Domain("company_id", "=", self.company_id.id)
            & Domain("basis", "=", self.basis)
            & Domain("status", "in", ["counted", "unassigned"])
            & Domain("date", "<", after)
        )
        if self.categ_ids:
            domain &= Domain("categ_id", "child_of", self.categ_ids.ids)
        return domain
