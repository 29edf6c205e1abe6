from odoo import api, fields, models
from odoo.exceptions import UserError

from .bonus_statement import DISPUTABLE


class SalesFactLine(models.Model):
    """A deal of a closed month, disputed by whom it counts for."""

    # What pay adds has a file of its own.
    _inherit = "sales.fact.line"  # pylint: disable=consider-merging-classes-inherited

    can_dispute = fields.Boolean(compute="_compute_can_dispute")

    @api.depends("user_id", "booked_period_id")
    @api.depends_context("uid")
    def _compute_can_dispute(self):
        statements = self._own_statements()
        for line in self:
            line.can_dispute = (
                line.user_id == self.env.user and line.booked_period_id in statements
            )

    def _own_statements(self):
        """``{month: the reader's statement}`` of these rows that may be disputed."""
        rows = self.env["bonus.statement"].search(
            [
                ("user_id", "=", self.env.uid),
                ("period_id", "in", self.booked_period_id.ids),
                ("state", "in", DISPUTABLE),
            ]
        )
        return {row.period_id: row for row in rows}

    def _belongs_to(self, statement):
        """Whether ``statement`` settles this deal, of its person."""
        self.ensure_one()
        return (
            self.user_id == statement.user_id
            and self.booked_period_id == statement.period_id
        )

    def action_dispute(self):
        """Open a dispute of the statement that this deal is settled in.

        :raise UserError: for a deal of somebody else, or where no statement of that
            month waits for an answer
        """
        self.ensure_one()
        self.check_access("read")
        if self.user_id != self.env.user:
            raise UserError(self.env._("Only whom a deal counts for disputes it."))
        statement = self._own_statements().get(self.booked_period_id)
        if not statement:
            raise UserError(
                self.env._(
                    "There is no statement of %s that you can dispute. It comes when "
                    "the month is settled, and stays once it was approved.",
                    self.booked_period_id.display_name,
                )
            )
        action = statement._ask_dispute()
        action["context"] |= {
            "default_fact_line_id": self.id,
            "default_kind": "wrong_amount",
        }
        return action
