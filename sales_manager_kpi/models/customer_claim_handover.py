from odoo import api, fields, models

# Leaves something to do for who handles it.
UNFINISHED = ("new", "review", "appealed", "decided")


class SalesHandoverItem(models.Model):
    """Claims on the list of what passes to somebody else."""

    # Claims have files of their own.
    _inherit = "sales.handover.item"  # pylint: disable=consider-merging-classes-inherited

    kind = fields.Selection(
        selection_add=[("claim", "Claim"), ("other",)],
        ondelete={"claim": "cascade"},
    )


class SalesHandoverSources(models.AbstractModel):
    """Claims that are not judged, or not put right."""

    # Claims have files of their own.
    _inherit = "sales.handover.sources"  # pylint: disable=consider-merging-classes-inherited

    def _handover_sources(self):
        return {**super()._handover_sources(), "claim": self._handover_claims}

    def _handover_claims(self):
        pairs = self._handover_open(
            "customer.claim",
            [("state", "in", UNFINISHED)],
            "orders",
            ["user_id"],
            "commercial_partner_id",
            "company_id",
        )
        return [
            one._handover_vals(
                "claim",
                claim,
                partner_id=claim.partner_id.id,
                date_due=claim.state != "decided" and claim.due_on,
                amount=claim.claimed_company_amount,
                amount_document=claim.claimed_amount,
                currency_id=claim.currency_id.id,
                status_start=f"claim_{claim.state}",
            )
            for one, claim in pairs
        ]


class SalesHandoverStatus(models.AbstractModel):
    """How claims stand that were handed over."""

    # Claims have files of their own.
    _inherit = "sales.handover.status"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _selection_status(self):
        states = self.env["customer.claim"]._fields["state"]
        return [
            *super()._selection_status(),
            *(
                (f"claim_{state}", word)
                for state, word in states._description_selection(self.env)
            ),
        ]

    @api.model
    def _done_statuses(self):
        return super()._done_statuses() | {
            "claim_executed",
            "claim_closed",
            "claim_withdrawn",
        }

    @api.model
    def _status_methods(self):
        return {**super()._status_methods(), "claim": self._status_claims}

    @api.model
    def _status_claims(self, items):
        return {
            claim.id: (f"claim_{claim.state}", "") for claim in self._documents(items)
        }
