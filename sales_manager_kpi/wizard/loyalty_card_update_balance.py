from odoo import models


class LoyaltyCardUpdateBalance(models.TransientModel):
    _inherit = "loyalty.card.update.balance"

    def action_update_card_point(self):
        """Before core writes the history of what is refused."""
        self.card_id._check_points_by_hand()
        return super().action_update_card_point()
