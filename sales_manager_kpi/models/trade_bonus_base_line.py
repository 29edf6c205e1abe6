from odoo import api, fields, models
from odoo.exceptions import AccessError

REASONS = [
    ("out_of_scope", "Not a product of the term"),
    ("excluded_product", "Product left out by the term"),
    ("promo", "A promotion lowered it"),
    ("below_norm", "Sold below the norm"),
    ("other_unit", "Cannot be converted to the unit of the term"),
    ("bonus_note", "Settlement of a bonus"),
    ("down_payment", "Down payment: counts with the final invoice"),
    ("intercompany", "Customer is one of our own companies"),
    ("other_line", "No product: rounding, early payment discount, tax"),
    ("manual_entry", "Journal entry without a sales document"),
    ("vendor_document", "Vendor document booked on an income account"),
    ("needs_owner", "Credit note without origin"),
    ("cancelled", "Cancelled after it was confirmed"),
]


class TradeBonusBaseLine(models.Model):
    """What a calculated period counted, and what it did not, and why: kept as it was.

    A row per line of a document. Rows of documents that came or changed after the
    period they belong to was calculated stand in the next one, naming the first.
    """

    _name = "trade.bonus.base.line"
    _description = "Trade Bonus Base Line"
    _inherit = ["append.only.mixin"]
    _order = "period_id, date, id"
    _log_access = False

    period_id = fields.Many2one(
        comodel_name="trade.bonus.period", required=True, index=True, ondelete="cascade"
    )
    late_of_period_id = fields.Many2one(
        comodel_name="trade.bonus.period",
        string="Late Of",
        index="btree_not_null",
        ondelete="restrict",
        help="The period it belongs to, which had been calculated before.",
    )
    # By the period, so that a row has fewer keys that the database checks.
    agreement_id = fields.Many2one(related="period_id.agreement_id")
    partner_id = fields.Many2one(related="period_id.partner_id")
    company_id = fields.Many2one(related="period_id.company_id")
    currency_id = fields.Many2one(related="period_id.currency_id")
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    key = fields.Char(required=True, export_string_translation=False)
    date = fields.Date()
    branch_id = fields.Many2one(comodel_name="sales.branch")
    move_id = fields.Many2one(
        comodel_name="account.move", string="Invoice", ondelete="set null"
    )
    move_line_id = fields.Many2one(
        comodel_name="account.move.line",
        string="Journal Item",
        ondelete="set null",
    )
    order_id = fields.Many2one(comodel_name="sale.order", ondelete="set null")
    order_line_id = fields.Many2one(comodel_name="sale.order.line", ondelete="set null")
    product_id = fields.Many2one(comodel_name="product.product", ondelete="set null")
    categ_id = fields.Many2one(
        comodel_name="product.category", string="Product Category", ondelete="set null"
    )
    quantity = fields.Float(
        digits="Product Unit", help="In the product's unit of measure."
    )
    amount = fields.Monetary(help="In the currency of the agreement, untaxed.")
    amount_company = fields.Monetary(
        string="In Company Currency", currency_field="company_currency_id"
    )
    value = fields.Float(
        string="Counted",
        digits=(16, 4),
        help="What went into the base: turnover, or units; nothing where left out.",
    )
    is_included = fields.Boolean(string="Counts")
    reason = fields.Selection(selection=REASONS, string="Why Not")

    _row_uniq = models.UniqueIndex(
        "(period_id, COALESCE(late_of_period_id, 0), key)",
        "A document line counts once in a period.",
    )

    @api.model
    def _refusal(self):
        return AccessError(
            self.env._("What a period counted is kept by the system as it was.")
        )
