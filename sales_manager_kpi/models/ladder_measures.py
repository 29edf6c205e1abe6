from collections import defaultdict
from datetime import datetime, time, timedelta

import pytz

from odoo import fields, models

from ..engine.scoring import ratio

LINES = "sale.order.line"


class EvaluationCriterion(models.Model):
    """Supply: order lines that were filled."""

    # Every area that feeds the evaluation has its own measures file.
    _inherit = "evaluation.criterion"  # pylint: disable=consider-merging-classes-inherited

    measure = fields.Selection(
        selection_add=[("order_fill_rate", "Order lines filled (share)")],
        ondelete={"order_fill_rate": "cascade"},
    )

    def _measure_order_fill_rate(self, period, users):
        """``{user id: (filled, lines, share, filled)}`` in lines of confirmed orders.

        Of the manager who has the credit, of branches set up for the ladder. Lines
        called off whole count nowhere; without a line there is no base.
        """
        lines = self._lines_by_user(period, users, self._ladder_lines_domain())
        filled = self._lines_by_user(period, users, self._filled_domain())
        return {
            user.id: (
                filled[user.id],
                lines[user.id] or None,
                ratio(filled[user.id], lines[user.id]),
                filled[user.id],
            )
            for user in users
        }

    def _lines_by_user(self, period, users, domain):
        # sudo: a score must not depend on who reads it; company, days and managers
        # are given, and whoever shows a figure answers for who may see it
        rows = (
            self.env[LINES]
            .sudo()
            ._read_group(
                [*self._confirmed_lines(period, users), *domain],
                ["order_id"],
                ["__count"],
            )
        )
        counts = defaultdict(int)
        for order, count in rows:
            counts[order.credited_user_id.id] += count
        return counts

    def _confirmed_lines(self, period, users):
        """Lines of orders confirmed in the period, by the days of the company."""
        start, stop = self._instants_of(period)
        return [
            ("company_id", "=", period.company_id.id),
            ("state", "=", "sale"),
            ("order_id.credited_user_id", "in", users.ids),
            (
                "order_id.first_confirmation_date",
                ">=",
                fields.Datetime.to_string(start),
            ),
            ("order_id.first_confirmation_date", "<", fields.Datetime.to_string(stop)),
        ]

    def _instants_of(self, period):
        """The period as ``(from, until)`` in naive UTC."""
        zone = pytz.timezone(self.env["sales.branch"]._company_tz(period.company_id))
        days = period.date_from, period.date_to + timedelta(days=1)
        return [
            zone.localize(datetime.combine(day, time.min))
            .astimezone(pytz.utc)
            .replace(tzinfo=None)
            for day in days
        ]

    def _ladder_lines_domain(self):
        return [("supply_source_ids", "any", [("state", "!=", "cancelled")])]

    def _filled_domain(self):
        return [
            ("supply_source_ids", "any", [("state", "=", "delivered")]),
            (
                "supply_source_ids",
                "not any",
                [("state", "not in", ["delivered", "cancelled"])],
            ),
        ]

    def _evidence_order_fill_rate(self, period, user):
        return self._evidences_order_fill_rate(period, user)[user.id]["numerator"]

    def _evidences_order_fill_rate(self, period, users):
        evidences = {}
        for user in users:
            lines = self._confirmed_lines(period, user)
            evidences[user.id] = {
                "numerator": (LINES, [*lines, *self._filled_domain()]),
                "denominator": (LINES, [*lines, *self._ladder_lines_domain()]),
            }
        return evidences

    def _numerator_order_fill_rate(self, records):
        return len(records)
