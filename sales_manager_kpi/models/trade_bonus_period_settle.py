from odoo import fields, models
from odoo.exceptions import UserError


class TradeBonusPeriod(models.Model):
    """Settling approved periods."""

    # The area of trade bonuses has files of its own.
    _inherit = "trade.bonus.period"  # pylint: disable=consider-merging-classes-inherited

    settlement_line_ids = fields.One2many(
        comodel_name="trade.bonus.settlement.line",
        inverse_name="period_id",
        readonly=True,
    )

    def action_settle(self):
        """Settle these periods today, those of a customer and agreement together."""
        return self._settle_on(fields.Date.context_today(self))

    def _settle_on(self, date):
        """See `action_settle`; ``date`` is that of the credit note.

        :raise UserError: where a period is not approved, or settled already
        """
        self.check_access("read")
        self._check_operator()
        self.lock_for_update()
        for period in self:
            period._check_can_settle()
        # sudo: a settlement is the system's to write; what it pays was approved
        groups = self.sudo().grouped(lambda row: (row.agreement_id, row.partner_id))
        # sudo: as above
        Settlement = self.env["trade.bonus.settlement"].sudo()
        found = Settlement.union(
            *(Settlement._settle(rows, date) for rows in groups.values())
        )
        return found._action_open()

    def _check_can_settle(self):
        if self.state in ("settled", "closed"):
            raise UserError(
                self.env._("%(period)s is settled.", period=self.display_name)
            )
        if self.state != "approved":
            raise UserError(
                self.env._(
                    "%(period)s is not approved yet. Only approved bonuses are paid.",
                    period=self.display_name,
                )
            )
        if self.agreement_id.state not in ("active", "closed"):
            raise UserError(self.env._("The agreement is not in force. Resume it."))
