from odoo import api, fields, models
from odoo.exceptions import ValidationError


class MarketCompetitor(models.Model):
    """Who else sells what we sell."""

    _name = "market.competitor"
    _description = "Competitor"
    _inherit = ["mail.thread"]
    _order = "name, id"

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        index=True,
        default=lambda self: self.env.company,
        help="Empty: a competitor of all companies.",
    )
    country_id = fields.Many2one(comodel_name="res.country")
    website = fields.Char()
    tag_ids = fields.Many2many(comodel_name="market.tag", string="Tags")
    categ_ids = fields.Many2many(
        comodel_name="product.category",
        string="Ranges",
        help="In which of our ranges they compete.",
    )
    note = fields.Html()
    market_note_count = fields.Integer(
        string="Market Notes", compute="_compute_market_note_count"
    )

    _name_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0), lower(name))",
        "This competitor is there already, perhaps archived.",
    )

    @api.constrains("name")
    def _check_name(self):
        if any(not competitor.name.strip() for competitor in self):
            raise ValidationError(
                self.env._("Write down what the competitor is called.")
            )

    def _compute_market_note_count(self):
        counts = dict(
            self.env["market.note"]._read_group(
                [("competitor_id", "in", self.ids)], ["competitor_id"], ["__count"]
            )
        )
        for competitor in self:
            competitor.market_note_count = counts.get(competitor, 0)

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        for competitor, vals in zip(self, vals_list, strict=True):
            vals["name"] = self.env._("%s (copy)", competitor.name)
        return vals_list

    def action_open_market_notes(self):
        """Open what was noted about this competitor."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.market_note_action"
        )
        action["domain"] = [("competitor_id", "=", self.id)]
        action["context"] = {"default_competitor_id": self.id}
        return action
