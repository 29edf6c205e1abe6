from odoo import fields, models


class SalesDraftDecisionReading(models.Model):
    """Somebody has read a text and signed it, or commented on it again.

    Written by the reader's own button; with the fingerprint of what was read.
    """

    _name = "sales.draft.decision.reading"
    _description = "Reading of a Draft Decision"
    _inherit = ["append.only.mixin"]
    _order = "id"
    _rec_name = "user_id"

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
    text_hash = fields.Char(string="Fingerprint", required=True, readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Reader",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    is_signature = fields.Boolean(
        string="Signature", readonly=True, help="Else one more comment."
    )
    comment = fields.Text(readonly=True)
    signed_at = fields.Datetime(string="On", required=True, readonly=True)

    _signature_uniq = models.UniqueIndex(
        "(decision_id, version, user_id) WHERE is_signature IS TRUE",
        "You have signed this version already.",
    )
