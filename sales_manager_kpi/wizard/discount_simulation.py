from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..models.discount_policy_line import ROLES


class DiscountSimulation(models.TransientModel):
    """Tries prices on a customer before there is a quotation; writes no order.

    An order that exists in memory only is priced by core and judged as a real one.
    """

    _name = "discount.simulation"
    _description = "Discount Simulation"

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        domain="[('company_id', 'in', (False, company_id))]",
    )
    line_ids = fields.One2many(
        comodel_name="discount.simulation.line", inverse_name="simulation_id"
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency", compute="_compute_verdict"
    )
    is_judged = fields.Boolean(compute="_compute_verdict")
    is_within = fields.Boolean(compute="_compute_verdict")
    findings = fields.Text(string="Outside the Norm", compute="_compute_verdict")
    role = fields.Selection(
        string="Would Have to Approve",
        selection=ROLES,
        compute="_compute_verdict",
    )
    amount = fields.Monetary(string="Untaxed Amount", compute="_compute_verdict")
    manual_amount = fields.Monetary(string="Given Away", compute="_compute_verdict")
    margin = fields.Monetary(
        compute="_compute_verdict", groups="sales_manager_kpi.group_cost"
    )
    margin_percent = fields.Float(
        string="Margin (%)",
        digits="Discount",
        compute="_compute_verdict",
        groups="sales_manager_kpi.group_cost",
    )
    plan_words = fields.Char(string="Effect on the Plan", compute="_compute_verdict")

    @api.depends(
        *("partner_id", "company_id", "line_ids.product_id", "line_ids.quantity"),
        "line_ids.price",
    )
    @api.depends_context("uid", "lang")
    def _compute_verdict(self):
        for wizard in self:
            order = wizard._order_in_memory()
            wizard.update(wizard._no_verdict(order))
            if wizard.partner_id and order.order_line:
                wizard._judge_order(order)

    def _no_verdict(self, order):
        return {
            "currency_id": (order.currency_id or self.company_id.currency_id).id,
            "is_judged": False,
            "is_within": False,
            "findings": False,
            "role": False,
            "amount": order.amount_untaxed,
            "manual_amount": 0.0,
            "margin": 0.0,
            "margin_percent": 0.0,
            "plan_words": False,
        }

    def _chosen_lines(self):
        return self.line_ids.filtered("product_id")

    def _order_in_memory(self):
        """The order that this would be; never written."""
        return self.env["sale.order"].new(self._prepare_order())

    def _prepare_order(self):
        return {
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "user_id": self.env.uid,
            "order_line": [
                Command.create(line._prepare_order_line())
                for line in self._chosen_lines()
            ],
        }

    def _judge_order(self, order):
        """Say what the norms say about ``order``."""
        effect = order._plan_effect()
        self.plan_words = effect and order._plan_effect_words(effect)
        # sudo: figures hold costs; what is shown of them has groups of its own
        figures = order.sudo()._concession_figures()
        self.manual_amount = figures.manual_amount
        self.margin = figures.margin or 0.0
        self.margin_percent = figures.margin_percent or 0.0
        policy = order._discount_policy()
        if policy:
            self._say_verdict(order, order._discount_judgement(policy))

    def _say_verdict(self, order, judgement):
        findings = judgement.verdict.findings
        self.is_judged = True
        self.is_within = judgement.verdict.within
        self.findings = "\n".join(order._finding_words(findings))
        self.role = not self.is_within and judgement.covering_role

    def _line_figures(self):
        """``{line: (figures, lowest price without approval)}``."""
        order = self._order_in_memory()
        policy = order._discount_policy()
        # sudo: figures hold costs; what is shown of them has groups of its own
        figures = order.sudo()._concession_figures()
        free = order._free_prices(policy, figures) if policy else {}
        rows = {row.key: (row, free.get(row.key)) for row in figures.lines}
        lines = zip(self._chosen_lines(), order.order_line, strict=True)
        return {
            line: rows[sold._figures_key()]
            for line, sold in lines
            if sold._figures_key() in rows
        }

    def action_make_quotation(self):
        """Make the quotation with these prices, and open it.

        :raise UserError: where no product is chosen
        """
        self.ensure_one()
        if not self._chosen_lines():
            raise UserError(self.env._("Choose at least one product first."))
        order = self.env["sale.order"].create(self._prepare_order())
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": order.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }


class DiscountSimulationLine(models.TransientModel):
    """A product that is tried at a price."""

    _name = "discount.simulation.line"
    _description = "Discount Simulation: Line"

    simulation_id = fields.Many2one(
        comodel_name="discount.simulation", required=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="simulation_id.currency_id")
    product_id = fields.Many2one(
        comodel_name="product.product",
        required=True,
        domain="[('sale_ok', '=', True)]",
    )
    quantity = fields.Float(digits="Product Unit", default=1.0, required=True)
    price = fields.Float(
        string="Price Tried",
        min_display_digits="Product Price",
        help="Empty for the price of the price list.",
    )
    norm_price = fields.Float(
        min_display_digits="Product Price", compute="_compute_figures"
    )
    free_price = fields.Float(
        string="Lowest Without Approval",
        min_display_digits="Product Price",
        compute="_compute_figures",
    )
    percent = fields.Float(
        string="Below the Norm (%)", digits="Discount", compute="_compute_figures"
    )
    margin_percent = fields.Float(
        string="Margin (%)",
        digits="Discount",
        compute="_compute_figures",
        groups="sales_manager_kpi.group_cost",
    )

    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0 AND price >= 0)",
        "Quantities are above zero, and prices not negative.",
    )

    @api.depends(
        *("simulation_id.partner_id", "simulation_id.line_ids.price"),
        *("simulation_id.line_ids.quantity", "simulation_id.line_ids.product_id"),
    )
    @api.depends_context("uid", "lang")
    def _compute_figures(self):
        figures = {}
        for wizard in self.simulation_id.filtered("partner_id"):
            figures.update(wizard._line_figures())
        for line in self:
            row, free = figures.get(line, (None, None))
            line.norm_price = row.norm_price if row else 0.0
            line.free_price = free or 0.0
            line.percent = (row and row.manual_percent) or 0.0
            line.margin_percent = (row and row.margin_percent) or 0.0

    def _prepare_order_line(self):
        values = {"product_id": self.product_id.id, "product_uom_qty": self.quantity}
        if self.price:
            values.update({"price_unit": self.price, "discount": 0.0})
        return values
