from odoo import api, fields, models

ADDRESS_FIELDS = {"country_id", "state_id", "zip", "industry_id"}


class ResPartner(models.Model):
    _inherit = "res.partner"

    customer_assignment_ids = fields.One2many(
        comodel_name="customer.assignment",
        inverse_name="partner_id",
        string="Owner History",
        copy=False,
        groups="sales_manager_kpi.group_manager",
    )
    sales_territory_id = fields.Many2one(
        comodel_name="sales.territory",
        string="Territory by Hand",
        company_dependent=True,
        domain="[('company_id', 'in', [False, current_company_id])]",
        groups="sales_manager_kpi.group_manager",
        help="Keeps the customer in this territory whatever the rules say.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        partners.filtered("user_id")._follow_salesperson()
        return partners

    def write(self, vals):
        result = super().write(vals)
        if "user_id" in vals or "parent_id" in vals:
            self._follow_salesperson()
        if not ADDRESS_FIELDS.isdisjoint(vals):
            self._follow_address(self._assigned_companies())
        if "sales_territory_id" in vals:
            self._follow_address(self.env.company)
        return result

    def _follow_salesperson(self):
        """Write the dated owner of the acting company, however the change came."""
        customers = self.filtered(lambda p: p == p.commercial_partner_id)
        source = "import" if self.env.context.get("import_file") else "manual"
        Assignment = self.env["customer.assignment"]
        for company, partners in customers.grouped(
            lambda p: p.company_id or self.env.company
        ).items():
            Assignment._assign(
                {partner.id: partner.user_id.id for partner in partners},
                company,
                self.env["sales.branch"]._company_local_date(company),
                source,
            )

    def _follow_address(self, companies):
        for company in companies:
            self.env["customer.assignment"]._rematch_territories(company, self)

    def _assigned_companies(self):
        # sudo: an address is one for all companies that own the customer
        rows = self.env["customer.assignment"].sudo()._read_group(
            [("partner_id", "in", self.ids), ("date_to", "=", False)], ["company_id"]
        )
        return self.env["res.company"].union(*(company for (company,) in rows))
