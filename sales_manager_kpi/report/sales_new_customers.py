from collections import defaultdict
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

DAY = timedelta(days=1)
# What a document is, per basis: all rows of one are judged together.
DOCUMENT_FIELDS = {"order": "order_id", "delivery": "order_id"}


class SalesNewCustomers(models.AbstractModel):
    """Who is a new customer, and whose: defined here, once for every area.

    A customer (the commercial entity, in one company) is new with a document that adds
    turnover on the basis, when no other did before: ever, or within the company's
    months of silence. Credit notes and documents that come to nothing are no purchases,
    neither now nor before; an invoice that was taken back in full is none either. What
    counts for nobody yet is a purchase all the same.

    Of a month that was closed these are the ones kept then, and they are not new again.

    The new customer belongs to the manager credited with that first document, where
    several share it to the one with the largest part: so nobody is new twice.
    """

    _name = "sales.new.customers"
    _description = "New Customers of the Facts"

    @api.model
    def _new_customers(
        self, company, date_from, date_to, basis="invoice", users=None, live=False
    ):
        """New customers from ``date_from`` to ``date_to``, both days included.

        Two queries, whatever the number of managers.

        :param users: res.users records; all managers when not given
        :param live: by the documents as they stand, also of closed months: pay settles
            what changed there since
        :return: ``{user id: {partner id: day of the first counted document}}``; who
            has none has no key, and a first document of nobody makes nobody's customer
        """
        found = defaultdict(dict)
        rows = self._new_customer_rows(company, date_from, date_to, basis, users, live)
        for user_id, partner_id, day, _document_id in rows:
            found[user_id][partner_id] = day
        return dict(found)

    @api.model
    def _new_customers_domain(
        self, company, date_from, date_to, basis="invoice", users=None
    ):
        """Domain, literals only, of the facts that made these customers new.

        Each of their customers is a new one: counting them gives the figure again.
        """
        rows = self._new_customer_rows(company, date_from, date_to, basis, users)
        return self._new_customer_facts(
            company,
            date_from,
            date_to,
            basis,
            sorted({row[0] for row in rows}),
            sorted({row[3] for row in rows}),
        )

    @api.model
    def _new_customers_domains(
        self, company, date_from, date_to, basis="invoice", users=None
    ):
        """The same per manager, in the same two queries: ``{user id: domain}``."""
        documents = defaultdict(list)
        rows = self._new_customer_rows(company, date_from, date_to, basis, users)
        for user_id, _partner_id, _day, document_id in rows:
            documents[user_id].append(document_id)
        user_ids = documents if users is None else users.ids
        return {
            user_id: self._new_customer_facts(
                company,
                date_from,
                date_to,
                basis,
                [user_id],
                sorted(documents.get(user_id, [])),
            )
            for user_id in user_ids
        }

    def _new_customer_facts(
        self, company, date_from, date_to, basis, user_ids, documents
    ):
        return [
            ("company_id", "=", company.id),
            ("basis", "=", basis),
            ("status", "=", "counted"),
            ("date", ">=", fields.Date.to_string(date_from)),
            ("date", "<=", fields.Date.to_string(date_to)),
            ("user_id", "in", user_ids),
            (_document_field(basis), "in", documents),
        ]

    def _new_customer_rows(self, company, date_from, date_to, basis, users, live=False):
        """``[(user id, partner id, day, document id)]``, oldest first.

        Those of closed months as they were kept, the others from the documents.
        """
        rows, kept, spans = [], [], [(date_from, date_to)]
        if not live:
            kept, spans = self._kept_new_customers(company, date_from, date_to, basis)
        for first, last in spans:
            rows += self._live_new_customer_rows(company, first, last, basis)
        rows = self._once(company, kept, rows, (date_from, date_to))
        asked = None if users is None else set(users.ids)
        rows = [row for row in rows if row[0] and (asked is None or row[0] in asked)]
        return sorted(rows, key=lambda row: (row[2], row[3]))

    def _kept_new_customers(self, company, date_from, date_to, basis):
        """Rows kept of closed months up to ``date_to``, and the days kept of no month.

        :return: ``(rows, [(first day, last day)])``
        """
        # sudo: since when a company closes its months, and whose customer was new, does
        # not depend on who reads it
        company = company.sudo()
        if not company.sales_manager_kpi_first_managed_month:
            return [], [(date_from, date_to)]
        # sudo: as above
        periods = (
            self.env["sales.period"]
            .sudo()
            .search_fetch(
                [
                    ("company_id", "=", company.id),
                    ("state", "!=", "open"),
                    ("date_from", "<=", date_to),
                ],
                ["date_from", "date_to", "frozen_new_customers"],
                order="date_from",
            )
        )
        rows, spans, first = [], [], date_from
        for period in periods:
            of_basis = (period.frozen_new_customers or {}).get(basis)
            if of_basis is None:
                continue
            rows += [
                (user_id, partner_id, fields.Date.to_date(day), document_id)
                for user_id, partner_id, day, document_id in of_basis
            ]
            if period.date_to < first:
                continue
            if period.date_from > first:
                spans.append((first, period.date_from - DAY))
            first = period.date_to + DAY
        if first <= date_to:
            spans.append((first, date_to))
        return rows, spans

    def _once(self, company, kept, rows, days):
        """``rows`` without who was new in a closed month, and those of ``kept`` asked.

        Who is forgotten after the months of silence is new again.
        """
        if not kept:
            return rows
        months = company.sales_manager_kpi_new_customer_months
        silence = relativedelta(months=months) if months else None
        found, last = {}, {}
        for row in sorted([*kept, *rows], key=lambda row: (row[2], row[3])):
            before = last.get(row[1])
            if before is not None and (silence is None or row[2] - silence < before):
                continue
            last[row[1]] = row[2]
            if days[0] <= row[2] <= days[1]:
                found.setdefault(row[1], row)
        return list(found.values())

    def _live_new_customer_rows(self, company, date_from, date_to, basis):
        """The same from the documents as they stand, of everybody.

        The history is only asked whether there is any, customer by customer of the
        days in question, so that an old company costs no more than a young one.
        """
        # sudo: whose customer is new must not depend on who reads it; company and
        # days are given, and whoever shows a figure answers for who may see it
        reader = self.sudo().with_context(fact_bases=[basis])
        facts = reader._table_query
        return self.env.execute_query(
            SQL(
                """
                WITH document AS MATERIALIZED (%(documents)s),
                candidate AS (%(candidates)s)
                SELECT DISTINCT ON (candidate.partner_id)
                       candidate.user_id, candidate.partner_id, candidate.day,
                       candidate.document_id
                  FROM candidate
                 WHERE NOT EXISTS (%(history)s)
              ORDER BY candidate.partner_id, candidate.moment, candidate.document_id
                """,
                documents=self._sql_new_documents(
                    facts, company, date_from, date_to, basis
                ),
                candidates=self._sql_new_candidates(company),
                history=self._sql_new_history(facts, company, date_from, basis),
            )
        )

    # ------------------------------------------------------------------
    # Parts of the query
    # ------------------------------------------------------------------

    def _sql_silence(self, company) -> SQL:
        """The months without a purchase that make a customer new again, or NULL."""
        months = company.sales_manager_kpi_new_customer_months
        if not months:
            return SQL("NULL::interval")
        return SQL("make_interval(months => %s)", months)

    def _sql_new_documents(self, facts, company, date_from, date_to, basis) -> SQL:
        """The purchases of the days in question, each with its manager."""
        return SQL(
            """
            SELECT part.partner_id, part.document_id,
                   min(part.day) AS day, min(part.moment) AS moment,
                   (array_agg(
                       part.user_id
                       ORDER BY part.user_id IS NULL, part.amount DESC, part.first_id
                   ))[1] AS user_id
              FROM (
                    SELECT fact.partner_id, fact.%(document)s AS document_id,
                           fact.user_id, min(fact.date) AS day,
                           min(fact.moment) AS moment, min(fact.id) AS first_id,
                           sum(fact.amount) AS amount
                      FROM (%(facts)s) AS fact
                     WHERE fact.company_id = %(company)s
                       AND fact.basis = %(basis)s
                       AND NOT fact.is_excluded
                       AND fact.date >= %(date_from)s AND fact.date <= %(date_to)s
                       AND fact.moment >= %(date_from)s::date - 1
                       AND fact.moment < %(date_to)s::date + 2
                  GROUP BY fact.partner_id, fact.%(document)s, fact.user_id
                   ) AS part
             WHERE %(valid)s
          GROUP BY part.partner_id, part.document_id
            HAVING sum(part.amount) > 0
            """,
            document=SQL.identifier(_document_field(basis)),
            facts=facts,
            company=company.id,
            basis=basis,
            date_from=date_from,
            date_to=date_to,
            valid=self._sql_is_purchase(basis, SQL("part.document_id")),
        )

    def _sql_new_candidates(self, company) -> SQL:
        """Purchases that no other of the same days came before, within the silence."""
        silence = self._sql_silence(company)
        return SQL(
            """
            SELECT placed.*, (placed.day - %(silence)s)::date AS silent_from
              FROM (
                    SELECT document.*,
                           lag(document.day) OVER (
                               PARTITION BY document.partner_id
                               ORDER BY document.day, document.document_id
                           ) AS day_before
                      FROM document
                   ) AS placed
             WHERE placed.day_before IS NULL
                OR placed.day_before <= placed.day - %(silence)s
            """,
            silence=silence,
        )

    def _sql_new_history(self, facts, company, date_from, basis) -> SQL:
        """A purchase before the days in question that is not forgotten.

        `OFFSET 0` keeps PostgreSQL from reading all history to join it once: it stops
        at the first one of the customer. Deliveries and payments do not know their
        customer themselves: they are asked document by document of the customer.
        """
        if basis == "delivery":
            known = SQL(
                """
                FROM res_partner AS buyer
                JOIN sale_order AS known ON known.partner_id = buyer.id
               WHERE buyer.commercial_partner_id = candidate.partner_id
                """
            )
        elif basis == "payment":
            known = SQL(
                """
                FROM account_move AS known
               WHERE known.commercial_partner_id = candidate.partner_id
                 AND known.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                """
            )
        else:
            return self._sql_old_purchase(facts, company, date_from, basis)
        document = SQL("fact.%s", SQL.identifier(_document_field(basis)))
        return SQL(
            """
            SELECT %(known)s
               AND known.company_id = %(company)s
               AND EXISTS (%(purchase)s)
            OFFSET 0
            """,
            known=known,
            company=company.id,
            purchase=self._sql_old_purchase(
                facts, company, date_from, basis, SQL("%s = known.id", document)
            ),
        )

    def _sql_old_purchase(
        self, facts, company, date_from, basis, condition: SQL | None = None
    ) -> SQL:
        document = SQL.identifier(_document_field(basis))
        earliest = SQL("%s::date - %s", date_from, self._sql_silence(company))
        return SQL(
            """
            SELECT FROM (%(facts)s) AS fact
             WHERE fact.partner_id = candidate.partner_id
               AND fact.company_id = %(company)s
               AND fact.basis = %(basis)s
               AND %(condition)s
               AND NOT fact.is_excluded
               AND fact.amount > 0
               AND fact.date < %(date_from)s
               AND fact.moment < %(date_from)s::date + 1
               AND (candidate.silent_from IS NULL OR (
                       fact.date > candidate.silent_from
                       AND fact.moment > %(earliest)s - interval '1 day'
                   ))
               AND %(valid)s
            OFFSET 0
            """,
            facts=facts,
            company=company.id,
            basis=basis,
            condition=condition or SQL("TRUE"),
            date_from=date_from,
            earliest=earliest,
            valid=self._sql_is_purchase(basis, SQL("fact.%s", document)),
        )

    def _sql_is_purchase(self, basis, document: SQL) -> SQL:
        """Whether a document came to something, and was not taken back in full.

        Asked of the document's own lines: its facts would be read once more for it.
        """
        if _document_field(basis) == "order_id":
            came_to = {
                "order": SQL("sum(goods.price_subtotal) > 0"),
                # What came back in full, and is not on an invoice either, did not.
                "delivery": SQL(
                    "bool_or(goods.qty_delivered > 0 OR goods.qty_invoiced > 0)"
                ),
            }
            return SQL(
                """
                (SELECT %(came_to)s
                   FROM sale_order_line AS goods
                  WHERE goods.order_id = %(document)s
                    AND goods.display_type IS NULL
                    AND goods.is_downpayment IS NOT TRUE)
                """,
                document=document,
                came_to=came_to[basis],
            )
        # A down payment counts when it is paid, on the invoice basis it never does.
        is_goods = "TRUE" if basis == "payment" else "goods.is_downpayment IS NOT TRUE"
        return SQL(
            """
            (SELECT -sum(goods.balance) > 0
               FROM account_move_line AS goods
               JOIN account_move AS taken ON taken.id = goods.move_id
                AND taken.payment_state IS DISTINCT FROM 'reversed'
              WHERE goods.move_id = %(document)s
                AND goods.display_type = 'product'
                AND %(is_goods)s)
            """,
            document=document,
            is_goods=SQL(is_goods),
        )


def _document_field(basis):
    return DOCUMENT_FIELDS.get(basis, "move_id")
