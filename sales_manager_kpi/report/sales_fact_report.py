from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, float_round

from ..models.sales_fact_mixin import IDS


class SalesFactReport(models.Model):
    """What counts for whom: one row per source line and credited manager.

    Nothing is stored: every figure is computed from Odoo's documents when asked.
    Amounts are untaxed, signed and in company currency. A discount on a whole document
    is a row beside each line that it lowers, with its part in ``spread_amount``.
    """

    _name = "sales.fact.report"
    _inherit = [
        "sales.fact.mixin",
        "sales.fact.search",
        "sales.fact.invoice",
        "sales.fact.payment",
        "sales.fact.delivery",
        "sales.fact.order",
        "sales.new.customers",
        "sales.fact.closed",
        "sales.export.logged.mixin",
    ]
    _description = "Sales Fact"
    _auto = False
    _order = "date desc, id desc"

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
        """Counted facts of one company, added up; closed months as they were frozen.

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
        Fact = self.sudo().with_context(fact_keys=IDS)
        rows = Fact._group_facts(
            conditions,
            groupby,
            [f"{measure}:sum" for measure in measures],
            company,
            (date_from, date_to),
        )
        return self._prepare_figures(rows, len(groupby), measures, company.currency_id)

    @api.model
    def _prepare_figures(self, rows, depth, measures, currency):
        step, places, figures = currency.rounding, currency.decimal_places, {}
        is_decimal = step == 10**-places

        def rounded(value):
            # what has no more places than the currency stays as it is, quickly
            if is_decimal and round(value, places) == value:
                return value
            return float_round(value, precision_rounding=step)

        for row in rows:
            key = tuple(map(_to_key, row[:depth]))
            values = tuple(
                [
                    value if measure == "quantity" else rounded(value or 0.0)
                    for measure, value in zip(measures, row[depth:], strict=True)
                ]
            )
            figures[key[0] if depth == 1 else key] = (
                values[0] if len(measures) == 1 else values
            )
        return figures


def _to_key(value):
    """Id of a record (False for none), anything else as it is."""
    return value.id if isinstance(value, models.BaseModel) else value
