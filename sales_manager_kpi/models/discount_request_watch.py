from odoo import api, fields, models

from .discount_request import GRANTED


class DiscountRequest(models.Model):
    """Asks the next level when nobody answers, and lets approvals run out."""

    # The area of discounts has files of its own.
    _inherit = "discount.request"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _cron_watch(self):
        """Ask the next level where nobody answered in time; let approvals run out."""
        now = fields.Datetime.now()
        late = self.search(
            [
                ("state", "=", "pending"),
                ("deadline", "<", now),
                ("escalated_at", "=", False),
            ]
        )
        for request in late:
            request._escalate()
        over = self.search([("state", "in", GRANTED), ("valid_until", "<", now)])
        over._decide("expire")
        over._set_state("expired")

    def _escalate(self):
        """Ask those above too; who was asked may still answer."""
        self._decide("escalate")
        self._call_approvers(self._approvers("commercial_director"))
        # sudo: the system's to write
        self.sudo().escalated_at = fields.Datetime.now()
