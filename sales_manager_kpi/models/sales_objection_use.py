from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class SalesObjectionUse(models.Model):
    """An objection came up, and an answer was tried: a row, for good."""

    _name = "sales.objection.use"
    _description = "Objection Met"
    _inherit = ["append.only.mixin"]
    _order = "at desc, id desc"
    _rec_name = "objection_id"

    objection_id = fields.Many2one(
        comodel_name="sales.objection",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    category = fields.Selection(related="objection_id.category", store=True)
    answer_id = fields.Many2one(
        comodel_name="sales.objection.answer",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="What was tried; empty where nothing was answered.",
    )
    outcome = fields.Selection(
        selection=[("overcome", "Overcome"), ("not", "Not overcome")],
        required=True,
        readonly=True,
    )
    lead_id = fields.Many2one(
        comodel_name="crm.lead",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    at = fields.Datetime(string="When", required=True, readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="By",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    acting_for_id = fields.Many2one(
        comodel_name="res.users", readonly=True, ondelete="restrict"
    )
    manager_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Whose lead or customer it was then.",
    )
    branch_id = fields.Many2one(
        comodel_name="sales.branch",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    note = fields.Char(readonly=True)

    _about = models.Constraint(
        "CHECK (lead_id IS NOT NULL OR partner_id IS NOT NULL)",
        "An objection is noted on a lead or a customer.",
    )

    @api.model
    def _refusal(self):
        return AccessError(
            self.env._(
                "Objections that came up stay as they were noted. Note another one."
            )
        )


class CrmLead(models.Model):
    """Objections of a lead."""

    # The playbook has files of its own.
    _inherit = "crm.lead"  # pylint: disable=consider-merging-classes-inherited

    objection_use_ids = fields.One2many(
        comodel_name="sales.objection.use",
        inverse_name="lead_id",
        string="Objections Met",
        readonly=True,
        copy=False,
        groups="sales_manager_kpi.group_manager",
    )
    objection_count = fields.Integer(
        compute="_compute_objection_count", groups="sales_manager_kpi.group_manager"
    )

    @api.depends("objection_use_ids")
    def _compute_objection_count(self):
        rows = self.env["sales.objection.use"]._read_group(
            [("lead_id", "in", self.ids)], ["lead_id"], ["__count"]
        )
        counts = {lead.id: count for lead, count in rows}
        for lead in self:
            lead.objection_count = counts.get(lead.id, 0)


class ResPartner(models.Model):
    """Objections of a customer."""

    # The playbook has files of its own.
    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    objection_count = fields.Integer(
        compute="_compute_objection_count", groups="sales_manager_kpi.group_manager"
    )

    def _compute_objection_count(self):
        rows = self.env["sales.objection.use"]._read_group(
            [("partner_id", "in", self.ids)], ["partner_id"], ["__count"]
        )
        counts = {partner.id: count for partner, count in rows}
        for partner in self:
            partner.objection_count = counts.get(partner.id, 0)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_objections(self):
        # sudo: also objections that a colleague met
        uses = self.env["sales.objection.use"].sudo()
        if uses.search_count([("partner_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._(
                    "Objections of this customer were noted, and are kept. Archive the "
                    "customer instead."
                )
            )

    def action_log_objection(self):
        """Note an objection of the customer, and what was answered."""
        self.ensure_one()
        return self.env["sales.objection"]._log_action(
            partner=self.commercial_partner_id
        )

    def action_open_objections(self):
        """Open the objections of this customer."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.sales_objection_use_action"
        )
        return {**action, "domain": [("partner_id", "=", self.id)], "context": {}}
