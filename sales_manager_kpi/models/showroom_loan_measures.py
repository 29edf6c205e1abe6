from odoo import fields, models

LINES = "showroom.loan.line"


class EvaluationCriterion(models.Model):
    """Loans: samples back in time, and lent samples that became orders."""

    # Every area that feeds the evaluation has its own measures file.
    _inherit = "evaluation.criterion"  # pylint: disable=consider-merging-classes-inherited

    measure = fields.Selection(
        selection_add=[
            ("showroom_loans", "Lent samples back in time (share)"),
            ("showroom_conversion", "Lent samples that became orders (share)"),
        ],
        ondelete={"showroom_loans": "cascade", "showroom_conversion": "cascade"},
    )

    # ------------------------------------------------------------------
    # Back in time
    # ------------------------------------------------------------------

    def _measure_showroom_loans(self, period, users):
        """``{manager id: (in time, due, share, in time)}`` in lent samples.

        Of the samples due back in the period, by who lent them; a later day counts
        where it was agreed before the samples were overdue. What is still out and not
        due yet counts nowhere; without a sample that was due there is no base.
        """
        return self._supply_share(LINES, self._showroom_loans(period), "user_id", users)

    def _showroom_loans(self, period):
        """The domains of what was due, and of what was in time."""
        due = [
            *self._supply_days(period, "agreed_due_on"),
            ("state", "!=", "draft"),
            "|",
            ("state", "!=", "out"),
            ("agreed_due_on", "<", self._supply_today(period)),
        ]
        return due, [("is_in_time", "=", True)]

    def _evidence_showroom_loans(self, period, user):
        return self._evidences_showroom_loans(period, user)[user.id]["numerator"]

    def _evidences_showroom_loans(self, period, users):
        return self._supply_evidences(
            LINES, self._showroom_loans(period), "user_id", users
        )

    def _numerator_showroom_loans(self, records):
        return len(records)

    # ------------------------------------------------------------------
    # Became an order
    # ------------------------------------------------------------------

    def _measure_showroom_conversion(self, period, users):
        """``{manager id: (ordered, lent, share, ordered)}`` in lent samples.

        Of the samples lent in the period, by who lent them: an order of the customer
        with the same product followed within the days of the settings. Orders are
        looked up every night, so one of today counts tomorrow.
        """
        return self._supply_share(
            LINES, self._showroom_conversion(period), "user_id", users
        )

    def _showroom_conversion(self, period):
        lent = [*self._supply_days(period, "lent_on"), ("state", "!=", "draft")]
        return lent, [("is_converted", "=", True)]

    def _evidence_showroom_conversion(self, period, user):
        return self._evidences_showroom_conversion(period, user)[user.id]["numerator"]

    def _evidences_showroom_conversion(self, period, users):
        return self._supply_evidences(
            LINES, self._showroom_conversion(period), "user_id", users
        )

    def _numerator_showroom_conversion(self, records):
        return len(records)
