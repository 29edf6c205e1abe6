from odoo import fields, models


class SalesPlaybookCheck(models.Model):
    """Something to think of in a step."""

    _name = "sales.playbook.check"
    _description = "Checklist Item of a Step"
    _order = "sequence, id"

    step_id = fields.Many2one(
        comodel_name="sales.playbook.step",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="step_id.company_id", store=True)
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    is_required = fields.Boolean(
        string="Required",
        help="Before the step is ticked by hand. What proves a step by itself does not "
        "wait for it.",
    )
