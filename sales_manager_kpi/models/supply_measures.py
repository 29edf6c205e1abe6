from odoo import fields, models

from ..engine.scoring import ratio

REQUESTS = "supply.request"
LINES = "supply.request.line"


class EvaluationCriterion(models.Model):
    """Supply: answers in time, promises kept, and whether what was asked for sold."""

    # Every area that feeds the evaluation has its own measures file.
    _inherit = "evaluation.criterion"  # pylint: disable=consider-merging-classes-inherited

    measure = fields.Selection(
        selection_add=[
            ("supply_answers", "Supply requests answered in time (share)"),
            ("supply_promises", "Promised dates kept (share)"),
            ("supply_accuracy", "Stock asked for that sold (share)"),
        ],
        ondelete={
            "supply_answers": "cascade",
            "supply_promises": "cascade",
            "supply_accuracy": "cascade",
        },
    )

    # ------------------------------------------------------------------
    # Answers within the deadline
    # ------------------------------------------------------------------

    def _measure_supply_answers(self, period, users):
        """``{supervisor id: (in time, due, share, in time)}`` in requests.

        Of the requests whose answer was due in the period, by who supervised the
        department when it was asked. What was withdrawn counts nowhere; without a
        request that was due there is no base.
        """
        return self._supply_share(
            REQUESTS, self._supply_answers(period), "supervisor_id", users
        )

    def _supply_answers(self, period):
        """The domains of what was due, and of what was in time."""
        due = [
            *self._supply_days(period, "due_date"),
            ("state", "!=", "cancelled"),
            "|",
            ("answered_at", "!=", False),
            ("due_date", "<", self._supply_today(period)),
        ]
        return due, [("is_answered_in_time", "=", True)]

    def _evidence_supply_answers(self, period, user):
        return self._evidences_supply_answers(period, user)[user.id]["numerator"]

    def _evidences_supply_answers(self, period, users):
        return self._supply_evidences(
            REQUESTS, self._supply_answers(period), "supervisor_id", users
        )

    def _numerator_supply_answers(self, records):
        return len(records)

    # ------------------------------------------------------------------
    # Promises kept
    # ------------------------------------------------------------------

    def _measure_supply_promises(self, period, users):
        """``{supervisor id: (kept, promised, share, kept)}`` in lines of requests.

        By the date that was promised first: moving a promise does not keep it. What
        is promised for today or later does not count yet.
        """
        return self._supply_share(
            LINES, self._supply_promises(period), "supervisor_id", users
        )

    def _supply_promises(self, period):
        promised = [
            *self._supply_days(period, "first_promised_date"),
            ("first_promised_date", "<", self._supply_today(period)),
            ("verdict", "in", ["granted", "partial"]),
            ("state", "!=", "cancelled"),
        ]
        return promised, [("is_promise_kept", "=", True)]

    def _evidence_supply_promises(self, period, user):
        return self._evidences_supply_promises(period, user)[user.id]["numerator"]

    def _evidences_supply_promises(self, period, users):
        return self._supply_evidences(
            LINES, self._supply_promises(period), "supervisor_id", users
        )

    def _numerator_supply_promises(self, records):
        return len(records)

    # ------------------------------------------------------------------
    # Stock asked for that sold
    # ------------------------------------------------------------------

    def _measure_supply_accuracy(self, period, users):
        """``{manager id: (Σ accuracy, lines, average, lines)}`` of stocking scored.

        A line is scored when the days it should cover are over: sold within them per
        granted, at most 1. Lines count alike, whatever their unit.
        """
        rows = (
            self.env[LINES]
            # sudo: a score must not depend on who reads it; company, days and people
            # are given, and whoever shows a figure answers for who may see it
            .sudo()
            ._read_group(
                [*self._supply_scored(period), ("user_id", "in", users.ids)],
                ["user_id"],
                ["accuracy:sum", "__count"],
            )
        )
        found = {user.id: (total, count) for user, total, count in rows}
        measured = {}
        for user in users:
            total, count = found.get(user.id, (0.0, 0))
            measured[user.id] = (total, count or None, ratio(total, count), count)
        return measured

    def _supply_scored(self, period):
        return [
            *self._supply_days(period, "scored_on"),
            ("kind", "=", "stocking"),
        ]

    def _evidence_supply_accuracy(self, period, user):
        return self._evidences_supply_accuracy(period, user)[user.id]["numerator"]

    def _evidences_supply_accuracy(self, period, users):
        return self._supply_evidences(
            LINES, (self._supply_scored(period), []), "user_id", users
        )

    def _numerator_supply_accuracy(self, records):
        return sum(records.mapped("accuracy"))

    # ------------------------------------------------------------------
    # What they share
    # ------------------------------------------------------------------

    def _supply_share(self, model, domains, owner, users):
        base, reached = domains
        counts = [
            dict(
                self.env[model]
                # sudo: see _measure_supply_accuracy
                .sudo()
                ._read_group([*domain, (owner, "in", users.ids)], [owner], ["__count"])
            )
            for domain in (base, [*base, *reached])
        ]
        measured = {}
        for user in users:
            whole, part = (count.get(user, 0) for count in counts)
            measured[user.id] = (part, whole or None, ratio(part, whole), part)
        return measured

    def _supply_evidences(self, model, domains, owner, users):
        base, reached = domains
        return {
            user.id: {
                "numerator": (model, [*base, (owner, "=", user.id), *reached]),
                "denominator": (model, [*base, (owner, "=", user.id)]),
            }
            for user in users
        }

    def _supply_today(self, period):
        """The day it is in the company, as a literal."""
        today = self.env["sales.branch"]._company_local_date(period.company_id)
        return fields.Date.to_string(today)

    def _supply_days(self, period, name):
        return [
            ("company_id", "=", period.company_id.id),
            (name, ">=", fields.Date.to_string(period.date_from)),
            (name, "<=", fields.Date.to_string(period.date_to)),
        ]
