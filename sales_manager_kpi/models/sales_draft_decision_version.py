import hashlib
import json

from odoo import fields, models


class SalesDraftDecisionVersion(models.Model):
    """A text as it was shown to be read and signed: kept whole, never changed.

    With copies of its documents: those of the draft decision may be replaced for the
    next version. Whoever was asked to read it reads it, whatever became of it since.
    """

    _name = "sales.draft.decision.version"
    _description = "Version of a Draft Decision"
    _inherit = ["sales.draft.decision.part.mixin", "sales.attached.mixin"]
    _order = "decision_id, version desc"
    _rec_name = "title"

    title = fields.Char(required=True, readonly=True)
    body = fields.Html(string="Text", readonly=True, sanitize=False)
    files = fields.Json(readonly=True, help="Names and checksums of the documents.")
    text_hash = fields.Char(string="Fingerprint", required=True, readonly=True)
    is_true = fields.Boolean(
        string="Matches the Fingerprint", compute="_compute_is_true"
    )
    user_id = fields.Many2one(string="Shown By")
    attachment_ids = fields.Many2many(
        relation="sales_draft_decision_version_attachment_rel",
        column1="version_id",
        column2="attachment_id",
        readonly=True,
    )
    addressee_ids = fields.One2many(
        comodel_name="sales.draft.decision.addressee",
        inverse_name="version_id",
        string="Readers",
        readonly=True,
    )
    create_date = fields.Datetime(string="Shown On", readonly=True)

    _version_uniq = models.UniqueIndex(
        "(decision_id, version)", "There is such a version already."
    )

    def _kept_files(self):
        return self.attachment_ids

    def _compute_is_true(self):
        for row in self:
            parts = (row.title, str(row.body or ""), list(row.files or ()))
            found = hashlib.sha256(
                json.dumps(parts, ensure_ascii=False).encode()
            ).hexdigest()
            row.is_true = found == row.text_hash
