from odoo import fields, models

from ..engine.scoring import ratio

OFFERS = "sales.offer"
DECIDED = ("won", "lost", "expired")


class EvaluationCriterion(models.Model):
    """Offers: how many were sent, and how many of those decided were won."""

    # Every area that feeds the evaluation has its own measures file.
    _inherit = "evaluation.criterion"  # pylint: disable=consider-merging-classes-inherited

    measure = fields.Selection(
        selection_add=[
            ("offers_sent", "Offers sent"),
            ("offers_won", "Offers won (share of those decided)"),
        ],
        ondelete={"offers_sent": "cascade", "offers_won": "cascade"},
    )

    # ------------------------------------------------------------------
    # Sent
    # ------------------------------------------------------------------

    def _measure_offers_sent(self, period, users):
        """``{manager id: (offers, None, offers, offers)}`` sent in the period.

        By whose they were when they were sent, by the day of their branch.
        """
        counts = self._offers_counted(self._offers_days(period, "sent_on"), users)
        return {
            user.id: (
                counts.get(user.id, 0),
                None,
                counts.get(user.id, 0),
                counts.get(user.id, 0),
            )
            for user in users
        }

    def _evidence_offers_sent(self, period, user):
        return OFFERS, self._offers_of(self._offers_days(period, "sent_on"), user)

    def _numerator_offers_sent(self, records):
        return len(records)

    # ------------------------------------------------------------------
    # Won
    # ------------------------------------------------------------------

    def _measure_offers_won(self, period, users):
        """``{manager id: (won, decided, share, won)}`` in offers.

        Of those that were won or lost, or expired, in the period; by whose they were
        when they were sent. Where nothing was decided there is no base.
        """
        decided = self._offers_decided(period)
        won = self._offers_counted([*decided, ("state", "=", "won")], users)
        whole = self._offers_counted(decided, users)
        return {
            user.id: (
                won.get(user.id, 0),
                whole.get(user.id) or None,
                ratio(won.get(user.id, 0), whole.get(user.id, 0)),
                won.get(user.id, 0),
            )
            for user in users
        }

    def _evidence_offers_won(self, period, user):
        return self._evidences_offers_won(period, user)[user.id]["numerator"]

    def _evidences_offers_won(self, period, users):
        decided = self._offers_decided(period)
        won = [*decided, ("state", "=", "won")]
        return {
            user.id: {
                "numerator": (OFFERS, self._offers_of(won, user)),
                "denominator": (OFFERS, self._offers_of(decided, user)),
            }
            for user in users
        }

    def _numerator_offers_won(self, records):
        return len(records)

    # ------------------------------------------------------------------
    # Both
    # ------------------------------------------------------------------

    def _offers_decided(self, period):
        return [*self._offers_days(period, "decided_on"), ("state", "in", DECIDED)]

    def _offers_days(self, period, name):
        return [
            ("active", "in", (True, False)),
            ("company_id", "=", period.company_id.id),
            (name, ">=", fields.Date.to_string(period.date_from)),
            (name, "<=", fields.Date.to_string(period.date_to)),
        ]

    def _offers_of(self, domain, user):
        return [*domain, ("credited_user_id", "=", user.id)]

    def _offers_counted(self, domain, users):
        groups = (
            self.env[OFFERS]
            # sudo: a score must not depend on who reads it; company, days and people
            # are given, and whoever shows a figure answers for who may see it
            .sudo()
            ._read_group(
                [*domain, ("credited_user_id", "in", users.ids)],
                ["credited_user_id"],
                ["__count"],
            )
        )
        return {user.id: count for user, count in groups}
