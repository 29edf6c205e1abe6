from odoo import fields, models


class SalesBranchMember(models.Model):
    """The job is dated as the membership is: a new job is a new membership."""

    _inherit = "sales.branch.member"

    job_id = fields.Many2one(
        comodel_name="evaluation.job",
        index="btree_not_null",
        ondelete="restrict",
        help="Only where schemes judge jobs differently. Whoever changes job begins a "
        "new membership on that day.",
    )
