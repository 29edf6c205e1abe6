from odoo import fields, models


class SalesPeriodDecision(models.Model):
    """Who closed or reopened a month, when and why; written by the system alone."""

    _name = "sales.period.decision"
    _description = "Closing or Reopening of a Month"
    _inherit = ["append.only.mixin"]
    _order = "create_date desc, id desc"
    _rec_name = "step"

    period_id = fields.Many2one(
        comodel_name="sales.period",
        string="Month",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="period_id.company_id", store=True)
    step = fields.Selection(
        selection=[
            ("begin", "Closing begun"),
            ("close", "Closed"),
            ("reopen", "Reopened"),
        ],
        required=True,
        readonly=True,
    )
    create_date = fields.Datetime(string="On", readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users", string="By", required=True, readonly=True
    )
    reason = fields.Text(readonly=True)
    close_hash = fields.Char(string="Seal", readonly=True)
    frozen_count = fields.Integer(string="Frozen Rows", readonly=True)
