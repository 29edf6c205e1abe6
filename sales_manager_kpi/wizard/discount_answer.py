from odoo import fields, models


class DiscountAnswer(models.TransientModel):
    """An answer that needs words: a counter-offer, a no, or somebody else to ask."""

    _name = "discount.answer"
    _description = "Answer to a Discount Request"

    request_id = fields.Many2one(
        comodel_name="discount.request", required=True, ondelete="cascade"
    )
    kind = fields.Selection(
        selection=[
            ("counter", "Counter-offer"),
            ("reject", "Reject"),
            ("forward", "Forward"),
        ],
        required=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="To", domain="[('share', '=', False)]"
    )
    comment = fields.Char(required=True)

    def action_answer(self):
        """Give the answer, with its reason."""
        self.ensure_one()
        if self.kind == "counter":
            self.request_id.action_counter(self.comment)
        elif self.kind == "reject":
            self.request_id.reject(self.comment)
        else:
            self.request_id.forward(self.user_id, self.comment)
        return {"type": "ir.actions.act_window_close"}
