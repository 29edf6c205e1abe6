from odoo import api, models


class ProductPricelist(models.Model):
    _inherit = "product.pricelist"

    @api.model
    def _get_partner_pricelist_multi(self, partner_ids):
        """The class's price list goes before that of the country.

        A list of the customer's own goes before both.
        """
        result = super()._get_partner_pricelist_multi(partner_ids)
        if not self.env["customer.class"]._pricelists(self.env.company.id):
            return result
        if not self.env["res.groups"]._is_feature_enabled(
            "product.group_product_pricelist"
        ):
            return result
        partners = self.env["res.partner"].browse(partner_ids)
        result.update(
            {
                partner.id: pricelist
                for partner, pricelist in partners._class_pricelists().items()
                if not partner._own_pricelist()
            }
        )
        return result
