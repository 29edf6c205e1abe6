from odoo import api, fields, models
from odoo.exceptions import AccessError


class SalesAttachedMixin(models.AbstractModel):
    """Documents with files of their own: who reads the document, reads the files.

    What was told stays: once a row has left the states in which it is written, its
    files neither change nor go (see ``ir.attachment``).
    """

    _name = "sales.attached.mixin"
    _description = "Documents with Files"
    # States in which the files may still be replaced.
    _files_open = ("draft",)

    attachment_ids = fields.Many2many(
        comodel_name="ir.attachment", string="Documents", copy=False
    )

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._keep_attachments()
        return rows

    def write(self, vals):
        result = super().write(vals)
        if "attachment_ids" in vals:
            self._keep_attachments()
        return result

    def _keep_attachments(self):
        """What is attached belongs to the row from now on: who reads it, reads that."""
        for row in self:
            # sudo: where an attachment belongs is read before it is the row's
            attachments = row.attachment_ids.sudo()
            new = attachments.filtered(
                lambda one, row=row: (one.res_model, one.res_id) != (row._name, row.id)
            )
            for attachment in new:
                if not self.env.su and (
                    attachment.create_uid != self.env.user
                    or attachment.res_id
                    or attachment.res_model not in (False, row._name)
                ):
                    raise AccessError(
                        self.env._(
                            "Upload the document here; one that belongs to something "
                            "else cannot be used."
                        )
                    )
            new.write({"res_model": row._name, "res_id": row.id})

    def _kept_files(self):
        """Files of these rows that stay as they were told; in sudo."""
        told = self.filtered(lambda row: row.state not in self._files_open)
        return told.attachment_ids
