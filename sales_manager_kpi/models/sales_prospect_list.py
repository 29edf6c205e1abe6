from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

OPEN_STATES = ("new", "duplicate")


class SalesProspectList(models.Model):
    """People to be won: of a territory, customers that went, or a list of rows."""

    _name = "sales.prospect.list"
    _description = "Prospect List"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    branch_id = fields.Many2one(
        comodel_name="sales.branch",
        check_company=True,
        index="btree_not_null",
        default=lambda self: self.env["sales.branch"]._of_user(),
        help="Whose director works with the list; empty for the company.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        index=True,
        tracking=True,
    )
    kind = fields.Selection(
        selection=[
            ("territory", "Of a territory, without orders"),
            ("gone", "Customers lost or silent"),
            ("rows", "Rows that are entered or imported"),
        ],
        string="Filled From",
        required=True,
        default="territory",
        tracking=True,
    )
    territory_ids = fields.Many2many(
        comodel_name="sales.territory",
        string="Territories",
        check_company=True,
        help="With their parts. For lost customers: leave empty for all of them.",
    )
    with_dormant = fields.Boolean(
        string="Silent Ones, Too",
        default=True,
        help="Dormant customers, beside those that are lost; as their figures say.",
    )
    campaign_id = fields.Many2one(
        comodel_name="utm.campaign",
        index="btree_not_null",
        ondelete="set null",
        help="The leads that come of it belong to this campaign.",
    )
    source_id = fields.Many2one(
        comodel_name="utm.source",
        index="btree_not_null",
        ondelete="set null",
        help="The source of the leads that come of it.",
    )
    filled_at = fields.Datetime(readonly=True, copy=False)
    prospect_ids = fields.One2many(
        comodel_name="sales.prospect", inverse_name="list_id", string="Prospects"
    )
    prospect_count = fields.Integer(
        string="Prospects in All", compute="_compute_counts"
    )
    open_count = fields.Integer(string="To Be Worked", compute="_compute_counts")
    duplicate_count = fields.Integer(string="Duplicates", compute="_compute_counts")
    lead_count = fields.Integer(string="Leads", compute="_compute_counts")

    @api.depends("prospect_ids.state")
    def _compute_counts(self):
        rows = self.env["sales.prospect"]._read_group(
            [("list_id", "in", self.ids)], ["list_id", "state"], ["__count"]
        )
        counts = {(row.id, state): count for row, state, count in rows}
        for row in self:
            own = {s: n for (list_id, s), n in counts.items() if list_id == row.id}
            row.prospect_count = sum(own.values())
            row.open_count = own.get("new", 0)
            row.duplicate_count = own.get("duplicate", 0)
            row.lead_count = own.get("converted", 0)

    @api.constrains("kind", "territory_ids")
    def _check_territories(self):
        for row in self:
            if row.kind == "territory" and not row.territory_ids:
                raise ValidationError(
                    self.env._("Choose the territories that %s is about.", row.name)
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_converted(self):
        # sudo: also of prospects that the reader does not see
        lists = self.sudo().with_context(active_test=False)
        if lists.prospect_ids.lead_id:
            raise UserError(self.env._("Leads came of this list. Archive it instead."))

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_fill(self):
        """Add who fits now and is on the list of no one yet; may be done again.

        :raise AccessError: for territories of others
        :raise UserError: for lists of rows, which are imported
        """
        self.check_access("write")
        for row in self:
            if row.kind == "rows":
                raise UserError(
                    self.env._("Import the rows of %s, or enter them.", row.name)
                )
            within = row._fillable()
            # sudo: whom the rules find, also where the reader may not see them yet
            row.sudo()._fill(within)
        return True

    def action_distribute(self):
        """Give prospects without a manager to those of their territory."""
        self.check_access("write")
        left = self.prospect_ids.filtered(
            lambda row: not row.user_id and row.state in OPEN_STATES
        )
        # sudo: whom the customers around belong to decides, whoever distributes
        left.sudo()._distribute()
        missed = len(left.filtered(lambda row: not row.user_id))
        return self._told(
            self.env._(
                "%(given)s prospects given to managers, %(missed)s left without one.",
                given=len(left) - missed,
                missed=missed,
            )
        )

    def action_convert(self):
        """Make leads of all that have a manager and are no duplicates."""
        rows = self.prospect_ids.filtered(
            lambda row: row.state == "new" and row.user_id
        )
        return rows.action_convert()

    def action_open_prospects(self):
        """Open the prospects of this list."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.sales_prospect_action"
        )
        return {
            **action,
            "domain": [("list_id", "=", self.id)],
            "context": {"default_list_id": self.id},
        }

    def action_open_leads(self):
        """Open the leads that came of this list."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "crm.crm_lead_opportunities"
        )
        ids = self.prospect_ids.lead_id.ids
        return {
            **action,
            "domain": [("id", "in", ids)],
            "context": {"active_test": False},
        }

    @api.model
    def _told(self, words, kind="success"):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "message": words,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
