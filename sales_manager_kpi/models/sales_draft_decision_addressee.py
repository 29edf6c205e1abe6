from odoo import api, fields, models


class SalesDraftDecisionAddressee(models.Model):
    """Who was asked to read which version by when, and whether they have."""

    _name = "sales.draft.decision.addressee"
    _description = "Addressee of a Draft Decision"
    _inherit = ["sales.draft.decision.part.mixin"]
    _order = "decision_id desc, signed_at desc, id"
    _rec_name = "user_id"

    company_id = fields.Many2one(index=True)
    version_id = fields.Many2one(
        comodel_name="sales.draft.decision.version",
        string="Text",
        compute="_compute_version_id",
        store=True,
        precompute=True,
        index="btree_not_null",
        ondelete="cascade",
        help="What they were asked to read: they read that, and no other version.",
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

    @api.depends("decision_id", "version")
    def _compute_version_id(self):
        rows = self.env["sales.draft.decision.version"].search(
            [("decision_id", "in", self.decision_id.ids)]
        )
        found = {(row.decision_id, row.version): row for row in rows}
        for row in self:
            row.version_id = found.get((row.decision_id, row.version))
