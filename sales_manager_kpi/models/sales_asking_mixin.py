from odoo import api, models


class SalesAskingMixin(models.AbstractModel):
    """Dialogs about a document: for whoever may read that document.

    Anybody can guess its number. The name of what a many-to-one points at is read in
    sudo, and what is in the cache then is read without a right: a dialog made on a
    document that is not shown would tell its fields.
    """

    _name = "sales.asking.mixin"
    _description = "Dialog about a Document"
    # Many-to-ones to the documents that it is about.
    _asked_about = ()

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._check_asked_about()
        return rows

    def write(self, vals):
        result = super().write(vals)
        if not vals.keys().isdisjoint(self._asked_about):
            self._check_asked_about()
        return result

    def _check_asked_about(self):
        """
        :raise AccessError: for a document that the reader may not read
        """
        for name in self._asked_about:
            self[name].check_access("read")
