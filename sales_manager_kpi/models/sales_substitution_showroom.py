from odoo import api, models


class SalesSubstitution(models.Model):
    # The showroom is kept through `is_kept`; its tasks show up with the deputy's.
    _inherit = "sales.substitution"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _models_with_activities(self):
        kept = [("showroom.check", scope) for scope in ("orders", "direction")]
        return [*super()._models_with_activities(), *kept]
