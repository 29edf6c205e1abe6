from odoo import api, models
from odoo.exceptions import AccessError


class AppendOnlyMixin(models.AbstractModel):
    """Decisions are rows: they are added, and stay as they were written.

    By the system unless a model says otherwise, in `_may_append`, `_may_amend` and
    `_may_remove`; `_refusal` is what everybody else is told.
    """

    _name = "append.only.mixin"
    _description = "Rows That Stay as They Were Written"

    @api.model_create_multi
    def create(self, vals_list):
        if not self._may_append():
            raise self._refusal()
        return super().create(vals_list)

    def write(self, vals):
        if vals and not self._may_amend():
            raise self._refusal()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_appended(self):
        if not self._may_remove():
            raise self._refusal()

    @api.model
    def _may_append(self):
        """Whether rows are added by this call."""
        return self.env.su

    @api.model
    def _may_amend(self):
        """Whether rows may change, as when a document behind them is moved."""
        return self.env.su

    @api.model
    def _may_remove(self):
        """Whether rows may be deleted one by one; with their parent they always are."""
        return self._may_amend()

    @api.model
    def _refusal(self):
        """The exception that says why not, and what to do instead."""
        return AccessError(
            self.env._(
                "%(rows)s are written by the system and stay as they are.",
                rows=self.env["ir.model"]._get(self._name).name,
            )
        )
