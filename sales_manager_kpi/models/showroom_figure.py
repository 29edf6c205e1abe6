from odoo import api, fields, models


class ShowroomFigure(models.Model):
    """How a showroom stood at the end of a day: the history of its completeness."""

    _name = "showroom.figure"
    _description = "Showroom by Day"
    _inherit = ["append.only.mixin"]
    _order = "date desc, branch_id"
    _rec_name = "date"

    branch_id = fields.Many2one(
        comodel_name="sales.branch", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="branch_id.company_id", store=True, precompute=True, index=True
    )
    date = fields.Date(required=True, readonly=True, index=True)
    completeness = fields.Float(
        readonly=True,
        digits=(16, 4),
        aggregator="avg",
        help="Lines of the norm, 0 to 1.",
    )
    weighted = fields.Float(
        string="Weighted Completeness", readonly=True, digits=(16, 4), aggregator="avg"
    )
    due = fields.Integer(string="Required", readonly=True, aggregator="avg")
    missing = fields.Integer(readonly=True, aggregator="avg")
    shown = fields.Integer(readonly=True, aggregator="avg")
    stale = fields.Integer(readonly=True, aggregator="avg")
    to_replace = fields.Integer(readonly=True, aggregator="avg")

    _day_uniq = models.UniqueIndex("(branch_id, date)")

    @api.model
    def _cron_keep(self):
        """Keep today's figures of every showroom, once; also where nothing is due."""
        # sudo: a job
        branches = self.env["sales.branch"].sudo().search([("has_showroom", "=", True)])
        for company, own in branches.grouped("company_id").items():
            self._keep(own, branches._company_local_date(company))

    @api.model
    def _keep(self, branches, day):
        """Keep the figures of ``branches`` for ``day``, where none are kept yet."""
        # sudo: written by the system
        Figure = self.sudo()
        kept = Figure.search([("branch_id", "in", branches.ids), ("date", "=", day)])
        todo = branches - kept.branch_id
        figures = todo._showroom_figures()
        return Figure.create(
            [
                {
                    "branch_id": branch.id,
                    "date": day,
                    **{name: value or 0 for name, value in figures[branch.id].items()},
                }
                for branch in todo
                if figures[branch.id]["due"] or figures[branch.id]["shown"]
            ]
        )
