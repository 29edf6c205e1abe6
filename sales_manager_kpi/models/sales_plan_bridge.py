from collections import Counter, defaultdict
from datetime import datetime, timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..engine.allocation import largest_remainder, to_units
from ..engine.bridge import EFFECTS, Sales, add_up, explain
from ..engine.categories import nearest, path_ids

OTHER = 0  # what is in the total and in no category of the plan
WINDOW_MONTHS = 3
LATE_MONTHS = 24
SALES_FIELDS = ("amount", "quantity", "discount_amount")
SALES_GROUPS = ("categ_id", "product_id", "uom_id", "is_return")


class SalesPlanBridge(models.AbstractModel):
    """Why the fact of a plan differs from its target, in steps that add up exactly.

    The arithmetic is in engine/bridge.py; here facts become its plain values and its
    steps become words. A category is compared with the same days of last year or,
    where nothing was sold then, with the last three full months.
    """

    _name = "sales.plan.bridge"
    _inherit = ["sales.plan.bridge.words"]
    _description = "Plan-Fact Bridge"

    @api.model
    def get_data(self, plan_id):
        """The bridge of one plan. Amounts untaxed, in company currency.

        :param int plan_id: a plan that the user may read
        :raise AccessError: for the plan of somebody the user may not judge
        :raise UserError: where there is no such plan, or it has no target
        """
        plan = self._plan(plan_id)
        late = self._late(plan)
        rows = self._rows(plan, late)
        names = {line.categ_id.id: line.categ_id.display_name for line in plan.line_ids}
        effects, without = add_up([row["bridge"] for row in rows])
        return {
            **self._header(plan),
            "words": self._words(),
            "plan_amount": self._money(plan, sum(r["bridge"].plan for r in rows)),
            "fact_amount": self._money(plan, sum(r["bridge"].fact for r in rows)),
            "effects": self._effect_amounts(plan, effects),
            "without": self._money(plan, without),
            "rows": [self._row_values(plan, row, names) for row in rows],
            "late_orders": sorted({i for __, __, ids in late for i in ids}),
        }

    def _plan(self, plan_id):
        if not plan_id or not isinstance(plan_id, int):
            raise UserError(self.env._("Open the bridge from a plan."))
        plan = self.env["sales.plan"].browse(plan_id)
        if not plan.exists():
            raise UserError(self.env._("There is no such plan any more."))
        if not plan.has_access("read"):
            raise AccessError(
                self.env._(
                    "You may not see this plan. Only the manager, the director of "
                    "their branch and the commercial director do."
                )
            )
        if plan.target_amount <= 0:
            raise UserError(
                self.env._("This plan has no target yet. Enter its amounts first.")
            )
        return plan

    # ------------------------------------------------------------------
    # Collect
    # ------------------------------------------------------------------

    def _rows(self, plan, late):
        """A bridge per main category, and one for the rest of the total."""
        planned = self._planned_units(plan)
        categories = {key for key in planned if key != OTHER}
        figures = {
            name: self._read(plan, *days) for name, days in self._windows(plan).items()
        }
        units = self._units_of_measure(plan, figures.values())
        windows = {
            name: self._sales(plan, rows, categories, units)
            for name, rows in figures.items()
        }
        missing = defaultdict(int)
        for parent_path, amount, __ in late:
            key = nearest(parent_path, categories) or OTHER
            missing[key] += self._units(plan, amount)
        quantities = self._planned_quantities(plan, units)
        rows = []
        for key, amount in planned.items():
            reference, bridge = self._explain(
                amount, key, windows, quantities.get(key), missing[key]
            )
            rows.append({"key": key, "reference": reference, "bridge": bridge})
        return rows

    def _explain(self, units, key, windows, quantities, late):
        """The first reference that says anything, and what it says."""
        for name in ("last_year", "months"):
            bridge = explain(
                units, windows[name][key], windows["fact"][key], quantities, late
            )
            if bridge.effects is not None:
                return name, bridge
        return None, bridge

    def _planned_units(self, plan):
        """``{category id or OTHER: units}`` that the plan is measured by.

        Where the company measures by the effective target, every line is lowered in
        proportion.
        """
        lines = plan._main_lines()
        units = {
            line.categ_id.id: self._units(plan, line.target_amount)
            for line in lines
            if line.categ_id
        }
        total = lines.filtered(lambda line: line.dimension == "total")
        if total:
            whole = self._units(plan, total.target_amount)
            units[OTHER] = whole - sum(units.values())
        counting = self._units(plan, plan.counting_target)
        if counting != sum(units.values()):
            parts = largest_remainder(counting, list(units.values()))
            units = dict(zip(units, parts, strict=True))
        return units

    def _planned_quantities(self, plan, units):
        """``{category id: {unit id: quantity}}`` of the quantity lines."""
        result = defaultdict(dict)
        for line in self._quantity_lines(plan):
            unit_id, factor = units[line.uom_id.id]
            result[line.categ_id.id][unit_id] = line.target_quantity * factor
        return result

    def _quantity_lines(self, plan):
        return plan.line_ids.filtered(
            lambda line: line.measure == "quantity" and line.dimension == "category"
        )

    def _windows(self, plan):
        """First and last day of the fact and of the two references."""
        after = min(plan.day_from, self._today(plan)).replace(day=1)
        return {
            "fact": (plan.day_from, plan.day_to),
            "last_year": plan._days_back(12),
            "months": (
                after - relativedelta(months=WINDOW_MONTHS),
                after - timedelta(days=1),
            ),
        }

    def _read(self, plan, first, last):
        return self.env["sales.fact.report"]._facts_by(
            plan.company_id,
            first,
            last,
            basis=plan.basis,
            users=plan.user_id,
            groupby=SALES_GROUPS,
            measures=SALES_FIELDS,
        )

    def _sales(self, plan, figures, categories, units):
        """``{category id or OTHER: {(unit id, product id): Sales}}``."""
        paths = self._paths({key[0] for key in figures})
        result = defaultdict(lambda: defaultdict(Sales))
        for (categ_id, product_id, uom_id, is_return), values in figures.items():
            amount, quantity, discount = values
            unit_id, factor = units.get(uom_id, (False, 1.0))
            key = nearest(paths.get(categ_id), categories) or OTHER
            result[key][unit_id, product_id] += self._as_sales(
                plan, amount, (quantity or 0.0) * factor, discount, is_return
            )
        return result

    def _units_of_measure(self, plan, windows):
        """``{unit id: (id of the unit it is told in, factor)}``.

        Units that convert into each other are told in the one that most rows have.
        """
        count = Counter(key[2] for figures in windows for key in figures if key[2])
        count.update(self._quantity_lines(plan).uom_id.ids)
        units = self.env["uom.uom"].browse(count)
        result = {}
        for same in units.grouped(lambda unit: path_ids(unit.parent_path)[0]).values():
            told = max(same, key=lambda unit: (count[unit.id], -unit.id))
            for unit in same:
                result[unit.id] = told.id, unit.factor / told.factor
        return result

    def _as_sales(self, plan, amount, quantity, discount, is_return):
        net = self._units(plan, amount)
        if is_return:
            return Sales(returned=-net)
        given = self._units(plan, discount or 0.0)
        return Sales(quantity=quantity, gross=net + given, discount=given)

    def _paths(self, categ_ids):
        # sudo: the path of ids, whatever the reader may see of categories
        categories = self.env["product.category"].sudo().browse(categ_ids - {False})
        return {category.id: category.parent_path for category in categories}

    def _late(self, plan):
        stop = min(
            fields.Datetime.now(),
            datetime.combine(plan.day_to + timedelta(days=1), datetime.min.time()),
        )
        since = stop - relativedelta(months=LATE_MONTHS)
        # sudo: orders of the plan's manager, whom the reader was found to judge; sums
        # and ids leave, and opening an order asks for the reader's own rights
        return self.env["sales.late.goods"].sudo()._by_category(plan, since, stop)

    # ------------------------------------------------------------------
    # Tell
    # ------------------------------------------------------------------

    def _header(self, plan):
        basis = dict(plan._fields["basis"]._description_selection(self.env))
        today = self._today(plan)
        return {
            "as_of": fields.Datetime.to_string(fields.Datetime.now()),
            "currency_id": plan.currency_id.id,
            "plan": {
                "id": plan.id,
                "name": plan.display_name,
                "agreed": plan.target_amount,
                "is_lowered": plan.counting_target != plan.target_amount,
                "runs": plan.day_from <= today <= plan.day_to,
                "is_ahead": plan.day_from > today,
            },
            "basis": {"code": plan.basis, "name": basis[plan.basis]},
        }

    def _row_values(self, plan, row, names):
        bridge, key = row["bridge"], row["key"]
        return {
            "key": key,
            "name": names.get(key) or self.env._("Everything else"),
            "plan_amount": self._money(plan, bridge.plan),
            "fact_amount": self._money(plan, bridge.fact),
            "effects": self._effect_amounts(plan, bridge.effects),
            "without": self._money(
                plan, 0 if bridge.effects is not None else bridge.fact - bridge.plan
            ),
            "reference": self._reference_name(plan, row["reference"]),
            "details": self._details(plan, bridge),
            "domain": self._facts_domain(plan, key),
        }

    def _reference_name(self, plan, name):
        if not name:
            return self.env._("no reference")
        first, last = self._windows(plan)[name]
        months = [
            format_date(self.env, day, date_format="LLL y") for day in (first, last)
        ]
        return " – ".join(dict.fromkeys(months))

    def _details(self, plan, bridge):
        """What the steps were taken from, by unit of measure."""
        details = []
        for unit_id, assumed in bridge.assumed.items():
            sold = bridge.sold.get(unit_id, Sales())
            kept = sold.gross - sold.discount
            unit = self.env["uom.uom"].browse(unit_id or ())
            details.append(
                {
                    "unit": unit.name or "",
                    "planned_quantity": assumed.quantity,
                    "quantity": sold.quantity,
                    "reference_price": self._price(plan, assumed.price),
                    "price": self._price(
                        plan, sold.gross / sold.quantity if sold.quantity else None
                    ),
                    "reference_discount": assumed.discount,
                    "discount": sold.discount / sold.gross if sold.gross else None,
                    "reference_returns": assumed.returns,
                    "returns": sold.returned / kept if kept else None,
                }
            )
        return details

    def _facts_domain(self, plan, key):
        domain = [
            ("company_id", "=", plan.company_id.id),
            ("basis", "=", plan.basis),
            ("status", "=", "counted"),
            ("user_id", "=", plan.user_id.id),
            ("date", ">=", fields.Date.to_string(plan.day_from)),
            ("date", "<=", fields.Date.to_string(plan.day_to)),
        ]
        planned = [line.categ_id.id for line in plan._main_lines() if line.categ_id]
        if key != OTHER:
            return [*domain, ("categ_id", "child_of", [key])]
        return [*domain, "!", ("categ_id", "child_of", planned)] if planned else domain

    def _effect_amounts(self, plan, effects):
        if effects is None:
            return None
        return {name: self._money(plan, effects[name]) for name in EFFECTS}

    # ------------------------------------------------------------------
    # Units
    # ------------------------------------------------------------------

    def _today(self, plan):
        if plan.branch_id:
            return plan.branch_id._local_today()
        return self.env["sales.branch"]._company_local_date(plan.company_id)

    def _units(self, plan, amount):
        return to_units(str(amount or 0), str(plan.currency_id.rounding))

    def _money(self, plan, units):
        return plan.currency_id.round(units * plan.currency_id.rounding)

    def _price(self, plan, units):
        return None if units is None else units * plan.currency_id.rounding
