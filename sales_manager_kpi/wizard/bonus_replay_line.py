from odoo import api, fields, models


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
    date = fields.Date(string="Month", required=True)
    old_amount = fields.Monetary(string="Now")
    new_amount = fields.Monetary(string="With It")
    difference = fields.Monetary(compute="_compute_difference", store=True)

    @api.depends("old_amount", "new_amount")
    def _compute_difference(self):
        for line in self:
            line.difference = line.new_amount - line.old_amount
