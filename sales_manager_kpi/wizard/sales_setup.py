from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL


class SalesSetup(models.TransientModel):
    """What is still to do before results can be trusted, with a way to each list."""

    _name = "sales.setup"
    _description = "Setup Checklist"

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    branch_count = fields.Integer(string="Branches", compute="_compute_branches")
    branch_without_director_count = fields.Integer(
        string="Branches without director", compute="_compute_branches"
    )
    user_without_branch_count = fields.Integer(
        string="Sales users without branch", compute="_compute_users"
    )
    wide_rights_count = fields.Integer(
        string="Managers who see all documents", compute="_compute_users"
    )
    customer_count = fields.Integer(string="Customers", compute="_compute_customers")
    customer_without_owner_count = fields.Integer(
        string="Customers without owner", compute="_compute_customers"
    )
    rebuilt_count = fields.Integer(
        string="Owner rows rebuilt from history", compute="_compute_customers"
    )
    document_count = fields.Integer(
        string="Orders and invoices that count", compute="_compute_documents"
    )
    credited_count = fields.Integer(
        string="with a manager", compute="_compute_documents"
    )
    credited_share = fields.Float(
        string="Coverage", compute="_compute_documents", digits=(5, 1)
    )
    document_without_branch_count = fields.Integer(
        string="Credited, but without branch", compute="_compute_documents"
    )
    needs_owner_count = fields.Integer(
        string="Need an owner", compute="_compute_documents"
    )
    enrichment_off = fields.Boolean(compute="_compute_enrichment_off")

    def _compute_display_name(self):
        self.display_name = self.env._("Setup checklist")

    @api.depends("company_id")
    def _compute_branches(self):
        for setup in self:
            domain = [("company_id", "=", setup.company_id.id)]
            Branch = self.env["sales.branch"]
            setup.branch_count = Branch.search_count(domain)
            setup.branch_without_director_count = Branch.search_count(
                [*domain, ("director_id", "=", False)]
            )

    @api.depends("company_id")
    def _compute_users(self):
        for setup in self:
            Users = self.env["res.users"]
            setup.user_without_branch_count = Users.search_count(
                setup._users_without_branch_domain()
            )
            setup.wide_rights_count = Users.search_count(setup._wide_rights_domain())

    @api.depends("company_id")
    def _compute_customers(self):
        for setup in self:
            Partner = self.env["res.partner"]
            domain = setup._customers_domain()
            setup.customer_count = Partner.search_count(domain)
            setup.customer_without_owner_count = Partner.search_count(
                setup._customers_without_owner_domain()
            )
            setup.rebuilt_count = self.env["customer.assignment"].search_count(
                [("source", "=", "rebuilt"), ("company_id", "=", setup.company_id.id)]
            )

    @api.depends("company_id")
    def _compute_documents(self):
        for setup in self:
            total, credited, no_branch, needs_owner = setup._count_documents()
            setup.document_count = total
            setup.credited_count = credited
            setup.credited_share = 100 * credited / total if total else 100
            setup.document_without_branch_count = no_branch
            setup.needs_owner_count = needs_owner

    def _compute_enrichment_off(self):
        # sudo: only whether we switched it off
        switched_off = (
            self.env["ir.config_parameter"]
            .sudo()
            .get_param("sales_manager_kpi.enrichment_cron")
        )
        self.enrichment_off = bool(switched_off)

    def _count_documents(self):
        """Totals over all orders and invoices of the company, in one query."""
        self.env["sale.order"].flush_model()
        self.env["account.move"].flush_model()
        [row] = self.env.execute_query(
            SQL(
                """
                SELECT count(*),
                       count(*) FILTER (
                           WHERE credit_kind IN ('single', 'shared', 'by_line')
                       ),
                       count(*) FILTER (
                           WHERE credit_kind = 'single' AND credited_branch_id IS NULL
                       ),
                       count(*) FILTER (WHERE credit_kind = 'needs_owner')
                  FROM (
                      SELECT credit_kind, credited_branch_id
                        FROM sale_order
                       WHERE state = 'sale' AND company_id = %(company)s
                       UNION ALL
                      SELECT credit_kind, credited_branch_id
                        FROM account_move
                       WHERE state = 'posted' AND company_id = %(company)s
                         AND move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                  ) AS documents
                """,
                company=self.company_id.id,
            )
        )
        return row

    # ------------------------------------------------------------------
    # One domain for a figure and for the list behind it
    # ------------------------------------------------------------------

    def _users_without_branch_domain(self):
        today = self.env["sales.branch"]._company_local_date(self.company_id)
        members = self.env["sales.branch.member"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("date_from", "<=", today),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", today),
            ]
        )
        return [
            ("share", "=", False),
            ("company_ids", "in", self.company_id.ids),
            ("all_group_ids", "in", self.env.ref("sales_team.group_sale_salesman").ids),
            (
                "all_group_ids",
                "not in",
                self.env.ref("sales_team.group_sale_manager").ids,
            ),
            ("id", "not in", members.user_id.ids),
        ]

    def _wide_rights_domain(self):
        def group(name):
            return self.env.ref(name).ids

        return [
            ("share", "=", False),
            ("company_ids", "in", self.company_id.ids),
            ("all_group_ids", "in", group("sales_manager_kpi.group_manager")),
            (
                "all_group_ids",
                "not in",
                group("sales_manager_kpi.group_commercial_director"),
            ),
            ("all_group_ids", "in", group("sales_team.group_sale_salesman_all_leads")),
        ]

    def _customers_domain(self):
        return [
            ("customer_rank", ">", 0),
            ("parent_id", "=", False),
            ("company_id", "in", [False, self.company_id.id]),
        ]

    def _customers_without_owner_domain(self):
        return [
            *self._customers_domain(),
            (
                "customer_assignment_ids",
                "not any",
                [
                    ("company_id", "=", self.company_id.id),
                    ("date_to", "=", False),
                    ("user_id", "!=", False),
                ],
            ),
        ]

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    @api.model
    def action_open(self):
        """Open the checklist of the current company."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Setup checklist"),
            "res_model": self._name,
            "res_id": self.create({}).id,
            "view_mode": "form",
            "target": "current",
        }

    def action_open_users_without_branch(self):
        """List sales users who belong to no branch today."""
        return self._open("res.users", self._users_without_branch_domain())

    def action_open_wide_rights(self):
        """List managers whose Odoo rights show them everybody's documents."""
        return self._open("res.users", self._wide_rights_domain())

    def action_open_customers_without_owner(self):
        """List customers nobody owns in this company."""
        return self._open("res.partner", self._customers_without_owner_domain())

    def action_fill(self):
        """Give credit and branches to documents that have none, then show the list.

        :raise AccessError: for anybody but an administrator
        """
        if not self.env.user.has_group("sales_manager_kpi.group_admin"):
            raise AccessError(
                self.env._("Only an administrator credits existing documents.")
            )
        self.env["sales.credit.fill"].sudo()._fill()  # sudo: for every document
        return self.action_open()

    def _open(self, model, domain):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("To do"),
            "res_model": model,
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": domain,
        }
