from odoo import models


class AccountMoveSendWizard(models.TransientModel):
    _name = "account.move.send.wizard"
    _inherit = ["account.move.send.wizard", "sales.substituted.mixin"]
    _substitution_scope = "invoices"
    _substitution_owner = "move_id.invoice_user_id"
    _substitution_company = "move_id.company_id"


class AccountMoveSendBatchWizard(models.TransientModel):
    _name = "account.move.send.batch.wizard"
    _inherit = ["account.move.send.batch.wizard", "sales.substituted.mixin"]
    _substitution_scope = "invoices"
    _substitution_owner = "move_ids.invoice_user_id"
    _substitution_company = "move_ids.company_id"
