from odoo import api, fields, models


class SalesMilestoneLevel(models.Model):
    """A part of the plan that is worth a word when it is reached.

    A company with levels of its own has only those.
    """

    _name = "sales.milestone.level"
    _description = "Milestone of the Plan"
    _order = "company_id, percent"

    percent = fields.Integer(string="Part of the Plan (%)", required=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        index=True,
        help="Leave empty for all companies that have no levels of their own.",
    )
    active = fields.Boolean(default=True)

    _percent_range = models.Constraint(
        "CHECK (percent BETWEEN 1 AND 1000)",
        "A level lies between 1 and 1000 % of the plan.",
    )
    _percent_uniq = models.UniqueIndex(
        "(percent, COALESCE(company_id, 0))",
        "There is this level already. Change that one, or unarchive it.",
    )

    @api.depends("percent")
    def _compute_display_name(self):
        for level in self:
            level.display_name = f"{level.percent} %"

    @api.model
    def _percents(self, company):
        """The levels that hold in ``company``, in per cent."""
        # sudo: levels are no secret
        levels = self.sudo().search([("company_id", "in", [False, company.id])])
        own = levels.filtered("company_id")
        return sorted((own or levels).mapped("percent"))
