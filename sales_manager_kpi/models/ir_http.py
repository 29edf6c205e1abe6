from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        """For whom the user acts, so that the top bar asks nothing when nobody."""
        info = super().session_info()
        if info.get("uid") and self.env.user._is_internal():
            info["sales_acting_for"] = self.env["sales.substitution"]._acting_for()
            info["discounts_to_answer"] = self.env[
                "discount.request"
            ]._to_answer_in_session()
        return info
