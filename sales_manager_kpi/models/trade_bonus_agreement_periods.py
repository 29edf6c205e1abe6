from odoo import fields, models
from odoo.exceptions import UserError

from ..engine import trade_bonus as engine


class TradeBonusAgreement(models.Model):
    """The periods of an agreement."""

    # The area of trade bonuses has files of its own.
    _inherit = "trade.bonus.agreement"  # pylint: disable=consider-merging-classes-inherited

    period_ids = fields.One2many(
        comodel_name="trade.bonus.period",
        inverse_name="agreement_id",
        string="Periods",
        readonly=True,
    )

    def _make_periods(self):
        """Periods of every term and customer, without gap or overlap."""
        vals_list = [
            {
                "term_id": term.id,
                "partner_id": partner.id,
                "date_from": first,
                "date_to": last,
            }
            for agreement in self
            for term in agreement.term_ids
            for first, last in engine.periods(
                agreement.date_from, agreement.date_to, term.period
            )
            for partner in agreement.partner_ids
        ]
        # sudo: periods are made by the system
        self.env["trade.bonus.period"].sudo().create(vals_list)

    def _end_periods(self, last):
        """No period lasts longer than ``last``.

        :raise UserError: where one was calculated
        """
        # sudo: periods are made by the system
        later = self.sudo().period_ids.filtered(lambda row: row.date_to > last)
        for period in later:
            if period.state != "open":
                raise UserError(
                    self.env._(
                        "%(period)s has been calculated. Begin after it.",
                        period=period.display_name,
                    )
                )
        gone = later.filtered(lambda row: row.date_from > last)
        gone.unlink()
        (later - gone).write({"date_to": last})

    def _check_settled(self):
        """An agreement closes when nothing is left to calculate or to pay."""
        # sudo: all of them, whoever closes it
        for period in self.sudo().period_ids:
            unpaid = period.state == "approved" and period.payable
            if period.state in ("open", "calculated") or unpaid:
                raise UserError(
                    self.env._(
                        "%(period)s is not settled yet.", period=period.display_name
                    )
                )

    def _close_periods(self):
        """What was settled is over."""
        self.sudo().period_ids.write({"state": "closed"})  # sudo: the system's to write

    def action_collect_late(self):
        """Make a period for what came after the last one, where there is something.

        Late documents, and bonuses that were postponed until conditions hold.

        :raise UserError: where there is nothing
        """
        self._check_in("active", self.env._("The agreement is not in force."))
        # sudo: periods are made by the system; see the rights above
        periods = self.sudo().period_ids
        chains = periods.grouped(lambda row: (row.term_id, row.partner_id)).values()
        done = [chain for chain in chains if "open" not in chain.mapped("state")]
        complete = periods.browse().union(*done)
        changed = complete.filtered(lambda row: not row.is_correction)._changed_since()
        vals_list = [
            chain._prepare_correction()
            for chain in done
            if chain & changed
            or sum(chain.mapped("postponed")) > sum(chain.mapped("carried"))
        ]
        if not vals_list:
            raise UserError(
                self.env._("Nothing came after the last period was calculated.")
            )
        periods.create(vals_list)
        return self.action_open_periods()

    def action_open_periods(self):
        """The periods of this agreement, as a list."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.trade_bonus_period_action"
        )
        action["domain"] = [("agreement_id", "in", self.ids)]
        action["context"] = {}
        return action
