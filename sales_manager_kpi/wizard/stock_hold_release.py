from odoo import fields, models


class StockHoldRelease(models.TransientModel):
    """Why goods are not held any more: one reason for all of them."""

    _name = "stock.hold.release"
    _description = "Reason to Release Holds"

    hold_ids = fields.Many2many(
        comodel_name="stock.hold", string="Holds", required=True
    )
    reason = fields.Char(required=True)

    def action_confirm(self):
        """Release all of them, or none.

        :raise AccessError: where one is not the user's to release
        """
        self.ensure_one()
        self.hold_ids._release(self.reason)
        return {"type": "ir.actions.act_window_close"}
