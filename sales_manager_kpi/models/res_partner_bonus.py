from odoo import api, fields, models


class ResPartner(models.Model):
    """The trade bonuses of a customer."""

    # The area of trade bonuses has files of its own.
    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    trade_bonus_count = fields.Integer(
        compute="_compute_trade_bonus_count",
        groups="sales_manager_kpi.group_manager",
    )

    trade_bonus_hint = fields.Text(
        string="To the Next Tiers",
        compute="_compute_trade_bonus_hint",
        groups="sales_manager_kpi.group_manager",
    )

    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_trade_bonus_hint(self):
        """What is missing for the next tiers, of the periods that the user sees."""
        Period, customers = self.env["trade.bonus.period"], self.commercial_partner_id
        found = [Period._hints(customers, company) for company in self.env.companies]
        for partner in self:
            key = partner.commercial_partner_id._origin.id
            words = [hints[key] for hints in found if hints.get(key)]
            partner.trade_bonus_hint = "\n".join(words) or False

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_trade_bonus_count(self):
        """Agreements that the user sees, of the customers of these contacts."""
        counts = dict(
            self.env["trade.bonus.agreement"]._read_group(
                [("partner_ids", "in", self.commercial_partner_id.ids)],
                ["partner_ids"],
                ["__count"],
            )
        )
        for partner in self:
            partner.trade_bonus_count = counts.get(partner.commercial_partner_id, 0)

    def unlink(self):
        """A merge ends with it: who is kept has the agreements of those that go."""
        result = super().unlink()
        self.env["trade.bonus.agreement"]._forget_active()
        return result

    def action_open_trade_bonuses(self):
        """How the bonuses of this customer stand."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.trade_bonus_period_action"
        )
        action["domain"] = [("partner_id", "=", self.commercial_partner_id.id)]
        action["context"] = {}
        return action
