from odoo import fields, models


class ServiceGapExcuse(models.TransientModel):
    """Why service gaps are nobody's fault: one reason for all of them."""

    _name = "service.gap.excuse"
    _description = "Reason to Excuse Service Gaps"

    gap_ids = fields.Many2many(
        comodel_name="service.gap", string="Service Gaps", required=True
    )
    reason = fields.Char(required=True)

    def action_confirm(self):
        """Excuse all of them, or none.

        :raises AccessError: where the user may not excuse one of them
        """
        self.ensure_one()
        self.gap_ids._excuse(self.reason)
        return {"type": "ir.actions.act_window_close"}
