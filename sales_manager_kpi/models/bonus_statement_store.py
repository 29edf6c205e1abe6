from decimal import Decimal

from odoo import api, models

from ..engine import pay
from ..engine.pay_terms import text
from ..engine.trade_bonus import ZERO, exact
from .bonus_statement import FIXED, OPEN

LAST = 1000  # adjustments stand after what was earned


class BonusStatement(models.Model):
    """Computing statements: what the month pays now, kept where nothing was decided."""

    # Computing has a file of its own.
    _inherit = "bonus.statement"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _compute_period(self, period, users=None):
        """Compute the statements of ``period`` and keep them.

        Done twice, it changes nothing. The number of queries does not depend on how
        many statements there are. What is approved, locked or paid is left alone; what
        was sent and comes out otherwise has to be sent again.

        :param users: of whom; everybody who is paid if None
        :return: the statements that were computed, in sudo
        """
        period.ensure_one()
        # sudo: statements are computed from everybody's documents and written by the
        # system; each reads their own by the record rules
        Statement = self.browse().sudo().with_context(tracking_disable=True)
        # of two who compute a month at once the second is served again by Odoo
        Statement.env["evaluation.store"]._take_turn(period)
        known = Statement._of_period(period, users)
        fixed = known.filtered(lambda one: one.state in FIXED)
        results = Statement._run(period, users)
        adjustments = Statement._adjustments(period, users, known)
        paid = Statement._paid_before(period)
        if users is not None:
            paid = {user_id: paid[user_id] for user_id in paid.keys() & set(users.ids)}
        known = (known - fixed)._without_gone({*results, *adjustments, *paid})
        asked = {*results, *adjustments, *paid, *known.user_id.ids}
        asked -= set(fixed.user_id.ids)
        others = Statement._others(period, asked - results.keys())
        wanted = {
            user_id: Statement._prepare_statement(
                results.get(user_id) or others[user_id],
                adjustments.get(user_id, []),
                paid.get(user_id, ZERO),
            )
            for user_id in sorted(asked)
        }
        return Statement._keep(period, known, wanted)

    def _without_gone(self, paid_ids):
        """Drop those that pay nobody and that nobody was told of; the others."""
        gone = self.filtered(
            lambda one: (
                one.user_id.id not in paid_ids
                and one.state in ("draft", "computed")
                and not one.dispute_ids
            )
        )
        gone.line_ids.unlink()
        gone.unlink()
        return self - gone

    @api.model
    def _of_period(self, period, users=None, states=(*OPEN, *FIXED)):
        domain = [
            ("period_id", "=", period.id),
            ("company_id", "=", period.company_id.id),
            ("state", "in", states),
        ]
        if users is not None:
            domain.append(("user_id", "in", users.ids))
        return self.search(domain)

    @api.model
    def _run(self, period, users):
        """What the components give; names as they were written, whoever computes."""
        return self.env["bonus.run"].with_context(lang=None)._compute(period, users)

    @api.model
    def _adjustments(self, period, users, known):
        """``{user id: [bonus.adjustment]}`` that statements of ``period`` take up."""
        Adjustment = self.env["bonus.adjustment"]
        domain = [
            ("company_id", "=", period.company_id.id),
            ("state", "=", "approved"),
            "|",
            ("statement_id", "=", False),
            ("statement_id", "in", known.ids),
        ]
        if users is not None:
            domain.append(("user_id", "in", users.ids))
        rows = Adjustment.search(domain, order="id")
        return {user.id: list(own) for user, own in rows.grouped("user_id").items()}

    @api.model
    def _paid_before(self, period):
        """``{user id: what reversed statements of the month had paid}``."""
        rows = self._read_group(
            [
                ("period_id", "=", period.id),
                ("company_id", "=", period.company_id.id),
                ("state", "=", "reversed"),
                ("paid_on", "!=", False),
            ],
            ["user_id"],
            ["payable:sum"],
        )
        return {user.id: exact(paid) for user, paid in rows}

    # ------------------------------------------------------------------
    # Values
    # ------------------------------------------------------------------

    @api.model
    def _prepare_statement(self, result, adjustments, paid):
        """``(values, lines, holdbacks by line key, releases)`` of one person."""
        lines = self._prepare_lines(result, adjustments)
        held = {
            key: [(move_id, Decimal(amount)) for move_id, amount in line.pop("moves")]
            for key, line in lines.items()
        }
        vals = {
            "branch_id": result.branch.id,
            "scheme_id": result.scheme.id,
            "plan_fact": float(result.plan[0]) if result.plan else 0.0,
            "plan_target": float(result.plan[1]) if result.plan else 0.0,
            "inputs": result.inputs,
            **self._totals(result, lines, paid),
        }
        return vals, lines, held, result.releases

    @api.model
    def _prepare_lines(self, result, adjustments):
        """``{key: values}`` of lines in the order of the statement."""
        lines = {}
        currency = self.env.company.currency_id
        if result.scheme:
            currency = result.scheme.currency_id
        for line in result.lines:
            origin = line["origin_period_id"]
            key = _free_key(lines, line["code"], origin)
            lines[key] = {
                **{name: line[name] or False for name in ("component_id", "basis")},
                **{name: line[name] for name in ("code", "name", "kind", "sequence")},
                "key": key,
                "base": currency.round(float(line["base"] or 0)),
                "has_base": line["base"] is not None,
                "rate": float(round(line["rate"] or ZERO, 6)),
                "has_rate": line["rate"] is not None,
                "amount": float(line["amount"]),
                "rounding": float(round(line["rounding"], 8)),
                "held": float(sum((held for _m, held in line["held"]), ZERO)),
                "trace": [list(note) for note in line["trace"]],
                "fact_model": line["fact_model"] or False,
                "fact_domain": _text(line["fact_domain"]),
                "origin_period_id": origin or False,
                "adjustment_id": False,
                "moves": [(move, str(held)) for move, held in line["held"]],
            }
        for row in adjustments:
            lines[row.name] = self._prepare_adjustment_line(row)
        return lines

    @api.model
    def _prepare_adjustment_line(self, row):
        values = {"amount": text(exact(row.amount)), "number": row.name}
        return {
            **dict.fromkeys(("component_id", "basis", "origin_period_id"), False),
            **dict.fromkeys(("fact_model", "fact_domain"), False),
            **dict.fromkeys(("base", "rate", "rounding", "held"), 0.0),
            **dict.fromkeys(("has_base", "has_rate"), False),
            "code": "adjustment",
            "name": row.reason_id.with_context(lang=None).name,
            "kind": "adjustment",
            "sequence": LAST,
            "key": row.name,
            "amount": row.amount,
            "trace": [["adjusted", {**values, "why": row.note}]],
            "adjustment_id": row.id,
            "moves": [],
        }

    @api.model
    def _totals(self, result, lines, paid):
        """Figures of the head; the lines with what the components know nothing of."""
        scheme = result.scheme
        totals = pay.settle(
            [exact(line["amount"]) for line in lines.values()],
            held=sum((exact(line["held"]) for line in lines.values()), ZERO),
            released=sum((release["amount"] for release in result.releases), ZERO),
            carry_in=result.totals.carry_in,
            carries=scheme.carry_negative if scheme else True,
            limit=exact(scheme.carry_limit) if scheme.carry_limit else None,
        )
        left = totals.payable - paid
        return {
            "variable": float(totals.variable),
            "held": float(totals.held),
            "released": float(totals.released),
            "carry_in": float(totals.carry_in),
            "paid_before": float(paid),
            "payable": float(max(left, ZERO)),
            # money that was paid already is never forgotten
            "carry_out": float(totals.carry_out + min(left, ZERO)),
            "forgotten": float(totals.forgotten),
        }


def _free_key(lines, code, origin):
    """A name of its own for each line: returns and late changes of a month are two."""
    key = f"{code}/{origin}" if origin else code
    number = 2
    while key in lines:
        key = f"{code}/{origin}/{number}"
        number += 1
    return key


def _text(domain):
    return str(domain) if domain else False
