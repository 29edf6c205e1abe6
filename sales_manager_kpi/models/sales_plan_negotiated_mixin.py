from odoo import api, fields, models
from odoo.exceptions import UserError

from .sales_plan_states import SYSTEM

TABLE_STATES = ("submitted", "returned")  # the plan lies on the table


class SalesPlanNegotiatedMixin(models.AbstractModel):
    """The part of ``sales.plan`` that keeps what either side asked for."""

    _name = "sales.plan.negotiated.mixin"
    _description = "Plan under Negotiation"

    negotiation_ids = fields.One2many(
        comodel_name="sales.plan.negotiation",
        inverse_name="plan_id",
        readonly=True,
    )
    negotiation_round = fields.Integer(
        string="Times Submitted",
        readonly=True,
        copy=False,
        aggregator=None,
    )

    def _note_proposals(self):
        """The manager hands in: what the lines ask for now is the proposal."""
        vals_list = []
        for plan in self._as_system():
            plan.negotiation_round += 1
            for line in plan.line_ids:
                step = line._proposal_step()
                if step:
                    before = line._counter() if step == "propose" else line._proposed()
                    vals_list.append(
                        line._prepare_negotiation(
                            step, before, line._target(), role="manager"
                        )
                    )
                line._put_proposal()
        self._write_negotiation(vals_list)

    def _note_decision(self, step, reason=False):
        """The head returns or agrees: one row for the plan, one per line that differs.

        :param step: "return" or "agree"
        """
        vals_list = []
        for plan in self:
            if step == "agree":
                vals_list += [
                    line._prepare_negotiation(
                        step, line._proposed(), line._target(), reason=reason
                    )
                    for line in plan.line_ids
                    if line._differs()
                ]
            proposed = sum(plan._target_lines().mapped("proposed_amount"))
            vals_list.append(
                plan._prepare_negotiation(
                    step, proposed, plan.target_amount, reason=reason
                )
            )
        self._write_negotiation(vals_list)

    def _countered(self):
        """These plans whose lines are not as the manager handed them in."""
        removed = self.negotiation_ids.filtered(
            lambda row: (
                row.step == "counter"
                and not row.line_id
                and row.round == row.plan_id.negotiation_round
            )
        )
        return self.filtered(
            lambda plan: (
                plan in removed.plan_id
                or any(line._differs() for line in plan.line_ids)
            )
        )

    def _prepare_negotiation(self, step, before, after, role="head", reason=False):
        return {
            "plan_id": self.id,
            "label": self.env._("The whole plan"),
            "round": self.negotiation_round,
            "step": step,
            "role": role,
            "author_id": self.env.uid,
            "measure": "amount",
            "value_before": before,
            "value_after": after,
            "reason": reason,
        }

    def _write_negotiation(self, vals_list):
        # sudo: nobody may write these rows; they follow from what was just done
        self.env["sales.plan.negotiation"].sudo().with_context(
            sales_plan_system=SYSTEM
        ).create(vals_list)


class SalesPlanLineNegotiatedMixin(models.AbstractModel):
    """The part of ``sales.plan.line`` that keeps what either side asked for."""

    _name = "sales.plan.line.negotiated.mixin"
    _description = "Plan Line under Negotiation"

    currency_id = fields.Many2one(comodel_name="res.currency")

    proposed_amount = fields.Monetary(
        string="Proposed",
        readonly=True,
        copy=False,
        help="What the manager submitted last.",
    )
    proposed_quantity = fields.Float(
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="What the manager submitted last.",
    )
    counter_amount = fields.Monetary(
        string="Counter",
        readonly=True,
        copy=False,
        help="What the director put against the proposal.",
    )
    counter_quantity = fields.Float(
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="What the director put against the proposal.",
    )
    is_countered = fields.Boolean(
        readonly=True,
        copy=False,
        help="Whether the director changed what the manager submitted.",
    )
    _negotiated = (
        "proposed_amount",
        "proposed_quantity",
        "counter_amount",
        "counter_quantity",
        "is_countered",
    )

    # ------------------------------------------------------------------
    # What the head changes while the plan is on the table
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self._check_not_negotiated({name for vals in vals_list for name in vals})
        lines = super().create(vals_list)
        table = lines._on_the_table()
        table._note_counters(dict.fromkeys(table, 0.0))
        return lines

    def write(self, vals):
        self._check_not_negotiated(vals)
        before = {line: line._target() for line in self._on_the_table()}
        keys = {line: line._key() for line in before}
        gone = {
            line: line._prepare_negotiation("counter", line._target(), 0.0)
            for line in before
        }
        result = super().write(vals)
        moved = [line for line in before if line._key() != keys[line]]
        self.plan_id._write_negotiation([{**gone[x], "line_id": False} for x in moved])
        before.update(dict.fromkeys(moved, 0.0))
        self._note_counters(before)
        return result

    def unlink(self):
        rows = [
            {
                **line._prepare_negotiation("counter", line._target(), 0.0),
                "line_id": False,
            }
            for line in self._on_the_table()
        ]
        plans = self.plan_id
        result = super().unlink()
        plans._write_negotiation(rows)
        return result

    def _on_the_table(self):
        """The lines that the acting user changes after their manager handed them in."""
        return self.filtered(
            lambda line: (
                line.plan_id.state in TABLE_STATES
                and line.plan_id.user_id != self.env.user
                and not line.plan_id._is_system()
            )
        )

    def _note_counters(self, before):
        """Keep what changed against ``{line: value before}``."""
        changed = [line for line in before if line._target() != before[line]]
        for line in changed:
            name = line._target_field().replace("target_", "counter_")
            line._as_system().write({name: line._target(), "is_countered": True})
        self.plan_id._write_negotiation(
            [
                line._prepare_negotiation("counter", before[line], line._target())
                for line in changed
            ]
        )

    # ------------------------------------------------------------------
    # Proposed, countered, agreed
    # ------------------------------------------------------------------

    def _target(self):
        """What the line asks for, in money or in its unit."""
        return self[self._target_field()]

    def _proposed(self):
        return self[self._target_field().replace("target_", "proposed_")]

    def _counter(self):
        """What lies on the table: the head's figure, else the manager's last one."""
        if not self.is_countered:
            return self._proposed()
        return self[self._target_field().replace("target_", "counter_")]

    def _differs(self):
        """Whether the line is not as the manager handed it in."""
        return self.is_countered and self._target() != self._proposed()

    def _proposal_step(self):
        """What handing the line in means now; None when nothing is new."""
        if self._target() != self._counter():
            return "propose"
        return "accept" if self._differs() else None

    def _put_proposal(self):
        name = self._target_field().replace("target_", "proposed_")
        vals = dict.fromkeys(self._negotiated, 0)
        self._as_system().write({**vals, name: self._target()})

    def _prepare_negotiation(self, step, before, after, role="head", reason=False):
        plan_vals = self.plan_id._prepare_negotiation(step, before, after, role, reason)
        return {
            **plan_vals,
            "line_id": self.id,
            "label": self._label(),
            "measure": self.measure,
            "uom_id": self.uom_id.id,
        }

    def _as_system(self):
        return self.with_context(sales_plan_system=SYSTEM)

    def _check_not_negotiated(self, names):
        if not self.env["sales.plan"]._is_system() and not set(
            self._negotiated
        ).isdisjoint(names):
            raise UserError(
                self.env._(
                    "What was proposed and countered follows from submitting and "
                    "changing the plan. Write the target instead."
                )
            )
