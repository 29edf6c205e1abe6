from odoo import fields, models

from ..engine.scoring import ratio

CHECKS = "showroom.check"
LINES = "showroom.check.line"


class EvaluationCriterion(models.Model):
    """The showroom: how complete checks found it, and how much of it was stale."""

    # Every area that feeds the evaluation has its own measures file.
    _inherit = "evaluation.criterion"  # pylint: disable=consider-merging-classes-inherited

    measure = fields.Selection(
        selection_add=[
            ("showroom_completeness", "Showroom complete, by weight (share)"),
            ("showroom_stale", "Samples in the showroom that are stale (share)"),
        ],
        ondelete={
            "showroom_completeness": "cascade",
            "showroom_stale": "cascade",
        },
    )

    # ------------------------------------------------------------------
    # Completeness
    # ------------------------------------------------------------------

    def _measure_showroom_completeness(self, period, users):
        """``{user id: (Σ weight there, Σ weight due, share, checks)}``.

        Of the checks finished in the period in the branch a user belonged to on that
        day. Without a check, or where nothing was due, there is no base.
        """
        measured = {}
        for user_id, checks in self._showroom_checks(period, users).items():
            there = sum(checks.mapped("satisfied_weight"))
            due = sum(checks.mapped("due_weight"))
            measured[user_id] = (there, due or None, ratio(there, due), len(checks))
        return measured

    def _evidence_showroom_completeness(self, period, user):
        return self._evidences_showroom_completeness(period, user)[user.id]["numerator"]

    def _evidences_showroom_completeness(self, period, users):
        return {
            user_id: {"numerator": (CHECKS, [("id", "in", checks.ids)])}
            for user_id, checks in self._showroom_checks(period, users).items()
        }

    def _numerator_showroom_completeness(self, records):
        return sum(records.mapped("satisfied_weight"))

    # ------------------------------------------------------------------
    # Stale samples
    # ------------------------------------------------------------------

    def _measure_showroom_stale(self, period, users):
        """``{user id: (stale, seen, share, stale)}`` in samples of the same checks."""
        measured = {}
        for user_id, checks in self._showroom_checks(period, users).items():
            stale = sum(checks.mapped("stale_count"))
            seen = sum(checks.mapped("seen_count"))
            measured[user_id] = (stale, seen or None, ratio(stale, seen), stale)
        return measured

    def _evidence_showroom_stale(self, period, user):
        return self._evidences_showroom_stale(period, user)[user.id]["numerator"]

    def _evidences_showroom_stale(self, period, users):
        evidences = {}
        for user_id, checks in self._showroom_checks(period, users).items():
            seen = [
                ("check_id", "in", checks.ids),
                ("sample_id", "!=", False),
                ("result", "=", "found"),
            ]
            evidences[user_id] = {
                "numerator": (LINES, [*seen, ("is_stale", "=", True)]),
                "denominator": (LINES, seen),
            }
        return evidences

    def _numerator_showroom_stale(self, records):
        return len(records)

    # ------------------------------------------------------------------
    # What they share
    # ------------------------------------------------------------------

    def _showroom_checks(self, period, users):
        """``{user id: checks}`` of where the users worked that day; in two queries."""
        homes = self.env["service.gap.time"]._homes(users, period.company_id)
        # sudo: a score must not depend on who reads it; company, days and people are
        # given, and whoever shows a figure answers for who may see it
        Checks = self.env[CHECKS].sudo()
        done = Checks.search_fetch(
            [
                ("company_id", "=", period.company_id.id),
                ("state", "=", "done"),
                ("done_on", ">=", period.date_from),
                ("done_on", "<=", period.date_to),
            ],
            ["branch_id", "done_on", "satisfied_weight", "due_weight"],
        )
        return {
            user.id: self._showroom_checks_of(done, homes.get(user.id, ()))
            for user in users
        }

    def _showroom_checks_of(self, checks, spells):
        """Those of ``checks`` on whose day somebody with ``spells`` belonged there.

        :param spells: ``[(branch, first day, last day or None)]``
        """
        return checks.filtered(
            lambda check: any(
                branch == check.branch_id
                and first <= check.done_on
                and (not last or check.done_on <= last)
                for branch, first, last in spells
            )
        )
