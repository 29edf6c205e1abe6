from collections import defaultdict
from typing import NamedTuple

from odoo import fields, models
from odoo.tools import SQL

from ..engine import trade_bonus as engine
from ..engine.trade_bonus import ZERO, exact
from .trade_bonus_base_query import ROW


class Result(NamedTuple):
    """What a period brings, in the currency of the agreement."""

    base: object
    baseline: object
    entitlement: object
    earned: object
    clawback: object
    carried: object
    payable: object
    postponed: object


class TradeBonusPeriod(models.Model):
    """How periods are calculated: collect all at once, compute, keep."""

    # The area of trade bonuses has files of its own.
    _inherit = "trade.bonus.period"  # pylint: disable=consider-merging-classes-inherited

    def _calculate(self):
        """Keep what counted, and what follows from it, of one period of each chain."""
        self._freeze_rows()
        self._freeze_late_rows()
        bases, late, bought = self._kept_sums()
        failed = self.env["trade.bonus.guard"]._failed(self, bought)
        baselines = self._baselines()
        tariffs = {term: term._tariff() for term in self.term_id}
        results = {}
        for period, chain in self._chains().items():
            before = chain.filtered(
                lambda row, period=period: row.date_from < period.date_from
            )
            results[period.id] = period._result(
                tariffs[period.term_id],
                before,
                bases,
                late,
                baselines.get(period.id),
                period.id in failed,
            )
        self._keep_results(results, failed)

    def _keep_results(self, results, failed):
        """Write what differs from period to period, in one query for all.

        :param results: ``{period id: Result}``
        :param failed: ``{period id: conditions that are not met, in words}``
        """
        if not results:
            return
        changed = {
            "state": "calculated",
            "calculated_by_id": self.env.uid,
            "calculated_at": fields.Datetime.now(),
        }
        names = (*Result._fields, "guard_failed")
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                """
                UPDATE trade_bonus_period AS period
                   SET %(figures)s, %(same)s, write_uid = %(user)s,
                       write_date = now() AT TIME ZONE 'UTC'
                  FROM (VALUES %(rows)s) AS new(id, %(columns)s)
                 WHERE period.id = new.id
                """,
                figures=SQL(", ").join(
                    SQL("%s = %s", SQL.identifier(name), SQL.identifier("new", name))
                    for name in names
                ),
                same=SQL(", ").join(
                    SQL("%s = %s", SQL.identifier(name), value)
                    for name, value in changed.items()
                ),
                user=self.env.uid,
                columns=SQL(", ").join(map(SQL.identifier, names)),
                rows=SQL(", ").join(
                    SQL(
                        "(%s::integer, %s, %s::text)",
                        key,
                        SQL(", ").join(
                            # no more digits than the fields have
                            SQL("round(%s::numeric, 2)", value or 0)
                            if name in ("base", "baseline")
                            else SQL("%s::numeric", value or 0)
                            for name, value in result._asdict().items()
                        ),
                        failed.get(key),
                    )
                    for key, result in results.items()
                ),
            )
        )
        written = [*names, *changed]
        self.invalidate_recordset(written, flush=False)
        self.modified(written)

    # ------------------------------------------------------------------
    # Collecting
    # ------------------------------------------------------------------

    def _freeze_rows(self):
        """Keep the rows of these periods, in one query."""
        Query = self.env["trade.bonus.base.query"]
        Query._flush_facts()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO trade_bonus_base_line
                    (period_id, %(columns)s)
                SELECT row.period_id, %(values)s
                  FROM (%(rows)s) AS row
                """,
                columns=SQL(", ").join(map(SQL.identifier, ROW)),
                values=SQL(", ").join(SQL.identifier("row", name) for name in ROW),
                rows=Query._sql_rows(self),
            )
        )
        self.env["trade.bonus.base.line"].invalidate_model()

    def _freeze_late_rows(self):
        """Keep what earlier periods would count otherwise now, in one query."""
        earlier = self.browse()
        for period, chain in self._chains().items():
            earlier |= chain.filtered(
                lambda row, period=period: (
                    row.date_from < period.date_from and not row.is_correction
                )
            )
        if not earlier:
            return
        columns = [name for name in ROW if name not in ("is_included", "reason")]
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO trade_bonus_base_line
                    (period_id, late_of_period_id, is_included, %(columns)s)
                SELECT taker.id, row.period_id, TRUE, %(values)s
                  FROM (%(changes)s) AS row
                  JOIN trade_bonus_period AS period ON period.id = row.period_id
                  JOIN trade_bonus_period AS taker
                    ON taker.id = ANY(%(ids)s)
                   AND taker.term_id = period.term_id
                   AND taker.partner_id = period.partner_id
                """,
                columns=SQL(", ").join(map(SQL.identifier, columns)),
                values=SQL(", ").join(SQL.identifier("row", name) for name in columns),
                changes=self._sql_changes(earlier),
                ids=self.ids,
            )
        )

    def _sql_changes(self, periods) -> SQL:
        """Lines of calculated ``periods`` that would count otherwise now.

        A line that is gone, cancelled or belongs to another period now comes with the
        opposite of what it was.
        """
        figures = ("quantity", "amount", "amount_company", "value")
        named = ("date", "branch_id", "move_id", "move_line_id", "order_id")
        named += ("order_line_id", "product_id", "categ_id")
        return SQL(
            """
            SELECT COALESCE(now.period_id, known.period_id) AS period_id,
                   COALESCE(now.key, known.key) AS key, %(named)s, %(figures)s
              FROM (SELECT * FROM (%(rows)s) AS live WHERE live.is_included) AS now
              FULL JOIN (%(known)s) AS known
                ON known.period_id = now.period_id AND known.key = now.key
             WHERE COALESCE(now.value, 0) <> COALESCE(known.value, 0)
            """,
            named=SQL(", ").join(
                SQL(
                    "COALESCE(%s, %s) AS %s",
                    SQL.identifier("now", name),
                    SQL.identifier("known", name),
                    SQL.identifier(name),
                )
                for name in named
            ),
            figures=SQL(", ").join(
                SQL(
                    "COALESCE(%s, 0) - COALESCE(%s, 0) AS %s",
                    SQL.identifier("now", name),
                    SQL.identifier("known", name),
                    SQL.identifier(name),
                )
                for name in figures
            ),
            rows=self.env["trade.bonus.base.query"]._sql_rows(periods),
            known=self._sql_known(periods, named, figures),
        )

    def _changed_since(self):
        """Those calculated periods that would count otherwise now, in one query."""
        if not self:
            return self
        self.env["trade.bonus.base.query"]._flush_facts()
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT row.period_id FROM (%s) AS row",
                self._sql_changes(self),
            )
        )
        return self.browse(period_id for (period_id,) in rows)

    def _sql_known(self, periods, named, figures) -> SQL:
        return SQL(
            """
            SELECT COALESCE(kept.late_of_period_id, kept.period_id) AS period_id,
                   kept.key, %(named)s, %(figures)s
              FROM trade_bonus_base_line AS kept
             WHERE kept.is_included
               AND COALESCE(kept.late_of_period_id, kept.period_id) = ANY(%(ids)s)
             GROUP BY 1, 2
            """,
            named=SQL(", ").join(
                SQL("max(%s) AS %s", SQL.identifier("kept", name), SQL.identifier(name))
                for name in named
            ),
            figures=SQL(", ").join(
                SQL(
                    "sum(%s)::numeric AS %s",
                    SQL.identifier("kept", name),
                    SQL.identifier(name),
                )
                for name in figures
            ),
            ids=periods.ids,
        )

    def _kept_sums(self):
        """Kept bases of whole chains, in one query.

        :return: ``{period id: base}``, ``{(period id, late of): base}`` and
            ``{period id: (products, categories)}``
        """
        chains = self.browse().union(*self._chains().values())
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.period_id, line.late_of_period_id,
                       round(sum(line.value)::numeric, 4),
                       count(DISTINCT line.product_id) FILTER (WHERE line.value > 0),
                       count(DISTINCT line.categ_id) FILTER (WHERE line.value > 0)
                  FROM trade_bonus_base_line AS line
                 WHERE line.is_included AND line.period_id = ANY(%s)
                 GROUP BY 1, 2
                """,
                chains.ids,
            )
        )
        bases, late, bought = defaultdict(lambda: ZERO), {}, {}
        for period_id, late_of, value, products, categories in rows:
            if late_of:
                late[period_id, late_of] = exact(value)
            else:
                bases[period_id] = exact(value)
                bought[period_id] = (products, categories)
        return bases, late, bought

    def _baselines(self):
        """What growth is over: agreed, or the same days of last year."""
        growing = self.filtered(lambda row: row.term_id.method == "growth")
        found = {
            row.id: exact(row.term_id.growth_amount)
            for row in growing
            if row.term_id.growth_base == "amount"
        }
        last_year = growing.filtered(lambda row: row.id not in found)
        sums = last_year._live_sums(shift_years=1)
        found.update({row.id: sums.get(row.id, (ZERO,))[0] for row in last_year})
        return found

    # ------------------------------------------------------------------
    # Computing
    # ------------------------------------------------------------------

    def _result(self, tariff, before, bases, late, baseline, failed):
        """`Result` of this period.

        :param tariff: of its term
        :param before: the periods before it in its chain
        :param bases: ``{period id: base}``, of what those kept and of this one
        :param late: ``{(period id, late of): change of the base}``
        """
        term = self.term_id
        base = bases[self.id]
        known = before._known_bases(bases, late)
        changes = {row.id: late.get((self.id, row.id), ZERO) for row in before}
        if term.cumulative:
            past = sum(known.values(), ZERO)
            changed = past + sum(changes.values(), ZERO)
            clawback = engine.delta(tariff, changed, engine.entitlement(tariff, past))
            own = engine.entitlement(tariff, changed + base) - engine.entitlement(
                tariff, changed
            )
        else:
            own = engine.entitlement(tariff, base, baseline)
            if self.is_correction:  # of no days, so that it earns nothing itself
                own = ZERO
            clawback = sum(
                (
                    row._changed_by(tariff, known[row.id], changes[row.id])
                    for row in before
                ),
                ZERO,
            )
        return self._settle(tariff, before, base, baseline, own, clawback, failed)

    def _settle(self, tariff, before, base, baseline, own, clawback, failed):
        term = self.term_id
        # what was never earned is not taken back
        earned_before = sum(
            (exact(row.earned) + exact(row.clawback) for row in before), ZERO
        )
        clawback = max(clawback, -max(earned_before, ZERO))
        carried = sum(
            (exact(row.postponed) - exact(row.carried) for row in before), ZERO
        )
        effect, percent = term.guard_effect, exact(term.reduce_percent)
        kept = engine.guarded(own, failed, effect, percent, tariff.step)
        due = kept.payable + kept.postponed + carried + clawback
        wait = failed and effect == "postpone" and due > 0
        return Result(
            base=base,
            baseline=baseline,
            entitlement=own,
            earned=kept.payable + kept.postponed,
            clawback=clawback,
            carried=carried,
            payable=ZERO if wait else due,
            postponed=due if wait else ZERO,
        )

    def _known_bases(self, bases, late):
        """What these counted, with what later periods added to it."""
        known = {row.id: bases[row.id] for row in self}
        for (taker_id, late_of), change in late.items():
            if late_of in known and taker_id in known:
                known[late_of] += change
        return known

    def _changed_by(self, tariff, known, change):
        """What ``change`` of its base changes in what this period earned."""
        if not change:
            return ZERO
        term, baseline = self.term_id, exact(self.baseline)
        now, then = (
            sum(
                engine.guarded(
                    engine.entitlement(tariff, base, baseline),
                    bool(self.guard_failed),
                    term.guard_effect,
                    exact(term.reduce_percent),
                    tariff.step,
                )
            )
            for base in (known + change, known)
        )
        return now - then
