from odoo import fields, models

ORDERS = "sale.order"
LAGS = "registration.lag"


class EvaluationCriterion(models.Model):
    """Registration: first time right, and in time."""

    # Every area that feeds the evaluation has its own measures file.
    _inherit = "evaluation.criterion"  # pylint: disable=consider-merging-classes-inherited

    measure = fields.Selection(
        selection_add=[
            ("registration_first_time_right", "Orders first time right (share)"),
            ("registration_in_time", "Registered in time (share)"),
        ],
        ondelete={
            "registration_first_time_right": "cascade",
            "registration_in_time": "cascade",
        },
    )

    # ------------------------------------------------------------------
    # First time right
    # ------------------------------------------------------------------

    def _measure_registration_first_time_right(self, period, users):
        """``{manager id: (right, confirmed, share, right)}`` in orders.

        Of the orders confirmed in the period under rules of registration, by who was
        credited: those without an event that counts. Without such an order there is no
        base.
        """
        return self._supply_share(
            ORDERS, self._registration_orders(period), "credited_user_id", users
        )

    def _registration_orders(self, period):
        confirmed = [
            *self._supply_days(period, "registration_checked_on"),
            ("first_confirmation_date", "!=", False),
        ]
        return confirmed, [
            ("registration_event_ids", "not any", [("counts", "=", True)])
        ]

    def _evidence_registration_first_time_right(self, period, user):
        found = self._evidences_registration_first_time_right(period, user)
        return found[user.id]["numerator"]

    def _evidences_registration_first_time_right(self, period, users):
        return self._supply_evidences(
            ORDERS, self._registration_orders(period), "credited_user_id", users
        )

    def _numerator_registration_first_time_right(self, records):
        return len(records)

    # ------------------------------------------------------------------
    # In time
    # ------------------------------------------------------------------

    def _measure_registration_in_time(self, period, users):
        """``{manager id: (in time, measured, share, in time)}`` in documents.

        Orders since the customer asked and invoices since the goods left, in working
        hours of the branch against the norm of that day; only where both moments are
        known.
        """
        return self._supply_share(
            LAGS, self._registration_lags(period), "credited_user_id", users
        )

    def _registration_lags(self, period):
        return self._supply_days(period, "day"), [("is_in_time", "=", True)]

    def _evidence_registration_in_time(self, period, user):
        found = self._evidences_registration_in_time(period, user)
        return found[user.id]["numerator"]

    def _evidences_registration_in_time(self, period, users):
        return self._supply_evidences(
            LAGS, self._registration_lags(period), "credited_user_id", users
        )

    def _numerator_registration_in_time(self, records):
        return len(records)
