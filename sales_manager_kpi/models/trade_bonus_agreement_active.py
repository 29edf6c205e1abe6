from odoo import api, models, tools
from odoo.fields import Domain


class TradeBonusAgreement(models.Model):
    """Which customers have an agreement in force, without asking the database."""

    # The area of trade bonuses has files of its own.
    _inherit = "trade.bonus.agreement"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    @tools.ormcache("company.id")
    def _active_customers(self, company):
        """Ids of the commercial entities with an active agreement; cached.

        Whether it has begun or ended is for those to ask who look at its periods.
        """
        # sudo: that there is an agreement is asked for every order, whoever writes it
        agreements = self.sudo().search(
            Domain("company_id", "=", company.id) & Domain("state", "=", "active")
        )
        return frozenset(agreements.partner_ids.ids)

    @api.model_create_multi
    def create(self, vals_list):
        agreements = super().create(vals_list)
        if any(agreement.state == "active" for agreement in agreements):
            self._forget_active()
        return agreements

    def write(self, vals):
        result = super().write(vals)
        if not {"state", "partner_ids", "company_id"}.isdisjoint(vals):
            self._forget_active()
        return result

    @api.model
    def _forget_active(self):
        self.env.registry.clear_cache()
        self.env.cr.postcommit.add(self.env.registry.clear_cache)
