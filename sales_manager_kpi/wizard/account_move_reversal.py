from odoo import fields, models


class AccountMoveReversal(models.TransientModel):
    """Credit notes say whether they put a registration error right."""

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
