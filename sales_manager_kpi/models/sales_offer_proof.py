from odoo import api, fields, models

from ..engine.playbook import Proof


class SalesPlaybookStep(models.Model):
    """A step is proven by what was offered: an offer sheet or a quotation."""

    # The area of offers has files of its own.
    _inherit = "sales.playbook.step"  # pylint: disable=consider-merging-classes-inherited

    proof = fields.Selection(
        selection_add=[("offer", "Offer or quotation")],
        ondelete={"offer": "set hand"},
    )

    @api.model
    def _proof_kinds(self):
        return {**super()._proof_kinds(), "offer": ("_proofs_offer", True)}

    @api.model
    def _proofs_offer(self, leads):
        """Offers that were sent on the lead, and quotations of it."""
        found = self._proofs_quotation(leads)
        # sudo: whoever wrote them, archived ones too
        offers = (
            self.env["sales.offer"]
            .sudo()
            .with_context(active_test=False)
            .search_fetch(
                [("lead_id", "in", leads.ids), ("sent_at", "!=", False)],
                ["lead_id", "sent_at", "user_id"],
                order="sent_at, id",
            )
        )
        for offer in offers:
            proof = Proof(offer.sent_at, offer.user_id.id, offer._name, offer.id)
            found[offer.lead_id.id].append(proof)
        return found


class SalesOffer(models.Model):
    """An offer that is sent takes its lead one step further."""

    _inherit = "sales.offer"  # pylint: disable=consider-merging-classes-inherited

    def _show(self):
        result = super()._show()
        if self.lead_id:
            # sudo: the lead may be somebody else's by now
            leads = self.sudo().lead_id
            self.env["crm.lead"]._follow_playbooks({"offer"}, leads=leads)
        return result
