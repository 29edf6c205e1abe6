from odoo import fields, models


class SalesVoiceStepMixin(models.AbstractModel):
    """What somebody did about a document, when, for whom and why: only ever added."""

    _name = "sales.voice.step.mixin"
    _description = "Steps between Managers and Heads"
    _inherit = ["append.only.mixin"]
    _order = "id"

    user_id = fields.Many2one(
        comodel_name="res.users",
        string="By",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    acting_for_id = fields.Many2one(
        comodel_name="res.users", readonly=True, help="For whom they stood in."
    )
    note = fields.Text(string="Words", readonly=True)
    create_date = fields.Datetime(string="On", readonly=True)
