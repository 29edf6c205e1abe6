from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    sales_branch_member_ids = fields.One2many(
        comodel_name="sales.branch.member",
        inverse_name="user_id",
        string="Branches",
        groups="sales_manager_kpi.group_manager",
        help="Where this person worked, with dates.",
    )
