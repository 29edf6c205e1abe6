from odoo import api, fields, models
from odoo.exceptions import UserError


class CustomerContactLog(models.TransientModel):
    """A call or a visit is written down, with what was said."""

    _name = "customer.contact.log"
    _description = "Log a Contact"

    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", required=True
    )
    commercial_partner_id = fields.Many2one(related="partner_id.commercial_partner_id")
    contact_id = fields.Many2one(
        comodel_name="res.partner",
        string="Contact Person",
        compute="_compute_contact_id",
        store=True,
        readonly=False,
        domain="[('commercial_partner_id', '=', commercial_partner_id), "
        "('parent_id', '!=', False)]",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
    )
    kind = fields.Selection(
        selection=[("call", "Call"), ("visit", "Visit"), ("meeting", "Meeting")],
        required=True,
        default="call",
    )
    at = fields.Datetime(string="When", required=True, default=fields.Datetime.now)
    note = fields.Char(required=True, help="What was said or agreed.")

    @api.depends("partner_id")
    def _compute_contact_id(self):
        for wizard in self:
            partner = wizard.partner_id
            is_person = partner != partner.commercial_partner_id
            wizard.contact_id = partner if is_person else False

    def action_log(self):
        """Note the contact, in the name of who does.

        :raise UserError: for a moment to come, another's contact person, a company
            without branches or one the user does not work in
        """
        self.ensure_one()
        self.partner_id.check_access("read")
        self._check()
        rows = self.env["customer.contact"]._log(
            [
                {
                    "partner_id": self.partner_id.id,
                    "contact_id": self.contact_id.id,
                    "company_id": self.company_id.id,
                    "user_id": self.env.uid,
                    "kind": self.kind,
                    "at": self.at,
                    "note": self.note,
                }
            ]
        )
        if not rows:
            raise UserError(
                self.env._(
                    "%s has no branches yet. An administrator opens them first.",
                    self.company_id.name,
                )
            )
        return {"type": "ir.actions.act_window_close"}

    def action_log_and_note(self):
        """Note the contact, and open an empty market note from this customer.

        :raise UserError: as ``action_log``
        """
        self.action_log()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Market note"),
            "res_model": "market.note",
            "views": [(False, "form")],
            "context": {
                "default_partner_id": self.partner_id.id,
                "default_company_id": self.company_id.id,
                "default_source": "call" if self.kind == "call" else "customer",
            },
        }

    def _check(self):
        if self.at > fields.Datetime.now():
            raise UserError(
                self.env._(
                    "A contact is logged once it was made. Plan an activity for one to "
                    "come."
                )
            )
        if self.company_id not in self.env.companies:
            raise UserError(self.env._("Choose one of your companies."))
        customer = self.partner_id.commercial_partner_id
        if self.contact_id and self.contact_id.commercial_partner_id != customer:
            raise UserError(
                self.env._(
                    "%(person)s is no contact of %(customer)s.",
                    person=self.contact_id.display_name,
                    customer=customer.display_name,
                )
            )
