from odoo import api, models


class SalesCachedMixin(models.AbstractModel):
    """Settings that are looked up in the registry's cache: each change drops it."""

    _name = "sales.cached.mixin"
    _description = "Looked Up in the Cache"

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()
