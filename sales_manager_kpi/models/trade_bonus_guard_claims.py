from datetime import timedelta

from odoo import api, models

from ..engine.instants import instant


class TradeBonusGuard(models.AbstractModel):
    """Claims that were found unjustified and are not closed, for bonuses that ask."""

    # The area of claims comes after that of bonuses.
    _inherit = "trade.bonus.guard"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _open_claims(self, partners, day, companies):
        counts = dict.fromkeys(partners.ids, 0)
        for company in companies if partners else ():
            tz = self.env["sales.branch"]._company_tz(company)
            after = instant(day + timedelta(days=1), 0, tz)
            for customer, number in self._unjustified(company, partners, after).items():
                for partner in partners:
                    if partner.commercial_partner_id == customer:
                        counts[partner.id] += number
        return counts

    @api.model
    def _unjustified(self, company, partners, moment):
        """``{customer: number}`` of those not closed before ``moment`` (naive UTC)."""
        # sudo: whether a bonus is due must not depend on who asks; customers are given
        decisions = (
            self.env["customer.claim.decision"]
            .sudo()
            .search(
                [
                    ("company_id", "=", company.id),
                    ("decided_at", "<", moment),
                    (
                        "claim_id.commercial_partner_id",
                        "in",
                        partners.commercial_partner_id.ids,
                    ),
                    "|",
                    ("claim_id.closed_at", "=", False),
                    ("claim_id.closed_at", ">=", moment),
                ],
                order="id",
            )
        )
        last = {decision.claim_id: decision.verdict for decision in decisions}
        found = {}
        for claim, verdict in last.items():
            if verdict == "not_justified":
                customer = claim.commercial_partner_id.sudo(False)
                found[customer] = found.get(customer, 0) + 1
        return found
