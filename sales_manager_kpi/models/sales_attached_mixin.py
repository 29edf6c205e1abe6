from odoo import models
from odoo.exceptions import AccessError


class SalesAttachedMixin(models.AbstractModel):
    """Documents with files of their own: who reads the document, reads the files."""

    _name = "sales.attached.mixin"
    _description = "Documents with Files"

    def _keep_attachments(self):
        """What is attached belongs to the row from now on: who reads it, reads that."""
        for row in self:
            # sudo: where an attachment belongs is read before it is the row's
            attachments = row.attachment_ids.sudo()
            for attachment in attachments:
                if not self.env.su and (
                    attachment.create_uid != self.env.user
                    or (attachment.res_model, attachment.res_id)
                    not in ((False, 0), (row._name, 0), (row._name, row.id))
                ):
                    raise AccessError(
                        self.env._(
                            "Upload the document here; one that belongs to something "
                            "else cannot be used."
                        )
                    )
            attachments.write({"res_model": row._name, "res_id": row.id})
