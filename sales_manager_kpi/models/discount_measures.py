from collections import defaultdict

from odoo import fields, models

from ..engine.scoring import ratio
from .read_once import read_once
from .sale_order_discount_verdict import JUDGED

CONCESSIONS = "discount.concession"
FACTS = "sales.fact.report"
ORDERS = "sale.order"


class EvaluationCriterion(models.Model):
    """Discounts: orders within the norms, money given away, what nobody approved."""

    # Every area that feeds the evaluation has its own measures file.
    _inherit = "evaluation.criterion"  # pylint: disable=consider-merging-classes-inherited

    measure = fields.Selection(
        selection_add=[
            ("orders_within_norm", "Orders within the discount norms (share)"),
            ("concession_share", "Given away, per turnover ordered"),
            ("unapproved_deviations", "Deviations nobody approved"),
        ],
        ondelete={
            "orders_within_norm": "cascade",
            "concession_share": "cascade",
            "unapproved_deviations": "cascade",
        },
    )

    # ------------------------------------------------------------------
    # Orders within the norms per orders confirmed under a policy
    # ------------------------------------------------------------------

    def _measure_orders_within_norm(self, period, users):
        """``{user id: (within, judged, share, within)}`` in confirmed orders.

        Of the manager who has the credit. Orders from before a policy count nowhere;
        without an order under a policy there is no base.
        """
        rows = (
            self.env[ORDERS]
            # sudo: a score must not depend on who reads it; company, days and managers
            # are given, and whoever shows a figure answers for who may see it
            .sudo()
            ._read_group(
                [
                    *self._discount_days(period, "discount_verdict_date"),
                    ("credited_user_id", "in", users.ids),
                    ("discount_verdict", "in", JUDGED),
                    ("state", "=", "sale"),
                ],
                ["credited_user_id", "discount_verdict"],
                ["__count"],
            )
        )
        within, judged = defaultdict(int), defaultdict(int)
        for user, verdict, count in rows:
            judged[user.id] += count
            within[user.id] += count if verdict == "within" else 0
        return {
            user.id: (
                within[user.id],
                judged[user.id] or None,
                ratio(within[user.id], judged[user.id]),
                within[user.id],
            )
            for user in users
        }

    def _evidence_orders_within_norm(self, period, user):
        return self._evidences_orders_within_norm(period, user)[user.id]["numerator"]

    def _evidences_orders_within_norm(self, period, users):
        evidences = {}
        for user in users:
            domain = [
                *self._discount_days(period, "discount_verdict_date"),
                ("credited_user_id", "=", user.id),
                ("state", "=", "sale"),
            ]
            evidences[user.id] = {
                "numerator": (ORDERS, [*domain, ("discount_verdict", "=", "within")]),
                "denominator": (
                    ORDERS,
                    [*domain, ("discount_verdict", "in", list(JUDGED))],
                ),
            }
        return evidences

    def _numerator_orders_within_norm(self, records):
        return len(records)

    # ------------------------------------------------------------------
    # Given away per turnover
    # ------------------------------------------------------------------

    def _measure_concession_share(self, period, users):
        """``{user id: (given away, turnover ordered, share, rows)}``, untaxed.

        In company currency; promotions are the company's and do not count, what was
        taken back counts off. Without orders there is no base.
        """
        rows = (
            self.env[CONCESSIONS]
            # sudo: see _measure_orders_within_norm
            .sudo()
            ._read_group(
                [
                    *self._discount_days(period, "date"),
                    ("user_id", "in", users.ids),
                    ("kind", "!=", "promotion"),
                ],
                ["user_id"],
                ["amount:sum", "__count"],
            )
        )
        given = {user.id: (amount, count) for user, amount, count in rows}
        turnover = self._ordered(period, users)
        measured = {}
        for user in users:
            amount, count = given.get(user.id, (0.0, 0))
            base = turnover.get(user.id)
            measured[user.id] = (amount, base or None, ratio(amount, base or 0), count)
        return measured

    def _ordered(self, period, users):
        """``{user id: turnover}`` of orders confirmed in the period."""
        rows = (
            self.env[FACTS]
            # sudo: see _measure_orders_within_norm
            .sudo()
            ._read_group(
                [*self._ordered_domain(period), ("user_id", "in", users.ids)],
                ["user_id"],
                ["amount:sum"],
            )
        )
        return {user.id: amount for user, amount in rows}

    def _ordered_domain(self, period):
        return [
            *self._discount_days(period, "date"),
            ("basis", "=", "order"),
            ("status", "=", "counted"),
        ]

    def _evidence_concession_share(self, period, user):
        return self._evidences_concession_share(period, user)[user.id]["numerator"]

    def _evidences_concession_share(self, period, users):
        return {
            user.id: {
                "numerator": (
                    CONCESSIONS,
                    [
                        *self._discount_days(period, "date"),
                        ("user_id", "=", user.id),
                        ("kind", "!=", "promotion"),
                    ],
                ),
                "denominator": (
                    FACTS,
                    [*self._ordered_domain(period), ("user_id", "=", user.id)],
                ),
            }
            for user in users
        }

    def _numerator_concession_share(self, records):
        return sum(records.mapped("amount"))

    # ------------------------------------------------------------------
    # What nobody approved
    # ------------------------------------------------------------------

    def _measure_unapproved_deviations(self, period, users):
        """``{user id: (documents, None, documents, rows)}``.

        Invoices below their orders, and orders confirmed outside the norms where the
        policy only warned. What was taken back whole is none any more.
        """
        found = read_once(
            self.env,
            ("unapproved_deviations", period.id, frozenset(users.ids)),
            lambda: (
                self.env[CONCESSIONS]
                # sudo: see _measure_orders_within_norm
                .sudo()
                .search(
                    [
                        *self._discount_days(period, "date"),
                        *self._unapproved_domain(),
                        ("user_id", "in", users.ids),
                    ]
                )
            ),
        )
        by_user = found.grouped("user_id")
        measured = {}
        for user in users:
            rows = by_user.get(user, found.browse())
            number = self._numerator_unapproved_deviations(rows)
            measured[user.id] = (number, None, number, len(rows))
        return measured

    def _unapproved_domain(self):
        return [
            ("within_norm", "=", False),
            ("request_id", "=", False),
            "|",
            ("kind", "=", "invoice"),
            ("order_id.discount_verdict", "=", "outside"),
        ]

    def _evidence_unapproved_deviations(self, period, user):
        return CONCESSIONS, [
            *self._discount_days(period, "date"),
            *self._unapproved_domain(),
            ("user_id", "=", user.id),
        ]

    def _numerator_unapproved_deviations(self, records):
        """Documents with something left of what was given away."""
        left = defaultdict(float)
        for row in records:
            origin = row.reversal_of_id or row
            left[origin.kind == "invoice" and origin.move_id, origin.order_id] += (
                row.amount
            )
        return sum(1 for amount in left.values() if round(amount, 2) > 0)

    def _discount_days(self, period, name):
        return [
            ("company_id", "=", period.company_id.id),
            (name, ">=", fields.Date.to_string(period.date_from)),
            (name, "<=", fields.Date.to_string(period.date_to)),
        ]
