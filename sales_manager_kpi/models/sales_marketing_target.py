from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .sales_marketing_action import CLOSED


class SalesMarketingTarget(models.Model):
    """A customer whom an action is for, and what came of it."""

    _name = "sales.marketing.target"
    _description = "Target Customer"
    _order = "action_id, id"
    _rec_name = "partner_id"

    action_id = fields.Many2one(
        comodel_name="sales.marketing.action",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="action_id.company_id", store=True, precompute=True
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="cascade",
    )
    owner_id = fields.Many2one(related="partner_id.user_id", string="Manager")
    state = fields.Selection(
        string="Status",
        selection=[
            ("chosen", "Chosen"),
            ("invited", "Invited"),
            ("attending", "Will come"),
            ("attended", "Came"),
            ("declined", "Declined"),
            ("absent", "Did not come"),
        ],
        required=True,
        default="chosen",
    )
    note = fields.Char()

    _partner_uniq = models.UniqueIndex(
        "(action_id, partner_id)", "This customer is on the list already."
    )

    @api.model_create_multi
    def create(self, vals_list):
        targets = super().create(vals_list)
        targets._check_listing()
        return targets

    def write(self, vals):
        self._check_working()
        if not self.env.su and not {"action_id", "partner_id"}.isdisjoint(vals):
            raise AccessError(
                self.env._("A target is another customer: remove it, and add that one.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_by_who_works(self):
        self._check_listing()

    def _check_listing(self):
        """Who is on the list is up to who works with the action, while it goes on."""
        if not self.env.su:
            self.action_id.check_access("read")
            self.action_id._check_worker()
            self._check_open()

    def _check_open(self):
        # sudo: whether it is over, of an action whose line is written
        if any(action.state in CLOSED for action in self.sudo().action_id):
            raise UserError(
                self.env._("This action is over: what was written of it stays.")
            )

    def _check_working(self):
        if not self.env.su:
            # the line is of its action's people; own customers are marked by all
            others = self.filtered(
                lambda row: row.partner_id.sudo().user_id != self.env.user
            )  # sudo above: whose customer it is
            others.action_id._check_worker()
            self._check_open()


class ResPartner(models.Model):
    # Marketing has a file of its own.
    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    sales_marketing_target_ids = fields.One2many(
        comodel_name="sales.marketing.target",
        inverse_name="partner_id",
        string="Marketing Actions",
        groups="sales_manager_kpi.group_manager",
    )
