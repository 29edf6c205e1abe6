import logging
import time
from contextlib import contextmanager

from odoo import api, models
from odoo.tools import SQL

_logger = logging.getLogger(__name__)


class SalesCreditFill(models.AbstractModel):
    """Credit for documents that were there before us, set-based.

    Runs at installation and whenever an administrator asks for it: branches and
    memberships come after the installation, and only then a salesperson is a member.
    """

    _name = "sales.credit.fill"
    _description = "Credit for Existing Documents"

    @api.model
    def _fill(self):
        """Give credit to all orders and invoices that have none yet, or no branch.

        :return: number of documents that changed
        """
        self.env.flush_all()
        count = 0
        with step("orders: first confirmation and credit"):
            count += self._fill_orders()
        with step("invoices: credit of their orders"):
            count += self._fill_moves_from_orders()
        with step("invoices of several owners"):
            count += self._fill_moves_by_line()
        with step("invoices without orders"):
            count += self._fill_moves_without_order()
        with step("credit notes: credit of what they reverse"):
            count += self._fill_reversals()
        with step("branches of credited documents and of owners"):
            count += self._fill_branches()
        self.env.invalidate_all(flush=False)
        return count

    def _run(self, query, *args, **kwargs):
        self.env.cr.execute(SQL(query, *args, **kwargs))
        return self.env.cr.rowcount

    # ------------------------------------------------------------------
    # Who owned the customer, on which day
    # ------------------------------------------------------------------

    def _sql_resolved(self, source, moment, day):
        """Credit of the rows ``e(id, company_id, partner_id, user_id, at)``.

        The same rule as customer.assignment._resolve: assignment on the day, else the
        salesperson if a member of a branch on that day.

        :param SQL source: query of the events
        :param SQL moment: their day where the assignment names a branch
        :param SQL day: their day in the company's time zone
        """
        return SQL(
            """
            SELECT e.id,
                   COALESCE(a.user_id, m.user_id) AS user_id,
                   CASE WHEN a.user_id IS NOT NULL
                        THEN COALESCE(ma.branch_id, a.branch_id)
                        ELSE m.branch_id
                   END AS branch_id
              FROM (%(source)s) AS e
              JOIN res_company AS company ON company.id = e.company_id
              JOIN res_partner AS cp ON cp.id = company.partner_id
              LEFT JOIN LATERAL (
                  SELECT a.user_id, a.branch_id
                    FROM customer_assignment AS a
                    LEFT JOIN sales_branch AS b ON b.id = a.branch_id
                   WHERE a.partner_id = e.partner_id
                     AND a.company_id = e.company_id
                     AND a.date_from <= %(moment)s
                ORDER BY a.date_from DESC
                   LIMIT 1
              ) AS a ON TRUE
              LEFT JOIN sales_branch_member AS ma
                     ON ma.user_id = a.user_id AND ma.company_id = e.company_id
                    AND ma.date_from <= %(day)s
                    AND (ma.date_to IS NULL OR ma.date_to >= %(day)s)
              LEFT JOIN sales_branch_member AS m
                     ON a.user_id IS NULL
                    AND m.user_id = e.user_id AND m.company_id = e.company_id
                    AND m.date_from <= %(day)s
                    AND (m.date_to IS NULL OR m.date_to >= %(day)s)
            """,
            source=source,
            moment=moment,
            day=day,
        )

    def _sql_local_day(self, tz):
        return SQL(
            "(e.at AT TIME ZONE 'UTC' AT TIME ZONE COALESCE(%s, 'UTC'))::date", tz
        )

    def _fill_orders(self):
        source = SQL(
            """
            SELECT o.id, o.company_id, p.commercial_partner_id AS partner_id,
                   o.user_id, COALESCE(o.first_confirmation_date, o.date_order) AS at
              FROM sale_order AS o
              JOIN res_partner AS p ON p.id = o.partner_id
             WHERE o.state = 'sale'
               AND (o.credit_kind IS NULL OR o.credit_kind = 'unassigned')
            """
        )
        return self._run(
            """
            UPDATE sale_order AS o
               SET first_confirmation_date =
                       COALESCE(o.first_confirmation_date, o.date_order),
                   first_confirmation_rate =
                       COALESCE(o.first_confirmation_rate, o.currency_rate),
                   credited_user_id = c.user_id,
                   credited_branch_id = c.branch_id,
                   credit_kind =
                       CASE WHEN c.user_id IS NULL THEN 'unassigned' ELSE 'single' END
              FROM (%(resolved)s) AS c
             WHERE o.id = c.id
               AND (o.credit_kind IS NULL OR c.user_id IS NOT NULL)
            """,
            resolved=self._sql_resolved(
                source,
                self._sql_local_day(SQL("COALESCE(b.tz, cp.tz)")),
                self._sql_local_day(SQL("cp.tz")),
            ),
        )

    def _sql_order_of_move(self):
        """The orders behind each invoice that still has no credit."""
        return SQL(
            """
            SELECT line.move_id, o.id, o.credited_user_id, o.credited_branch_id,
                   o.credit_kind,
                   o.credit_kind = 'shared' OR o.substitution_id IS NOT NULL AS divided
              FROM account_move AS move
              JOIN account_move_line AS line ON line.move_id = move.id
              JOIN sale_order_line_invoice_rel AS rel
                   ON rel.invoice_line_id = line.id
              JOIN sale_order_line AS sol ON sol.id = rel.order_line_id
              JOIN sale_order AS o ON o.id = sol.order_id
             WHERE move.state = 'posted'
               AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
               AND (move.credit_kind IS NULL OR move.credit_kind = 'unassigned')
               AND o.credit_kind IN ('single', 'shared', 'unassigned')
               AND NOT EXISTS (
                       SELECT FROM account_move AS origin
                        WHERE origin.id = move.reversed_entry_id
                          AND origin.state = 'posted'
                   )
            """
        )

    def _fill_moves_from_orders(self):
        return self._run(
            """
            UPDATE account_move AS move
               SET credited_user_id = o.user_id,
                   credited_branch_id = o.branch_id,
                   credit_kind = o.kind
              FROM (
                  SELECT move_id,
                         min(credited_user_id) AS user_id,
                         min(credited_branch_id) AS branch_id,
                         min(credit_kind) AS kind
                    FROM (%(orders)s) AS o
                GROUP BY move_id
                  HAVING min(COALESCE(credited_user_id, 0)) =
                         max(COALESCE(credited_user_id, 0))
                     AND min(COALESCE(credited_branch_id, 0)) =
                         max(COALESCE(credited_branch_id, 0))
                     AND NOT bool_or(divided)
              ) AS o
             WHERE move.id = o.move_id
               AND move.credit_kind IS DISTINCT FROM o.kind
            """,
            orders=self._sql_order_of_move(),
        )

    def _fill_moves_by_line(self):
        """The rest of the invoices with orders: few, so they go one by one.

        Those of orders of several owners, and of orders whose credit is shared or was
        divided by a substitution.
        """
        self.env.cr.execute(
            SQL(
                """
                SELECT move_id
                  FROM (%s) AS o
              GROUP BY move_id
                HAVING count(DISTINCT (
                           COALESCE(credited_user_id, 0),
                           COALESCE(credited_branch_id, 0)
                       )) > 1
                    OR bool_or(divided)
                """,
                self._sql_order_of_move(),
            )
        )
        return self._resolve_found_moves()

    def _resolve_found_moves(self):
        """Credit the moves the cursor found, by the rule for single documents."""
        moves = self.env["account.move"].browse(
            move_id for (move_id,) in self.env.cr.fetchall()
        )
        # what the cache knows of the orders was written past it just now
        self.env.invalidate_all(flush=False)
        for company, company_moves in moves.grouped("company_id").items():
            company_moves._store_credit(company_moves._resolve_credit(company))
        return len(moves)

    def _fill_moves_without_order(self):
        source = SQL(
            """
            SELECT move.id, move.company_id, move.commercial_partner_id AS partner_id,
                   move.invoice_user_id AS user_id,
                   COALESCE(move.invoice_date, move.date) AS at
              FROM account_move AS move
             WHERE move.state = 'posted'
               AND move.move_type IN ('out_invoice', 'out_receipt')
               AND (move.credit_kind IS NULL OR move.credit_kind = 'unassigned')
               AND NOT EXISTS (
                       SELECT
                         FROM account_move_line AS line
                         JOIN sale_order_line_invoice_rel AS rel
                              ON rel.invoice_line_id = line.id
                         JOIN sale_order_line AS sol ON sol.id = rel.order_line_id
                         JOIN sale_order AS o ON o.id = sol.order_id
                        WHERE line.move_id = move.id AND o.credit_kind IS NOT NULL
                   )
            """
        )
        return self._run(
            """
            UPDATE account_move AS move
               SET credited_user_id = c.user_id,
                   credited_branch_id = c.branch_id,
                   credit_kind =
                       CASE WHEN c.user_id IS NULL THEN 'unassigned' ELSE 'single' END
              FROM (%(resolved)s) AS c
             WHERE move.id = c.id
               AND (move.credit_kind IS NULL OR c.user_id IS NOT NULL)
            """,
            resolved=self._sql_resolved(source, SQL("e.at"), SQL("e.at")),
        )

    def _fill_reversals(self):
        """Credit notes take what they reverse; without origin they need an owner."""
        count = self._run(
            """
            UPDATE account_move AS move
               SET credited_user_id = origin.credited_user_id,
                   credited_branch_id = origin.credited_branch_id,
                   credit_kind = origin.credit_kind,
                   substitution_id = origin.substitution_id
              FROM account_move AS origin
             WHERE origin.id = move.reversed_entry_id
               AND move.state = 'posted' AND move.move_type = 'out_refund'
               AND (move.credit_kind IS NULL OR move.credit_kind = 'unassigned')
               AND origin.credit_kind IN ('single', 'unassigned')
               AND move.credit_kind IS DISTINCT FROM origin.credit_kind
            """
        )
        self.env.cr.execute(
            SQL(
                """
                SELECT move.id
                  FROM account_move AS move
                  JOIN account_move AS origin ON origin.id = move.reversed_entry_id
                 WHERE move.state = 'posted' AND move.move_type = 'out_refund'
                   AND (move.credit_kind IS NULL OR move.credit_kind = 'unassigned')
                   AND origin.credit_kind IN ('shared', 'by_line')
                """
            )
        )
        count += self._resolve_found_moves()
        return count + self._run(
            """
            UPDATE account_move
               SET credit_kind = 'needs_owner'
             WHERE state = 'posted' AND move_type = 'out_refund'
               AND credit_kind IS NULL
            """
        )

    def _fill_branches(self):
        """Documents and owners that got credit before their branch was there."""
        day = SQL(
            "(doc.first_confirmation_date AT TIME ZONE 'UTC' AT TIME ZONE b.tz)::date"
        )
        count = sum(
            self._run(
                """
                UPDATE %(table)s AS doc
                   SET credited_branch_id = m.branch_id
                  FROM sales_branch_member AS m
                  JOIN sales_branch AS b ON b.id = m.branch_id
                 WHERE doc.credited_branch_id IS NULL
                   AND doc.credited_user_id = m.user_id
                   AND doc.company_id = m.company_id
                   AND m.date_from <= %(day)s
                   AND (m.date_to IS NULL OR m.date_to >= %(day)s)
                """,
                table=SQL.identifier(table),
                day=day_of,
            )
            for table, day_of in (
                ("sale_order", day),
                ("account_move", SQL("COALESCE(doc.invoice_date, doc.date)")),
            )
        )
        return count + self._fill_branches_of_owners()

    def _fill_branches_of_owners(self):
        """The branch an owner worked in last while the row held."""
        return self._run(
            """
            UPDATE customer_assignment AS a
               SET branch_id = found.branch_id
              FROM (
                  SELECT DISTINCT ON (a.id) a.id, m.branch_id
                    FROM customer_assignment AS a
                    JOIN sales_branch_member AS m
                         ON m.user_id = a.user_id AND m.company_id = a.company_id
                   WHERE a.branch_id IS NULL
                     AND (m.date_to IS NULL OR m.date_to >= a.date_from)
                     AND (a.date_to IS NULL OR m.date_from <= a.date_to)
                ORDER BY a.id, m.date_from DESC
              ) AS found
             WHERE a.id = found.id
            """
        )


@contextmanager
def step(name):
    """Say in the log what a long installation is doing."""
    start = time.monotonic()
    yield
    _logger.info("Existing documents, %s: %.1f s", name, time.monotonic() - start)
