from odoo import models
from odoo.exceptions import AccessError


class IrAttachment(models.Model):
    """Files that were told with a document stay as they were told."""

    _inherit = "ir.attachment"

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if operation not in ("write", "unlink") or self.env.su:
            return result
        refused = result[0] if result else self.browse()
        kept = (self - refused)._kept()
        if not kept:
            return result
        return refused | kept, kept._kept_error

    def _delete_and_notify(self, message=None):
        """The chatter deletes as the system, in the name of who holds a token."""
        # the user's own rights, not those of the system
        kept = self.sudo(False)._kept()
        if kept and not kept.env.su:
            raise kept._kept_error()
        return super()._delete_and_notify(message=message)

    def _kept(self):
        """Those that belong to a document that was told (``sales.attached.mixin``)."""
        kept = self.browse()
        attached = self.pool["sales.attached.mixin"]
        # sudo: where an attachment belongs, and whether that was told, whoever asks
        for model, rows in self.sudo().grouped("res_model").items():
            if model in self.env and isinstance(self.env[model], attached):
                ids = {row.res_id for row in rows if row.res_id}
                # sudo: as above
                documents = self.env[model].sudo().browse(ids).exists()
                kept |= documents._kept_files() & rows
        return kept.sudo(False)

    def _kept_error(self):
        # sudo: names of files that the user may read, or could write
        files = ", ".join(self.sudo().mapped("name"))
        return AccessError(
            self.env._(
                "What was told stays as it was: %(files)s. Take the document back "
                "first, make a new version of it, or add another file in a message.",
                files=files,
            )
        )
