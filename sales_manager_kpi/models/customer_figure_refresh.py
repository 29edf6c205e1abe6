from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine.customer_life import abc

BATCH = 500


class CustomerFigure(models.Model):
    """Collected set-based, computed by the engine, kept: for one customer or all."""

    # How figures are refreshed has a file of its own.
    _inherit = "customer.figure"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _cron_refresh(self):
        """Every night: all customers, in batches that are committed and resumed."""
        cron = self.env["ir.cron"]
        # sudo: a job
        branches = self.env["sales.branch"].sudo()
        companies = branches.search([("company_id", "!=", False)]).company_id
        todo = {company: self._stale_customers(company) for company in companies}
        cron._commit_progress(remaining=sum(len(ids) for ids in todo.values()))
        for company, ids in todo.items():
            for start in range(0, len(ids), BATCH):
                some = self.env["res.partner"].browse(ids[start : start + BATCH])
                # sudo: a job
                self.sudo()._refresh(some, company, weigh=False)
                if not cron._commit_progress(len(some)):
                    return
            self.sudo()._finish(company)  # sudo: a job

    @api.model
    def _refresh_company(self, company):
        """The same for one company at once, without committing."""
        ids = self._stale_customers(company)
        Figure = self.sudo()  # sudo: the system's
        customers = Figure.env["res.partner"].browse(ids)
        Figure._refresh(customers, company.sudo(), weigh=False)  # sudo: as above
        Figure._finish(company.sudo())  # sudo: as above

    @api.model
    def _finish(self, company):
        """What needs all customers of the company; in sudo."""
        self._retire(company)
        self._weigh(company)
        self._plan_contacts(company)

    @api.model
    def _refresh(self, partners, company, weigh=True):
        """Make or renew the figures of these customers; in sudo.

        A constant number of queries, whatever the number of customers.

        :param weigh: also divide the company's customers into A, B and C again
        :return: the figures
        """
        partners = partners.commercial_partner_id.exists()
        today = self.env["sales.branch"]._company_local_date(company)
        figures = self._ensure(partners, company)
        by_partner = {figure.partner_id.id: figure for figure in figures}
        for partner_id, values in self._collect(partners, company, today).items():
            by_partner[partner_id].write(values)
        figures._renew_people(company)
        figures._renew_data()
        figures._renew_contacts()
        if weigh:
            self._weigh(company)
        return figures

    @api.model
    def _ensure(self, partners, company):
        """The figures of these customers, empty ones where none are kept; in sudo."""
        Figure = self.with_context(active_test=False)
        figures = Figure.search(
            [("partner_id", "in", partners.ids), ("company_id", "=", company.id)]
        )
        new = partners - figures.partner_id
        figures |= Figure.create(
            [{"partner_id": p.id, "company_id": company.id} for p in new]
        )
        return self.browse(figures.ids)  # what follows leaves archived records out

    # ------------------------------------------------------------------
    # Collecting
    # ------------------------------------------------------------------

    @api.model
    def _collect(self, partners, company, today):
        """``{partner id: values}`` of ``today``, some queries for all of them."""
        figures = [
            self._turnovers(partners, company, today),
            self._orders(partners, company, today),
            self._lives(partners, company, today),
            self._lateness(partners, company, today),
        ]
        found = {}
        for partner in partners:
            found[partner.id] = {"refreshed_on": today, "active": partner.active}
            for figure in figures:
                found[partner.id].update(figure(partner.id))
        return found

    @api.model
    def _turnovers(self, partners, company, today):
        """Invoiced in twelve months and the twelve before, in one query."""
        year = today - relativedelta(months=12)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT fact.partner_id,
                       sum(fact.amount) FILTER (WHERE fact.date > %(year)s),
                       sum(fact.amount) FILTER (WHERE fact.date <= %(year)s),
                       sum(fact.margin) FILTER (WHERE fact.date > %(year)s),
                       -sum(fact.amount) FILTER (
                           WHERE fact.date > %(year)s AND fact.is_return
                       )
                  FROM (%(facts)s) AS fact
                 WHERE fact.company_id = %(company)s
                   AND fact.basis = 'invoice'
                   AND NOT fact.is_excluded
                   AND fact.partner_id = ANY(%(partners)s)
                   AND fact.date > %(before)s AND fact.date <= %(today)s
              GROUP BY fact.partner_id
                """,
                facts=self.env["customer.life"]._sql_facts("invoice"),
                company=company.id,
                partners=partners.ids,
                year=year,
                before=today - relativedelta(months=24),
                today=today,
            )
        )
        names = ("turnover", "turnover_before", "margin", "returned")
        found = {row[0]: row[1:] for row in rows}
        return lambda partner_id: {
            name: company.currency_id.round(float(value or 0))
            for name, value in zip(names, found.get(partner_id, [0] * 4), strict=True)
        }

    @api.model
    def _orders(self, partners, company, today):
        """Orders in twelve months, the first and the last one ever, in one query."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT fact.partner_id,
                       count(DISTINCT fact.order_id) FILTER (
                           WHERE fact.date > %(year)s
                       ),
                       min(fact.date), max(fact.date)
                  FROM (%(facts)s) AS fact
                 WHERE fact.company_id = %(company)s
                   AND fact.basis = 'order'
                   AND NOT fact.is_excluded
                   AND fact.partner_id = ANY(%(partners)s)
                   AND fact.date <= %(today)s
              GROUP BY fact.partner_id
                """,
                facts=self.env["customer.life"]._sql_facts("order"),
                company=company.id,
                partners=partners.ids,
                year=today - relativedelta(months=12),
                today=today,
            )
        )
        found = {row[0]: row[1:] for row in rows}

        def figure(partner_id):
            count, first, last = found.get(partner_id, (0, False, False))
            return {
                "order_count": count,
                "first_order_on": first,
                "last_order_on": last,
                "days_since_order": (today - last).days if last else 0,
            }

        return figure

    @api.model
    def _lives(self, partners, company, today):
        """The state of today, in one query."""
        courses = self.env["customer.life"]._life_courses(company, today, partners.ids)

        def figure(partner_id):
            state, since = courses.get(partner_id, [(False, False)])[-1]
            return {"life_state": state, "state_since": since}

        return figure

    @api.model
    def _lateness(self, partners, company, today):
        """Days paid late of what fell due in twelve months, in one query."""
        late = self._days_late(
            company, today - relativedelta(months=12), today, today, partners.ids
        )
        return lambda partner_id: {
            "was_due": partner_id in late,
            "days_late": late.get(partner_id, 0.0),
        }

    @api.model
    def _days_late(self, company, first, last, today, partner_ids=None):
        """``{customer id: days}`` paid after what fell due from ``first`` to ``last``.

        Weighted by amount; paid early is 0, what is still open is late until ``today``.
        A credit note is no payment. In one query.
        """
        for model in ("account.move", "account.move.line", "account.partial.reconcile"):
            self.env[model].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                WITH due AS (
                    SELECT line.id, line.date_maturity, line.amount_residual,
                           move.commercial_partner_id AS customer_id
                      FROM account_move_line AS line
                      JOIN account_move AS move ON move.id = line.move_id
                     WHERE move.move_type = 'out_invoice'
                       AND move.state = 'posted'
                       AND move.company_id = %(company)s
                       AND line.display_type = 'payment_term'
                       AND line.date_maturity BETWEEN %(first)s AND %(last)s
                       AND %(partners)s
                ), paid AS (
                    SELECT due.customer_id, part.amount,
                           GREATEST(credit.date - due.date_maturity, 0) AS days
                      FROM due
                      JOIN account_partial_reconcile AS part
                        ON part.debit_move_id = due.id
                      JOIN account_move_line AS credit
                        ON credit.id = part.credit_move_id
                      JOIN account_move AS source ON source.id = credit.move_id
                     WHERE source.move_type <> 'out_refund'
                 UNION ALL
                    SELECT customer_id, amount_residual, %(today)s - date_maturity
                      FROM due
                     WHERE amount_residual > 0
                )
                SELECT customer_id, SUM(amount * days) / SUM(amount)
                  FROM paid
              GROUP BY customer_id
                HAVING SUM(amount) > 0
                """,
                company=company.id,
                first=first,
                last=last,
                today=today,
                partners=SQL("TRUE")
                if partner_ids is None
                else SQL("move.commercial_partner_id = ANY(%s)", list(partner_ids)),
            )
        )
        return {customer_id: float(days) for customer_id, days in rows}

    # ------------------------------------------------------------------
    # Who is a customer
    # ------------------------------------------------------------------

    @api.model
    def _stale_customers(self, company):
        """Ids of customers whose figures are not of today, in one query.

        A customer has, in this company, an owner, a confirmed order or an invoice.
        """
        for model in ("res.partner", "customer.assignment", "sale.order"):
            self.env[model].flush_model()
        self.env["account.move"].flush_model()
        self.flush_model()
        today = self.env["sales.branch"]._company_local_date(company)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner.id
                  FROM res_partner AS partner
             LEFT JOIN customer_figure AS figure
                    ON figure.partner_id = partner.id
                   AND figure.company_id = %(company)s
                 WHERE partner.commercial_partner_id = partner.id
                   AND partner.active
                   AND COALESCE(partner.company_id, %(company)s) = %(company)s
                   AND (figure.refreshed_on IS NULL OR figure.refreshed_on <> %(today)s)
                   AND NOT EXISTS (
                       SELECT FROM res_company AS own WHERE own.partner_id = partner.id)
                   AND partner.id IN (
                       SELECT owned.partner_id
                         FROM customer_assignment AS owned
                        WHERE owned.company_id = %(company)s
                          AND owned.user_id IS NOT NULL
                          AND owned.date_from <= %(today)s
                          AND (owned.date_to IS NULL OR owned.date_to >= %(today)s)
                        UNION
                       SELECT buyer.commercial_partner_id
                         FROM sale_order AS sale
                         JOIN res_partner AS buyer ON buyer.id = sale.partner_id
                        WHERE sale.company_id = %(company)s AND sale.state = 'sale'
                        UNION
                       SELECT move.commercial_partner_id
                         FROM account_move AS move
                        WHERE move.company_id = %(company)s
                          AND move.state = 'posted'
                          AND move.move_type = 'out_invoice')
              ORDER BY partner.id
                """,
                company=company.id,
                today=today,
            )
        )
        return [partner_id for (partner_id,) in rows]

    @api.model
    def _retire(self, company):
        """Who is no customer any more is met by no night; in sudo.

        A night that goes past midnight leaves customers of yesterday: they stay.
        """
        today = self.env["sales.branch"]._company_local_date(company)
        gone = self.search(
            Domain("company_id", "=", company.id)
            & Domain("partner_id", "not in", self._stale_customers(company))
            & (Domain("refreshed_on", "<", today) | Domain("refreshed_on", "=", False))
        )
        gone.write({"active": False, "next_contact_on": False})
        gone._end_dues()

    @api.model
    def _weigh(self, company):
        """Divide the customers of a company into A, B and C; in sudo."""
        figures = self.search_fetch(
            [("company_id", "=", company.id)], ["partner_id", "turnover", "abc"]
        )
        unit = 1 / company.currency_id.rounding
        classes = abc(
            {figure.id: round(figure.turnover * unit) for figure in figures},
            company.sales_manager_kpi_abc_a,
            company.sales_manager_kpi_abc_b,
        )
        for figure in figures:
            figure.abc = classes.get(figure.id, False)
