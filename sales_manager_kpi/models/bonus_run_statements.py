from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from ..engine.pay_terms import Original
from ..engine.trade_bonus import ZERO, exact
from .bonus_statement import FIXED, OPEN

STANDING = (*OPEN, *FIXED)


class BonusRun(models.AbstractModel):
    """What statements of earlier months have to do with the month that is computed.

    Only months before it count, so that computing it again, also much later, finds the
    same.
    """

    # The hooks that statements fill have a file of their own.
    _inherit = "bonus.run"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _settlements(self, period, *args):
        run = self.with_context(pay_month=period.date_from)
        return super(BonusRun, run)._settlements(period, *args)

    @api.model
    def _originals(self, company, periods, users):
        """As in `bonus.run.settle`; of statements that were not reversed."""
        result = defaultdict(dict)
        people = [
            ("user_id", "in", _ids(users)),
            ("company_id", "=", company.id),
            ("statement_id.state", "in", STANDING),
            ("kind", "!=", "adjustment"),
        ]
        Line = self.env["bonus.statement.line"]
        rows = Line._read_group(
            [
                *people,
                ("statement_id.period_id", "in", periods.ids),
                ("origin_period_id", "=", False),
            ],
            ["user_id", "date_from:month", "code"],
            ["base:sum", "amount:sum"],
        )
        months = {period.date_from: period.id for period in periods}
        settled = self._settled(company, periods, people)
        for user, month, code, base, amount in rows:
            key = (user.id, months[month])
            result[key][code] = Original(
                exact(base), exact(amount), settled.get((*key, code), ZERO)
            )
        return dict(result)

    @api.model
    def _kept_of(self, company, periods, users):
        """As in `bonus.run.scope`; of the statements that stand."""
        found = {}
        statements = self._statements_kept(
            company, users, [("period_id", "in", periods.ids)]
        )
        for statement, by_code in statements:
            found[statement.user_id.id, statement.period_id.id] = by_code
        return found

    @api.model
    def _moved_newcomers(self, period, users):
        """As in `bonus.run.newcomers`."""
        found = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
        # few of the statements of all the years: those alone are read
        self.env["bonus.statement"].flush_model(["inputs"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id
                  FROM bonus_statement
                 WHERE company_id = %s
                   AND date_from < %s
                   AND user_id = ANY(%s)
                   AND jsonb_path_exists(inputs, '$.components.*.newcomers')
                """,
                period.company_id.id,
                period.date_from,
                list(_ids(users)),
            )
        )
        if not rows:
            return found
        statements = self._statements_kept(
            period.company_id, users, [("id", "in", [row[0] for row in rows])]
        )
        for statement, by_code in statements:
            for code, own in by_code.items():
                for month, moved in own.get("newcomers", {}).items():
                    whose = statement.user_id.id, int(month)
                    for partner, sign in moved.items():
                        found[whose][code][int(partner)] += sign
        return found

    @api.model
    def _statements_kept(self, company, users, domain):
        """``[(statement, {code: component inputs})]``."""
        statements = self.env["bonus.statement"].search_fetch(
            [
                ("company_id", "=", company.id),
                ("user_id", "in", _ids(users)),
                ("state", "in", STANDING),
                *domain,
            ],
            ["user_id", "period_id", "inputs"],
        )
        inputs = {one: (one.inputs or {}).get("components", {}) for one in statements}
        ids = {int(key) for own in inputs.values() for key in own}
        components = self.env["bonus.component"].browse(sorted(ids)).exists()
        codes = {str(component.id): component.code for component in components}
        return [
            (one, {codes[key]: kept for key, kept in own.items() if key in codes})
            for one, own in inputs.items()
            if own
        ]

    @api.model
    def _with_settlements(self, period, users, bases):
        """As in `bonus.run.settle`; and who was paid for a branch that changed."""
        found = super()._with_settlements(period, users, bases)
        months = self._late_months(period)
        if months:
            domain = [
                ("kind", "=", "team_override"),
                ("statement_id.state", "in", STANDING),
                ("statement_id.period_id", "in", sorted(months)),
            ]
            if users is not None:
                domain.append(("user_id", "in", _ids(users)))
            rows = self.env["bonus.statement.line"]._read_group(domain, ["user_id"])
            found.update(user.id for (user,) in rows)
        return found

    @api.model
    def _paid_teams(self, company, periods):
        """As in `bonus.run.settle`."""
        lines = self.env["bonus.statement.line"].search_fetch(
            [
                ("company_id", "=", company.id),
                ("statement_id.state", "in", STANDING),
                ("statement_id.period_id", "in", periods.ids),
                ("kind", "=", "team_override"),
                ("origin_period_id", "=", False),
                ("base", "!=", 0.0),
            ],
            ["statement_id", "code"],
        )
        statements = lines.statement_id
        ids = [("id", "in", statements.ids)]
        kept = dict(self._statements_kept(company, statements.user_id, ids))
        found = set()
        for line in lines:
            statement = line.statement_id
            own = kept.get(statement, {}).get(line.code) or {}
            for branch in own.get("branches") or [False]:
                found.add((statement.period_id.id, line.code, branch))
        return found

    @api.model
    def _settled(self, company, periods, people):
        """``{(user id, period id, code): base}`` of changes that were settled since."""
        before = self.env.context.get("pay_month")
        domain = [*people, ("origin_period_id", "in", periods.ids)]
        if before:
            domain.append(("date_from", "<", before))
        rows = self.env["bonus.statement.line"]._read_group(
            domain, ["user_id", "origin_period_id", "code"], ["base:sum"]
        )
        return {
            (user.id, period.id, code): exact(base) for user, period, code, base in rows
        }

    @api.model
    def _carried(self, period, users):
        """``{user id: amount}`` that the statement before carried out."""
        rows = self.env["bonus.statement"].search_fetch(
            [
                ("company_id", "=", period.company_id.id),
                ("user_id", "in", _ids(users)),
                ("date_from", "<", period.date_from),
                ("state", "in", STANDING),
            ],
            ["user_id", "carry_out"],
            order="date_from, id",
        )
        last = {row.user_id.id: exact(row.carry_out) for row in rows}
        return {user_id: amount for user_id, amount in last.items() if amount}

    @api.model
    def _open_holdbacks(self, period, users=None):
        """As in `bonus.run.settle`; of earlier statements that were decided."""
        for name in ("bonus.holdback", "bonus.holdback.release", "bonus.statement"):
            self.env[name].flush_model()
        # what remains compares two sums, over years of rows: no record for each
        rows = self.env.execute_query(
            SQL(
                """
                SELECT held.id, held.user_id, line.component_id,
                       COALESCE(held.move_id, held.move_key),
                       held.amount - COALESCE(taken.amount, 0),
                       statement.period_id
                  FROM bonus_holdback AS held
                  JOIN bonus_statement AS statement
                    ON statement.id = held.statement_id
                  JOIN bonus_statement_line AS line ON line.id = held.line_id
                  LEFT JOIN (
                       SELECT release.holdback_id,
                              sum(release.released + release.lost) AS amount
                         FROM bonus_holdback_release AS release
                         JOIN bonus_statement AS later
                           ON later.id = release.statement_id
                        WHERE later.company_id = %(company)s
                          AND later.state IN %(standing)s
                          AND later.date_from < %(month)s
                     GROUP BY release.holdback_id
                       ) AS taken ON taken.holdback_id = held.id
                 WHERE statement.company_id = %(company)s
                   AND statement.state IN %(fixed)s
                   AND statement.date_from < %(month)s
                   AND held.amount <> COALESCE(taken.amount, 0)
                   AND %(whose)s
              ORDER BY held.id
                """,
                company=period.company_id.id,
                standing=STANDING,
                fixed=FIXED,
                month=period.date_from,
                whose=(
                    SQL("TRUE")
                    if users is None
                    else SQL("held.user_id = ANY(%s)", list(_ids(users)))
                ),
            )
        )
        return [
            {
                "holdback_id": holdback_id,
                "user_id": user_id,
                "component_id": component_id,
                "move_id": move_id or False,
                "held": exact(held),
                "period_id": period_id,
            }
            for holdback_id, user_id, component_id, move_id, held, period_id in rows
        ]

    @api.model
    def _sentences(self):
        return {
            **super()._sentences(),
            "adjusted": self.env._("%(amount)s by adjustment %(number)s: %(why)s"),
        }


class BonusScheme(models.Model):
    """A scheme that paid somebody stays as it is."""

    # What statements add has a file of its own.
    _inherit = "bonus.scheme"  # pylint: disable=consider-merging-classes-inherited

    def _last_used(self):
        rows = (
            self.env["bonus.statement"]
            .sudo()  # sudo: a statement the writer does not see was paid all the same
            ._read_group(
                [("scheme_id", "in", self.ids), ("state", "in", (*FIXED, "reversed"))],
                ["scheme_id"],
                ["date_from:max"],
            )
        )
        return {scheme.id: last for scheme, last in rows}


def _ids(users):
    return users.ids if isinstance(users, models.BaseModel) else list(users)
