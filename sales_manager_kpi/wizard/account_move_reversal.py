from odoo import fields, models


class AccountMoveReversal(models.TransientModel):
    """Credit notes settle claims, or put a registration error right and say so."""

    _inherit = "account.move.reversal"

    is_registration_error = fields.Boolean(
        string="Registration Error",
        help="The sale was entered wrongly: it counts in the quality of registration.",
    )

    def _prepare_default_reversal(self, move):
        return {
            **super()._prepare_default_reversal(move),
            "is_registration_error": self.is_registration_error,
        }

    def reverse_moves(self, is_modify=False):
        action = super().reverse_moves(is_modify=is_modify)
        # sudo: accounting need not see the claim it settles
        claims = self.env["customer.claim"].sudo()
        for origin, refunds in self.new_move_ids.grouped("reversed_entry_id").items():
            if origin and origin in self.move_ids:
                claims._link_remedy("credit", "move_id", origin, refunds)
        return action
