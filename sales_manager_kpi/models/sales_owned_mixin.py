from odoo import api, fields, models


class SalesOwnedMixin(models.AbstractModel):
    """What one manager agrees or offers to one customer, where the manager works."""

    _name = "sales.owned.mixin"
    _description = "Documents of a Manager With a Customer"

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Manager",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        tracking=True,
    )
    branch_id = fields.Many2one(
        comodel_name="sales.branch",
        compute="_compute_branch_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        index="btree_not_null",
    )

    @api.depends("user_id", "company_id")
    def _compute_branch_id(self):
        found = self.env["sales.branch"]._branches_now(self)
        for document in self:
            document.branch_id = found[document]
