from odoo import api, fields, models


class CustomerClaim(models.Model):
    """A claim that one of ours took down, or took up, is a contact.

    What comes by mail, through the portal or from the door is none before somebody
    looks at it: nobody of ours took part.
    """

    # Contacts with customers have files of their own.
    _inherit = "customer.claim"  # pylint: disable=consider-merging-classes-inherited

    @api.model_create_multi
    def create(self, vals_list):
        claims = super().create(vals_list)
        claims.filtered(lambda claim: claim.source == "user")._note_contacts()
        return claims

    def action_review(self):
        result = super().action_review()
        self._note_contacts()
        return result

    def _note_contacts(self):
        """Once for each claim; nothing of what the system does by itself."""
        user = self.env.user
        if user._is_internal() and not user._is_superuser():
            self.env["customer.contact"]._log(
                [claim._prepare_contact() for claim in self if claim.partner_id]
            )

    def _prepare_contact(self):
        return {
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "user_id": self.env.uid,
            "kind": "claim",
            "at": fields.Datetime.now(),
            "res_model": self._name,
            "res_id": self.id,
            "source_key": f"{self._name},{self.id}",
        }
