from odoo import api, models
from odoo.tools import email_normalize, html2plaintext

from .customer_claim_flow import OPENED_ACTIVITY


class CustomerClaim(models.Model):
    """A mail to the address for claims opens one; answers stay in its chatter."""

    # Mails have a file of their own.
    _inherit = "customer.claim"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Open a claim from a mail, of the customer with the sender's address.

        A sender who is no customer, or who is a colleague, leaves the customer open:
        whoever handles it chooses one before it is reviewed.
        """
        values = dict(custom_values or {})
        company = self.env["res.company"].browse(
            values.get("company_id") or self.env.company.id
        )
        sender = msg_dict.get("email_from") or ""
        partner = self._customer_of_address(sender, company)
        subject = (msg_dict.get("subject") or "").strip()
        values |= {
            "name": "/",
            "subject": subject or self.env._("Mail of %s", sender),
            "description": html2plaintext(msg_dict.get("body") or "").strip(),
            "source": "mail",
            "email_from": sender,
            "partner_id": partner.id,
            "company_id": company.id,
            "opened_by_id": partner.user_ids[:1].id,
        }
        claim = super().message_new(msg_dict, custom_values=values)
        claim._follow_customer()
        claim._notice_opened()
        return claim

    @api.model
    def _customer_of_address(self, sender, company):
        """The contact with this address that ``company`` may sell to; or none."""
        address = email_normalize(sender)
        if not address:
            return self.env["res.partner"]
        # sudo: mail comes in whoever's turn it is; one customer is found, none shown
        found = (
            self.env["res.partner"]
            .sudo()
            .search(
                [
                    ("email_normalized", "=", address),
                    ("company_id", "in", [False, company.id]),
                    ("partner_share", "=", True),
                ],
                order="id",
                limit=1,
            )
        )
        return found

    def _follow_customer(self):
        """Who wrote to us reads what we say about it; in sudo."""
        for claim in self.filtered(lambda claim: claim.source in ("mail", "portal")):
            claim.message_subscribe(partner_ids=claim.partner_id.ids)

    def _notice_opened(self):
        """Let who handles it know that a customer opened it; in sudo."""
        for claim in self:
            user = claim.user_id or claim.branch_id.director_id
            if user:
                claim.activity_schedule(
                    OPENED_ACTIVITY,
                    user_id=user.id,
                    date_deadline=claim.half_at and claim.half_at.date(),
                )
