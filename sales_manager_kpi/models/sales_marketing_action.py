from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from .sales_voice_mixin import COMMERCIAL

STATIC = {"name", "kind", "date_from", "date_to", "user_id", "branch_ids", "goal"}
STATIC |= {"budget_amount", "campaign_id", "source_id", "medium_id"}
TYPED = STATIC | {"cost_amount", "target_ids", "result", "note"}
# what the responsible manager fills in themselves
OWN = {"target_ids", "result", "note", "cost_amount"}
CLOSED = ("done", "cancelled")


class SalesMarketingAction(models.Model):
    """An action, exhibition, project or mailing of the department.

    Directors plan it, whoever is responsible carries it out. What it brought is told
    by its campaign, Odoo's own (see ``sales_marketing_figures``).
    """

    _name = "sales.marketing.action"
    _description = "Marketing Action"
    _inherit = ["sales.voice.mixin"]
    _order = "date_from desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        selection=[
            ("action", "Action"),
            ("exhibition", "Exhibition"),
            ("project", "Project"),
            ("mailing", "Mailing"),
        ],
        required=True,
        default="action",
        tracking=True,
    )
    date_from = fields.Date(
        string="From", required=True, default=fields.Date.context_today
    )
    date_to = fields.Date(string="To", required=True, default=fields.Date.context_today)
    user_id = fields.Many2one(
        string="Responsible",
        readonly=False,
        copy=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        tracking=True,
    )
    branch_ids = fields.Many2many(
        comodel_name="sales.branch",
        relation="sales_marketing_action_branch_rel",
        column1="action_id",
        column2="branch_id",
        string="Branches",
        check_company=True,
        help="Who works there sees it. Empty: all branches of the company.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    goal = fields.Text(help="What is to be reached, and how it will be seen.")
    budget_amount = fields.Monetary(
        string="Budget", tracking=True, help="In company currency."
    )
    cost_amount = fields.Monetary(
        string="Cost", tracking=True, help="What it really cost, in company currency."
    )
    campaign_id = fields.Many2one(
        comodel_name="utm.campaign",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="Leads and orders with this campaign are what the action brought. Empty: "
        "one is made when the action is planned.",
    )
    source_id = fields.Many2one(comodel_name="utm.source", ondelete="restrict")
    medium_id = fields.Many2one(comodel_name="utm.medium", ondelete="restrict")
    state = fields.Selection(
        string="Status",
        selection=[
            ("draft", "Draft"),
            ("planned", "Planned"),
            ("running", "Running"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )
    result = fields.Text(copy=False, help="What came out of it, in words.")
    note = fields.Html(copy=False)
    can_manage = fields.Boolean(compute="_compute_can")
    can_work = fields.Boolean(compute="_compute_can")

    _days_in_order = models.Constraint(
        "CHECK (date_to >= date_from)", "An action ends after it has begun."
    )
    _amounts_not_negative = models.Constraint(
        "CHECK (COALESCE(budget_amount, 0) >= 0 AND COALESCE(cost_amount, 0) >= 0)",
        "Budget and cost are 0 or more.",
    )
    _campaign_uniq = models.UniqueIndex(
        "(campaign_id, company_id) WHERE state <> 'cancelled'",
        "Another action of this company has this campaign: what it brought would be "
        "counted twice. Choose another one, or leave it empty.",
    )

    @api.depends("user_id", "branch_ids", "company_id", "state")
    @api.depends_context("uid")
    def _compute_can(self):
        user = self.env.user
        for action in self:
            action.can_manage = not action.id or action._may_manage(user)
            action.can_work = not action.id or action._may_work(user)

    # ------------------------------------------------------------------
    # Who
    # ------------------------------------------------------------------

    def _own_people(self):
        return self.user_id

    def _may_manage(self, user):
        """Who directs all its branches, or the company."""
        self.ensure_one()
        row = self.sudo()  # sudo: who directs a branch is no secret
        if self.env.su or self._is_commercial_of(user, row.company_id):
            return True
        return bool(row.branch_ids) and all(
            branch._is_directed_by(user) for branch in row.branch_ids
        )

    def _may_work(self, user):
        return self.user_id == user or self._may_manage(user)

    def _check_manager(self):
        """
        :raise AccessError: for who does not direct its branches
        """
        for action in self:
            if not action._may_manage(self.env.user):
                raise AccessError(
                    self.env._(
                        "Who directs the branches of an action plans it. Choose "
                        "branches that you direct, or ask the commercial director."
                    )
                )

    def _check_worker(self):
        for action in self:
            if not action._may_work(self.env.user):
                raise AccessError(
                    self.env._(
                        "%(user)s is responsible for %(action)s. Ask them, or who "
                        "directs its branches.",
                        user=action.sudo().user_id.name,  # sudo: a colleague's name
                        action=action.display_name,
                    )
                )

    def _check_campaign(self):
        """What a campaign brought is told to whoever has it on an action.

        :raise ValidationError: for one that somebody else made
        """
        if self.env.su or self.env.user.has_group(COMMERCIAL):
            return
        # sudo: who made a campaign
        makers = self.sudo().campaign_id.create_uid
        if makers - self.env.user:
            raise ValidationError(
                self.env._(
                    "Only a commercial director takes a campaign that somebody else "
                    "made. Leave it empty: one is made when the action is planned."
                )
            )

    @api.constrains("user_id", "company_id")
    def _check_responsible(self):
        for action in self:
            person = action.sudo().user_id  # sudo: which companies a colleague enters
            if person.share or action.company_id not in person.company_ids:
                raise ValidationError(
                    self.env._(
                        "%(user)s does not work in %(company)s. Choose somebody else.",
                        user=person.name,
                        company=action.company_id.name,
                    )
                )

    # ------------------------------------------------------------------
    # Writing it
    # ------------------------------------------------------------------

    @api.model
    def _typed_fields(self):
        return TYPED | {"active"}

    @api.model_create_multi
    def create(self, vals_list):
        actions = super().create(vals_list)
        actions._check_manager()
        actions._check_campaign()
        return actions

    def write(self, vals):
        if not self.env.su:
            self._check_typing(vals)
        result = super().write(vals)
        if not self.env.su and "branch_ids" in vals:
            self._check_manager()
        if "campaign_id" in vals:
            self._check_campaign()
        return result

    def _check_typing(self, vals):
        managed = not (STATIC | {"active"}).isdisjoint(vals)
        if managed:
            self._check_manager()
        elif not OWN.isdisjoint(vals):
            self._check_worker()
        if not (STATIC | OWN).isdisjoint(vals) and any(
            action.state in CLOSED for action in self
        ):
            raise UserError(
                self.env._("This action is over: what was written of it stays.")
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_planned(self):
        if any(action.state != "draft" for action in self):
            raise UserError(
                self.env._("What was planned is kept. Cancel it, or archive it.")
            )
