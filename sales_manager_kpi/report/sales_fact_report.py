from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..models.res_company import PLAN_BASIS


class SalesFactReport(models.Model):
    """What counts for whom: one row per source line and credited manager.

    Nothing is stored: every figure is computed from Odoo's documents when asked.
    Amounts are untaxed, signed and in company currency. A discount on a whole document
    is a row beside each line that it lowers, with its part in ``spread_amount``.
    """

    _name = "sales.fact.report"
    _inherit = [
        "sales.fact.search",
        "sales.fact.invoice",
        "sales.fact.payment",
        "sales.fact.delivery",
        "sales.fact.order",
        "sales.new.customers",
        "sales.export.logged.mixin",
    ]
    _description = "Sales Fact"
    _auto = False
    _order = "date desc, id desc"

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

    _depends = {
        "account.account": ["account_type"],
        "account.journal": ["type"],
        "account.move": [
            "amount_total",
            "commercial_partner_id",
            "company_id",
            "credit_kind",
            "credited_branch_id",
            "credited_user_id",
            "date",
            "invoice_currency_rate",
            "invoice_date",
            "move_type",
            "payment_state",
            "state",
            "substitution_id",
        ],
        "account.move.line": [
            "account_id",
            "balance",
            "company_currency_id",
            "discount",
            "display_type",
            "is_downpayment",
            "journal_id",
            "move_id",
            "parent_state",
            "price_unit",
            "product_id",
            "product_uom_id",
            "quantity",
            "recognition_categ_id",
            "recognition_cost",
            "sale_line_ids",
        ],
        "account.partial.reconcile": [
            "credit_amount_currency",
            "credit_move_id",
            "debit_amount_currency",
            "debit_move_id",
            "max_date",
        ],
        "loyalty.reward": ["discount_line_product_id"],
        "product.product": ["product_tmpl_id"],
        "product.template": ["categ_id", "uom_id"],
        "res.company": ["currency_id", "partner_id", "sale_discount_product_id"],
        "res.currency": ["rounding"],
        "res.partner": ["commercial_partner_id", "tz"],
        "sale.order": [
            "company_id",
            "credit_kind",
            "credited_branch_id",
            "credited_user_id",
            "currency_rate",
            "first_confirmation_date",
            "first_confirmation_rate",
            "partner_id",
            "state",
            "substitution_id",
        ],
        "sale.order.line": [
            "discount",
            "display_type",
            "is_downpayment",
            "order_id",
            "price_subtotal",
            "price_unit",
            "product_id",
            "product_uom_id",
            "product_uom_qty",
            "qty_delivered",
            "recognition_categ_id",
            "recognition_cost",
        ],
        "sales.branch": ["tz"],
        "sales.credit": [
            "branch_id",
            "kind",
            "move_id",
            "order_id",
            "sequence",
            "share_bp",
            "user_id",
        ],
        "stock.location": ["company_id", "usage"],
        "stock.move": [
            "date",
            "location_dest_id",
            "location_id",
            "origin_returned_move_id",
            "product_id",
            "product_uom",
            "quantity",
            "sale_line_id",
            "state",
            "to_refund",
        ],
        "uom.uom": ["factor"],
    }

    @property
    def _table_query(self) -> SQL:
        queries = {
            "invoice": self._sql_invoice_basis,
            "order": self._sql_order_basis,
            "delivery": self._sql_delivery_basis,
            "payment": self._sql_payment_basis,
        }
        asked = self.env.context.get("fact_bases", queries)
        return SQL("\nUNION ALL\n").join(
            query() for basis, query in queries.items() if basis in asked
        )

    @api.depends("move_id", "order_id", "product_id")
    def _compute_display_name(self):
        for fact in self:
            names = [
                (fact.move_id or fact.order_id).display_name,
                fact.product_id.display_name,
            ]
            fact.display_name = " · ".join(name for name in names if name)

    # ------------------------------------------------------------------
    # For the other areas
    # ------------------------------------------------------------------

    @api.model
    def _facts_domain(self, company, date_from, date_to, basis="invoice", users=None):
        """Domain of the counted facts of ``company`` from ``date_from`` to ``date_to``.

        Both days belong to it. The list behind a figure of `_facts_by`.

        :param users: res.users records; all managers when not given
        """
        domain = (
            Domain("company_id", "=", company.id)
            & Domain("basis", "=", basis)
            & Domain("status", "=", "counted")
            & Domain("date", ">=", date_from)
            & Domain("date", "<=", date_to)
        )
        if users is not None:
            domain &= Domain("user_id", "in", users.ids)
        return domain

    @api.model
    def _facts_by(
        self,
        company,
        date_from,
        date_to,
        basis="invoice",
        users=None,
        groupby=("user_id",),
        measures=("amount",),
        domain=None,
    ):
        """Counted facts of one company, added up in one query.

        :param groupby: names of stored fields, dates as ``"date:month"``
        :param measures: ``amount``, ``spread_amount``, ``discount_amount``, ``cost``
            and ``margin`` in company currency, ``quantity`` in units of the products
        :param domain: further conditions on facts, e.g. on ``categ_id`` or ``reason``
        :return: ``{key: figure}``; the key is the id (False for none) or date of the
            one group, a tuple for several; the figure a tuple for several measures.
            What has no facts has no key.
        """
        conditions = self._facts_domain(company, date_from, date_to, basis, users)
        if domain:
            conditions &= Domain(domain)
        # sudo: a plan is as full for its director as for its manager, so the figure
        # must not depend on who reads it; company, users and dates are given, and
        # whoever shows a figure answers for who may see it
        rows = self.sudo()._read_group(
            conditions, groupby, [f"{measure}:sum" for measure in measures]
        )
        return self._prepare_figures(rows, len(groupby), measures, company.currency_id)

    @api.model
    def _prepare_figures(self, rows, depth, measures, currency):
        figures = {}
        for row in rows:
            key = tuple(_to_key(value) for value in row[:depth])
            values = tuple(
                value if measure == "quantity" else currency.round(value or 0.0)
                for measure, value in zip(measures, row[depth:], strict=True)
            )
            figures[key[0] if depth == 1 else key] = (
                values[0] if len(measures) == 1 else values
            )
        return figures

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


def _to_key(value):
    """Id of a record (False for none), anything else as it is."""
    return value.id if isinstance(value, models.BaseModel) else value
