import ast

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

MOST = 5000


class SalesMarketingFill(models.TransientModel):
    """Chooses target customers by class, territory, manager or any filter.

    Of the customers that who chooses may see; those on the list already stay as they
    are.
    """

    _name = "sales.marketing.fill"
    _description = "Choose Target Customers"

    action_id = fields.Many2one(
        comodel_name="sales.marketing.action", required=True, ondelete="cascade"
    )
    class_ids = fields.Many2many(
        comodel_name="customer.class", string="Customer Classes"
    )
    territory_ids = fields.Many2many(
        comodel_name="sales.territory", string="Territories"
    )
    user_ids = fields.Many2many(comodel_name="res.users", string="Managers")
    filter = fields.Char(
        default="[]", help="Customers and prospects that match this filter."
    )

    def action_fill(self):
        """Add the customers that match everything that was chosen.

        :raise AccessError: for who neither is responsible nor directs the branches
        :raise UserError: for a filter that is none, nothing chosen, or too many
        """
        self.ensure_one()
        action = self.action_id
        action.check_access("read")
        action._check_worker()
        if action.state in ("done", "cancelled"):
            raise UserError(self.env._("This action is over."))
        # classes and territories are those of the company of the action
        Partner = self.env["res.partner"].with_company(action.company_id)
        partners = Partner.search(self._domain(), limit=MOST + 1, order="id")
        if len(partners) > MOST:
            raise UserError(
                self.env._(
                    "More than %s customers match. Narrow the choice down.", MOST
                )
            )
        known = action.target_ids.partner_id
        self.env["sales.marketing.target"].create(
            [
                {"action_id": action.id, "partner_id": partner.id}
                for partner in partners - known
            ]
        )
        return {"type": "ir.actions.act_window_close"}

    def _domain(self):
        chosen = self._typed_domain()
        if self.class_ids:
            chosen &= Domain("customer_class_id", "in", self.class_ids.ids)
        if self.territory_ids:
            chosen &= self._territory_domain()
        if self.user_ids:
            chosen &= Domain("user_id", "in", self.user_ids.ids)
        if chosen.is_true():
            raise UserError(
                self.env._("Choose classes, territories, managers or a filter first.")
            )
        company = self.action_id.company_id
        return (
            chosen
            & Domain("parent_id", "=", False)
            & Domain("company_id", "in", (company.id, False))
        )

    def _typed_domain(self):
        try:
            domain = Domain(ast.literal_eval(self.filter or "[]"))
            domain.validate(self.env["res.partner"])
        except (ValueError, SyntaxError, TypeError) as error:
            raise UserError(
                self.env._("This filter cannot be read. Choose it again.")
            ) from error
        return domain

    def _territory_domain(self):
        """Customers whose owner row of today lies in one of the territories."""
        company = self.action_id.company_id
        today = self.env["sales.branch"]._company_local_date(company)
        return Domain(
            "customer_assignment_ids",
            "any",
            [
                ("company_id", "=", company.id),
                ("territory_id", "child_of", self.territory_ids.ids),
                ("date_from", "<=", today),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", today),
            ],
        )
