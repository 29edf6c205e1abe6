from odoo import models
from odoo.tools import SQL


class SalesPlanOutlookParts(models.AbstractModel):
    """What the queries of the outlook share: tables, joins and conditions."""

    _name = "sales.plan.outlook.parts"
    _inherit = ["sales.fact.query"]
    _description = "Parts of the Queries Behind the Outlook of Plans"

    _read_tables = {
        "account.move": [
            "amount_residual",
            "amount_total",
            "state",
            "credited_user_id",
        ],
        "account.move.line": ["balance", "parent_state", "quantity"],
        "customer.assignment": ["partner_id", "company_id", "user_id", "date_to"],
        "product.category": ["parent_path"],
        "product.product": ["product_tmpl_id"],
        "product.template": ["categ_id", "is_storable", "list_price", "uom_id"],
        "res.partner": ["commercial_partner_id"],
        "sale.order": [
            "company_id",
            "credit_kind",
            "credited_user_id",
            "currency_rate",
            "date_order",
            "first_confirmation_date",
            "first_confirmation_rate",
            "opportunity_id",
            "partner_id",
            "state",
            "user_id",
            "validity_date",
        ],
        "sale.order.line": [
            "order_id",
            "price_subtotal",
            "product_uom_qty",
            "qty_delivered",
            "qty_invoiced",
            "untaxed_amount_invoiced",
        ],
        "crm.lead": ["probability"],
        "sales.credit": ["kind", "order_id", "share_bp", "user_id"],
        "stock.location": ["usage", "warehouse_id"],
        "stock.move": [
            "date",
            "location_dest_id",
            "location_id",
            "product_id",
            "product_qty",
            "quantity",
            "sale_line_id",
            "state",
        ],
        "stock.quant": ["location_id", "product_id", "quantity", "reserved_quantity"],
        "uom.uom": ["factor"],
    }

    def _flush_tables(self):
        for model, names in self._read_tables.items():
            self.env[model].flush_model(names)

    def _sql_columns(self) -> SQL:
        return SQL(
            "share.user_id, sale.company_id, category.parent_path,"
            " buyer.commercial_partner_id AS partner_id, template.uom_id"
        )

    def _sql_groups(self) -> SQL:
        return SQL(
            "share.user_id, sale.company_id, category.parent_path,"
            " buyer.commercial_partner_id, template.uom_id"
        )

    def _sql_order_lines(self) -> SQL:
        """Order lines with the managers they are credited to, or would be today."""
        return SQL(
            """
            sale_order AS sale
            JOIN sale_order_line AS line
              ON line.order_id = sale.id AND line.display_type IS NULL
            LEFT JOIN res_partner AS buyer ON buyer.id = sale.partner_id
            %(owner)s
            LEFT JOIN sales_credit AS credit
                   ON credit.order_id = sale.id AND sale.credit_kind = 'shared'
            CROSS JOIN LATERAL (
                SELECT COALESCE(credit.user_id, sale.credited_user_id,
                                owner.user_id, sale.user_id) AS user_id,
                       COALESCE(credit.share_bp, 10000)::numeric / 10000 AS part
            ) AS share
            %(products)s
            LEFT JOIN product_category AS category ON category.id = template.categ_id
            """,
            owner=self._sql_owner(),
            products=self._sql_product_joins(),
        )

    def _sql_owner(self) -> SQL:
        """Who has the customer today: whom a quotation would be credited to."""
        return SQL(
            """
            LEFT JOIN customer_assignment AS owner
                   ON owner.partner_id = buyer.commercial_partner_id
                  AND owner.company_id = sale.company_id
                  AND owner.date_to IS NULL
                  AND sale.state <> 'sale'
            """
        )

    def _sql_mine(self, users, companies) -> SQL:
        return SQL(
            "sale.company_id = ANY(%s) AND share.user_id = ANY(%s)",
            companies.ids,
            users.ids,
        )

    def _sql_is_recent(self, user_ids, since) -> SQL:
        """Confirmed orders of these managers, by the indexes there are for them."""
        return SQL(
            "sale.state = 'sale' AND sale.first_confirmation_date >= %s"
            " AND (sale.credited_user_id = ANY(%s) OR sale.credit_kind = 'shared')",
            since,
            user_ids,
        )

    def _sql_rate(self) -> SQL:
        return SQL(
            "COALESCE(NULLIF(sale.first_confirmation_rate, 0),"
            " NULLIF(sale.currency_rate, 0), 1)"
        )

    def _sql_is_counting_line(self) -> SQL:
        """Down payments and deliveries to an own company never count."""
        return SQL(
            "line.is_downpayment IS NOT TRUE AND (%s) IS NOT TRUE",
            self._sql_is_intercompany(SQL("buyer.commercial_partner_id")),
        )
