from odoo import models


class AccountMoveSendWizard(models.TransientModel):
    _name = "account.move.send.wizard"
    _inherit = ["account.move.send.wizard", "sales.substituted.mixin"]
    _substitution_scope = "invoices"
    _substitution_owner = "move_id.invoice_user_id"
    _substitution_company = "move_id.company_id"

    def action_send_and_print(self, allow_fallback_pdf=False):
        """Send as usual; what a deputy sends is kept as done for the principal."""
        self.move_id._stamp_acting()
        return super().action_send_and_print(allow_fallback_pdf=allow_fallback_pdf)


class AccountMoveSendBatchWizard(models.TransientModel):
    _name = "account.move.send.batch.wizard"
    _inherit = ["account.move.send.batch.wizard", "sales.substituted.mixin"]
    _substitution_scope = "invoices"
    _substitution_owner = "move_ids.invoice_user_id"
    _substitution_company = "move_ids.company_id"

    def action_send_and_print(self, force_synchronous=False, allow_fallback_pdf=False):
        """Send as usual; what a deputy sends is kept as done for the principal."""
        self.move_ids._stamp_acting()
        return super().action_send_and_print(
            force_synchronous=force_synchronous, allow_fallback_pdf=allow_fallback_pdf
        )
