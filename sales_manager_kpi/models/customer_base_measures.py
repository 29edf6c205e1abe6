from collections import defaultdict

from odoo import api, fields, models

from ..engine.customer_life import LOST, WON_BACK
from ..engine.scoring import ratio
from .read_once import read_once

FACTS = "sales.fact.report"
OWNED = "customer.assignment"
DUES = "customer.contact.due"
FIGURES = "customer.figure"
CODES = [
    ("customers_new", "New customers (number)"),
    ("customers_lost", "Customers lost (number)"),
    ("customers_won_back", "Customers won back (number)"),
    ("contact_cadence", "Contacts made in time (share)"),
    ("customer_data_complete", "Customer data complete, by weight (share)"),
]


class EvaluationCriterion(models.Model):
    """The customer base: who came and went, who was spoken to, what is known."""

    # Every area that feeds the evaluation has its own measures file.
    _inherit = "evaluation.criterion"  # pylint: disable=consider-merging-classes-inherited

    measure = fields.Selection(
        selection_add=CODES, ondelete={code: "cascade" for code, _name in CODES}
    )

    # ------------------------------------------------------------------
    # New
    # ------------------------------------------------------------------

    def _measure_customers_new(self, period, users):
        """``{user id: (customers, None, customers)}``, as sales.new.customers says.

        On the basis of plans; the manager is the one of the first document. Who owns
        no customer and has none new has no base.
        """
        found = self._customers_new(period, users)
        owners = self._owners_of_customers(period, users)
        return {
            user.id: self._count_of(
                len(found.get(user.id, ())), user.id in owners or user.id in found
            )
            for user in users
        }

    def _evidence_customers_new(self, period, user):
        return self._evidences_customers_new(period, user)[user.id]["numerator"]

    def _evidences_customers_new(self, period, users):
        basis = period.company_id.sales_manager_kpi_plan_basis
        # sudo: a score must not depend on who reads it; see sales.new.customers
        domains = (
            self.env[FACTS]
            .sudo()
            ._new_customers_domains(
                period.company_id, period.date_from, period.date_to, basis, users
            )
        )
        return {
            user_id: {"numerator": period._facts_where(basis, domain)}
            for user_id, domain in domains.items()
        }

    def _numerator_customers_new(self, records):
        return len(records.partner_id)

    @api.model
    def _customers_new(self, period, users):
        basis = period.company_id.sales_manager_kpi_plan_basis
        # sudo: see _evidences_customers_new
        return (
            self.env[FACTS]
            .sudo()
            ._new_customers(
                period.company_id, period.date_from, period.date_to, basis, users
            )
        )

    # ------------------------------------------------------------------
    # Lost and won back
    # ------------------------------------------------------------------

    def _measure_customers_lost(self, period, users):
        """``{user id: (customers, None, customers)}`` lost while owned by the user."""
        return self._measure_events(period, users, LOST)

    def _evidence_customers_lost(self, period, user):
        return self._evidences_events(period, user, LOST)[user.id]["numerator"]

    def _evidences_customers_lost(self, period, users):
        return self._evidences_events(period, users, LOST)

    def _numerator_customers_lost(self, records):
        return len(records.partner_id)

    def _measure_customers_won_back(self, period, users):
        """The same of those won back, by who owned them on that day."""
        return self._measure_events(period, users, WON_BACK)

    def _evidence_customers_won_back(self, period, user):
        return self._evidences_events(period, user, WON_BACK)[user.id]["numerator"]

    def _evidences_customers_won_back(self, period, users):
        return self._evidences_events(period, users, WON_BACK)

    def _numerator_customers_won_back(self, records):
        return len(records.partner_id)

    def _measure_events(self, period, users, state):
        rows = self._event_rows(period, state)
        based = self._owners_of_customers(period, users) | set(rows)
        return {
            user.id: self._count_of(len(rows[user.id].partner_id), user.id in based)
            for user in users
        }

    def _evidences_events(self, period, users, state):
        """Rows of the owner history that held on the day it happened."""
        rows = self._event_rows(period, state)
        return {
            user.id: {"numerator": (OWNED, [("id", "in", rows[user.id].ids)])}
            for user in users
        }

    @api.model
    def _event_rows(self, period, state):
        """``{user id: customer.assignment}`` of who owned them then, in two queries."""
        events = self._life_events_of(period)[state]
        # sudo: see _customers_new
        Assignment = self.env[OWNED].sudo()
        rows = Assignment.search_fetch(
            [
                ("company_id", "=", period.company_id.id),
                ("partner_id", "in", [partner_id for partner_id, _day in events]),
                ("user_id", "!=", False),
            ],
            ["partner_id", "user_id", "date_from", "date_to"],
        )
        chains = rows.grouped(lambda row: row.partner_id.id)
        found = defaultdict(Assignment.browse)
        for partner_id, day in events:
            for row in chains.get(partner_id, ()):
                if row.date_from <= day and (not row.date_to or day <= row.date_to):
                    found[row.user_id.id] |= row
        return found

    @api.model
    def _life_events_of(self, period):
        company = period.company_id
        today = self.env["sales.branch"]._company_local_date(company)
        return read_once(
            self.env,
            ("customer_life", period.id),
            lambda: self.env["customer.life"]._life_events(
                company, period.date_from, min(period.date_to, today)
            ),
        )

    @api.model
    def _owners_of_customers(self, period, users):
        """Ids of ``users`` who owned a customer in the period."""
        # sudo: see _customers_new
        rows = (
            self.env[OWNED]
            .sudo()
            ._read_group(
                [
                    ("company_id", "=", period.company_id.id),
                    ("user_id", "in", users.ids),
                    ("date_from", "<=", period.date_to),
                    "|",
                    ("date_to", "=", False),
                    ("date_to", ">=", period.date_from),
                ],
                ["user_id"],
            )
        )
        return {user.id for (user,) in rows}

    @api.model
    def _count_of(self, count, has_base):
        """Figures of a number; without a base there is no value."""
        return (count, None, count if has_base else None)

    # ------------------------------------------------------------------
    # Contacts
    # ------------------------------------------------------------------

    def _measure_contact_cadence(self, period, users):
        """``{user id: (made in time, due, share, made in time)}`` in contacts.

        Due until the end of the period, or today. One that is overdue counts in every
        period until it is made, or somebody else owns the customer.
        """
        # sudo: see _customers_new
        rows = (
            self.env[DUES]
            .sudo()
            ._read_group(
                self._cadence_domain(period, users),
                ["user_id", "is_in_time"],
                ["__count"],
            )
        )
        counts = {(user.id, in_time): count for user, in_time, count in rows}
        measured = {}
        for user in users:
            made = counts.get((user.id, True), 0)
            due = made + counts.get((user.id, False), 0)
            measured[user.id] = (made, due or None, ratio(made, due), made)
        return measured

    def _evidence_contact_cadence(self, period, user):
        return self._evidences_contact_cadence(period, user)[user.id]["numerator"]

    def _evidences_contact_cadence(self, period, users):
        return {
            user.id: {
                "numerator": (
                    DUES,
                    [("is_in_time", "=", True), *self._cadence_domain(period, user)],
                ),
                "denominator": (DUES, self._cadence_domain(period, user)),
            }
            for user in users
        }

    def _numerator_contact_cadence(self, records):
        return len(records)

    @api.model
    def _cadence_domain(self, period, users):
        """Due contacts of the period, literals only."""
        today = self.env["sales.branch"]._company_local_date(period.company_id)
        first = fields.Date.to_string(period.date_from)
        # what is due today may still be made
        last = period.date_to if period.date_to < today else today
        return [
            ("company_id", "=", period.company_id.id),
            ("user_id", "in", users.ids),
            ("due_on", "<=", fields.Date.to_string(last)),
            "|",
            ("due_on", "<", fields.Date.to_string(today)),
            ("ended_on", "!=", False),
            "|",
            "|",
            ("due_on", ">=", first),
            ("ended_on", "=", False),
            ("ended_on", ">=", first),
        ]

    # ------------------------------------------------------------------
    # What is known
    # ------------------------------------------------------------------

    def _measure_customer_data_complete(self, period, users):
        """``{user id: (Σ weight filled, Σ weight asked for, share, customers)}``.

        Of the customers that a user owns now: what was known of them in a month that
        is over is kept by its scorecard alone.
        """
        # sudo: see _customers_new
        rows = (
            self.env[FIGURES]
            .sudo()
            ._read_group(
                self._data_domain(period, users),
                ["user_id"],
                ["filled_weight:sum", "asked_weight:sum", "__count"],
            )
        )
        found = {user.id: figures for user, *figures in rows}
        measured = {}
        for user in users:
            filled, asked, count = found.get(user.id, (0.0, 0.0, 0))
            measured[user.id] = (filled, asked or None, ratio(filled, asked), count)
        return measured

    def _evidence_customer_data_complete(self, period, user):
        return (FIGURES, self._data_domain(period, user))

    def _numerator_customer_data_complete(self, records):
        return sum(records.mapped("filled_weight"))

    @api.model
    def _data_domain(self, period, users):
        return [
            ("company_id", "=", period.company_id.id),
            ("user_id", "in", users.ids),
            ("asked_weight", ">", 0),
        ]
