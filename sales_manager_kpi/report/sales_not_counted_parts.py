from odoo import models
from odoo.tools import SQL

from .sales_fact_query import select_list

COLUMNS = {
    "id": "bigint",
    "basis": "varchar",
    "reason": "varchar",
    "date": "date",
    "moment": "timestamp",
    "company_id": "integer",
    "currency_id": "integer",
    "user_id": "integer",
    "credited_user_id": "integer",
    "branch_id": "integer",
    "partner_id": "integer",
    "amount": "numeric",
    "move_id": "integer",
    "order_id": "integer",
}

# A row's number says its document, manager and day, so that it is found again; all of
# it stays below what a browser can count to.
USERS, DAYS, KINDS = 16384, 1024, 16
KIND_BASIS = {"invoice": 0, "order": 1, "delivery": 2, "payment": 3}
KIND_ORDER, KIND_FACT = 4, 8


class SalesNotCountedParts(models.AbstractModel):
    """What the sources of ``sales.not.counted`` share: columns, keys, whose it is.

    Aliases as in ``sales.fact.query``; beside them ``day`` the document's day,
    ``owner`` the assignment on it, ``member`` the salesperson's membership,
    ``manager`` one manager the document is or would be for, ``pending`` what of it
    does not count.
    """

    _name = "sales.not.counted.parts"
    _description = "Parts of the Query of What Is Not Counted"

    def _sql_columns(self, columns) -> SQL:
        return select_list(COLUMNS, columns)

    def _sql_id(self, document: SQL, user: SQL, date: SQL, kind: int) -> SQL:
        return SQL(
            "((%s::bigint * %s + COALESCE(%s, 0) %% %s) * %s"
            " + (%s - '2000-01-01'::date) %% %s) * %s + %s",
            document,
            USERS,
            user,
            USERS,
            DAYS,
            date,
            DAYS,
            KINDS,
            kind,
        )

    def _sql_done(self, basis, is_document: SQL) -> SQL:
        """What of a document the facts know: in its own month, and in others.

        On payments the share has PostgreSQL look for the manager first, so that the
        documents of others are not asked; deliveries are read faster without it.
        """
        asked = "manager.share_bp <> 0" if basis == "payment" else "TRUE"
        facts = self.env["sales.fact.report"].with_context(fact_bases=[basis])
        return SQL(
            """
            SELECT COALESCE(sum(fact.amount) FILTER (WHERE %(here)s), 0) AS here,
                   COALESCE(sum(fact.amount) FILTER (WHERE NOT %(here)s), 0)
                       AS elsewhere
              FROM (%(facts)s) AS fact
             WHERE %(is_document)s
               AND fact.reason IS DISTINCT FROM 'down_payment'
               AND %(asked)s
            """,
            here=SQL(
                "date_trunc('month', fact.date::timestamp)"
                " = date_trunc('month', day.day::timestamp)"
            ),
            facts=facts._table_query,
            is_document=is_document,
            asked=SQL(asked),
        )

    # ------------------------------------------------------------------
    # Whose
    # ------------------------------------------------------------------

    def _sql_owner(self, partner: SQL, salesperson: SQL, document) -> SQL:
        """Assignment on the day; without an owner, a salesperson who is a member."""
        return SQL(
            """
            LEFT JOIN customer_assignment AS owner
                   ON owner.partner_id = %(partner)s
                  AND owner.company_id = %(document)s
                  AND owner.date_from <= day.day
                  AND (owner.date_to IS NULL OR owner.date_to >= day.day)
                  AND owner.user_id IS NOT NULL
            LEFT JOIN sales_branch_member AS member
                   ON member.user_id = %(salesperson)s
                  AND member.company_id = %(document)s
                  AND member.date_from <= day.day
                  AND (member.date_to IS NULL OR member.date_to >= day.day)
            """,
            partner=partner,
            salesperson=salesperson,
            document=SQL.identifier(document, "company_id"),
        )

    def _sql_managers(self, document, is_share: SQL) -> SQL:
        """The managers a document is for, and the owner it is not for.

        Shares where it has some, else the one it is credited to, else the owner.
        """
        return SQL(
            """
            SELECT credit.user_id, credit.branch_id, credit.share_bp,
                   NULL::integer AS credited_user_id
              FROM sales_credit AS credit
             WHERE %(kind)s = 'shared' AND %(is_share)s
             UNION ALL
            SELECT %(user)s, %(branch)s, 10000, NULL
             WHERE %(user)s IS NOT NULL AND %(kind)s IS DISTINCT FROM 'shared'
             UNION ALL
            SELECT COALESCE(owner.user_id, member.user_id),
                   CASE WHEN owner.user_id IS NULL THEN member.branch_id
                        ELSE owner.branch_id END,
                   10000, NULL
             WHERE %(user)s IS NULL
             UNION ALL
            SELECT owner.user_id, owner.branch_id, 10000, %(user)s
             WHERE owner.user_id <> %(user)s
               AND NOT EXISTS (
                       SELECT FROM sales_credit AS credit
                        WHERE %(kind)s = 'shared' AND %(is_share)s
                          AND credit.user_id = owner.user_id
                   )
            """,
            kind=SQL.identifier(document, "credit_kind"),
            user=SQL.identifier(document, "credited_user_id"),
            branch=SQL.identifier(document, "credited_branch_id"),
            is_share=is_share,
        )

    def _sql_pending_columns(self, is_intercompany: SQL) -> dict:
        return {
            "date": SQL("day.day"),
            "user_id": SQL("manager.user_id"),
            "branch_id": SQL("manager.branch_id"),
            "credited_user_id": SQL("manager.credited_user_id"),
            "amount": SQL(
                "round(pending.amount * manager.share_bp / 10000.0 / currency.rounding)"
                " * currency.rounding"
            ),
            "reason": SQL(
                """
                CASE WHEN %s THEN 'intercompany'
                     WHEN manager.credited_user_id IS NOT NULL THEN 'other_manager'
                     ELSE pending.reason
                END
                """,
                is_intercompany,
            ),
        }
