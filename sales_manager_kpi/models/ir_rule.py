from odoo import models
from odoo.exceptions import AccessError


class IrRule(models.Model):
    _inherit = "ir.rule"

    def _make_access_error(self, operation, records):
        """Say first what the reason is where somebody stood in until a while ago."""
        told = self.env["sales.substitution"]._tell_ended(records)
        error = super()._make_access_error(operation, records)
        if not told:
            return error
        explained = AccessError(f"{told}\n\n{error.args[0]}")
        if hasattr(error, "context"):
            explained.context = error.context
        return explained
