from odoo import fields, models


class ProductTemplate(models.Model):
    """Whether a cut may be joined from several rolls."""

    _inherit = "product.template"

    may_join_rolls = fields.Boolean(
        string="Cuts May Be Joined",
        help="For goods kept by lots: what is held for one order line may come from "
        "several rolls. Otherwise it is one piece, unless rolls are chosen by hand.",
    )

    def _is_cut_whole(self):
        """Whether a quantity must come from one lot, unless somebody chose the lots."""
        self.ensure_one()
        return self.tracking == "lot" and not self.may_join_rolls
