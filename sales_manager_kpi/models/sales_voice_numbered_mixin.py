from odoo import api, fields, models


class SalesVoiceNumberedMixin(models.AbstractModel):
    """Documents with a number and a subject, of the branch of whom they are about."""

    _name = "sales.voice.numbered.mixin"
    _description = "Numbered, between Managers and Heads"
    _inherit = ["sales.voice.mixin"]
    _number_field = "name"
    _rec_names_search = ["name", "subject"]

    name = fields.Char(string="Number", readonly=True, copy=False, default="/")
    subject = fields.Char(required=True)
    branch_id = fields.Many2one(
        comodel_name="sales.branch",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    @api.depends("name", "subject")
    def _compute_display_name(self):
        for row in self:
            number = row.name if row.name != "/" else ""
            row.display_name = " · ".join(p for p in (number, row.subject) if p)

    def _stood_in_for(self):
        """The director for whom the user decides here, or nobody."""
        branch = self.branch_id
        return branch._stands_in_for(self.env.user) if branch else None
