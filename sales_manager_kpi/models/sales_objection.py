from odoo import api, fields, models


class SalesObjection(models.Model):
    """What customers say against buying, and what was tried against it."""

    _name = "sales.objection"
    _description = "Objection"
    _inherit = ["mail.thread"]
    _order = "category, name, id"

    name = fields.Char(
        string="Objection",
        required=True,
        translate=True,
        help="In the words of the customer.",
    )
    category = fields.Selection(
        selection=[
            ("price", "Price"),
            ("quality", "Quality"),
            ("range", "Range"),
            ("terms", "Terms and payment"),
            ("delivery", "Delivery"),
            ("competitor", "Has another supplier"),
            ("time", "No time or no need"),
            ("trust", "Does not know us"),
            ("other", "Other"),
        ],
        required=True,
        default="other",
        index=True,
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        index=True,
        help="Leave empty to use it in all companies.",
    )
    note = fields.Text(translate=True, help="What is behind it, and how to ask back.")
    answer_ids = fields.One2many(
        comodel_name="sales.objection.answer",
        inverse_name="objection_id",
        string="Answers",
        copy=True,
    )
    use_count = fields.Integer(string="Tried", compute="_compute_use_count")

    def _compute_use_count(self):
        counts = self.answer_ids._counts()
        for objection in self:
            objection.use_count = sum(
                counts.get(answer.id, (0, 0))[0] for answer in objection.answer_ids
            )

    def action_open_uses(self):
        """Open where this objection came up."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.sales_objection_use_action"
        )
        return {**action, "domain": [("objection_id", "=", self.id)], "context": {}}

    @api.model
    def _log_action(self, lead=None, partner=None):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Objection"),
            "res_model": "sales.objection.log",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_lead_id": lead and lead.id,
                "default_partner_id": partner and partner.id,
            },
        }
