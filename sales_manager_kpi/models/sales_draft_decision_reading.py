from odoo import fields, models


class SalesDraftDecisionReading(models.Model):
    """Somebody has read a text and signed it, or commented on it again.

    Written by the reader's own button; with the fingerprint of what was read.
    """

    _name = "sales.draft.decision.reading"
    _description = "Reading of a Draft Decision"
    _inherit = ["sales.draft.decision.part.mixin"]
    _order = "id"
    _rec_name = "user_id"

    text_hash = fields.Char(string="Fingerprint", required=True, readonly=True)
    is_signature = fields.Boolean(
        string="Signature", readonly=True, help="Else one more comment."
    )
    comment = fields.Text(readonly=True)
    signed_at = fields.Datetime(string="On", required=True, readonly=True)

    _signature_uniq = models.UniqueIndex(
        "(decision_id, version, user_id) WHERE is_signature IS TRUE",
        "You have signed this version already.",
    )
