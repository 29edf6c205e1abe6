from odoo import fields, models


class SalesDraftDecisionAddressee(models.Model):
    """Who was asked to read which version by when, and whether they have."""

    _name = "sales.draft.decision.addressee"
    _description = "Addressee of a Draft Decision"
    _inherit = ["append.only.mixin"]
    _order = "decision_id desc, signed_at desc, id"
    _rec_name = "user_id"

    decision_id = fields.Many2one(
        comodel_name="sales.draft.decision",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="decision_id.company_id", store=True, precompute=True, index=True
    )
    version = fields.Integer(required=True, readonly=True, aggregator=None)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Reader",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    branch_id = fields.Many2one(
        comodel_name="sales.branch", readonly=True, ondelete="restrict"
    )
    due_on = fields.Date(string="To Read By", required=True, readonly=True)
    signed_at = fields.Datetime(string="Signed On", readonly=True)
    is_signed = fields.Boolean(string="Signed", readonly=True)
    is_in_time = fields.Boolean(string="In Time", readonly=True)
    is_void = fields.Boolean(
        string="Not Asked Any More",
        readonly=True,
        help="Another version was shown, or it was settled or withdrawn, before the "
        "day it was to be read by.",
    )

    _reader_uniq = models.UniqueIndex(
        "(decision_id, version, user_id)", "Nobody is asked twice for one version."
    )
    _due_idx = models.Index("(company_id, due_on)")
