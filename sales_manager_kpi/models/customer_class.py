from odoo import api, fields, models


class CustomerClass(models.Model):
    """A class of customers: what they pay, and how far their discounts may go."""

    _name = "customer.class"
    _description = "Customer Class"
    _inherit = ["mail.thread"]
    _order = "sequence, code, id"
    _check_company_auto = True
    _rec_names_search = ["code", "name"]

    name = fields.Char(required=True, translate=True, tracking=True)
    code = fields.Char(required=True, help="Short, as A, B or C.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    pricelist_id = fields.Many2one(
        comodel_name="product.pricelist",
        check_company=True,
        tracking=True,
        help="The norm for customers of this class, unless they have a price list of "
        "their own.",
    )
    member_ids = fields.One2many(
        comodel_name="customer.class.member",
        inverse_name="class_id",
        string="Customers",
    )
    color = fields.Integer()

    _code_uniq = models.UniqueIndex(
        "(company_id, code)",
        "Another class of this company already has this code. Choose another code.",
    )

    @api.depends("code", "name")
    def _compute_display_name(self):
        for customer_class in self:
            customer_class.display_name = (
                f"{customer_class.code} · {customer_class.name}"
            )

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        for customer_class, vals in zip(self, vals_list, strict=True):
            vals["code"] = self.env._("%s (copy)", customer_class.code)
            vals["name"] = self.env._("%s (copy)", customer_class.name)
        return vals_list
