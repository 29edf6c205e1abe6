from odoo import models

from .customer_claim import OPEN


class CustomerFigure(models.Model):
    """Claims on the card of a customer."""

    # Claims have files of their own.
    _inherit = "customer.figure"  # pylint: disable=consider-merging-classes-inherited

    def _claims_count(self):
        """Claims that wait for a verdict, of those the reader may see."""
        return self.env["customer.claim"].search_count(
            [
                ("commercial_partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("state", "in", OPEN),
            ]
        )
