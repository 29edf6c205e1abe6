from odoo import api, fields, models


class EvaluationSchemeLine(models.Model):
    _name = "evaluation.scheme.line"
    _description = "Evaluation Scheme Line"
    _order = "scheme_id, sequence, id"
    _check_company_auto = True

    scheme_id = fields.Many2one(
        comodel_name="evaluation.scheme",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="scheme_id.company_id", store=True, index=True, precompute=True
    )
    sequence = fields.Integer(default=10)
    criterion_id = fields.Many2one(
        comodel_name="evaluation.criterion",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    weight = fields.Float(
        string="Weight (%)",
        required=True,
        digits=(6, 2),
        help="Its part of the score. The weights of a scheme add up to 100 %.",
    )

    gate_score = fields.Float(
        string="Gate",
        digits=(16, 2),
        help="A score below this closes the gate: the bonus of the month is 0. "
        "0 means no gate. Without a base the gate stays open.",
    )

    _gate_range = models.Constraint(
        "CHECK (gate_score IS NULL OR (gate_score >= 0 AND gate_score <= 1000))",
        "A gate is a score that has to be reached: between 0 (no gate) and 1000.",
    )
    _weight_range = models.Constraint(
        "CHECK (weight > 0 AND weight <= 100)",
        "A weight is more than 0 % and at most 100 %.",
    )
    _criterion_uniq = models.UniqueIndex(
        "(scheme_id, criterion_id)",
        "A scheme names every criterion once. Remove the double line.",
    )

    @api.depends("criterion_id", "weight")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.criterion_id.name} ({line.weight:g} %)"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.scheme_id._check_weights_at_end()
        return lines

    def write(self, vals):
        schemes = self.scheme_id
        result = super().write(vals)
        (schemes | self.scheme_id)._check_weights_at_end()
        return result

    def unlink(self):
        schemes = self.scheme_id
        result = super().unlink()
        schemes._check_weights_at_end()
        return result

    def _weight_bp(self):
        """The weight in hundredths of a per cent, an integer."""
        return round(self.weight * 100)
