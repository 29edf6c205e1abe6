from odoo import fields, models


class EvaluationJob(models.Model):
    """What somebody is in a branch for, where schemes tell jobs apart."""

    _name = "evaluation.job"
    _description = "Job of a Branch Member"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
