from odoo import fields, models
from odoo.tools import SQL

from ..engine.instants import instant
from ..engine.scoring import ratio

EFFECTS = "customer.claim.effect"
PER = 100  # deliveries


class EvaluationCriterion(models.Model):
    """Justified claims for which a manager was to blame, per hundred deliveries."""

    # Every area that feeds the evaluation has its own measures file.
    _inherit = "evaluation.criterion"  # pylint: disable=consider-merging-classes-inherited

    measure = fields.Selection(
        selection_add=[("claims_justified", "Justified claims per 100 deliveries")],
        ondelete={"claims_justified": "cascade"},
    )

    def _measure_claims_justified(self, period, users):
        """``{manager id: (points, hundreds of deliveries, points per 100, verdicts)}``.

        Points are severity (1, 2, 3) times the share of the fault, of the verdicts of
        the period on claims that were a manager's fault, by who is responsible. A
        verdict that changes an earlier one adds the difference, also a negative one.
        Deliveries are done transfers to customers of orders credited to the manager;
        without any there is no base.
        """
        rows = (
            self.env[EFFECTS]
            # sudo: a score must not depend on who reads it; company, days and people
            # are given, and whoever shows a figure answers for who may see it
            .sudo()
            ._read_group(
                [*self._claims_days(period), ("user_id", "in", users.ids)],
                ["user_id"],
                ["points:sum", "__count"],
            )
        )
        points = {user.id: (total, count) for user, total, count in rows}
        deliveries = self._claims_deliveries(period, users)
        measured = {}
        for user in users:
            total, count = points.get(user.id, (0.0, 0))
            hundreds = deliveries.get(user.id, 0) / PER
            measured[user.id] = (total, hundreds or None, ratio(total, hundreds), count)
        return measured

    def _claims_days(self, period):
        return [
            ("company_id", "=", period.company_id.id),
            ("date", ">=", fields.Date.to_string(period.date_from)),
            ("date", "<=", fields.Date.to_string(period.date_to)),
        ]

    def _claims_deliveries(self, period, users):
        """``{user id: number of deliveries}``, one query for each time zone."""
        found = {}
        for tz, some in self._claims_zones(period, users).items():
            domain = [
                *self._claims_delivered(period, tz),
                ("sale_id.credited_user_id", "in", some.ids),
            ]
            # sudo: see _measure_claims_justified
            pickings = self.env["stock.picking"].sudo()._search(domain)
            found |= dict(
                self.env.execute_query(
                    SQL(
                        """
                        SELECT sale.credited_user_id, count(*)
                          FROM stock_picking AS picking
                          JOIN sale_order AS sale ON sale.id = picking.sale_id
                         WHERE picking.id IN %s
                      GROUP BY sale.credited_user_id
                        """,
                        pickings.subselect(),
                    )
                )
            )
        return found

    def _claims_zones(self, period, users):
        """``{time zone: users}`` of their branches then, else the company's."""
        Days, company = self.env["sales.working.days"], period.company_id
        spans = Days._spans(users, company)
        homes = Days._homes(spans, period.date_from, period.date_to)
        plain = self.env["sales.branch"]._company_tz(company)
        return users.grouped(
            lambda user: homes[user.id].tz if user.id in homes else plain
        )

    def _claims_delivered(self, period, tz):
        """Transfers to customers that were done in the days of the period."""
        after = fields.Date.add(period.date_to, days=1)
        return [
            ("company_id", "=", period.company_id.id),
            ("state", "=", "done"),
            ("location_dest_id.usage", "=", "customer"),
            ("date_done", ">=", str(instant(period.date_from, 0, tz))),
            ("date_done", "<", str(instant(after, 0, tz))),
        ]

    def _evidence_claims_justified(self, period, user):
        return self._evidences_claims_justified(period, user)[user.id]["numerator"]

    def _evidences_claims_justified(self, period, users):
        return {
            user.id: {
                "numerator": (
                    EFFECTS,
                    [*self._claims_days(period), ("user_id", "=", user.id)],
                ),
                "denominator": (
                    "stock.picking",
                    [
                        *self._claims_delivered(period, tz),
                        ("sale_id.credited_user_id", "=", user.id),
                    ],
                ),
            }
            for tz, some in self._claims_zones(period, users).items()
            for user in some
        }

    def _numerator_claims_justified(self, records):
        return sum(records.mapped("points"))
