from odoo import models

from ..engine.codes import barcode_uri, qr_uri

PER_ROW, ROWS = 3, 8


class ShowroomSample(models.Model):
    """Labels of samples, on sheets of three by eight."""

    # Labels have a file of their own.
    _inherit = "showroom.sample"  # pylint: disable=consider-merging-classes-inherited

    def _label_sheets(self):
        """What the labels say, by sheet and row.

        :return: ``[[[{name, composition, where, text, barcode, url, qr}]]]``
        """
        labels = [sample._prepare_label() for sample in self]
        rows = [labels[at : at + PER_ROW] for at in range(0, len(labels), PER_ROW)]
        return [rows[at : at + ROWS] for at in range(0, len(rows), ROWS)]

    def _prepare_label(self):
        product = self.product_id
        composition = "; ".join(
            f"{name}: {values}" for name, values in product._showroom_composition()
        )
        # sudo: the link of the page is on the label for all to scan
        url = self.branch_id.sudo()._showroom_link(product)
        return {
            "name": product.with_context(display_default_code=False).display_name,
            "composition": composition or product.description_sale or "",
            "where": ", ".join(
                filter(
                    None, [self.sample_type_id.name, self.branch_id.name, self.place]
                )
            ),
            "text": self.barcode,
            "barcode": barcode_uri(self.barcode),
            "url": url,
            "qr": url and qr_uri(url),
        }
