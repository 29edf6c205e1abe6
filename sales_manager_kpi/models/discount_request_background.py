from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .discount_request import GRANTED

LAST_PRICES = 5
SIMILAR = 10
ANSWERED = (*GRANTED, "consumed", "rejected")
LAST_PRICE_FIELDS = {
    "sale.order": ["date_order", "partner_id"],
    "res.partner": ["commercial_partner_id"],
    "discount.request": ["order_id", "company_id", "partner_id"],
    "discount.request.line": ["request_id", "product_id"],
}


class DiscountRequest(models.Model):
    """What helps who decides: earlier prices, debt, the plan, similar answers."""

    # The area of discounts has files of its own.
    _inherit = "discount.request"  # pylint: disable=consider-merging-classes-inherited

    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    is_background_shown = fields.Boolean(
        compute="_compute_background",
        help="Whether the reader directs the branch or the company, or was asked.",
    )
    overdue_amount = fields.Monetary(
        string="Overdue Debt",
        currency_field="company_currency_id",
        compute="_compute_background",
        help="Of the customer, invoices past their due date, in company currency.",
    )
    plan_words = fields.Char(
        string="Plan of This Month",
        compute="_compute_background",
        help="How far the salesperson is; shown to who may read the plan.",
    )
    price_history_ids = fields.Many2many(
        comodel_name="sale.order.line",
        string="Last Prices",
        compute="_compute_price_history_ids",
        help="The last five confirmed prices of each product asked for.",
    )
    similar_ids = fields.Many2many(
        comodel_name="discount.request",
        string="Similar Requests",
        compute="_compute_similar_ids",
        help="Answered, of the same customer or of the same products.",
    )

    @api.depends("partner_id", "user_id", "company_id")
    @api.depends_context("uid", "lang")
    def _compute_background(self):
        debts = self._overdue_debts()
        plans = self._plan_words_by_user()
        for request in self:
            shown = request._shows_background()
            debt = debts.get((request.company_id, request.partner_id), 0.0)
            request.is_background_shown = shown
            request.overdue_amount = debt if shown else 0.0
            request.plan_words = plans.get((request.company_id, request.user_id))

    def _shows_background(self):
        """Whoever decides, or could: not the colleague who only asked."""
        user = self.env.user
        return self.env.su or self._has_authority(user) or user in self.approver_ids

    def _overdue_debts(self):
        """``{(company, customer): amount}`` past due, in company currency."""
        rows = (
            self.env["account.move"]
            # sudo: the sum of a debt, for who decides about this customer
            .sudo()
            ._read_group(
                Domain("company_id", "in", self.company_id.ids)
                & Domain("commercial_partner_id", "in", self.partner_id.ids)
                & Domain("state", "=", "posted")
                & Domain("move_type", "in", ("out_invoice", "out_refund"))
                & Domain("payment_state", "in", ("not_paid", "partial"))
                & Domain("invoice_date_due", "<", fields.Date.context_today(self)),
                ["company_id", "commercial_partner_id"],
                ["amount_residual_signed:sum"],
            )
        )
        return {(company, partner): amount for company, partner, amount in rows}

    def _plan_words_by_user(self):
        """``{(company, salesperson): words}`` of plans of today one may read."""
        Plan = self.env["sales.plan"]
        if not Plan.has_access("read"):
            return {}
        result = {}
        for company, requests in self.grouped("company_id").items():
            plans = Plan._valid_today(company)
            wanted = plans.filtered(lambda p, own=requests: p.user_id in own.user_id)
            for plan, (fact, target, share) in wanted._fulfilments().items():
                if share is not None:
                    result[company, plan.user_id] = self._plan_words(
                        plan, fact, target, share
                    )
        return result

    def _plan_words(self, plan, fact, target, share):
        return self.env._(
            "%(share).0f %% (%(fact)s of %(target)s)",
            share=share * 100,
            fact=plan.currency_id.format(fact),
            target=plan.currency_id.format(target),
        )

    @api.depends("partner_id", "line_ids.product_id")
    @api.depends_context("uid")
    def _compute_price_history_ids(self):
        history = self._last_prices()
        for request in self:
            shown = request._shows_background()
            request.price_history_ids = shown and history.get(request._origin.id)

    def _last_prices(self):
        """``{request id: lines}``, of each product five at most, newest first.

        Of what the reader may read, its own order left out; in one query, however much
        the customer bought.
        """
        Line = self.env["sale.order.line"]
        readable = Line._search(
            Domain("company_id", "in", self.company_id.ids)
            & Domain("order_id.partner_id", "child_of", self.partner_id.ids)
            & Domain("product_id", "in", self.line_ids.product_id.ids)
            & Domain("state", "=", "sale")
        )
        found = {}
        for request_id, line_id in self._newest_of_each(readable):
            found.setdefault(request_id, []).append(line_id)
        return {id_: Line.browse(line_ids) for id_, line_ids in found.items()}

    def _newest_of_each(self, readable):
        """``[(request id, line id)]``: the newest few of each product asked for."""
        for model, names in LAST_PRICE_FIELDS.items():
            self.env[model].flush_model(names)
        return self.env.execute_query(
            SQL(
                """
                WITH bought AS MATERIALIZED (
                    SELECT line.id, line.order_id, line.company_id, line.product_id,
                           buyer.commercial_partner_id AS customer_id, sold.date_order
                      FROM sale_order_line AS line
                      JOIN sale_order AS sold ON sold.id = line.order_id
                      JOIN res_partner AS buyer ON buyer.id = sold.partner_id
                     WHERE line.id IN %(readable)s
                ), asked AS (
                    SELECT DISTINCT request.id, request.order_id, request.company_id,
                                    request.partner_id, line.product_id
                      FROM discount_request AS request
                      JOIN discount_request_line AS line
                        ON line.request_id = request.id
                     WHERE request.id = ANY(%(requests)s)
                )
                SELECT asked.id, newest.id
                  FROM asked
                 CROSS JOIN LATERAL (
                           SELECT bought.id, bought.date_order
                             FROM bought
                            WHERE bought.company_id = asked.company_id
                              AND bought.customer_id = asked.partner_id
                              AND bought.product_id = asked.product_id
                              AND bought.order_id IS DISTINCT FROM asked.order_id
                         ORDER BY bought.date_order DESC, bought.id DESC
                            LIMIT %(number)s
                       ) AS newest
              ORDER BY newest.date_order DESC, newest.id DESC
                """,
                readable=readable.subselect(),
                requests=self._origin.ids,
                number=LAST_PRICES,
            )
        )

    @api.depends("partner_id", "line_ids.product_id")
    @api.depends_context("uid")
    def _compute_similar_ids(self):
        candidates = self.search(
            Domain("company_id", "in", self.company_id.ids)
            & Domain("state", "in", ANSWERED)
            & (
                Domain("partner_id", "in", self.partner_id.ids)
                | Domain("line_ids.product_id", "in", self.line_ids.product_id.ids)
            ),
            limit=SIMILAR * 5 * max(1, len(self)),
        )
        for request in self:
            similar = (candidates - request).filtered(
                lambda other, own=request: own._is_similar(other)
            )
            request.similar_ids = similar[:SIMILAR]

    def _is_similar(self, other):
        return self.company_id == other.company_id and bool(
            self.partner_id == other.partner_id
            or self.line_ids.product_id & other.line_ids.product_id
        )

    @api.model
    def get_discounts_to_answer(self):
        """How many requests wait for the acting user: the number beside the menu."""
        return self.search_count(
            Domain("state", "=", "pending") & Domain("approver_ids", "in", self.env.uid)
        )

    @api.model
    def _to_answer_in_session(self):
        """The same for the top bar; None for whom it is not, without a query."""
        decides = self.env.user.has_group("sales_manager_kpi.group_branch_director")
        decides |= self.env.user.has_group(
            "sales_manager_kpi.group_commercial_director"
        )
        companies = self.env.user.company_ids
        if not decides or not any(
            self.env["discount.policy"]._policies(company) for company in companies
        ):
            return None
        return self.get_discounts_to_answer()
