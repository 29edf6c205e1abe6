from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine.concession import Limits
from ..engine.norms import Norm

ROLES = [
    ("manager", "Manager"),
    ("branch_director", "Branch director"),
    ("commercial_director", "Commercial director"),
]
ROLE_NAMES = [role for role, _label in ROLES]
# How much a condition narrows a line down. A person is narrower than a branch, a
# customer than a class, a product than its category; who goes before whom is decided
# by the sum, so every place has more weight than all lower ones together.
WEIGHTS = {
    "user_id": 64,
    "partner_id": 32,
    "product_tmpl_id": 16,
    "class_id": 8,
    "tag_id": 4,
    "categ_id": 2,
    "branch_id": 1,
}


class DiscountPolicyLine(models.Model):
    """One norm: who, to whom, on what, how far.

    Limits are strict: exactly at the limit is within it. A limit that is not switched
    on says nothing, so that another matching line or nobody does.
    """

    _name = "discount.policy.line"
    _description = "Discount Norm"
    _order = "policy_id, role, specificity desc, sequence, id"
    _check_company_auto = True

    policy_id = fields.Many2one(
        comodel_name="discount.policy", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="policy_id.company_id", store=True, precompute=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    sequence = fields.Integer(default=10)
    role = fields.Selection(
        selection=ROLES,
        required=True,
        default="manager",
        help="Whose authority this is. What exceeds it goes to the next role whose "
        "authority covers it.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person",
        domain="[('share', '=', False)]",
        help="Only this person; empty for everybody of the role.",
    )
    branch_id = fields.Many2one(comodel_name="sales.branch", check_company=True)
    class_id = fields.Many2one(
        comodel_name="customer.class", string="Customer Class", check_company=True
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        domain="[('parent_id', '=', False)]",
    )
    categ_id = fields.Many2one(
        comodel_name="product.category",
        string="Product Category",
        help="And everything below it.",
    )
    product_tmpl_id = fields.Many2one(
        comodel_name="product.template", string="Product", check_company=True
    )
    tag_id = fields.Many2one(comodel_name="product.tag", string="Product Tag")
    specificity = fields.Integer(
        compute="_compute_specificity", store=True, precompute=True
    )

    limit_line = fields.Boolean(string="Limits a Line", default=True)
    max_line_percent = fields.Float(
        string="Line %",
        digits="Discount",
        help="At most below the norm price, on one line, its part of discounts on the "
        "whole order included.",
    )
    limit_order = fields.Boolean(string="Limits the Order")
    max_order_percent = fields.Float(
        string="Order %",
        digits="Discount",
        help="At most below the norm over all lines together.",
    )
    limit_amount = fields.Boolean(string="Limits the Amount")
    max_amount = fields.Monetary(
        string="Amount",
        help="At most given away on one order, in company currency, untaxed.",
    )
    limit_margin = fields.Boolean(string="Keeps a Margin")
    min_margin_percent = fields.Float(
        string="Margin %", digits="Discount", help="At least, of the untaxed price."
    )
    limit_floor = fields.Boolean(string="Keeps a Floor Price")
    floor_price = fields.Monetary(
        help="At least, per unit of the product's unit of measure, in company "
        "currency, untaxed."
    )
    limit_payment = fields.Boolean(string="Limits Payment Terms")
    max_payment_days = fields.Integer(
        string="Days to Pay", help="At most, until the last due date."
    )
    max_payment_percent = fields.Float(
        string="Early Payment %", digits="Discount", help="At most, for paying early."
    )
    gift = fields.Selection(
        selection=[("allowed", "Allowed"), ("forbidden", "Not allowed")],
        string="Gifts",
        help="Goods for nothing that no promotion gives. Empty: they count as 100 % "
        "below the norm.",
    )
    pricelist = fields.Selection(
        selection=[("allowed", "Any"), ("forbidden", "The customer's only")],
        string="Price Lists",
        help="Whether another price list than the customer's may be chosen. The norm "
        "stays the customer's in any case.",
    )
    summary = fields.Char(compute="_compute_summary", string="How Far")

    _percent_range = models.Constraint(
        "CHECK (max_line_percent >= 0 AND max_line_percent <= 100"
        " AND max_order_percent >= 0 AND max_order_percent <= 100"
        " AND max_payment_percent >= 0 AND max_payment_percent <= 100)",
        "A discount limit lies between 0 % and 100 %.",
    )
    _margin_range = models.Constraint(
        "CHECK (min_margin_percent >= -1000 AND min_margin_percent <= 100)",
        "A margin is at most 100 % of the price.",
    )
    _amounts_positive = models.Constraint(
        "CHECK (max_amount >= 0 AND floor_price >= 0 AND max_payment_days >= 0)",
        "Amounts, floor prices and days are not negative.",
    )

    @api.depends(*WEIGHTS)
    def _compute_specificity(self):
        for line in self:
            line.specificity = sum(
                weight for name, weight in WEIGHTS.items() if line[name]
            )

    @api.depends(
        *("limit_line", "max_line_percent", "limit_order", "max_order_percent"),
        *("limit_amount", "max_amount", "limit_margin", "min_margin_percent"),
        *("limit_floor", "floor_price", "limit_payment", "max_payment_days"),
        *("max_payment_percent", "gift", "pricelist"),
    )
    def _compute_summary(self):
        for line in self:
            line.summary = ", ".join(line._words())

    def _words(self):
        words = []
        if self.limit_line:
            words.append(
                self.env._("%(percent)g %% a line", percent=self.max_line_percent)
            )
        if self.limit_order:
            words.append(
                self.env._("%(percent)g %% an order", percent=self.max_order_percent)
            )
        if self.limit_amount:
            amount = self.currency_id.format(self.max_amount)
            words.append(self.env._("%(amount)s an order", amount=amount))
        if self.limit_margin:
            words.append(
                self.env._(
                    "margin from %(percent)g %%", percent=self.min_margin_percent
                )
            )
        if self.limit_floor:
            price = self.currency_id.format(self.floor_price)
            words.append(self.env._("price from %(price)s", price=price))
        if self.limit_payment:
            words.append(self.env._("%(days)s days to pay", days=self.max_payment_days))
        if self.gift == "forbidden":
            words.append(self.env._("no gifts"))
        if self.pricelist == "forbidden":
            words.append(self.env._("the customer's price list"))
        return words

    @api.constrains("partner_id")
    def _check_customer(self):
        for line in self:
            customer = line.partner_id.commercial_partner_id
            if line.partner_id != customer:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is a contact. Choose %(customer)s.",
                        contact=line.partner_id.display_name,
                        customer=customer.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        if not self.env.su:
            lines.policy_id._check_draft()
        return lines

    def write(self, vals):
        if not self.env.su:
            self.policy_id._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        if not self.env.su:
            self.policy_id._check_draft()

    # ------------------------------------------------------------------
    # For the engine
    # ------------------------------------------------------------------

    def _norm(self):
        """This line as plain values."""
        self.ensure_one()
        return Norm(
            id=self.id,
            role=self.role,
            limits=self._limits(),
            specificity=self.specificity,
            sequence=self.sequence,
            user_id=self.user_id.id or 0,
            branch_id=self.branch_id.id or 0,
            partner_id=self.partner_id.id or 0,
            class_id=self.class_id.id or 0,
            template_id=self.product_tmpl_id.id or 0,
            category_id=self.categ_id.id or 0,
            tag_id=self.tag_id.id or 0,
        )

    def _limits(self):
        return Limits(
            line_percent=self.max_line_percent if self.limit_line else None,
            order_percent=self.max_order_percent if self.limit_order else None,
            amount=self.max_amount if self.limit_amount else None,
            margin_percent=self.min_margin_percent if self.limit_margin else None,
            floor_price=self.floor_price if self.limit_floor else None,
            payment_percent=self.max_payment_percent if self.limit_payment else None,
            payment_days=self.max_payment_days if self.limit_payment else None,
            gift=None if not self.gift else self.gift == "allowed",
            pricelist=None if not self.pricelist else self.pricelist == "allowed",
            source=self.id,
        )
