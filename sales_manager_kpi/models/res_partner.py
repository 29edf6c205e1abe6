from odoo import api, fields, models

ADDRESS_FIELDS = {"country_id", "state_id", "zip", "industry_id"}
OWNER_FIELDS = {"user_id", "parent_id", "company_id", "is_company"}


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = [
        "res.partner",
        "sales.export.logged.mixin",
        "sales.acting.note.mixin",
    ]
    _substitution_scope = "orders"
    _substitution_customer_owner = "commercial_partner_id.user_id"

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

    owner_since = fields.Date(
        compute="_compute_current_assignment",
        groups="sales_manager_kpi.group_manager",
        help="Since when today's owner has this customer in this company.",
    )
    sales_branch_id = fields.Many2one(
        comodel_name="sales.branch",
        compute="_compute_current_assignment",
        groups="sales_manager_kpi.group_manager",
    )
    current_territory_id = fields.Many2one(
        comodel_name="sales.territory",
        string="Territory",
        compute="_compute_current_assignment",
        groups="sales_manager_kpi.group_manager",
    )

    service_gap_count = fields.Integer(
        compute="_compute_service_gap_count",
        groups="sales_manager_kpi.group_manager",
        help="Service gaps of this customer, excused ones left out.",
    )

    def _compute_service_gap_count(self):
        customers = self.commercial_partner_id
        rows = self.env["service.gap"]._read_group(
            [("partner_id", "in", customers.ids), ("state", "!=", "excused")],
            ["partner_id"],
            ["__count"],
        )
        counts = {partner.id: count for partner, count in rows}
        for partner in self:
            customer = partner.commercial_partner_id._origin
            partner.service_gap_count = counts.get(customer.id, 0)

    def action_open_service_gaps(self):
        """Open the service gaps of this customer."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.service_gap_action"
        )
        action["domain"] = [("partner_id", "=", self.commercial_partner_id.id)]
        action["context"] = {}
        return action

    @api.depends("user_id", "sales_territory_id", "commercial_partner_id")
    @api.depends_context("company")
    def _compute_current_assignment(self):
        company = self.env.company
        rows = self.env["customer.assignment"]._owners_at(
            self.commercial_partner_id,
            company,
            self.env["sales.branch"]._company_local_date(company),
        )
        for partner in self:
            row = rows.get(partner.commercial_partner_id._origin.id)
            partner.owner_since = row and row.user_id and row.date_from
            partner.sales_branch_id = row and row.branch_id.sudo(False)
            partner.current_territory_id = row and row.territory_id.sudo(False)

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        partners.filtered("user_id")._follow_salesperson()
        return partners

    def write(self, vals):
        result = super().write(vals)
        # sudo: whether a company keeps its time zone here
        if "tz" in vals and self.sudo().ref_company_ids:
            self.env.registry.clear_cache()
        if not OWNER_FIELDS.isdisjoint(vals):
            self._follow_salesperson()
        if not ADDRESS_FIELDS.isdisjoint(vals):
            self._follow_address(self._assigned_companies())
        if "sales_territory_id" in vals:
            self._follow_address(self.env.company)
        return result

    def _follow_salesperson(self):
        """Write the dated owner of the acting company, however the change came."""
        customers = self.filtered(lambda p: p == p.commercial_partner_id)
        (self - customers)._leave_owner()
        # Two changes at once collide here, where Odoo tries again by itself.
        customers.flush_recordset(["user_id"])
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

    def _leave_owner(self):
        """Close the chains of customers that became contacts of another customer."""
        # sudo: see customer.assignment._assign
        rows = self.env["customer.assignment"].sudo()
        if self.ids:
            rows = rows.search(
                [
                    ("partner_id", "in", self.ids),
                    ("date_to", "=", False),
                    ("user_id", "!=", False),
                ]
            )
        for company, company_rows in rows.grouped("company_id").items():
            rows._assign(
                dict.fromkeys(company_rows.partner_id.ids, False),
                company,
                self.env["sales.branch"]._company_local_date(company),
                "manual",
            )

    def _follow_address(self, companies):
        for company in companies:
            self.env["customer.assignment"]._rematch_territories(company, self)

    def _assigned_companies(self):
        # sudo: an address is one for all companies that own the customer
        rows = (
            self.env["customer.assignment"]
            .sudo()
            ._read_group(
                [("partner_id", "in", self.ids), ("date_to", "=", False)],
                ["company_id"],
            )
        )
        return self.env["res.company"].union(*(company for (company,) in rows))

    def action_open_turnover(self):
        """Open the invoiced turnover of this customer by year and month."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.sales_fact_report_action"
        )
        action.update(
            name=self.env._("Turnover of %s", self.commercial_partner_id.name),
            domain=[
                ("partner_id", "=", self.commercial_partner_id.id),
                ("basis", "=", "invoice"),
                ("status", "!=", "excluded"),
            ],
            context={
                "graph_groupbys": ["date:month"],
                "graph_measure": "amount",
                "pivot_row_groupby": ["date:month"],
                "pivot_column_groupby": ["date:year"],
                "pivot_measures": ["amount", "quantity"],
            },
        )
        return action
