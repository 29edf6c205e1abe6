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

    def _discount_role(self):
        """The role whose authority over discounts this person has."""
        self.ensure_one()
        if self.has_group("sales_manager_kpi.group_commercial_director"):
            return "commercial_director"
        if self.has_group("sales_manager_kpi.group_branch_director"):
            return "branch_director"
        return "manager"

    def _deputies(self, scope, company):
        """Who stands in for these people now, in an area and a company."""
        now = fields.Datetime.now()
        rows = self.env["sales.substitution"]._in_force(self, company, now, scope)
        return self.union(*(row.deputy_id for row in rows.values())) - self
