from odoo import api, fields, models


class EvaluationCurvePoint(models.Model):
    """A value of a criterion and the score it brings."""

    _name = "evaluation.curve.point"
    _description = "Point of a Score Curve"
    _order = "criterion_id, value, id"
    _rec_name = "value"

    criterion_id = fields.Many2one(
        comodel_name="evaluation.criterion",
        required=True,
        index=True,
        ondelete="cascade",
    )
    value = fields.Float(
        required=True,
        digits=(16, 6),
        help="In the unit of the criterion; with a target, value ÷ target.",
    )
    score = fields.Float(required=True, digits=(16, 2))

    _value_uniq = models.UniqueIndex(
        "(criterion_id, value)",
        "A curve has one score for each value. Remove the double point.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        points = super().create(vals_list)
        points.criterion_id._check_points_at_end()
        return points

    def write(self, vals):
        criteria = self.criterion_id
        result = super().write(vals)
        (criteria | self.criterion_id)._check_points_at_end()
        return result

    def unlink(self):
        criteria = self.criterion_id
        result = super().unlink()
        criteria._check_points_at_end()
        return result
