import json

from odoo import models
from odoo.http import request


class SalesExportLoggedMixin(models.AbstractModel):
    """Records whose export is written down: who took what, and how much."""

    _name = "sales.export.logged.mixin"
    _description = "Records with Logged Export"

    def export_data(self, fields_to_export):
        """Export as core does, and keep a line about it in the export log."""
        result = super().export_data(fields_to_export)
        # sudo: nobody may write the log, and every export does
        self.env["sales.export.log"].sudo().create(
            {
                "user_id": self.env.uid,
                "res_model": self._name,
                "domain": self._exported_domain(),
                "field_names": ", ".join(fields_to_export),
                "record_count": len(self),
            }
        )
        return result

    def _exported_domain(self):
        """The filter of the export dialog, or the records chosen by hand."""
        params = {}
        if request and request.params.get("data"):
            try:
                params = json.loads(request.params["data"])
            except (TypeError, ValueError):
                params = {}
        if params.get("domain") and not params.get("ids"):
            return json.dumps(params["domain"])
        return f"[('id', 'in', {self.ids[:1000]})]"
