from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..report.sales_fact_query import KINDS, RANKS
from .sales_fact_line_freeze import _columns


class SalesFactLine(models.Model):
    """What changed in closed months: found by comparing, booked in the open one."""

    _inherit = "sales.fact.line"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _book_late(self, company):
        """Book what the closed months of ``company`` say otherwise by now.

        Every live row of a closed month is compared with what stands of it, frozen and
        late; the difference is added, counted in the first open month, so that frozen
        and late rows are the live ones again. Asked again, it adds nothing.

        :return: the rows that were added, in sudo
        """
        # sudo: late rows come from everybody's documents, and nobody writes them
        Line = self.sudo()
        # sudo: which months are closed does not depend on who asks
        periods = self.env["sales.period"].sudo()._closed_months(company)
        if not periods:
            return Line
        Line._take_booking_turn(periods)
        booked = periods._first_open(company)
        added = Line
        for bases, group in periods.grouped("frozen_bases").items():
            added |= Line._insert_late(group, bases.split(","), booked)
        return added

    @api.model
    def _take_booking_turn(self, periods):
        """One at a time: who comes second sees what the first has booked.

        The second waits, and where it looked before the first was through, the row
        that both write makes it a serialization failure, which Odoo serves again.
        """
        self.env.cr.execute(
            SQL(
                "SELECT pg_advisory_xact_lock(hashtext('sales_fact_line'), %s)",
                periods.company_id.id,
            )
        )
        periods._step({"compared_on": self.env.cr.now()})
        periods.flush_recordset(["compared_on"])

    def _insert_late(self, periods, bases, booked):
        names = [*self._identity, *self._figures, *self._companions]
        added = {
            "kind": SQL("'late'"),
            "period_id": SQL("late.period_id"),
            "booked_period_id": SQL("%s", booked.id),
            "fact_key": SQL("late.fact_key"),
            "line_count": SQL("late.line_count"),
            "document_name": SQL("late.document_name"),
            "cause": SQL("late.cause"),
            "change_uid": SQL("late.change_uid"),
            "change_date": SQL("late.change_date"),
            **self._sql_written(),
        }
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                WITH %(parts)s
                INSERT INTO sales_fact_line (%(columns)s)
                     SELECT %(values)s FROM (%(late)s) AS late
                  RETURNING id
                """,
                parts=self._sql_compared(periods, bases),
                columns=_columns([*names, *added]),
                values=SQL(", ").join(
                    [
                        *(SQL.identifier("late", name) for name in names),
                        *added.values(),
                    ]
                ),
                late=self._sql_explained(),
            )
        )
        self.invalidate_model()
        return self.browse([row_id for (row_id,) in rows])

    # ------------------------------------------------------------------
    # What differs
    # ------------------------------------------------------------------

    def _sql_compared(self, periods, bases) -> SQL:
        """``live`` and ``standing`` rows, and ``delta``, one from the other."""
        names = [*self._identity, *self._figures, *self._companions]
        return SQL(
            """
            live AS MATERIALIZED (
                SELECT period.id AS period_id, fact.id AS fact_key, %(fact)s
                  FROM (%(facts)s) AS fact
                  JOIN sales_period AS period
                    ON period.id = ANY(%(periods)s)
                   AND fact.date BETWEEN period.date_from AND period.date_to
            ),
            standing AS MATERIALIZED (
                SELECT line.period_id, line.fact_key, line.line_count, %(line)s,
                       line.document_name
                  FROM sales_fact_line AS line
                 WHERE line.period_id = ANY(%(periods)s)
                   AND line.kind IN ('frozen', 'late')
            ),
            delta AS (
                SELECT side.period_id,
                       side.fact_key,
                       %(identity)s,
                       sum(side.line_count)::integer AS line_count,
                       %(sums)s,
                       %(companions)s,
                       max(side.document_name) AS document_name
                  FROM (
                        SELECT period_id, fact_key, 1 AS line_count, %(names)s,
                               NULL AS document_name
                          FROM live
                         UNION ALL
                        SELECT period_id, fact_key, -line_count, %(minus)s,
                               document_name
                          FROM standing
                       ) AS side
                 GROUP BY side.period_id, side.fact_key, %(identity)s
                HAVING sum(side.line_count) <> 0 OR %(differs)s
            )
            """,
            fact=_prefixed("fact", names),
            line=_prefixed("line", names),
            facts=self._sql_live(periods, bases),
            periods=periods.ids,
            identity=_prefixed("side", self._identity),
            names=_columns(names),
            minus=SQL(", ").join(
                SQL("-%s", SQL.identifier(name))
                if name in self._figures
                else SQL.identifier(name)
                for name in names
            ),
            sums=self._sql_each("sum(side.%(name)s) AS %(name)s", self._figures),
            companions=self._sql_each(
                "max(side.%(name)s) AS %(name)s", self._companions
            ),
            differs=SQL(" OR ").join(
                SQL("COALESCE(sum(%s), 0) <> 0", SQL.identifier("side", name))
                for name in self._figures
            ),
        )

    def _sql_each(self, template, names) -> SQL:
        return SQL(", ").join(
            SQL(template, name=SQL.identifier(name)) for name in names
        )

    # ------------------------------------------------------------------
    # Why, by whom and when
    # ------------------------------------------------------------------

    def _sql_explained(self) -> SQL:
        """The differences, each with its cause and with who changed what last."""
        return SQL(
            """
            SELECT found.*,
                   COALESCE(found.known_name, move.name, sale.name) AS document_name,
                   %(cause)s AS cause,
                   change.uid AS change_uid,
                   change.at AS change_date
              FROM (%(found)s) AS found
         LEFT JOIN account_move AS move ON move.id = found.move_id
         LEFT JOIN account_move_line AS item ON item.id = found.move_line_id
         LEFT JOIN sale_order AS sale ON sale.id = found.order_id
         LEFT JOIN sale_order_line AS line ON line.id = found.order_line_id
         LEFT JOIN LATERAL (%(change)s) AS change ON TRUE
            """,
            cause=self._sql_cause(),
            found=self._sql_found(),
            change=self._sql_change(),
        )

    def _sql_found(self) -> SQL:
        """The differences beside what they are together with others of their fact."""
        differing = {
            "owner": ("user_id", "branch_id"),
            "share": ("share_bp",),
            "status": ("status", "reason"),
            "moved": ("date",),
            "object": ("partner_id", "product_id", "categ_id", "uom_id"),
        }
        return SQL(
            """
            SELECT delta.period_id, delta.fact_key, delta.line_count, %(names)s,
                   delta.document_name AS known_name,
                   sum(delta.line_count) OVER fact AS balance,
                   bool_or(delta.reason = 'cancelled' AND delta.line_count > 0)
                       OVER fact AS is_cancelled,
                   bool_or(delta.reason = 'cancelled' AND delta.line_count < 0)
                       OVER fact AS was_cancelled,
                   %(differing)s,
                   COALESCE(sum(delta.amount) OVER fact, 0) <> 0
                       OR COALESCE(sum(delta.quantity) OVER fact, 0) <> 0
                       OR COALESCE(sum(delta.discount_amount) OVER fact, 0) <> 0
                       AS differs_amount,
                   COALESCE(sum(delta.cost) OVER fact, 0) <> 0 AS differs_cost
              FROM delta
            WINDOW fact AS (PARTITION BY delta.period_id, delta.fact_key)
            """,
            names=_prefixed(
                "delta", [*self._identity, *self._figures, *self._companions]
            ),
            differing=SQL(", ").join(
                SQL(
                    "(%s) AS %s",
                    SQL(" OR ").join(
                        SQL(
                            "min(COALESCE(%(name)s::text, '')) OVER fact"
                            " <> max(COALESCE(%(name)s::text, '')) OVER fact",
                            name=SQL.identifier("delta", name),
                        )
                        for name in names
                    ),
                    SQL.identifier(f"differs_{cause}"),
                )
                for cause, names in differing.items()
            ),
        )

    def _sql_cause(self) -> SQL:
        """Of a fact that came, that went, or that is there as another one."""
        return SQL(
            """
            CASE WHEN found.balance > 0 THEN (
                CASE WHEN %(known_here)s THEN 'again'
                     WHEN %(is_share)s THEN 'share'
                     WHEN %(known_elsewhere)s THEN 'moved'
                     WHEN %(document_known)s THEN 'amount'
                     ELSE 'backdated' END)
                 WHEN found.balance < 0 THEN (
                CASE WHEN move.id IS NULL AND sale.id IS NULL THEN 'deleted'
                     WHEN found.basis IN ('invoice', 'payment')
                          AND move.state = 'draft' THEN 'reset'
                     WHEN found.basis IN ('invoice', 'payment')
                          AND move.state = 'cancel'
                          OR sale.state = 'cancel' THEN 'cancelled'
                     WHEN %(is_share)s THEN 'share'
                     WHEN found.basis = 'payment' THEN 'payment'
                     WHEN %(document_lives)s THEN 'amount'
                     ELSE 'moved' END)
                 WHEN found.is_cancelled THEN 'cancelled'
                 WHEN found.was_cancelled THEN 'again'
                 WHEN found.differs_owner THEN 'owner'
                 WHEN found.differs_share THEN 'share'
                 WHEN found.differs_moved THEN 'moved'
                 WHEN found.differs_status THEN 'status'
                 WHEN found.differs_object THEN 'object'
                 WHEN found.differs_amount THEN 'amount'
                 WHEN found.differs_cost THEN 'cost'
                 ELSE 'other' END
            """,
            is_share=SQL("(found.fact_key / %s) %% %s > 0", KINDS, RANKS),
            known_here=self._sql_known(SQL("other.period_id = found.period_id")),
            known_elsewhere=self._sql_known(
                SQL(
                    "other.period_id <> found.period_id"
                    " AND other.company_id = found.company_id"
                )
            ),
            document_known=SQL(
                """
                EXISTS (
                    SELECT FROM sales_fact_line AS other
                     WHERE other.period_id = found.period_id
                       AND found.basis = 'invoice'
                       AND other.move_id = found.move_id
                ) OR EXISTS (
                    SELECT FROM sales_fact_line AS other
                     WHERE other.period_id = found.period_id
                       AND found.basis = 'order'
                       AND other.order_id = found.order_id
                )
                """
            ),
            document_lives=SQL(
                """
                (found.period_id, found.basis, found.move_id) IN (
                    SELECT period_id, basis, move_id FROM live
                     WHERE basis = 'invoice' AND move_id IS NOT NULL
                ) OR (found.period_id, found.basis, found.order_id) IN (
                    SELECT period_id, basis, order_id FROM live
                     WHERE basis <> 'invoice' AND order_id IS NOT NULL
                )
                """
            ),
        )

    def _sql_known(self, condition) -> SQL:
        """Whether a row with the fact's number was kept before."""
        return SQL(
            """
            EXISTS (
                SELECT FROM sales_fact_line AS other
                 WHERE other.fact_key = found.fact_key AND other.kind = 'frozen'
                   AND %(condition)s
            ) OR EXISTS (
                SELECT FROM sales_fact_line AS other
                 WHERE other.fact_key = found.fact_key AND other.kind <> 'frozen'
                   AND %(condition)s
            )
            """,
            condition=condition,
        )

    def _sql_change(self) -> SQL:
        """Who wrote last to the document, its line or its shares."""
        return SQL(
            """
            SELECT written.uid, written.at
              FROM (
                    SELECT move.write_uid AS uid, move.write_date AS at
                     UNION ALL SELECT item.write_uid, item.write_date
                     UNION ALL SELECT sale.write_uid, sale.write_date
                     UNION ALL SELECT line.write_uid, line.write_date
                     UNION ALL
                    SELECT credit.create_uid, credit.create_date
                      FROM sales_credit AS credit
                     WHERE credit.move_id = found.move_id
                        OR credit.order_id = found.order_id
                   ) AS written
             WHERE written.at IS NOT NULL
             ORDER BY written.at DESC
             LIMIT 1
            """
        )

    # ------------------------------------------------------------------
    # For pay
    # ------------------------------------------------------------------

    @api.model
    def _late_by(
        self,
        period,
        basis="invoice",
        domain=None,
        groupby=("user_id",),
        measures=("amount",),
    ):
        """What closed months brought into ``period``, added up in one query.

        Counted late rows and adjustments on ``basis``, by the month that they belong
        to and by ``groupby``.

        :param domain: further conditions on facts
        :param measures: as of `_facts_by` of the live facts
        :return: ``{(id of the month, *keys): figure}``, the figure a tuple for several
            measures
        """
        conditions = (
            Domain("booked_period_id", "=", period.id)
            & Domain("kind", "!=", "frozen")
            & Domain("basis", "=", basis)
            & Domain("status", "=", "counted")
            & Domain(domain or Domain.TRUE)
        )
        # sudo: as with live facts, the figure must not depend on who reads it
        rows = self.sudo()._read_group(
            conditions,
            ["period_id", *groupby],
            [f"{measure}:sum" for measure in measures],
        )
        return self.env["sales.fact.report"]._prepare_figures(
            rows, 1 + len(groupby), measures, period.company_id.currency_id
        )


def _prefixed(alias, names) -> SQL:
    return SQL(", ").join(SQL.identifier(alias, name) for name in names)
