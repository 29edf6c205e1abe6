from odoo import api, fields, models
from odoo.tools import format_date


class BonusReplayLine(models.TransientModel):
    """A month of a person in a replay."""

    _name = "bonus.replay.line"
    _description = "Replayed Month"
    _order = "user_id, date"

    replay_id = fields.Many2one(
        comodel_name="bonus.replay", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="replay_id.currency_id")
    user_id = fields.Many2one(comodel_name="res.users", string="Manager", required=True)
    date = fields.Date(required=True)
    month = fields.Char(compute="_compute_month")
    old_amount = fields.Monetary(string="Now")
    new_amount = fields.Monetary(string="With It")
    difference = fields.Monetary(compute="_compute_difference", store=True)

    @api.depends("date")
    @api.depends_context("lang")
    def _compute_month(self):
        for line in self:
            line.month = format_date(self.env, line.date, date_format="LLLL y")

    @api.depends("old_amount", "new_amount")
    def _compute_difference(self):
        for line in self:
            line.difference = line.new_amount - line.old_amount
