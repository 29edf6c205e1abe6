from odoo import api, fields, models, tools


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
    member_count = fields.Integer(compute="_compute_member_count")
    color = fields.Integer()
    min_turnover = fields.Monetary(
        string="Turnover From",
        help="A customer is proposed for the first class, from the top, whose "
        "turnover it reaches. Untaxed, in company currency.",
    )
    max_days_late = fields.Float(
        string="Days Late at Most",
        default=-1,
        help="Days paid after the due date, weighted by amount. Below 0: not asked.",
    )

    _min_turnover_positive = models.Constraint(
        "CHECK (min_turnover >= 0)", "A turnover to reach cannot be negative."
    )

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

    def _compute_member_count(self):
        rows = self.env["customer.class.member"]._read_group(
            [("class_id", "in", self.ids), *self._holding_today()],
            ["class_id"],
            ["__count"],
        )
        counts = {customer_class.id: count for customer_class, count in rows}
        for customer_class in self:
            customer_class.member_count = counts.get(customer_class.id, 0)

    @api.model
    def _holding_today(self):
        return [
            ("date_from", "<=", "today"),
            "|",
            ("date_to", "=", False),
            ("date_to", ">=", "today"),
        ]

    def action_open_members(self):
        """Open the customers that are of this class today."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.customer_class_member_action"
        )
        return {
            **action,
            "context": {
                "search_default_class_id": self.id,
                "search_default_filter_today": 1,
                "default_class_id": self.id,
            },
        }

    @api.model_create_multi
    def create(self, vals_list):
        classes = super().create(vals_list)
        classes._forget_pricelists()
        return classes

    def write(self, vals):
        result = super().write(vals)
        if not {"pricelist_id", "company_id"}.isdisjoint(vals):
            self._forget_pricelists()
        return result

    def unlink(self):
        result = super().unlink()
        self._forget_pricelists()
        return result

    @api.model
    @tools.ormcache("company_id")
    def _pricelists(self, company_id):
        """The price list of each class that has one, ``{class id: list id}``; cached.

        Most companies have none, and then nothing is asked of the database.
        """
        classes = (
            # sudo: what a customer pays does not depend on who asks
            self.sudo()
            .with_context(active_test=False)
            .search([("company_id", "=", company_id), ("pricelist_id", "!=", False)])
        )
        return {row.id: row.pricelist_id.id for row in classes}

    @api.model
    def _forget_pricelists(self):
        self.env.registry.clear_cache()
        self.env["res.partner"].invalidate_model(["property_product_pricelist"])

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        for customer_class, vals in zip(self, vals_list, strict=True):
            vals["code"] = self.env._("%s (copy)", customer_class.code)
            vals["name"] = self.env._("%s (copy)", customer_class.name)
        return vals_list
