from odoo import fields, models


class CustomerContact(models.Model):
    """An offer that somebody of ours sent is a contact."""

    # The area of offers has files of its own.
    _inherit = "customer.contact"  # pylint: disable=consider-merging-classes-inherited

    kind = fields.Selection(
        selection_add=[("offer", "Offer")], ondelete={"offer": "cascade"}
    )


class SalesOffer(models.Model):
    """An offer that somebody of ours sent is a contact."""

    _inherit = "sales.offer"  # pylint: disable=consider-merging-classes-inherited

    def _note_contacts(self):
        """Once for each offer; nothing of what the system does by itself."""
        user = self.env.user
        if user._is_internal() and not user._is_superuser():
            self.env["customer.contact"]._log(
                [offer._prepare_contact() for offer in self]
            )

    def _prepare_contact(self):
        return {
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "user_id": self.env.uid,
            "kind": "offer",
            "at": self.sent_at,
            "res_model": self._name,
            "res_id": self.id,
            "source_key": f"{self._name},{self.id}",
            "note": self.name,
        }
