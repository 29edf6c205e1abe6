from odoo import fields, models
from odoo.tools import SQL


class AccountMoveLine(models.Model):
    _name = "account.move.line"
    _inherit = [
        "account.move.line",
        "sales.stamped.mixin",
        "sales.substituted.mixin",
    ]
    _substitution_scope = "invoices"
    _substitution_owner = "move_id.invoice_user_id"
    _stamp_fields = frozenset({"recognition_cost", "recognition_categ_id"})

    recognition_cost = fields.Float(
        copy=False,
        readonly=True,
        digits=0,
        groups="sales_manager_kpi.group_cost",
        help="Cost of one unit of the product's unit of measure, in company currency, "
        "when the invoice was posted. Empty in the table where it was not known.",
    )

    recognition_categ_id = fields.Many2one(
        comodel_name="product.category",
        string="Category When Posted",
        copy=False,
        readonly=True,
        help="The product's category when the invoice was posted; the invoice stays "
        "there when the product moves to another category.",
    )

    def write(self, vals):
        changed = self.browse()
        if "product_id" in vals:
            changed = self.filtered(
                lambda line: line.product_id.id != vals["product_id"]
            )
        result = super().write(vals)
        changed._forget_cost()
        return result

    def _forget_cost(self):
        """Another product has another cost and category, known at the next posting."""
        if self.ids:
            self.env.cr.execute(
                SQL(
                    "UPDATE account_move_line"
                    " SET recognition_cost = NULL, recognition_categ_id = NULL"
                    " WHERE id = ANY(%s) AND (recognition_cost IS NOT NULL"
                    " OR recognition_categ_id IS NOT NULL)",
                    self.ids,
                )
            )
            self.invalidate_recordset(
                ["recognition_cost", "recognition_categ_id"], flush=False
            )

    def _keep_in_memory(self, rows):
        """What a statement has written to these lines is known, and not read again.

        :param rows: ``(line id, cost or None, category id or None)``
        """
        names = ["recognition_cost", "recognition_categ_id"]
        self.invalidate_recordset(names, flush=False)
        cost, category = map(self._fields.get, names)
        for line_id, value, categ_id in rows:
            line = self.browse(line_id)
            cost._update_cache(line, value)
            category._update_cache(line, categ_id)
