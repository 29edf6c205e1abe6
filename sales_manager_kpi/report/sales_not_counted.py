from datetime import date

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..models.res_company import PLAN_BASIS
from .sales_fact_search import LOCAL_DAY, _midnight, _to_day
from .sales_not_counted_parts import DAYS, KIND_ORDER, KINDS, USERS

BASES = [basis for basis, _label in PLAN_BASIS]


class SalesNotCounted(models.Model):
    """Documents of a manager's customers that do not count for the manager, and why.

    One row per basis, document and manager: the one who owned the customer on the
    document's day, or who has or will have its credit. The amount is the part that does
    not count; the reason is that of its largest part. Live, like the facts.
    """

    _name = "sales.not.counted"
    _inherit = [
        "sales.not.counted.query",
        "sales.fact.search",
        "sales.export.logged.mixin",
    ]
    _description = "Not Counted"
    _auto = False
    _order = "date desc, id desc"

    basis = fields.Selection(selection=PLAN_BASIS, readonly=True)
    reason = fields.Selection(
        selection=[
            ("quotation", "Quotation: counts once it is confirmed"),
            ("draft", "Draft invoice: counts once it is posted"),
            ("cancelled", "Cancelled"),
            ("to_invoice", "Confirmed, not invoiced yet"),
            ("to_deliver", "Confirmed, not delivered yet"),
            ("to_pay", "Invoiced, not paid yet"),
            ("settled", "Settled without money: credit note or write-off"),
            ("other_month", "Order of this month, counted in another month"),
            ("other_manager", "Credited to another manager"),
            ("unassigned", "Credited to nobody: the credit must be set"),
            ("no_owner", "Nobody owned the customer on that day"),
            ("needs_owner", "Credit note without origin: needs an owner"),
            ("down_payment", "Down payment: counts with the final invoice"),
            ("intercompany", "Customer is one of our own companies"),
            ("other_line", "No product: rounding, early payment discount, tax"),
            ("manual_entry", "Journal entry without a sales document"),
        ],
        readonly=True,
    )
    date = fields.Date(
        readonly=True,
        help="Invoice date, or day of the order: first confirmation, before it the "
        "order date.",
    )
    moment = fields.Datetime(readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    user_id = fields.Many2one(comodel_name="res.users", string="Manager", readonly=True)
    credited_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Credited To",
        readonly=True,
        help="The other manager for whom it counts.",
    )
    branch_id = fields.Many2one(comodel_name="sales.branch", readonly=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True
    )
    amount = fields.Monetary(
        string="Not Counted",
        readonly=True,
        help="Untaxed, in company currency: the part that does not count.",
    )
    move_id = fields.Many2one(
        comodel_name="account.move", string="Invoice", readonly=True
    )
    order_id = fields.Many2one(comodel_name="sale.order", readonly=True)

    _depends = {
        "account.move": [
            "amount_residual",
            "amount_untaxed_signed",
            "commercial_partner_id",
            "company_id",
            "date",
            "invoice_date",
            "invoice_user_id",
            "move_type",
            "state",
        ],
        "account.move.line": ["move_id", "product_uom_id", "quantity", "sale_line_ids"],
        "customer.assignment": [
            "branch_id",
            "company_id",
            "date_from",
            "date_to",
            "partner_id",
            "user_id",
        ],
        "sale.order": [
            "amount_untaxed",
            "company_id",
            "currency_rate",
            "date_order",
            "first_confirmation_date",
            "partner_id",
            "state",
            "user_id",
        ],
        "sale.order.line": [
            "display_type",
            "is_downpayment",
            "order_id",
            "price_subtotal",
            "product_uom_id",
            "product_uom_qty",
            "qty_delivered",
        ],
        "sales.branch.member": [
            "branch_id",
            "company_id",
            "date_from",
            "date_to",
            "user_id",
        ],
        "sales.credit": ["branch_id", "move_id", "order_id", "share_bp", "user_id"],
    }

    @property
    def _table_query(self) -> SQL:
        for model, names in self._depends.items():
            self.env[model].flush_model(names)
        asked = self.env.context.get("fact_bases", BASES)
        return SQL("\nUNION ALL\n").join(
            query
            for basis in BASES
            if basis in asked
            for query in getattr(self, f"_sql_{basis}_rows")()
        )

    def _sql_invoice_rows(self):
        return [
            self._sql_other_facts("invoice"),
            self._sql_quotations("invoice"),
            self._sql_open_orders("invoice"),
            self._sql_unposted_moves("invoice"),
        ]

    def _sql_order_rows(self):
        return [self._sql_other_facts("order"), self._sql_quotations("order")]

    def _sql_delivery_rows(self):
        return [
            self._sql_other_facts("delivery"),
            self._sql_quotations("delivery"),
            self._sql_open_orders("delivery"),
        ]

    def _sql_payment_rows(self):
        return [
            self._sql_other_facts("payment"),
            self._sql_quotations("payment"),
            self._sql_open_orders("payment"),
            self._sql_unposted_moves("payment"),
            self._sql_unpaid_moves(),
        ]

    @api.depends("move_id", "order_id")
    def _compute_display_name(self):
        for row in self:
            row.display_name = (row.move_id or row.order_id).display_name

    # ------------------------------------------------------------------
    # Search
    # ------------------------------------------------------------------

    def _implied_by_date(self, condition):
        """All documents have a moment here, whatever the basis."""
        try:
            days = sorted(_to_days(condition.value))
        except (TypeError, ValueError):
            return Domain.TRUE
        implied = Domain.TRUE
        if condition.operator in (">", ">=", "=", "in") and days:
            implied &= Domain("moment", ">=", _midnight(days[0] - LOCAL_DAY))
        if condition.operator in ("<", "<=", "=", "in") and days:
            implied &= Domain("moment", "<", _midnight(days[-1] + 2 * LOCAL_DAY))
        return implied

    def _implied_by_id(self, ids):
        """Rows are found again by their document; see `_sql_id`."""
        ids = [ids] if isinstance(ids, int) else ids
        if not isinstance(ids, list | tuple | set | frozenset) or not all(
            isinstance(row_id, int) and row_id for row_id in ids
        ):
            return Domain.TRUE
        moves, orders = set(), set()
        for row_id in ids:
            documents = orders if row_id % KINDS & KIND_ORDER else moves
            documents.add(row_id // (KINDS * DAYS * USERS))
        return Domain("move_id", "in", moves) | Domain("order_id", "in", orders)

    # ------------------------------------------------------------------
    # For the other areas
    # ------------------------------------------------------------------

    @api.model
    def _not_counted_domain(self, company, date_from, date_to, basis, users=None):
        """Domain, literals only, of what did not count on these days, both included.

        :param users: res.users records; all managers when not given
        """
        domain = [
            ("company_id", "=", company.id),
            ("basis", "=", basis),
            ("date", ">=", fields.Date.to_string(date_from)),
            ("date", "<=", fields.Date.to_string(date_to)),
        ]
        if users is not None:
            domain.append(("user_id", "in", users.ids))
        return domain

    @api.model
    def _not_counted_action(self, company, date_from, date_to, basis, users=None):
        """Window action on the same rows, for a button beside a figure."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.sales_not_counted_action"
        )
        action.update(
            domain=self._not_counted_domain(company, date_from, date_to, basis, users),
            context={"search_default_group_reason": 1},
        )
        return action

    def action_open_document(self):
        """Open the invoice, credit note or order that does not count."""
        self.ensure_one()
        document = self.order_id or self.move_id
        return {
            "type": "ir.actions.act_window",
            "res_model": document._name,
            "res_id": document.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }


def _to_days(values):
    return {
        _to_day(v) for v in ([values] if isinstance(values, str | date) else values)
    }
