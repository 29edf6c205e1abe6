import logging

from odoo import api, models
from odoo.tools import SQL

_logger = logging.getLogger(__name__)


class CustomerAssignment(models.Model):
    _inherit = "customer.assignment"

    @api.model
    def _rebuild(self):
        """Write the owners of the past for customers that have no rows yet.

        Sources, in this order: tracked changes of the customer's salesperson; the
        salespersons of the customer's confirmed orders (a change is believed when at
        least two orders in a row say so); today's salesperson. The last row is always
        today's salesperson, so that past and present meet.

        :return: number of rows written
        """
        self.env.flush_all()
        cr = self.env.cr
        cr.execute(self._sql_rebuild())
        count = cr.rowcount
        self._link_rebuilt_chains()
        self.env.invalidate_all(flush=False)
        _logger.info("Owners of customers rebuilt from history: %s rows", count)
        return count

    def _link_rebuilt_chains(self):
        self.env.cr.execute(SQL("SELECT DISTINCT partner_id FROM customer_assignment"))
        self._link_chain([partner_id for (partner_id,) in self.env.cr.fetchall()])

    def _sql_rebuild(self):
        IrField = self.env["ir.model.fields"]
        return SQL(
            """
            WITH customer AS (%(customers)s),
            partner_change AS (%(partner_changes)s),
            tracked AS (%(tracked)s),
            told_by_orders AS (%(told_by_orders)s),
            told AS (
                SELECT * FROM tracked
                 UNION ALL
                SELECT o.company_id, o.partner_id, o.day, o.user_id
                  FROM told_by_orders AS o
                 WHERE NOT EXISTS (
                           SELECT FROM partner_change AS c
                            WHERE c.partner_id = o.partner_id
                       )
                 UNION ALL
                -- today's salesperson closes the chain
                SELECT c.company_id, c.partner_id,
                       CASE WHEN EXISTS (
                                SELECT FROM told_by_orders AS o
                                 WHERE o.partner_id = c.partner_id
                                   AND o.company_id = c.company_id
                            ) OR EXISTS (
                                SELECT FROM partner_change AS p
                                 WHERE p.partner_id = c.partner_id
                            )
                            THEN (now() AT TIME ZONE 'UTC')::date
                            ELSE c.start
                       END,
                       c.user_id
                  FROM customer AS c
            ),
            per_day AS (
                SELECT DISTINCT ON (company_id, partner_id, day) *
                  FROM (SELECT *, row_number() OVER () AS place FROM told) AS told
              ORDER BY company_id, partner_id, day, place DESC
            ),
            changes AS (
                SELECT *,
                       lag(COALESCE(user_id, 0), 1, -1) OVER (
                           PARTITION BY company_id, partner_id ORDER BY day
                       ) AS before
                  FROM per_day
            )
            INSERT INTO customer_assignment (
                company_id, partner_id, user_id, date_from, source,
                create_uid, write_uid, create_date, write_date
            )
            SELECT company_id, partner_id, user_id, day, 'rebuilt',
                   %(uid)s, %(uid)s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
              FROM changes
             WHERE COALESCE(user_id, 0) <> before
               AND NOT (before = -1 AND user_id IS NULL)
               AND (user_id IS NULL OR EXISTS (
                       SELECT FROM res_users AS u WHERE u.id = changes.user_id
                   ))
               AND NOT EXISTS (
                       SELECT FROM customer_assignment AS a
                        WHERE a.partner_id = changes.partner_id
                          AND a.company_id = changes.company_id
                   )
            """,
            customers=self._sql_customers(),
            partner_changes=self._sql_salesperson_changes(
                "res.partner", IrField._get("res.partner", "user_id").id
            ),
            tracked=self._sql_tracked(),
            told_by_orders=self._sql_told_by_orders(
                IrField._get("sale.order", "user_id").id
            ),
            uid=self.env.uid,
        )

    def _sql_customers(self):
        """Customers per company, with the first day anything is known of them."""
        return SQL(
            """
            SELECT d.company_id, p.id AS partner_id, p.user_id,
                   LEAST(min(d.day), (p.create_date)::date) AS start
              FROM (
                  SELECT o.company_id, p.commercial_partner_id AS partner_id,
                         o.date_order::date AS day
                    FROM sale_order AS o JOIN res_partner AS p ON p.id = o.partner_id
                   WHERE o.state = 'sale'
                   UNION ALL
                  SELECT company_id, commercial_partner_id, invoice_date
                    FROM account_move
                   WHERE state = 'posted'
                     AND move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                   UNION ALL
                  SELECT COALESCE(p.company_id, u.company_id), p.id, NULL
                    FROM res_partner AS p JOIN res_users AS u ON u.id = p.user_id
                   WHERE p.commercial_partner_id = p.id
              ) AS d
              JOIN res_partner AS p ON p.id = d.partner_id
          GROUP BY d.company_id, p.id
            """
        )

    def _sql_salesperson_changes(self, model, field_id):
        return SQL(
            """
            SELECT m.res_id AS partner_id, v.id, m.date AS at,
                   NULLIF(v.old_value_integer, 0) AS old_user_id,
                   NULLIF(v.new_value_integer, 0) AS new_user_id
              FROM mail_tracking_value AS v
              JOIN mail_message AS m ON m.id = v.mail_message_id
             WHERE v.field_id = %(field_id)s AND m.model = %(model)s
            """,
            field_id=field_id,
            model=model,
        )

    def _sql_tracked(self):
        """Before the first change its old value held, after each change its new one."""
        return SQL(
            """
            SELECT c.company_id, c.partner_id,
                   LEAST(c.start, first.at::date - 1) AS day,
                   first.old_user_id AS user_id
              FROM customer AS c
              JOIN (
                  SELECT DISTINCT ON (partner_id) partner_id, at, old_user_id
                    FROM partner_change
                ORDER BY partner_id, at, id
              ) AS first ON first.partner_id = c.partner_id
             UNION ALL
            SELECT c.company_id, c.partner_id, l.day, l.new_user_id
              FROM customer AS c
              JOIN (
                  SELECT DISTINCT ON (partner_id, at::date)
                         partner_id, at::date AS day, new_user_id
                    FROM partner_change
                ORDER BY partner_id, at::date, at DESC, id DESC
              ) AS l ON l.partner_id = c.partner_id
            """
        )

    def _sql_told_by_orders(self, field_id):
        """Owners as two confirmed orders in a row name them.

        The salesperson of an order is the one at its confirmation: the old value of
        the first change after it, where there was one.
        """
        return SQL(
            """
            SELECT company_id, partner_id, user_id,
                   CASE WHEN row_number() OVER (
                            PARTITION BY company_id, partner_id ORDER BY min(day)
                        ) = 1
                        THEN start
                        ELSE min(day)
                   END AS day
              FROM (
                SELECT e.*, e.place - row_number() OVER (
                           PARTITION BY company_id, partner_id, user_id
                           ORDER BY at, order_id
                       ) AS run
                  FROM (
                      SELECT o.company_id, p.commercial_partner_id AS partner_id,
                             o.id AS order_id, o.date_order AS at,
                             o.date_order::date AS day, c.start,
                             COALESCE(was.user_id, o.user_id) AS user_id,
                             row_number() OVER (
                                 PARTITION BY o.company_id,
                                              p.commercial_partner_id
                                 ORDER BY o.date_order, o.id
                             ) AS place
                        FROM sale_order AS o
                        JOIN res_partner AS p ON p.id = o.partner_id
                        JOIN customer AS c
                             ON c.partner_id = p.commercial_partner_id
                            AND c.company_id = o.company_id
                        LEFT JOIN (
                            SELECT DISTINCT ON (m.res_id)
                                   m.res_id, m.date,
                                   NULLIF(v.old_value_integer, 0) AS user_id
                              FROM mail_tracking_value AS v
                              JOIN mail_message AS m ON m.id = v.mail_message_id
                              JOIN sale_order AS o ON o.id = m.res_id
                             WHERE v.field_id = %(field_id)s
                               AND m.model = 'sale.order'
                               AND m.date > o.date_order
                          ORDER BY m.res_id, m.date, v.id
                        ) AS was ON was.res_id = o.id
                       WHERE o.state = 'sale'
                         AND COALESCE(was.user_id, o.user_id) IS NOT NULL
                  ) AS e
                   ) AS runs
          GROUP BY company_id, partner_id, user_id, run, start
            HAVING count(*) >= 2
            """,
            field_id=field_id,
        )
