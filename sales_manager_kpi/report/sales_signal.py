from odoo import fields, models
from odoo.tools import SQL

LAST_DAYS = 5  # of a month
RETURN_DAYS = 45

# Invoices of the last days of a month, credited in a later month soon after. Amounts in
# company currency, untaxed.
RETURNED = SQL(
    """
    SELECT sold.id::bigint * 4 AS id, 'returned' AS kind,
           min(back.invoice_date) AS date,
           sold.company_id, sold.credited_user_id AS user_id,
           sold.credited_branch_id AS branch_id,
           sold.commercial_partner_id AS partner_id,
           NULL::integer AS other_user_id,
           sum(back.amount_untaxed_signed) AS amount,
           sold.id AS move_id, NULL::integer AS order_id
      FROM account_move AS sold
      JOIN account_move AS back
        ON back.reversed_entry_id = sold.id
       AND back.move_type = 'out_refund'
       AND back.state = 'posted'
       AND back.invoice_date <= sold.invoice_date + %(days)s
       AND date_trunc('month', back.invoice_date)
           > date_trunc('month', sold.invoice_date)
     WHERE sold.move_type = 'out_invoice'
       AND sold.invoice_date > %(end_of_month)s - %(last)s
     GROUP BY sold.id
    """,
    days=RETURN_DAYS,
    last=LAST_DAYS,
    end_of_month=SQL(
        "(date_trunc('month', sold.invoice_date) + INTERVAL '1 month - 1 day')::date"
    ),
)
# Orders confirmed again in another month than the first time.
CONFIRMED_AGAIN = SQL(
    """
    SELECT sold.id::bigint * 4 + 1, 'confirmed_again', again.day,
           sold.company_id, sold.credited_user_id, sold.credited_branch_id,
           buyer.commercial_partner_id, NULL::integer,
           sold.amount_untaxed / COALESCE(NULLIF(sold.currency_rate, 0), 1),
           NULL::integer, sold.id
      FROM sale_order AS sold
      JOIN res_partner AS buyer ON buyer.id = sold.partner_id
      LEFT JOIN sales_branch AS branch ON branch.id = sold.credited_branch_id
CROSS JOIN LATERAL (
            SELECT (sold.date_order AT TIME ZONE 'UTC'
                    AT TIME ZONE COALESCE(branch.tz, 'UTC'))::date AS day,
                   (sold.first_confirmation_date AT TIME ZONE 'UTC'
                    AT TIME ZONE COALESCE(branch.tz, 'UTC'))::date AS first_day
           ) AS again
     WHERE sold.state = 'sale'
       AND sold.first_confirmation_date IS NOT NULL
       AND date_trunc('month', again.day) > date_trunc('month', again.first_day)
    """
)
# Customers handed over in the last days of a month; the manager is who got them.
HANDED_OVER = SQL(
    """
    SELECT got.id::bigint * 4 + 2, 'handed_over', got.date_from,
           got.company_id, got.user_id, got.branch_id, got.partner_id, had.user_id,
           NULL::numeric, NULL::integer, NULL::integer
      FROM customer_assignment AS got
      JOIN customer_assignment AS had
        ON had.partner_id = got.partner_id
       AND had.company_id = got.company_id
       AND had.date_to = got.date_from - 1
       AND had.user_id <> got.user_id
     WHERE got.date_from
           > (date_trunc('month', got.date_from)
              + INTERVAL '1 month - 1 day')::date - %s
    """,
    LAST_DAYS,
)
# Credit notes that count for somebody else than the invoice did.
CREDITED_ELSEWHERE = SQL(
    """
    SELECT back.id::bigint * 4 + 3, 'credited_elsewhere', back.invoice_date,
           back.company_id, sold.credited_user_id, sold.credited_branch_id,
           back.commercial_partner_id, back.credited_user_id,
           back.amount_untaxed_signed, back.id, NULL::integer
      FROM account_move AS back
      JOIN account_move AS sold ON sold.id = back.reversed_entry_id
     WHERE back.move_type = 'out_refund'
       AND back.state = 'posted'
       AND sold.credited_user_id IS NOT NULL
       AND back.credited_user_id IS DISTINCT FROM sold.credited_user_id
    """
)


class SalesSignal(models.Model):
    """What may have been done for a result: patterns that a director asks about.

    A row per document or handover. It is a reason to ask, no verdict. Discounts just
    below a limit are among the discount habits, changes of closed months among the late
    changes.
    """

    _name = "sales.signal"
    _description = "Signal"
    _auto = False
    _order = "date desc, id"
    _rec_name = "kind"

    kind = fields.Selection(
        string="Signal",
        selection=[
            ("returned", "Sold in the last days of a month, credited after it"),
            ("confirmed_again", "Cancelled and confirmed again in another month"),
            ("handed_over", "Customer handed over in the last days of a month"),
            ("credited_elsewhere", "Credit note counts for somebody else"),
        ],
        readonly=True,
    )
    date = fields.Date(readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Manager",
        readonly=True,
        help="Whose result it is good for.",
    )
    other_user_id = fields.Many2one(
        comodel_name="res.users", string="Other Manager", readonly=True
    )
    branch_id = fields.Many2one(comodel_name="sales.branch", readonly=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True
    )
    amount = fields.Monetary(readonly=True, help="Untaxed, in company currency.")
    move_id = fields.Many2one(
        comodel_name="account.move", string="Invoice", readonly=True
    )
    order_id = fields.Many2one(comodel_name="sale.order", readonly=True)

    _depends = {
        "account.move": [
            "amount_untaxed_signed",
            "commercial_partner_id",
            "company_id",
            "credited_branch_id",
            "credited_user_id",
            "invoice_date",
            "move_type",
            "reversed_entry_id",
            "state",
        ],
        "customer.assignment": [
            "branch_id",
            "company_id",
            "date_from",
            "date_to",
            "partner_id",
            "user_id",
        ],
        "res.partner": ["commercial_partner_id"],
        "sale.order": [
            "amount_untaxed",
            "company_id",
            "credited_branch_id",
            "credited_user_id",
            "currency_rate",
            "date_order",
            "first_confirmation_date",
            "partner_id",
            "state",
        ],
        "sales.branch": ["tz"],
    }

    @property
    def _table_query(self) -> SQL:
        signals = (RETURNED, CONFIRMED_AGAIN, HANDED_OVER, CREDITED_ELSEWHERE)
        return SQL(" UNION ALL ").join(SQL("(%s)", signal) for signal in signals)

    def action_open_document(self):
        """Open the invoice, the order or the customer behind the signal."""
        self.ensure_one()
        document = self.move_id or self.order_id or self.partner_id
        return {
            "type": "ir.actions.act_window",
            "res_model": document._name,
            "res_id": document.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
