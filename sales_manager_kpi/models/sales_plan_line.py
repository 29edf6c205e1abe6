from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import float_compare, formatLang

from .sales_plan_line_fact_mixin import COUNTED_MEASURES
from .sales_plan_states import SYSTEM, is_negative

DIMENSION_FIELDS = {
    "category": "categ_id",
    "customer": "partner_id",
    "customer_group": "partner_category_id",
}
# In money, these make the target of the plan.
MAIN_DIMENSIONS = ("total", "category")
TARGET_FIELDS = ("target_amount", "target_quantity")
NAMING_FIELDS = ("dimension", "measure", *DIMENSION_FIELDS.values())


class SalesPlanLine(models.Model):
    """One target of a plan.

    Main lines, the total and the product categories in money, make the target of the
    plan. All others are further targets: they stand beside it and are followed by
    themselves.
    """

    _name = "sales.plan.line"
    _description = "Sales Plan Line"
    _inherit = [
        "sales.plan.line.move.mixin",
        "sales.plan.derived.mixin",
        "sales.plan.line.fact.mixin",
        "sales.plan.line.negotiated.mixin",
        "sales.plan.line.outlook.mixin",
        "sales.plan.line.document.mixin",
    ]
    _order = "plan_id, is_main desc, dimension desc, sequence, id"
    _check_company_auto = True

    plan_id = fields.Many2one(
        comodel_name="sales.plan",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="plan_id.company_id", store=True, index=True, precompute=True
    )
    currency_id = fields.Many2one(related="plan_id.currency_id")
    user_id = fields.Many2one(related="plan_id.user_id")
    basis = fields.Selection(related="plan_id.basis")
    state = fields.Selection(related="plan_id.state")
    sequence = fields.Integer(default=10)
    dimension = fields.Selection(
        selection=[
            ("total", "Total"),
            ("category", "Product category"),
            ("customer", "Customer"),
            ("customer_group", "Customer group"),
        ],
        string="Of What",
        required=True,
        default="category",
    )
    measure = fields.Selection(
        selection=[
            ("amount", "Amount"),
            ("quantity", "Quantity"),
            ("margin", "Margin"),
            ("new_customers", "New customers"),
            ("collected", "Payments collected"),
        ],
        required=True,
        default="amount",
        help="Amounts of the total and of product categories make the target of the "
        "plan; everything else is a further target beside it.",
    )
    is_main = fields.Boolean(
        string="Makes the Target",
        compute="_compute_is_main",
        store=True,
        precompute=True,
        help="Whether the line is a part of the target of the plan, or a further "
        "target beside it.",
    )
    categ_id = fields.Many2one(
        comodel_name="product.category",
        string="Product Category",
        index=True,
        ondelete="restrict",
        help="Products of the categories below it are included.",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('parent_id', '=', False)]",
        help="The company, with all its addresses and contacts.",
    )
    partner_category_id = fields.Many2one(
        comodel_name="res.partner.category",
        string="Customer Group",
        index="btree_not_null",
        ondelete="restrict",
        help="Customers with this tag, or with a tag below it.",
    )
    uom_id = fields.Many2one(
        comodel_name="uom.uom",
        string="Unit",
        ondelete="restrict",
        help="What a quantity is counted in.",
    )
    target_amount = fields.Monetary(
        string="Target",
        help="Untaxed, in the company's currency.",
    )
    target_quantity = fields.Float(
        digits="Product Unit",
        help="For quantities and new customers: how many.",
    )
    previous_amount = fields.Monetary(
        string="Previous Version",
        compute="_compute_previous_amount",
    )
    difference = fields.Monetary(
        compute="_compute_previous_amount",
        help="This version less the previous one.",
    )
    _target_positive = models.Constraint(
        "CHECK (target_amount >= 0 AND COALESCE(target_quantity, 0) >= 0)",
        "A target cannot be negative. Enter zero or more.",
    )
    _category_set = models.Constraint(
        "CHECK ((dimension = 'category') = (categ_id IS NOT NULL))",
        "A category line needs a product category, and no other line has one.",
    )
    _partner_set = models.Constraint(
        "CHECK ((dimension = 'customer') = (partner_id IS NOT NULL))",
        "A customer line needs a customer, and no other line has one.",
    )
    _partner_category_set = models.Constraint(
        "CHECK ((dimension = 'customer_group') = (partner_category_id IS NOT NULL))",
        "A customer group line needs a customer group, and no other line has one.",
    )
    _uom_set = models.Constraint(
        "CHECK ((measure = 'quantity') = (uom_id IS NOT NULL))",
        "A quantity needs a unit of measure, and nothing else has one.",
    )
    _measure_target = models.Constraint(
        "CHECK (CASE WHEN measure IN ('quantity', 'new_customers') "
        "THEN COALESCE(target_amount, 0) = 0 "
        "ELSE COALESCE(target_quantity, 0) = 0 END)",
        "Quantities and new customers have a target quantity, everything else a "
        "target amount. Leave the other one empty.",
    )
    _new_customers_whole = models.Constraint(
        "CHECK (measure != 'new_customers' OR dimension IN ('total', "
        "'customer_group'))",
        "New customers are counted in total or in a customer group.",
    )
    _total_uniq = models.UniqueIndex(
        "(plan_id) WHERE dimension = 'total' AND measure = 'amount'",
        "A plan has one total. Change the total line it has.",
    )
    # judged when the transaction ends, so that lines may change places
    _target_uniq = models.Constraint(
        "EXCLUDE USING btree (plan_id WITH =, measure WITH =, dimension WITH =, "
        "COALESCE(categ_id, partner_id, partner_category_id, 0) WITH =) "
        "DEFERRABLE INITIALLY DEFERRED",
        "A target stands twice in a plan. Keep one line for it.",
    )

    @api.depends("dimension", "measure")
    def _compute_is_main(self):
        for line in self:
            line.is_main = line._is_main()

    def _is_main(self):
        return self.measure == "amount" and self.dimension in MAIN_DIMENSIONS

    @api.depends(
        "dimension",
        "measure",
        "categ_id",
        "partner_id",
        "partner_category_id",
        "plan_id",
    )
    @api.depends_context("lang")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.plan_id.display_name} · {line._label()}"

    @api.depends("target_amount", "dimension", "categ_id", "plan_id.previous_id")
    def _compute_previous_amount(self):
        for line in self:
            previous = line.plan_id.previous_id
            amount = previous._amount_by_key().get(line._key(), 0.0)
            line.previous_amount = amount
            line.difference = line.target_amount - amount if previous else 0.0

    @api.onchange("dimension", "measure")
    def _onchange_kind(self):
        """Leave nothing behind that the new kind of line does not have."""
        for dimension, name in DIMENSION_FIELDS.items():
            if self.dimension != dimension:
                self[name] = False
        if self.measure != "quantity":
            self.uom_id = False
        self[self._unused_target()] = 0.0

    @api.constrains(
        "plan_id",
        "dimension",
        "measure",
        "categ_id",
        "partner_id",
        "partner_category_id",
        "target_amount",
    )
    def _check_plan(self):
        if self.env.context.get("sales_plan_whole") is not SYSTEM:
            self.plan_id._check_lines()

    @api.constrains("partner_id")
    def _check_partner(self):
        for line in self.filtered("partner_id"):
            # sudo: the name of the company of a contact that the writer chose
            contact = line.partner_id.sudo()
            if contact.commercial_partner_id != contact:
                raise ValidationError(
                    self.env._(
                        "%(contact)s belongs to %(company)s. Choose the company: its "
                        "contacts and addresses count with it.",
                        contact=contact.display_name,
                        company=contact.commercial_partner_id.display_name,
                    )
                )

    @api.constrains("measure", "target_quantity")
    def _check_whole_customers(self):
        for line in self.filtered(lambda line: line.measure == "new_customers"):
            if line.target_quantity % 1:
                raise ValidationError(
                    self.env._(
                        "%(target)s: new customers are counted. Enter a whole number.",
                        target=line._label(),
                    )
                )

    @api.constrains("uom_id", "categ_id", "measure")
    def _check_unit(self):
        """A quantity is asked for in what the products of the category can be.

        Categories without products say nothing about units, so nothing is refused.
        """
        lines = self.filtered(lambda x: x.measure == "quantity" and x.categ_id)
        if not lines:
            return
        rows = (
            self.env["product.template"]
            .sudo()  # sudo: units in use, also where the writer sees no products
            ._read_group(
                [("categ_id", "child_of", lines.categ_id.ids)], ["categ_id", "uom_id"]
            )
        )
        for line in lines:
            path = line.categ_id.parent_path
            used = self.env["uom.uom"].union(
                *(uom for categ, uom in rows if categ.parent_path.startswith(path))
            )
            if used and not any(uom._has_common_reference(line.uom_id) for uom in used):
                raise ValidationError(
                    self.env._(
                        "%(category)s is counted in %(units)s, which cannot be "
                        "converted to %(unit)s. Choose a unit that they convert to.",
                        category=line.categ_id.display_name,
                        units=", ".join(used.mapped("display_name")),
                        unit=line.uom_id.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        self._check_derived({name for vals in vals_list for name in vals})
        self._check_targets(vals_list)
        self._check_plans_editable({vals.get("plan_id") for vals in vals_list})
        own = self._without_derived_defaults()
        lines = super(SalesPlanLine, own).create(vals_list).with_env(self.env)
        # and afterwards, since a plan may also come from the context's defaults
        self._check_plans_editable(lines.plan_id.ids)
        return lines

    def write(self, vals):
        self._check_derived(vals)
        self._check_targets([vals])
        if vals.keys() - {"sequence"}:
            self._check_plans_editable({*self.plan_id.ids, vals.get("plan_id")})
        return super().write(vals)

    def unlink(self):
        self._check_plans_editable(self.plan_id.ids)
        return super().unlink()

    def _undefaulted_names(self):
        """Nor does a default say what the other side asked for."""
        return super()._undefaulted_names().union(self._negotiated)

    def _check_targets(self, vals_list):
        """Said in words before the database says it; an import shows this one."""
        for vals in vals_list:
            if any(is_negative(vals.get(name)) for name in TARGET_FIELDS):
                line = self[:1] or self.new(
                    {name: vals[name] for name in NAMING_FIELDS if vals.get(name)}
                )
                raise ValidationError(
                    self.env._(
                        "%(target)s: a target cannot be negative. Enter zero or more.",
                        target=line._label(),
                    )
                )

    def _check_plans_editable(self, plan_ids):
        plans = self.env["sales.plan"].browse(sorted(i for i in plan_ids if i))
        if not plans._is_system():
            plans._check_editable()

    def _target_field(self):
        """The name of the field that holds what this line asks for."""
        return TARGET_FIELDS[self.measure in COUNTED_MEASURES]

    def _unused_target(self):
        return TARGET_FIELDS[self.measure not in COUNTED_MEASURES]

    def _object(self):
        """The category, customer or customer group of the line; False for the total."""
        name = DIMENSION_FIELDS.get(self.dimension)
        return self[name] if name else False

    def _key(self):
        """What tells the lines of two versions of a plan apart."""
        of = self._object()
        return self.dimension, of.id if of else False, self.measure

    def _label(self):
        """The line in words: what is counted, of what."""
        of = self._object()
        what = of.display_name if of else self.env._("Total")
        if self.measure == "amount":
            return what
        selection = self._fields["measure"]._description_selection(self.env)
        return f"{what} · {dict(selection).get(self.measure)}"

    def _target_in_words(self):
        if self.measure not in COUNTED_MEASURES:
            return self.currency_id.format(self.target_amount)
        unit = self.uom_id.display_name or ""
        return f"{formatLang(self.env, self.target_quantity, digits=2)} {unit}".strip()

    def _asks_same(self, other):
        """Whether two versions of a line ask for the same."""
        if self.uom_id != other.uom_id:
            return False
        if self.measure in COUNTED_MEASURES:
            return not float_compare(
                self.target_quantity, other.target_quantity, precision_digits=6
            )
        return not self.currency_id.compare_amounts(
            self.target_amount, other.target_amount
        )
