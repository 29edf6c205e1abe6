from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..engine.customer_keys import name_key, phone_key

NAMED = 3  # so many are named


class BranchVisit(models.Model):
    """Who a visitor is: a customer we know by phone, e-mail or name, or nobody yet."""

    # Who somebody is has a file of its own.
    _inherit = "branch.visit"  # pylint: disable=consider-merging-classes-inherited

    maybe_ids = fields.Many2many(
        comodel_name="res.partner",
        string="May Be",
        compute="_compute_maybe_ids",
        help="Customers of that phone number, e-mail or name.",
    )

    @api.depends("phone", "email")
    def _compute_partner_id(self):
        """The one customer of that phone or e-mail, unless somebody chose."""
        unknown = self.filtered(lambda visit: not visit.partner_id)
        found = unknown._find_customers(by_name=False)
        for visit in unknown:
            customers = found[visit]
            visit.partner_id = customers if len(customers) == 1 else False

    @api.depends("phone", "email", "visitor_name", "partner_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_maybe_ids(self):
        unknown = self.filtered(lambda visit: not visit.partner_id)
        (self - unknown).maybe_ids = False
        found = unknown._find_customers()
        for visit in unknown:
            visit.maybe_ids = found[visit][:NAMED]

    def _find_customers(self, by_name=True):
        """``{visit: res.partner}`` of commercial entities, in one query for all.

        By the address of one of their people too; of the visits' companies or of none.
        """
        keys = {visit: visit._visitor_keys(by_name) for visit in self}
        asked = {
            name: list({key[name] for key in keys.values() if key.get(name)})
            for name in ("customer_phone_key", "customer_email_key", "email_normalized")
        }
        asked["customer_name_key"] = [
            key["customer_name_key"] for key in keys.values() if by_name
        ]
        domain = Domain.OR(
            Domain(name, "in", values) for name, values in asked.items() if values
        )
        if domain.is_false():
            return dict.fromkeys(self, self.env["res.partner"])
        partners = self.env["res.partner"].search(
            domain & Domain("company_id", "in", [False, *self.company_id.ids])
        )
        result = {}
        for visit, key in keys.items():
            hits = partners.filtered(
                lambda partner, key=key: any(
                    value and partner[name] == value for name, value in key.items()
                )
            )
            result[visit] = hits.commercial_partner_id.filtered("active")
        return result

    def _visitor_keys(self, by_name):
        """What partners are compared by."""
        email = (self.email or "").strip().casefold()
        email = email if "@" in email else False
        keys = {
            "customer_phone_key": phone_key(self.phone),
            "customer_email_key": email,
            "email_normalized": email,
        }
        if by_name:
            keys["customer_name_key"] = name_key(self.visitor_name)
        return keys

    def action_take_customer(self):
        """It is the customer that was found.

        :raise UserError: where there are several, or none
        """
        for visit in self:
            if len(visit.maybe_ids) != 1:
                raise UserError(
                    self.env._(
                        "Choose the customer yourself: several look alike, or none."
                    )
                )
            visit.partner_id = visit.maybe_ids
        return True
