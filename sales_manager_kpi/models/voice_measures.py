from odoo import fields, models

from ..engine.scoring import ratio

PROPOSALS = "sales.proposal"
ASSIGNMENTS = "sales.assignment"
READERS = "sales.draft.decision.addressee"
CODES = [
    ("proposals_accepted", "Proposals accepted (number)"),
    ("assignments_in_time", "Assignments done in time (share)"),
    ("decisions_read_in_time", "Draft decisions read in time (share)"),
]


class EvaluationCriterion(models.Model):
    """Duties towards the head: proposals brought, assignments done, decisions read."""

    # Every area that feeds the evaluation has its own measures file.
    _inherit = "evaluation.criterion"  # pylint: disable=consider-merging-classes-inherited

    measure = fields.Selection(
        selection_add=CODES, ondelete={code: "cascade" for code, _name in CODES}
    )

    # ------------------------------------------------------------------
    # Proposals accepted
    # ------------------------------------------------------------------

    def _measure_proposals_accepted(self, period, users):
        """``{user id: (accepted, None, accepted, accepted)}``, 0 is a figure.

        By the day of the decision, for who wrote the proposal.
        """
        # sudo: a score must not depend on who reads it; company, days and people are
        # given, and whoever shows a figure answers for who may see it
        groups = (
            self.env[PROPOSALS]
            .sudo()
            ._read_group(
                self._voice_proposals(period, users.ids), ["user_id"], ["__count"]
            )
        )
        counts = {user.id: number for user, number in groups}
        return {
            user.id: (number, None, number, number)
            for user in users
            for number in [counts.get(user.id, 0)]
        }

    def _evidence_proposals_accepted(self, period, user):
        return PROPOSALS, self._voice_proposals(period, user.ids)

    def _numerator_proposals_accepted(self, records):
        return len(records)

    def _voice_proposals(self, period, user_ids):
        return [
            ("company_id", "=", period.company_id.id),
            ("user_id", "in", user_ids),
            ("state", "in", ["accepted", "done"]),
            ("decided_on", ">=", fields.Date.to_string(period.date_from)),
            ("decided_on", "<=", fields.Date.to_string(period.date_to)),
        ]

    # ------------------------------------------------------------------
    # Assignments done in time
    # ------------------------------------------------------------------

    def _measure_assignments_in_time(self, period, users):
        """``{user id: (in time, due, share, due)}`` of deadlines in the period.

        What was withdrawn is not due, nor what nobody reported whose day is not over.
        Without any that is due there is no base.
        """
        return self._voice_shares(
            ASSIGNMENTS, self._voice_assignments(period, users.ids), users
        )

    def _evidence_assignments_in_time(self, period, user):
        return self._evidences_assignments_in_time(period, user)[user.id]["numerator"]

    def _evidences_assignments_in_time(self, period, users):
        return {
            user.id: self._voice_evidence(
                ASSIGNMENTS, self._voice_assignments(period, user.ids)
            )
            for user in users
        }

    def _numerator_assignments_in_time(self, records):
        return len(records)

    def _voice_assignments(self, period, user_ids):
        today = self.env["sales.branch"]._company_local_date(period.company_id)
        return [
            ("company_id", "=", period.company_id.id),
            ("user_id", "in", user_ids),
            ("state", "!=", "withdrawn"),
            ("deadline", ">=", fields.Date.to_string(period.date_from)),
            ("deadline", "<=", fields.Date.to_string(period.date_to)),
            "|",
            ("deadline", "<", fields.Date.to_string(today)),
            ("state", "in", ["done", "accepted"]),
        ]

    # ------------------------------------------------------------------
    # Draft decisions read in time
    # ------------------------------------------------------------------

    def _measure_decisions_read_in_time(self, period, users):
        """The same of texts that were to be read and signed in the period."""
        return self._voice_shares(
            READERS, self._voice_readings(period, users.ids), users
        )

    def _evidence_decisions_read_in_time(self, period, user):
        evidences = self._evidences_decisions_read_in_time(period, user)
        return evidences[user.id]["numerator"]

    def _evidences_decisions_read_in_time(self, period, users):
        return {
            user.id: self._voice_evidence(
                READERS, self._voice_readings(period, user.ids)
            )
            for user in users
        }

    def _numerator_decisions_read_in_time(self, records):
        return len(records)

    def _voice_readings(self, period, user_ids):
        today = self.env["sales.branch"]._company_local_date(period.company_id)
        return [
            ("company_id", "=", period.company_id.id),
            ("user_id", "in", user_ids),
            ("is_void", "=", False),
            ("due_on", ">=", fields.Date.to_string(period.date_from)),
            ("due_on", "<=", fields.Date.to_string(period.date_to)),
            "|",
            ("due_on", "<", fields.Date.to_string(today)),
            ("is_signed", "=", True),
        ]

    # ------------------------------------------------------------------
    # What they share
    # ------------------------------------------------------------------

    def _voice_shares(self, model, domain, users):
        """``{user id: (in time, due, share, in time)}``, in one query."""
        # sudo: see _measure_proposals_accepted
        groups = (
            self.env[model]
            .sudo()
            ._read_group(domain, ["user_id", "is_in_time"], ["__count"])
        )
        counts = {(user.id, in_time): number for user, in_time, number in groups}
        measured = {}
        for user in users:
            done = counts.get((user.id, True), 0)
            due = done + counts.get((user.id, False), 0)
            measured[user.id] = (done, due or None, ratio(done, due), done)
        return measured

    def _voice_evidence(self, model, domain):
        return {
            "numerator": (model, [*domain, ("is_in_time", "=", True)]),
            "denominator": (model, domain),
        }
