from decimal import Decimal

from odoo import api, fields, models

from ..engine.pay_month import canonical
from ..engine.trade_bonus import exact
from .bonus_statement import OPEN
from .insert_at_once import insert_at_once

HEAD = (
    *("branch_id", "scheme_id", "variable", "held", "released", "carry_in"),
    *("paid_before", "payable", "carry_out", "forgotten"),
)
REMEMBERED = ("plan_fact", "plan_target", "inputs")
LINE = (
    *("sequence", "key", "component_id", "code", "name", "kind", "basis", "base"),
    *("has_base", "rate", "has_rate", "amount", "rounding", "held", "trace"),
    *("fact_model", "fact_domain", "origin_period_id", "adjustment_id"),
)


class BonusStatement(models.Model):
    """Keeping statements, those that are new or came out otherwise, all at once."""

    # Keeping has a file of its own.
    _inherit = "bonus.statement"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _keep(self, period, known, wanted):
        now = fields.Datetime.now()
        by_user = {statement.user_id.id: statement for statement in known}
        changed = {
            by_user[user_id]: values
            for user_id, values in wanted.items()
            if user_id in by_user and by_user[user_id]._differs(*values)
        }
        self._clear(changed)
        for statement, (vals, *_rows) in changed.items():
            statement.write({**vals, "state": "computed", "acknowledged_on": False})
        new = [user_id for user_id in wanted if user_id not in by_user]
        created = insert_at_once(
            self,
            [
                {
                    "user_id": user_id,
                    "period_id": period.id,
                    "date_from": period.date_from,
                    "company_id": period.company_id.id,
                    "state": "computed",
                    "computed_on": now,
                    **wanted[user_id][0],
                }
                for user_id in new
            ],
        )
        by_user.update(zip(new, created, strict=True))
        changed.update({by_user[user_id]: wanted[user_id] for user_id in new})
        self._write_down(period, changed)
        for statement in known:
            statement._remember(wanted[statement.user_id.id][0])
        known.write({"computed_on": now})
        return self.browse().union(*by_user.values())

    def _remember(self, vals):
        """Keep what it was computed from, also where it comes out the same."""
        self.ensure_one()
        vals = {name: vals[name] for name in REMEMBERED}
        if any(self[name] != value for name, value in vals.items()):
            self.write(vals)

    def _differs(self, vals, lines, held, releases):
        """Whether what was computed is not what is kept."""
        wanted = _spelled(vals, lines, held, releases)
        return self.state == "draft" or wanted != canonical(self._kept())

    def _kept(self):
        """What is kept, as it is compared and sealed: plain values of every figure."""
        self.ensure_one()
        statement = self.sudo()  # sudo: the figures do not depend on who asks
        held = {line.key: [] for line in statement.line_ids}
        for row in statement.holdback_ids:
            held[row.line_id.key].append([row.move_key or False, exact(row.amount)])
        return {
            "head": {name: _plain(statement[name]) for name in HEAD},
            "lines": {
                line.key: {name: _plain(line[name]) for name in LINE}
                for line in statement.line_ids
            },
            "held": {key: sorted(rows) for key, rows in held.items()},
            "released": sorted(
                [row.holdback_id.id, exact(row.released), exact(row.lost)]
                for row in statement.release_ids
            ),
        }

    @api.model
    def _clear(self, changed):
        """Take away what these statements said."""
        old = self.browse().union(*changed)
        self.env["bonus.adjustment"].search([("statement_id", "in", old.ids)]).write(
            {"statement_id": False}
        )
        # later statements that are open are computed again with what is held anew
        self.env["bonus.holdback.release"].search(
            [
                ("holdback_id.statement_id", "in", old.ids),
                ("statement_id.state", "in", OPEN),
            ]
        ).unlink()
        # disputes keep the name of their line
        old.release_ids.unlink()
        old.line_ids.unlink()

    @api.model
    def _write_down(self, period, changed):
        """Keep what the statements of ``changed`` say; one statement per model."""
        companies = {"company_id": period.company_id.id}
        said = [
            ({"statement_id": statement.id, "user_id": user_id, **companies}, *values)
            for statement, values in changed.items()
            for user_id in statement.user_id.ids
        ]
        lines = self._insert_lines(period, said)
        self._insert_holdbacks(said, lines)
        insert_at_once(
            self.env["bonus.holdback.release"],
            [
                {
                    **whose,
                    "holdback_id": release["holdback_id"],
                    "released": float(release["amount"]),
                    "lost": float(release["lost"]),
                    "trace": release["trace"],
                }
                for whose, _v, _l, _h, releases in said
                for release in releases
            ],
        )
        for whose, _v, own, _h, _r in said:
            taken = [line["adjustment_id"] for line in own.values()]
            rows = self.env["bonus.adjustment"].browse(filter(None, taken))
            rows.write({"statement_id": whose["statement_id"]})
        self.env["evaluation.dispute"]._follow_lines(
            self.browse().union(*changed), lines
        )

    @api.model
    def _insert_lines(self, period, said):
        """``{(statement id, key): line}``."""
        rows = [
            {
                **line,
                **whose,
                "branch_id": vals["branch_id"],
                "date_from": period.date_from,
            }
            for whose, vals, own, _h, _r in said
            for line in own.values()
        ]
        lines = insert_at_once(self.env["bonus.statement.line"], rows)
        return {
            (row["statement_id"], row["key"]): line
            for row, line in zip(rows, lines, strict=True)
        }

    @api.model
    def _insert_holdbacks(self, said, lines):
        found = [
            (whose, key, move_id, amount)
            for whose, _v, _l, held, _r in said
            for key, rows in held.items()
            for move_id, amount in rows
        ]
        moves = self.env["account.move"].search_fetch(
            [("id", "in", list({row[2] for row in found}))], ["name"], order="id"
        )
        names = {move.id: move.name for move in moves}
        insert_at_once(
            self.env["bonus.holdback"],
            [
                {
                    **whose,
                    "line_id": lines[whose["statement_id"], key].id,
                    "move_id": move_id,
                    "move_key": move_id,
                    "move_name": names[move_id],
                    "amount": float(amount),
                }
                for whose, key, move_id, amount in found
            ],
        )


def _spelled(vals, lines, held, releases):
    """What was computed, spelled as `_kept` is."""
    return canonical(
        {
            "head": {name: _plain(vals[name]) for name in HEAD},
            "lines": {
                key: {name: _plain(line[name]) for name in LINE}
                for key, line in lines.items()
            },
            "held": {
                key: sorted([move, Decimal(amount)] for move, amount in rows)
                for key, rows in held.items()
            },
            "released": sorted(
                [release["holdback_id"], release["amount"], release["lost"]]
                for release in releases
            ),
        }
    )


def _plain(value):
    if isinstance(value, models.BaseModel):
        return value.id
    if isinstance(value, float):
        return round(exact(value), 8)
    return value
