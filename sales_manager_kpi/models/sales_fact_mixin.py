from odoo import api, fields, models

from .res_company import PLAN_BASIS

IDS = object()  # `fact_keys` in the context of who groups thousands of documents

IDS = object()  # as `fact_keys` in the context: groups by id, for thousands of them


class SalesFactMixin(models.AbstractModel):
    """What is known of a fact, whether it is computed now or was frozen.

    Amounts are untaxed, signed and in company currency.
    """

    _name = "sales.fact.mixin"
    _description = "Sales Fact"

    basis = fields.Selection(selection=PLAN_BASIS, readonly=True)
    status = fields.Selection(
        selection=[
            ("counted", "Counted"),
            ("unassigned", "Unassigned"),
            ("excluded", "Excluded"),
        ],
        readonly=True,
    )
    reason = fields.Selection(
        selection=[
            ("down_payment", "Down payment: counts with the final invoice"),
            ("intercompany", "Customer is one of our own companies"),
            ("other_line", "No product: rounding, early payment discount, tax"),
            ("other_month", "Booked in another month than its invoice date"),
            ("manual_entry", "Journal entry without a sales document"),
            ("vendor_document", "Vendor document booked on an income account"),
            ("needs_owner", "Credit note without origin: needs an owner"),
            ("cancelled", "Cancelled after it was confirmed"),
        ],
        string="Why Not Counted",
        readonly=True,
    )
    is_excluded = fields.Boolean(readonly=True, export_string_translation=False)
    date = fields.Date(
        readonly=True,
        help="Invoice date, day of payment, or day of first confirmation or of "
        "delivery in the branch's time zone.",
    )
    moment = fields.Datetime(
        readonly=True,
        help="First confirmation or delivery; for invoices and payments their date.",
    )
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users", string="Credited To", readonly=True
    )
    branch_id = fields.Many2one(comodel_name="sales.branch", readonly=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True
    )
    product_id = fields.Many2one(comodel_name="product.product", readonly=True)
    categ_id = fields.Many2one(
        comodel_name="product.category",
        string="Product Category",
        readonly=True,
        help="The category when the document first counted; where that was not kept, "
        "the product's of today.",
    )
    uom_id = fields.Many2one(comodel_name="uom.uom", string="Unit", readonly=True)
    quantity = fields.Float(
        readonly=True,
        digits="Product Unit",
        help="In the product's unit of measure; returned goods are negative.",
    )
    amount = fields.Monetary(
        readonly=True,
        help="Untaxed, in company currency; credit notes are negative.",
    )
    spread_amount = fields.Monetary(
        string="Of Which Spread Discount",
        readonly=True,
        help="The part of the amount that comes from discounts and rewards on the "
        "whole document.",
    )
    discount_amount = fields.Monetary(
        string="Discount Given",
        readonly=True,
        help="What was given away: discounts on the line and, as spread, those on the "
        "whole document. Negative where a credit note takes it back.",
    )
    cost = fields.Monetary(
        readonly=True,
        groups="sales_manager_kpi.group_cost",
        help="Cost kept when the document first counted; empty where not known.",
    )
    margin = fields.Monetary(
        readonly=True,
        groups="sales_manager_kpi.group_cost",
        help="Amount less cost, of the lines whose cost is known.",
    )
    rate = fields.Float(
        readonly=True,
        digits=(12, 6),
        aggregator=False,
        help="Document currency per company currency.",
    )
    rate_date = fields.Date(readonly=True)
    share_bp = fields.Integer(
        string="Share (basis points)", readonly=True, aggregator=False
    )
    is_return = fields.Boolean(
        string="Is a Return",
        readonly=True,
        help="Credit note, returned goods or money paid back.",
    )
    move_id = fields.Many2one(
        comodel_name="account.move", string="Invoice", readonly=True
    )
    move_line_id = fields.Many2one(
        comodel_name="account.move.line", string="Journal Item", readonly=True
    )
    order_id = fields.Many2one(comodel_name="sale.order", readonly=True)
    order_line_id = fields.Many2one(comodel_name="sale.order.line", readonly=True)
    substitution_id = fields.Many2one(
        comodel_name="sales.substitution",
        readonly=True,
        help="The substitution whose policy decided who gets the credit.",
    )

    @api.depends("move_id", "order_id", "product_id")
    def _compute_display_name(self):
        for fact in self:
            names = [
                (fact.move_id or fact.order_id).display_name,
                fact.product_id.display_name,
            ]
            fact.display_name = " · ".join(name for name in names if name)

    def _read_group_postprocess_groupby(self, groupby_spec, raw_values):
        """As the ORM does; an id, or False, for a record where `IDS` are asked for."""
        field = self._fields.get(groupby_spec)
        if field and field.relational and self.env.context.get("fact_keys") is IDS:
            return (value or False for value in raw_values)
        return super()._read_group_postprocess_groupby(groupby_spec, raw_values)

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_open_document(self):
        """Open the invoice, credit note, entry or order behind this fact."""
        self.ensure_one()
        order_based = self.basis in ("order", "delivery")
        document = self.order_id if order_based else self.move_id
        return {
            "type": "ir.actions.act_window",
            "res_model": document._name,
            "res_id": document.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
