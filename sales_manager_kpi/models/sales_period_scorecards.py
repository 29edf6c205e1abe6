from odoo import models


class SalesPeriod(models.Model):
    """Closing a month judges once more who is not agreed: then the scorecards stand."""

    _inherit = "sales.period"  # pylint: disable=consider-merging-classes-inherited

    def _before_freeze(self):
        result = super()._before_freeze()
        cards = self.env["evaluation.scorecard"].search(
            [("period_id", "=", self.id), ("state", "!=", "agreed")]
        )
        if cards:
            cards._compute_period(self, cards.user_id)
        return result
