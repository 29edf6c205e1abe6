from odoo import models


class ProductProduct(models.Model):
    """What a showroom tells of a product."""

    # The area of the showroom has files of its own.
    _inherit = "product.product"  # pylint: disable=consider-merging-classes-inherited

    def _is_shown_still(self):
        """Whether it is sold, so that samples of it make sense."""
        return self.active and self.sale_ok

    def _showroom_composition(self):
        """What it is made of, as ``[(attribute, values)]`` for customers to read.

        Its own values, and all of an attribute that makes no variants.
        """
        self.ensure_one()
        own = self.product_template_attribute_value_ids.grouped("attribute_id")
        rows = []
        for line in self.attribute_line_ids:
            values = own.get(line.attribute_id)
            if not values and line.attribute_id.create_variant == "no_variant":
                values = line.product_template_value_ids
            if values:
                rows.append((line.attribute_id.name, ", ".join(values.mapped("name"))))
        return rows
