from odoo import fields, models


class SalesDraftDecisionPartMixin(models.AbstractModel):
    """What is kept of one version of a draft decision: only ever added."""

    _name = "sales.draft.decision.part.mixin"
    _description = "Kept of a Draft Decision"
    _inherit = ["append.only.mixin"]

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
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Reader",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
