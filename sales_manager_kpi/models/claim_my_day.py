from odoo import api, models
from odoo.fields import Domain

from .customer_claim import OPEN
from .customer_claim_flow import DECIDE_ACTIVITY, LATE_ACTIVITY, OPENED_ACTIVITY
from .sales_my_day import source


class SalesMyDay(models.AbstractModel):
    """Claims to decide, and to look into."""

    # Claims have files of their own.
    _inherit = "sales.my.day"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _sources(self):
        return {
            **super()._sources(),
            "claims": source(
                self.env._("Claims"), "customer.claim", "fa-exclamation-circle"
            ),
        }

    @api.model
    def _asking_types(self):
        claims = [DECIDE_ACTIVITY, LATE_ACTIVITY, OPENED_ACTIVITY]
        return [*super()._asking_types(), *claims]

    @api.model
    def _evening_counted(self):
        return {
            **super()._evening_counted(),
            "claims": (
                *("customer.claim.decision", "user_id", "decided_at"),
                Domain.TRUE,
            ),
        }

    def _wanted_claims(self, day):
        wanted = self._mine("user_id")
        if self._has_role("branch_director"):
            wanted |= self._to_decide("branch_id.director_id")
        return self.env["customer.claim"], self._if_role(
            "manager", wanted & Domain("state", "in", OPEN)
        )

    def _items_claims(self, day):
        """Open ones that the reader handles or decides; worth what is claimed."""
        claims = self._wanted("claims", day, order="due_at, id")
        return [
            self._item(
                "claims",
                claim,
                self.env._("Claim to decide")
                if claim.can_decide
                else self.env._("Claim to look into"),
                detail=f"{claim.name} {claim.subject}",
                partner_id=claim.partner_id.id,
                due=claim.due_at,
                amount=claim.claimed_company_amount or None,
                for_id=self._for(claim.user_id),
                actions=["open", "log_contact", "plan", "later"],
            )
            for claim in claims
            if claim.can_decide or claim.can_work
        ]
