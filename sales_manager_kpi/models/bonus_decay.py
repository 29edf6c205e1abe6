from odoo import fields, models


class BonusDecay(models.Model):
    """How much of what is held remains from so many days late on."""

    _name = "bonus.decay"
    _description = "Decay of Held Pay"
    _inherit = ["bonus.part.mixin"]
    _order = "component_id, days_late"

    component_id = fields.Many2one(
        comodel_name="bonus.component", required=True, index=True, ondelete="cascade"
    )
    scheme_id = fields.Many2one(
        related="component_id.scheme_id", store=True, precompute=True
    )
    company_id = fields.Many2one(
        related="component_id.company_id", store=True, precompute=True
    )
    days_late = fields.Integer(
        string="From Days Late",
        required=True,
        help="Days after the due date on which the invoice was paid in full.",
    )
    kept_percent = fields.Float(string="Remains (%)", digits=(5, 2))

    _days_uniq = models.UniqueIndex(
        "(component_id, days_late)",
        "Two lines begin on the same day. Keep one of them.",
    )
    _range = models.Constraint(
        "CHECK (days_late > 0 AND kept_percent >= 0 AND kept_percent <= 100)",
        "Days late are 1 or more, and what remains lies between 0 % and 100 %.",
    )
