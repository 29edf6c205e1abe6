from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

TYPED = {"late_reason", "late_note"}


class Part(NamedTuple):
    """A part of the rows: which columns, by which values out of which CTEs."""

    columns: list
    ctes: SQL
    values: SQL
    joins: SQL


class SaleOrderControl(models.Model):
    """What became of a confirmed order: its money and its goods, one row an order.

    A projection: invoices, payments and stock stay the truth. The rows are written by
    hooks at the end of a call (see ``sale_order_control_touch``) and put right every
    night. Money is in company currency with taxes, since that is what is paid; days
    are those of the branch, else of the company.
    """

    _name = "sale.order.control"
    _description = "Order Under Control"
    _inherit = ["steps.only.mixin", "sales.substituted.mixin"]
    _substitution_scope = "orders"
    _order = "order_id desc"
    _rec_name = "order_id"

    order_id = fields.Many2one(
        comodel_name="sale.order",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency", readonly=True, string="Company Currency"
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The company of the customer.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Salesperson",
        readonly=True,
        index="btree_not_null",
    )
    owner_id = fields.Many2one(
        comodel_name="res.users",
        string="Manager of the Customer",
        readonly=True,
        index="btree_not_null",
    )
    branch_id = fields.Many2one(
        comodel_name="sales.branch", readonly=True, index="btree_not_null"
    )
    # payment
    agreed_amount = fields.Monetary(
        string="Agreed", readonly=True, help="Total of the order, taxes included."
    )
    invoiced_amount = fields.Monetary(
        string="Invoiced",
        readonly=True,
        help="Posted invoices less credit notes, the order's part of each, taxes "
        "included.",
    )
    paid_amount = fields.Monetary(
        string="Paid",
        readonly=True,
        help="What is settled of the invoices less what is settled of credit notes.",
    )
    open_amount = fields.Monetary(
        string="Open", readonly=True, help="Invoiced and not paid."
    )
    next_due_on = fields.Date(
        string="Next Due",
        readonly=True,
        index="btree_not_null",
        help="The oldest day on which something is due that no credit note covers.",
    )
    overdue_amount = fields.Monetary(string="Overdue", readonly=True)
    overdue_days = fields.Integer(
        string="Days Overdue", readonly=True, aggregator="max"
    )
    payment_state = fields.Selection(
        selection=[
            ("none", "Nothing paid"),
            ("partial", "Paid in part"),
            ("paid", "Paid"),
            ("over", "Paid too much"),
        ],
        string="Payment",
        readonly=True,
        index=True,
    )
    # shipment
    promised_on = fields.Date(
        string="Promised Shipment",
        readonly=True,
        index="btree_not_null",
        help="The day on which the last line was promised.",
    )
    expected_on = fields.Date(
        string="Expected Shipment",
        readonly=True,
        help="When what is left is planned to leave. Empty while nobody answered for "
        "goods that were asked for.",
    )
    shipped_share = fields.Float(
        string="Shipped",
        readonly=True,
        aggregator="avg",
        help="Part of the goods that reached the customer, by value.",
    )
    first_shipped_at = fields.Datetime(string="First Shipped", readonly=True)
    last_shipped_at = fields.Datetime(string="Last Shipped", readonly=True)
    late_days = fields.Integer(
        string="Days Late",
        readonly=True,
        aggregator="max",
        help="Days after the promise of the latest line, shipped or not.",
    )
    is_late = fields.Boolean(
        string="Late",
        readonly=True,
        help="Something that was promised for an earlier day has not left yet.",
    )
    is_ready = fields.Boolean(
        string="Ready to Ship",
        readonly=True,
        help="All that is left lies ready and waits to leave.",
    )
    shipment_state = fields.Selection(
        selection=[
            ("late", "Late"),
            ("ready", "Ready"),
            ("part", "Shipped in part"),
            ("waiting", "Waiting for goods"),
            ("shipped", "Shipped"),
            ("nothing", "Nothing to ship"),
        ],
        string="Shipment",
        readonly=True,
        index=True,
        group_expand=True,
    )
    late_reason = fields.Selection(
        selection=[
            ("goods", "Goods missing"),
            ("supplier", "Vendor or production late"),
            ("warehouse", "Warehouse late"),
            ("carrier", "Carrier late"),
            ("payment", "Held for payment"),
            ("customer", "Customer asked for it"),
            ("entry", "Order entered wrongly"),
            ("other", "Other"),
        ],
        string="Reason of Lateness",
    )
    late_note = fields.Char(string="Lateness Explained")
    told_at = fields.Datetime(string="Customer Told", readonly=True)
    told_by_id = fields.Many2one(comodel_name="res.users", readonly=True)

    _order_uniq = models.UniqueIndex(
        "(order_id)", "An order is controlled in one row only."
    )
    _overdue_idx = models.Index("(company_id, overdue_days) WHERE overdue_days > 0")
    _late_idx = models.Index("(company_id, promised_on) WHERE is_late")

    @api.model
    def _typed_fields(self):
        return TYPED

    @api.model
    def _substitution_roads(self):
        """Deputies see the orders of their principals and of those' customers."""
        return [
            *super()._substitution_roads(),
            (self._substitution_scope, "owner_id", self._substitution_company),
        ]

    # ------------------------------------------------------------------
    # Projecting
    # ------------------------------------------------------------------

    @api.model
    def _project(self, orders, payment=True, shipment=True):
        """Write the rows of these orders anew.

        In one statement, however many orders. Orders that are not confirmed, or of
        companies without branches, have no row.

        :param orders: SQL that selects the ids of orders
        :param payment: whether to look at the money
        :param shipment: whether to look at the goods
        """
        self.env.flush_all()
        parts = [self._sql_payment()] if payment else []
        parts += [self._sql_shipment()] if shipment else []
        self.env.execute_query(self._sql_rows(orders, parts))
        self.env["sale.order"].invalidate_model(
            ["control_ids", "control_line_ids"], flush=False
        )
        self.invalidate_model(flush=False)
        self.env["sale.order.control.line"].invalidate_model(flush=False)

    @api.model
    def _sql_chosen(self, orders):
        """The confirmed among ``orders`` with what every row says, as CTEs."""
        return SQL(
            """
            touched AS MATERIALIZED (%(orders)s),
            chosen AS MATERIALIZED (
                SELECT o.id, o.company_id, company.currency_id AS company_currency_id,
                       partner.commercial_partner_id AS partner_id, o.user_id,
                       customer.user_id AS owner_id,
                       o.credited_branch_id AS branch_id, o.credited_user_id,
                       zone.tz,
                       (%(now)s::timestamp AT TIME ZONE 'UTC'
                            AT TIME ZONE zone.tz)::date AS today,
                       o.currency_id, o.amount_total, o.commitment_date,
                       o.amount_total / COALESCE(
                           NULLIF(o.first_confirmation_rate, 0),
                           NULLIF(o.currency_rate, 0), 1)::numeric AS agreed
                  FROM touched
                  JOIN sale_order o ON o.id = touched.id AND o.state = 'sale'
                  JOIN res_company company ON company.id = o.company_id
                  JOIN res_partner own ON own.id = company.partner_id
                  JOIN res_partner partner ON partner.id = o.partner_id
                  JOIN res_partner customer
                    ON customer.id = partner.commercial_partner_id
             LEFT JOIN sales_branch branch ON branch.id = o.credited_branch_id
            CROSS JOIN LATERAL (
                       SELECT COALESCE(branch.tz, own.tz, 'UTC') AS tz
                       ) AS zone
                 WHERE EXISTS (SELECT FROM sales_branch other
                                WHERE other.company_id = o.company_id)
            )
            """,
            orders=orders,
            now=fields.Datetime.now(),
        )

    @api.model
    def _sql_rows(self, orders, parts):
        """The statement that writes these parts of the rows of ``orders``.

        Rows that say the same already are left out beforehand: the insert would lock
        each, and take a number of the sequence for it.
        """
        base = ["company_id", "currency_id", "partner_id", "user_id", "owner_id"]
        columns = [
            *base,
            "branch_id",
            *(name for part in parts for name in part.columns),
        ]
        return SQL(
            """
            WITH %(chosen)s,
            gone AS (
                DELETE FROM sale_order_control control USING touched
                 WHERE control.order_id = touched.id
                   AND NOT EXISTS (SELECT FROM chosen WHERE chosen.id = touched.id)
            ),
            %(ctes)s
            INSERT INTO sale_order_control (order_id, %(kept)s)
            SELECT fresh.*
              FROM (SELECT chosen.id, chosen.company_id, chosen.company_currency_id,
                           chosen.partner_id, chosen.user_id, chosen.owner_id,
                           chosen.branch_id, %(values)s
                      FROM chosen %(joins)s) AS fresh (order_id, %(kept)s)
         LEFT JOIN sale_order_control old ON old.order_id = fresh.order_id
             WHERE old.order_id IS NULL OR (%(old)s) IS DISTINCT FROM (%(fresh)s)
            ON CONFLICT (order_id) DO UPDATE SET (%(kept)s) = ROW(%(excluded)s)
            """,
            chosen=self._sql_chosen(orders),
            ctes=SQL(", ").join(part.ctes for part in parts),
            values=SQL(", ").join(part.values for part in parts),
            joins=SQL(" ").join(part.joins for part in parts),
            kept=self._sql_names(columns),
            old=self._sql_names(columns, "old"),
            fresh=self._sql_names(columns, "fresh"),
            excluded=self._sql_names(columns, "excluded"),
        )

    @api.model
    def _sql_names(self, columns, *alias):
        return SQL(", ").join(SQL.identifier(*alias, name) for name in columns)

    # ------------------------------------------------------------------
    # On the screen
    # ------------------------------------------------------------------

    def action_open_order(self):
        """Open the order itself."""
        self.ensure_one()
        return self.order_id.get_formview_action()
