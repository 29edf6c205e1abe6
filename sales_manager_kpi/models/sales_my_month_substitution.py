from odoo import models

from .sales_month_screen import FACTS, tile


class SalesMyMonth(models.AbstractModel):
    _inherit = "sales.my.month"

    def _figures(self, period, user, plans, shares):
        figures = super()._figures(period, user, plans, shares)
        figures["substituted"] = self._substituted(period, figures["fact"]["domain"])
        return figures

    def _substituted(self, period, fact_domain):
        """The parts of the fact that substitutions credited, each with its rows."""
        if not self.env["sales.substitution"]._any_decided(period.company_id):
            return []
        domain = [*fact_domain, ("substitution_id", "!=", False)]
        # sudo: one manager, company and month, which the reader was found to judge
        rows = (
            self.env[FACTS]
            .sudo()
            ._read_group(domain, ["substitution_id"], ["amount:sum", "__count"])
        )
        return [
            {
                "id": row.id,
                "name": row.display_name,
                **tile([*fact_domain, ("substitution_id", "=", row.id)], amount, count),
            }
            for row, amount, count in rows
        ]
