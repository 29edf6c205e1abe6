from odoo import api, fields, models
from odoo.tools import format_amount, formatLang

FIGURES = {
    "avg_3m": "average",
    "open_orders": "open_orders",
    "open_quotations": "quotations",
    "free_stock": "free",
    "incoming_stock": "incoming",
    "shortage": "short",
}
LINE_INPUT = (
    "dimension",
    "measure",
    "categ_id",
    "partner_id",
    "partner_category_id",
    "uom_id",
    "target_amount",
    "target_quantity",
    "plan_id.user_id",
    "plan_id.branch_id",
    "plan_id.basis",
    "plan_id.day_from",
    "plan_id.day_to",
)


class SalesPlanLineOutlookMixin(models.AbstractModel):
    """The outlook beside a line, in the line's own unit: its money or its quantity."""

    _name = "sales.plan.line.outlook.mixin"
    _description = "Outlook Beside a Plan Line"

    avg_3m = fields.Float(
        string="3-Month Average",
        compute="_compute_outlook",
        digits="Product Unit",
        help="A month's average of the last three full months, on the plan's basis.",
    )
    open_orders = fields.Float(
        compute="_compute_outlook",
        digits="Product Unit",
        help="Confirmed in the last two years, credited to the manager and not yet "
        "counted on the plan's basis. Orders count at once where the basis is orders.",
    )
    open_quotations = fields.Float(
        string="Weighted Quotations",
        compute="_compute_outlook",
        digits="Product Unit",
        help="Quotations of the manager's customers that have not expired, times their "
        "chance: the probability of the opportunity they belong to, else the share of "
        "the manager's own quotations of the last 12 months that was ordered (at least "
        "five decided ones), else that of the company.",
    )
    free_stock = fields.Float(
        compute="_compute_outlook",
        digits="Product Unit",
        help="On hand and not reserved, in the branch's and the supplying warehouse. "
        "In money: at the average price of the last three full months, or the sales "
        "price of what was not sold then.",
    )
    incoming_stock = fields.Float(
        string="Incoming",
        compute="_compute_outlook",
        digits="Product Unit",
        help="Comes into these warehouses until the end of the plan, valued alike.",
    )
    shortage = fields.Float(
        compute="_compute_outlook",
        digits="Product Unit",
        help="The plan, less what was delivered in the month or is reserved for the "
        "manager's orders, less free stock and incoming goods. Services need no stock.",
    )
    supply_warning = fields.Char(string="Supply", compute="_compute_supply_warning")

    @api.depends(*LINE_INPUT)
    def _compute_outlook(self):
        figures = self.env["sales.plan.outlook"]._figures(self)
        for line in self:
            known = figures.get(line, {})
            for name, figure in FIGURES.items():
                line[name] = known.get(figure) or 0.0

    @api.depends(*LINE_INPUT)
    @api.depends_context("lang")
    def _compute_supply_warning(self):
        for line in self:
            line.supply_warning = line._supply_words() if line._is_short() else False

    def _is_short(self):
        """Whether the line asks for more than can be had, beyond rounding."""
        if self.measure == "amount":
            return self.currency_id and not self.currency_id.is_zero(self.shortage)
        return self.uom_id and self.shortage >= self.uom_id.rounding

    def _supply_words(self):
        supply = self.free_stock + self.incoming_stock
        return self.env._(
            "Short by %(short)s: %(supply)s free or coming in",
            short=self._quantity_words(self.shortage),
            supply=self._quantity_words(supply),
        )

    def _quantity_words(self, value):
        if self.measure == "amount":
            return format_amount(self.env, value, self.currency_id)
        number = formatLang(self.env, value, dp="Product Unit")
        return f"{number} {self.uom_id.name or ''}".strip()
