from odoo import api, fields, models
from odoo.tools import format_date


class SalesMilestone(models.Model):
    """Something that a manager reached, found by the system and kept as it was found.

    Figures may fall again afterwards: what was reached stays reached. Who may read a
    row may know the customer; colleagues see it in the ranking, without.
    """

    _name = "sales.milestone"
    _inherit = ["sales.month.directors.mixin", "append.only.mixin"]
    _description = "Milestone"
    _order = "date desc, id desc"

    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Manager",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    branch_id = fields.Many2one(
        comodel_name="sales.branch", readonly=True, ondelete="restrict"
    )
    period_id = fields.Many2one(
        comodel_name="sales.period",
        string="Month",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    date_from = fields.Date(
        string="Month Begins", related="period_id.date_from", store=True
    )
    company_id = fields.Many2one(
        related="period_id.company_id", store=True, index=True, precompute=True
    )
    kind = fields.Selection(
        selection=[
            ("plan", "Part of the plan reached"),
            ("won_back", "Lost customer ordered again"),
            ("best_month", "Best month ever"),
        ],
        required=True,
        readonly=True,
    )
    percent = fields.Integer(string="Part of the Plan (%)", readonly=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    date = fields.Date(
        string="Found On",
        required=True,
        readonly=True,
        help="In the company's time zone.",
    )

    _once_uniq = models.UniqueIndex(
        "(user_id, period_id, kind, percent, COALESCE(partner_id, 0))",
        "This milestone is kept already.",
    )

    @api.depends("kind", "percent", "partner_id", "period_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for milestone in self:
            milestone.display_name = milestone._wording()

    def _wording(self, with_customer=True):
        """What was reached, in the reader's language; never with an amount."""
        self.ensure_one()
        month = format_date(self.env, self.date_from, date_format="LLLL y")
        if self.kind == "plan":
            return self.env._(
                "%(percent)s %% of the plan of %(month)s reached",
                percent=self.percent,
                month=month,
            )
        if self.kind == "best_month":
            return self.env._("Best month ever: %s", month)
        # sudo: who may read the row may know which customer came back
        partner = self.sudo().partner_id
        if with_customer and partner:
            return self.env._("%s, who was lost, ordered again", partner.display_name)
        return self.env._("A lost customer ordered again")

    def _icon(self):
        self.ensure_one()
        return {
            "plan": "fa-flag-checkered",
            "won_back": "fa-heart",
            "best_month": "fa-star",
        }[self.kind]
