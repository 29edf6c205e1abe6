from odoo import api, models
from odoo.exceptions import AccessError


class SalesStampedMixin(models.AbstractModel):
    """A core document that carries columns only the system may write."""

    _name = "sales.stamped.mixin"
    _description = "Document with System Stamps"
    _stamp_fields = frozenset()

    @api.model
    def default_get(self, fields_list):
        """Defaults as usual; a context cannot give a document its stamps."""
        names = [name for name in fields_list if name not in self._stamp_fields]
        return super().default_get(names)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_stamps(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_stamps(vals)
        return super().write(vals)

    @api.model
    def _refuse_stamps(self, vals):
        """Readonly in a view binds no import and no remote call, so the server does."""
        if not self.env.su and not self._stamp_fields.isdisjoint(vals):
            raise AccessError(
                self.env._(
                    "Credit, first confirmation and recognised cost are written by "
                    "the system. Use “Set credit” to correct who gets the credit."
                )
            )
