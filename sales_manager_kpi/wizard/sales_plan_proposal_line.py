from odoo import fields, models


class SalesPlanProposalLine(models.TransientModel):
    """One proposed amount beside the history it comes from."""

    _name = "sales.plan.proposal.line"
    _description = "Plan Proposal Line"
    _inherit = ["sales.asking.mixin"]
    _asked_about = ("plan_id",)
    _order = "user_id, dimension desc, proposed_amount desc, id"

    proposal_id = fields.Many2one(
        comodel_name="sales.plan.proposal",
        string="Wizard",
        required=True,
        index=True,
        ondelete="cascade",
    )
    currency_id = fields.Many2one(related="proposal_id.currency_id")
    user_id = fields.Many2one(
        comodel_name="res.users", string="Manager", required=True, readonly=True
    )
    plan_id = fields.Many2one(comodel_name="sales.plan", readonly=True)
    dimension = fields.Selection(
        selection=[("total", "Total"), ("category", "Product category")],
        required=True,
        readonly=True,
        default="category",
    )
    categ_id = fields.Many2one(
        comodel_name="product.category", string="Product Category", readonly=True
    )
    base_amount = fields.Monetary(string="History", readonly=True)
    proposed_amount = fields.Monetary(string="Proposal")

    def _prepare_plan_line_vals(self):
        return {
            "dimension": self.dimension,
            "categ_id": self.categ_id.id,
            "target_amount": self.proposed_amount,
        }
