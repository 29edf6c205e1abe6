from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from ..engine.instants import instant


class Obligation(NamedTuple):
    """Something a customer is owed; whether it is late, the sweep finds out.

    Its deadline is one of three: ``hours`` of work after ``since``, the end of the
    working day ``day``, or the moment ``due_at``.
    """

    reference: str  # the same in every run, another one for another deadline
    res_model: str
    res_id: int
    partner_id: int | None
    since: object  # whoever owns the customer then finds it waiting; naive UTC
    note: str
    hours: float | None = None
    day: object = None
    due_at: object = None
    met_at: object = None  # when the customer got it; None: not yet
    asked_id: int | None = None  # the person it was given to, if anybody


class Window(NamedTuple):
    """What one sweep of a company looks at; moments are naive UTC."""

    company: object
    now: object
    since: object  # older obligations are settled, but for those of open gaps
    message_id: int  # the first message that is not older
    gaps: object  # service gaps that have not ended

    def open_ids(self, kind):
        """Ids in the references of open gaps of ``kind``: obligations not settled."""
        return [
            int(gap.reference.split(",")[1]) for gap in self.gaps if gap.kind == kind
        ]


class ServiceGapObligations(models.AbstractModel):
    """The obligations that are looked after, one method and one query per kind."""

    _name = "service.gap.obligations"
    _description = "Obligations to Customers"

    @api.model
    def _customer_documents(self):
        """``{model: column of the customer}`` of records with talk and activities.

        Each has a name and a company, which may be empty.
        """
        return {
            "sale.order": "partner_id",
            "crm.lead": "partner_id",
            "res.partner": "id",
        }

    # ------------------------------------------------------------------
    # A customer wrote, and waits for an answer
    # ------------------------------------------------------------------

    @api.model
    def _overdue_answer(self, window):
        """First messages of customers since we last spoke, and when we answered.

        What customers write, by e-mail or in the portal, on an order, a lead or
        themselves; an answer is a message to them, or a call or meeting that is done.
        """
        documents = self._customer_documents()
        for model in documents:
            self.env[model].flush_model()
        self.env["mail.message"].flush_model()
        self.env["customer.assignment"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                WITH talk AS (%(talk)s),
                told AS (
                    SELECT talk.*,
                           lag(talk.is_theirs) OVER thread AS goes_on,
                           min(talk.date) FILTER (WHERE NOT talk.is_theirs) OVER (
                               PARTITION BY talk.model, talk.res_id ORDER BY talk.id
                               ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
                           ) AS answered_at
                      FROM talk
                    WINDOW thread AS (
                        PARTITION BY talk.model, talk.res_id ORDER BY talk.id
                    )
                )
                SELECT id, model, res_id, partner_id, date, answered_at, name
                  FROM told
                 WHERE is_theirs AND goes_on IS NOT TRUE
                """,
                talk=SQL(" UNION ALL ").join(
                    self._sql_talk(window, model, name)
                    for model, name in documents.items()
                ),
            )
        )
        hours = window.company.sales_manager_kpi_answer_hours
        return [
            Obligation(
                f"mail.message,{message_id}",
                model,
                res_id,
                partner_id,
                date,
                name,
                hours=hours,
                met_at=answered_at,
            )
            for message_id, model, res_id, partner_id, date, answered_at, name in rows
        ]

    def _sql_talk(self, window, model, name) -> SQL:
        """Messages between us and the customer of a document, nothing internal."""
        open_gaps = window.gaps.filtered(
            lambda gap: gap.kind == "answer" and gap.res_model == model
        )
        open_ids = [int(gap.reference.split(",")[1]) for gap in open_gaps]
        return SQL(
            """
            SELECT message.id, message.model, message.res_id, message.date,
                   customer.commercial_partner_id AS partner_id, document.name,
                   NOT (%(is_ours)s) AS is_theirs
              FROM mail_message AS message
              JOIN %(table)s AS document ON document.id = message.res_id
              JOIN res_partner AS customer ON customer.id = document.%(customer)s
              JOIN res_partner AS author ON author.id = message.author_id
         LEFT JOIN mail_message_subtype AS subtype ON subtype.id = message.subtype_id
         LEFT JOIN mail_activity_type AS done
                ON done.id = message.mail_activity_type_id
             WHERE message.model = %(model)s
               AND (message.id >= %(since)s
                    OR (message.res_id = ANY(%(threads)s) AND message.id >= %(first)s))
               AND message.date <= %(now)s
               AND (document.company_id IS NULL OR document.company_id = %(company)s)
               AND EXISTS (
                   SELECT FROM customer_assignment AS owned
                    WHERE owned.partner_id = customer.commercial_partner_id
                      AND owned.company_id = %(company)s
               )
               AND (
                   (%(is_ours)s) AND done.category IN ('phonecall', 'meeting')
                   OR message.message_type IN ('email', 'email_outgoing', 'comment')
                  AND message.is_internal IS NOT TRUE
                  AND subtype.internal IS NOT TRUE
                  AND (subtype.id IS NOT NULL OR message.message_type = 'email')
                  AND ((%(is_ours)s) OR author.commercial_partner_id
                                        = customer.commercial_partner_id)
               )
            """,
            table=SQL.identifier(self.env[model]._table),
            customer=SQL.identifier(name),
            model=model,
            since=window.message_id,
            threads=open_gaps.mapped("res_id"),
            first=min(open_ids, default=0),
            now=window.now,
            company=window.company.id,
            is_ours=self._sql_is_ours(),
        )

    def _sql_is_ours(self) -> SQL:
        """Whether a colleague wrote it; the system's own words are no answer."""
        return SQL(
            """
            EXISTS (
                SELECT FROM res_users AS colleague
                 WHERE colleague.partner_id = message.author_id
                   AND colleague.share IS NOT TRUE AND colleague.id <> %s
            )
            """,
            self.env.ref("base.user_root").id,
        )

    # ------------------------------------------------------------------
    # Something was planned for a day
    # ------------------------------------------------------------------

    @api.model
    def _overdue_activity(self, window):
        """Activities on customers and their documents whose day has come.

        Due when the branch stops working on the day; another day is another obligation.
        """
        documents = self._customer_documents()
        for model in documents:
            self.env[model].flush_model()
        self.env["mail.activity"].flush_model()
        rows = self.env.execute_query(
            SQL(" UNION ALL ").join(
                self._sql_activities(window, model, name)
                for model, name in documents.items()
            )
        )
        return [
            Obligation(
                f"mail.activity,{activity_id},{day}",
                model,
                res_id,
                partner_id,
                self._noon(window.company, day),
                note,
                day=day,
                met_at=done_at,
                asked_id=user_id,
            )
            for activity_id, model, res_id, partner_id, day, done_at, user_id, note in (
                rows
            )
        ]

    def _sql_activities(self, window, model, name) -> SQL:
        # Odoo keeps the day on which an activity was done, in UTC; the last change
        # tells the moment as long as it is of that day.
        return SQL(
            """
            SELECT activity.id, activity.res_model, activity.res_id,
                   customer.commercial_partner_id, activity.date_deadline,
                   CASE WHEN activity.active IS NOT TRUE THEN least(
                       activity.write_date,
                       activity.date_done + interval '1 day' - interval '1 second'
                   ) END,
                   activity.user_id,
                   concat_ws(' · ', document.name, activity.summary)
              FROM mail_activity AS activity
              JOIN %(table)s AS document ON document.id = activity.res_id
              JOIN res_partner AS customer ON customer.id = document.%(customer)s
             WHERE activity.res_model = %(model)s
               AND (activity.date_deadline >= %(since)s::date
                    OR activity.id = ANY(%(open)s))
               AND activity.date_deadline <= %(now)s::date + 1
               AND (document.company_id IS NULL OR document.company_id = %(company)s)
            """,
            table=SQL.identifier(self.env[model]._table),
            customer=SQL.identifier(name),
            model=model,
            since=window.since,
            open=window.open_ids("activity"),
            now=window.now,
            company=window.company.id,
        )

    # ------------------------------------------------------------------
    # A delivery was promised
    # ------------------------------------------------------------------

    @api.model
    def _overdue_shipment(self, window):
        """Confirmed orders with a promised date, and when their goods were delivered.

        Only goods on their way to the customer count; an order without any owes none.
        """
        for model in ("sale.order", "sale.order.line", "stock.move"):
            self.env[model].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT sale.id, customer.commercial_partner_id,
                       sale.commitment_date, sale.name,
                       CASE WHEN NOT bool_or(move.state <> 'done')
                            THEN max(move.date) END
                  FROM sale_order AS sale
                  JOIN res_partner AS customer ON customer.id = sale.partner_id
                  JOIN sale_order_line AS line ON line.order_id = sale.id
                  JOIN stock_move AS move ON move.sale_line_id = line.id
                  JOIN stock_location AS target
                    ON target.id = move.location_dest_id
             LEFT JOIN stock_location AS goal ON goal.id = move.location_final_id
                 WHERE sale.company_id = %(company)s
                   AND sale.state = 'sale'
                   AND (sale.commitment_date >= %(since)s OR sale.id = ANY(%(open)s))
                   AND sale.commitment_date <= %(now)s
                   AND (move.state = 'done' AND target.usage = 'customer'
                        OR move.state NOT IN ('done', 'cancel')
                       AND 'customer' IN (target.usage, goal.usage))
              GROUP BY sale.id, customer.commercial_partner_id
                """,
                company=window.company.id,
                since=window.since,
                now=window.now,
                open=window.open_ids("shipment"),
            )
        )
        return [
            Obligation(
                f"sale.order,{order_id},{promised}",
                "sale.order",
                order_id,
                partner_id,
                promised,
                name,
                day=promised,
                met_at=delivered_at,
            )
            for order_id, partner_id, promised, name, delivered_at in rows
        ]

    def _noon(self, company, day):
        """A moment of ``day`` that is the same day wherever the branches are."""
        return instant(day, 12, self.env["sales.branch"]._company_tz(company))
