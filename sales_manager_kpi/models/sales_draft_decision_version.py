import hashlib
import json

from odoo import fields, models


class SalesDraftDecisionVersion(models.Model):
    """A text as it was shown to be read and signed: kept whole, never changed."""

    _name = "sales.draft.decision.version"
    _description = "Version of a Draft Decision"
    _inherit = ["append.only.mixin"]
    _order = "decision_id, version desc"
    _rec_name = "title"

    decision_id = fields.Many2one(
        comodel_name="sales.draft.decision",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="decision_id.company_id", store=True, precompute=True
    )
    version = fields.Integer(required=True, readonly=True, aggregator=None)
    title = fields.Char(required=True, readonly=True)
    body = fields.Html(string="Text", readonly=True, sanitize=False)
    files = fields.Json(readonly=True, help="Names and checksums of the documents.")
    text_hash = fields.Char(string="Fingerprint", required=True, readonly=True)
    is_true = fields.Boolean(
        string="Matches the Fingerprint", compute="_compute_is_true"
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="Shown By", required=True, readonly=True
    )
    create_date = fields.Datetime(string="Shown On", readonly=True)

    _version_uniq = models.UniqueIndex(
        "(decision_id, version)", "There is such a version already."
    )

    def _compute_is_true(self):
        for row in self:
            parts = (row.title, str(row.body or ""), list(row.files or ()))
            found = hashlib.sha256(
                json.dumps(parts, ensure_ascii=False).encode()
            ).hexdigest()
            row.is_true = found == row.text_hash
