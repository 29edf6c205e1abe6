from odoo import fields, models
from odoo.tools import SQL

from .discount_radar_month_end import MONTH_END

# Parts of the query, each a habit. What a person gave away is a row of the ledger that
# takes nothing back; promotions are nobody's habit.
REPEATED = SQL(
    """
    SELECT DISTINCT ON (company_id, partner_id, categ_id, day)
           last_id * 8 AS id, 'repeated' AS kind, day AS date,
           company_id, user_id, partner_id, branch_id, categ_id,
           total AS amount, number AS document_count, refs AS order_refs
      FROM (
            SELECT asked.*,
                   count(*) OVER latest AS number,
                   sum(amount) OVER latest AS total,
                   string_agg(order_id::text, ',') OVER latest AS refs
              FROM (
                    SELECT max(id) AS last_id, min(date) AS day, company_id,
                           max(user_id) AS user_id, partner_id,
                           max(branch_id) AS branch_id, categ_id, request_id,
                           max(order_id) AS order_id, sum(amount) AS amount
                      FROM discount_concession
                     WHERE request_id IS NOT NULL
                       AND reversal_of_id IS NULL
                       AND kind <> 'promotion'
                     GROUP BY company_id, partner_id, categ_id, request_id
                   ) AS asked
            WINDOW latest AS (
                PARTITION BY company_id, partner_id, categ_id
                ORDER BY day
                RANGE BETWEEN INTERVAL '90 days' PRECEDING AND CURRENT ROW
            )
           ) AS counted
     WHERE number >= 3
     ORDER BY company_id, partner_id, categ_id, day, last_id DESC
    """
)
NEAR_LIMIT = SQL(
    """
    SELECT max(trace.id) * 8 + 1, 'near_limit', max(sold.discount_verdict_date),
           sold.company_id, sold.user_id, NULL::integer,
           max(sold.credited_branch_id), NULL::integer,
           sum((trace.norm_price - trace.final_price) * trace.quantity
               / COALESCE(NULLIF(trace.rate, 0), 1)),
           count(DISTINCT sold.id), string_agg(DISTINCT sold.id::text, ',')
      FROM sale_price_trace AS trace
      JOIN sale_order AS sold ON sold.id = trace.order_id
     WHERE trace.event = 'confirm'
       AND sold.discount_verdict = 'within'
       AND trace.manual_percent > 0
       AND EXISTS (
            SELECT 1
              FROM discount_policy_line AS norm
              JOIN discount_policy AS policy ON policy.id = norm.policy_id
             WHERE policy.company_id = sold.company_id
               AND policy.state IN ('active', 'retired')
               AND policy.date_from <= sold.discount_verdict_date
               AND (policy.date_to IS NULL
                    OR policy.date_to >= sold.discount_verdict_date)
               AND norm.role = 'manager'
               AND norm.limit_line
               AND norm.max_line_percent > 0
               AND trace.manual_percent
                   BETWEEN norm.max_line_percent * 0.95 AND norm.max_line_percent
           )
     GROUP BY sold.company_id, sold.user_id,
              date_trunc('month', sold.discount_verdict_date)
    HAVING count(DISTINCT sold.id) >= 5
    """
)
SPLIT = SQL(
    """
    SELECT max(last_id) * 8 + 3, 'split', day, company_id, user_id, partner_id,
           max(branch_id), NULL::integer, sum(amount), count(*),
           string_agg(order_id::text, ',')
      FROM (
            SELECT max(given.id) AS last_id, given.date AS day, given.company_id,
                   given.user_id, given.partner_id, max(given.branch_id) AS branch_id,
                   given.order_id, sum(given.amount) AS amount, min(most.amount) AS most
              FROM discount_concession AS given
              JOIN LATERAL (
                    SELECT min(norm.max_amount) AS amount
                      FROM discount_policy_line AS norm
                      JOIN discount_policy AS policy ON policy.id = norm.policy_id
                     WHERE policy.company_id = given.company_id
                       AND policy.state IN ('active', 'retired')
                       AND policy.date_from <= given.date
                       AND (policy.date_to IS NULL OR policy.date_to >= given.date)
                       AND norm.role = 'manager'
                       AND norm.limit_amount
                   ) AS most ON most.amount IS NOT NULL
             WHERE given.reversal_of_id IS NULL
               AND given.kind NOT IN ('promotion', 'invoice')
               AND given.order_id IS NOT NULL
             GROUP BY given.company_id, given.user_id, given.partner_id, given.date,
                      given.order_id
           ) AS sold
     WHERE amount <= most
     GROUP BY company_id, user_id, partner_id, day
    HAVING count(*) >= 2 AND sum(amount) > min(most)
    """
)
RECREATED = SQL(
    """
    SELECT max(taken.id) * 8 + 4, 'recreated', taken.date,
           gone.company_id, again.user_id, buyer.commercial_partner_id,
           max(again.credited_branch_id), NULL::integer,
           -sum(DISTINCT taken.amount), 2,
           gone.id::text || ',' || again.id::text
      FROM discount_concession AS taken
      JOIN sale_order AS gone ON gone.id = taken.order_id AND gone.state = 'cancel'
      JOIN res_partner AS buyer ON buyer.id = gone.partner_id
      JOIN sale_order AS again
        ON again.company_id = gone.company_id
       AND again.discount_verdict_date = taken.date
       AND again.id > gone.id
       AND again.state = 'sale'
      JOIN res_partner AS same
        ON same.id = again.partner_id
       AND same.commercial_partner_id = buyer.commercial_partner_id
     WHERE taken.reversal_of_id IS NOT NULL
       AND taken.move_id IS NULL
     GROUP BY taken.date, gone.id, gone.company_id, again.id, again.user_id,
              buyer.commercial_partner_id
    """
)


class DiscountRadar(models.Model):
    """Habits in what is given away: patterns that no single order shows.

    A row per pattern, with its documents. It is a reason to ask, no verdict: the amount
    limit of a day is the lowest that any manager had, and whether somebody was away on
    the last days of a month is not asked.
    """

    _name = "discount.radar"
    _description = "Discount Habit"
    _auto = False
    _order = "date desc, id"
    _rec_name = "kind"

    kind = fields.Selection(
        string="Habit",
        selection=[
            ("repeated", "Third exception in 90 days, same customer and category"),
            ("near_limit", "Five orders or more just below the limit"),
            (
                "month_end",
                "Most of the month given away on its last three working days",
            ),
            ("split", "Orders of one day, together over the limit"),
            ("recreated", "Cancelled and made anew on the same day"),
        ],
        readonly=True,
    )
    date = fields.Date(readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(comodel_name="res.users", string="Manager", readonly=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True
    )
    branch_id = fields.Many2one(comodel_name="sales.branch", readonly=True)
    categ_id = fields.Many2one(
        comodel_name="product.category", string="Product Category", readonly=True
    )
    amount = fields.Monetary(
        string="Given Away", readonly=True, help="Untaxed, in company currency."
    )
    document_count = fields.Integer(string="Documents", readonly=True)
    order_refs = fields.Char(readonly=True, export_string_translation=False)

    @property
    def _table_query(self) -> SQL:
        habits = (REPEATED, NEAR_LIMIT, MONTH_END, SPLIT, RECREATED)
        return SQL(" UNION ALL ").join(SQL("(%s)", habit) for habit in habits)

    def action_open_documents(self):
        """Open the orders that are the evidence."""
        self.ensure_one()
        refs = [int(ref) for ref in (self.order_refs or "").split(",") if ref]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Evidence"),
            "res_model": "sale.order",
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", refs)],
        }
