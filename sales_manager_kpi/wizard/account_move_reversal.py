from odoo import models


class AccountMoveReversal(models.TransientModel):
    """A credit note for what was claimed is the remedy of the claim."""

    _inherit = "account.move.reversal"

    def reverse_moves(self, is_modify=False):
        action = super().reverse_moves(is_modify=is_modify)
        # sudo: accounting need not see the claim it settles
        claims = self.env["customer.claim"].sudo()
        for origin, refunds in self.new_move_ids.grouped("reversed_entry_id").items():
            if origin and origin in self.move_ids:
                claims._link_remedy("credit", "move_id", origin, refunds)
        return action
