from odoo import api, fields, models
from odoo.exceptions import UserError

GIVEN = ("subject", "description", "deadline")


class SalesAssignmentGive(models.TransientModel):
    """One task for several people: each gets an assignment of their own."""

    _name = "sales.assignment.give"
    _description = "Give Assignments"

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    user_ids = fields.Many2many(
        comodel_name="res.users",
        string="Assigned To",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    branch_id = fields.Many2one(
        comodel_name="sales.branch",
        string="Whole Branch",
        domain="[('company_id', '=', company_id)]",
        help="Everybody who works there today.",
    )
    subject = fields.Char(required=True)
    description = fields.Text()
    deadline = fields.Date(
        required=True,
        default=lambda self: self.env["sales.assignment"]._default_deadline(),
    )
    document = fields.Reference(
        string="About",
        selection=lambda self: (
            self.env["sales.assignment"]
            ._fields["document"]
            ._description_selection(self.env)
        ),
    )
    marketing_action_id = fields.Many2one(comodel_name="sales.marketing.action")

    @api.onchange("branch_id")
    def _onchange_branch_id(self):
        if self.branch_id:
            self.user_ids |= self._members() - self.env.user

    def _members(self):
        """Who works in the chosen branch today."""
        today = self.env["sales.branch"]._company_local_date(self.company_id)
        rows = self.branch_id.member_ids.filtered(lambda row: row._covers(today))
        return rows.user_id

    def action_give(self):
        """Give one assignment to each, and open them.

        :raise AccessError: for somebody whom the user does not direct
        :raise UserError: for nobody
        """
        self.ensure_one()
        if not self.user_ids:
            raise UserError(self.env._("Choose whom it is for."))
        about = self.document
        rows = self.env["sales.assignment"].create(
            [
                {
                    **{name: self[name] for name in GIVEN},
                    "user_id": user.id,
                    "document": f"{about._name},{about.id}" if about else False,
                    "marketing_action_id": self.marketing_action_id.id,
                }
                for user in self.user_ids
            ]
        )
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.sales_assignment_action"
        )
        action["domain"] = [("id", "in", rows.ids)]
        action["context"] = {}
        return action
