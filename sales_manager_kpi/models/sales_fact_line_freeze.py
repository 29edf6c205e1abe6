from odoo import api, models
from odoo.tools import SQL

# What the seal of a month covers: whatever a figure can depend on, but nothing that
# the deletion of a document empties.
SEALED = (
    "fact_key",
    "basis",
    "status",
    "reason",
    "date",
    "user_id",
    "branch_id",
    "share_bp",
    "is_return",
    "quantity",
    "amount",
    "spread_amount",
    "discount_amount",
    "cost",
    "rate",
)


class SalesFactLine(models.Model):
    """Freezing: the live rows of a month, kept by one statement, and sealed."""

    _inherit = "sales.fact.line"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _freeze(self, period, bases):
        """Keep the live facts of ``period`` on ``bases`` as they stand now.

        One statement, whatever the number of rows; a month is frozen once.

        :return: number of rows
        """
        names = [*self._identity, *self._figures, *self._companions]
        added = {
            "kind": SQL("'frozen'"),
            "fact_key": SQL("fact.id"),
            "line_count": SQL("1"),
            "period_id": SQL("%s", period.id),
            "booked_period_id": SQL("%s", period.id),
            "document_name": SQL("COALESCE(move.name, sale.name)"),
            **self._sql_written(),
        }
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO sales_fact_line (%(columns)s)
                     SELECT %(values)s
                       FROM (%(facts)s) AS fact
                  LEFT JOIN account_move AS move ON move.id = fact.move_id
                  LEFT JOIN sale_order AS sale ON sale.id = fact.order_id
                """,
                columns=_columns([*names, *added]),
                values=SQL(", ").join(
                    [
                        *(SQL.identifier("fact", name) for name in names),
                        *added.values(),
                    ]
                ),
                facts=self._sql_live(period, bases),
            )
        )
        count = self.env.cr.rowcount
        self.invalidate_model()
        return count

    def _sql_live(self, periods, bases) -> SQL:
        """Live facts of ``periods``, neighbouring months of one company."""
        # sudo: a month is frozen as it is, not as far as somebody may read it
        Fact = self.env["sales.fact.report"].sudo()
        Fact = Fact.with_context(active_test=False)
        query = Fact._search(
            [
                ("company_id", "=", periods.company_id.id),
                ("basis", "in", bases),
                ("date", ">=", min(periods.mapped("date_from"))),
                ("date", "<=", max(periods.mapped("date_to"))),
            ]
        )
        names = ["id", *self._identity, *self._figures, *self._companions]
        return query.select(
            *(
                SQL(
                    "%s AS %s",
                    Fact._field_to_sql(query.table, name, query),
                    SQL.identifier(name),
                )
                for name in names
            )
        )

    def _sql_written(self):
        now = SQL("now() AT TIME ZONE 'UTC'")
        uid = SQL("%s", self.env.uid)
        return {
            "create_uid": uid,
            "create_date": now,
            "write_uid": uid,
            "write_date": now,
        }

    @api.model
    def _seal(self, period):
        """A hash over the frozen rows of ``period``, whatever order they are in.

        What closing kept must give it again: any change, any row more or less shows.
        """
        self.env.flush_all()
        [[seal]] = self.env.execute_query(
            SQL(
                """
                SELECT encode(sha256(COALESCE(
                           string_agg(row.hash, '' ORDER BY row.hash), ''
                       )::bytea), 'hex')
                  FROM (
                        SELECT md5(concat_ws('|', %(parts)s)) AS hash
                          FROM sales_fact_line AS line
                         WHERE line.period_id = %(period)s AND line.kind = 'frozen'
                       ) AS row
                """,
                parts=SQL(", ").join(
                    SQL("COALESCE(%s::text, '-')", SQL.identifier("line", name))
                    for name in SEALED
                ),
                period=period.id,
            )
        )
        return seal

    @api.model
    def _unfreeze(self, period):
        """Take away what stands of ``period``, so that it is live again.

        What earlier months have booked in it stays, and so do adjustments.
        """
        # sudo: rows are written and taken away by the steps of a month alone
        rows = self.sudo().search(
            [("period_id", "=", period.id), ("kind", "in", ("frozen", "late"))]
        )
        rows.unlink()


def _columns(names) -> SQL:
    return SQL(", ").join(map(SQL.identifier, names))
