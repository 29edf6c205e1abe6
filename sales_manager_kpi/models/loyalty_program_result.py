from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine.instants import instant


class LoyaltyProgram(models.Model):
    """What a programme has cost and brought.

    Its turnover is that of the orders that used it. What their customers bought in its
    days is put beside the same number of days before, and beside other customers: the
    programme is not the only reason why those who used it bought.
    """

    # The area of promotions has files of its own.
    _inherit = "loyalty.program"  # pylint: disable=consider-merging-classes-inherited

    company_currency_id = fields.Many2one(
        comodel_name="res.currency", compute="_compute_company_currency_id"
    )
    promotion_order_count = fields.Integer(
        string="Orders with It", compute="_compute_promotion_result"
    )
    promotion_customer_count = fields.Integer(
        string="Customers with It", compute="_compute_promotion_result"
    )
    promotion_cost = fields.Monetary(
        string="Cost",
        currency_field="company_currency_id",
        compute="_compute_promotion_result",
        help="Of confirmed orders, less what was credited. Untaxed, in company "
        "currency.",
    )
    promotion_turnover = fields.Monetary(
        string="Turnover with It",
        currency_field="company_currency_id",
        compute="_compute_promotion_result",
        help="Of the orders that used it when they were confirmed, untaxed.",
    )
    promotion_cost_percent = fields.Float(
        string="Cost of the Turnover (%)", compute="_compute_promotion_result"
    )
    budget_reserved = fields.Monetary(
        string="Reserved",
        compute="_compute_budget_left",
        help="By quotations that were sent.",
    )
    budget_used = fields.Monetary(
        string="Used", compute="_compute_budget_left", help="By confirmed orders."
    )
    budget_left = fields.Monetary(string="Left", compute="_compute_budget_left")
    budget_used_percent = fields.Float(compute="_compute_budget_left")

    turnover_days = fields.Integer(
        string="Days",
        compute="_compute_turnover_before",
        groups="sales_manager_kpi.group_branch_director",
        help="From its first day, or its first use, until it ended or today.",
    )
    turnover_during = fields.Monetary(
        string="Its Customers Meanwhile",
        currency_field="company_currency_id",
        compute="_compute_turnover_before",
        groups="sales_manager_kpi.group_branch_director",
        help="All confirmed orders, in these days, of customers who used it.",
    )
    turnover_before = fields.Monetary(
        string="Its Customers Before",
        currency_field="company_currency_id",
        compute="_compute_turnover_before",
        groups="sales_manager_kpi.group_branch_director",
        help="The same customers in as many days before.",
    )
    others_during = fields.Monetary(
        string="Other Customers Meanwhile",
        currency_field="company_currency_id",
        compute="_compute_turnover_before",
        groups="sales_manager_kpi.group_branch_director",
    )
    others_before = fields.Monetary(
        string="Other Customers Before",
        currency_field="company_currency_id",
        compute="_compute_turnover_before",
        groups="sales_manager_kpi.group_branch_director",
    )

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_company_currency_id(self):
        for program in self:
            program.company_currency_id = (
                program.company_id or self.env.company
            ).currency_id

    @api.depends("promotion_use_ids.amount", "promotion_use_ids.state")
    @api.depends_context("company")
    def _compute_promotion_result(self):
        # sudo: sums over colleagues, of the companies one works in
        uses = self.env["promotion.use"].sudo()
        rows = uses._read_group(
            [
                ("program_id", "in", self.ids),
                ("state", "=", "confirmed"),
                ("company_id", "in", (self.company_id | self.env.company).ids),
            ],
            ["program_id"],
            [
                "order_id:count_distinct",
                "partner_id:count_distinct",
                "amount:sum",
                "turnover:sum",
            ],
        )
        found = {program.id: figures for program, *figures in rows}
        for program in self:
            orders, customers, cost, turnover = found.get(program.id, (0, 0, 0.0, 0.0))
            program.promotion_order_count = orders
            program.promotion_customer_count = customers
            program.promotion_cost = cost
            program.promotion_turnover = turnover
            program.promotion_cost_percent = 100 * cost / turnover if turnover else 0.0

    @api.depends("promotion_use_ids.budget_amount", "budget_amount", "limit_budget")
    def _compute_budget_left(self):
        # sudo: sums, of any company that shares the budget
        rows = (
            self.env["promotion.use"]
            .sudo()
            ._read_group(
                [("program_id", "in", self.ids), ("state", "!=", "reversed")],
                ["program_id", "state"],
                ["budget_amount:sum"],
            )
        )
        found = {(program.id, state): amount for program, state, amount in rows}
        for program in self:
            reserved = found.get((program.id, "reserved"), 0.0)
            used = found.get((program.id, "confirmed"), 0.0)
            budget = program.budget_amount if program.limit_budget else 0.0
            program.budget_reserved = reserved
            program.budget_used = used
            program.budget_left = max(budget - reserved - used, 0.0)
            program.budget_used_percent = (
                100 * (reserved + used) / budget if budget else 0.0
            )

    @api.depends("promotion_use_ids", "date_from", "date_to", "stopped_at")
    @api.depends_context("company")
    def _compute_turnover_before(self):
        for program in self:
            first, last = program._days_that_count()
            days = (last - first).days + 1 if first and last >= first else 0
            figures = program._turnovers(first, days) if days else (0.0,) * 4
            program.turnover_days = days
            program.turnover_during, program.turnover_before = figures[:2]
            program.others_during, program.others_before = figures[2:]

    def _days_that_count(self):
        """First and last day in which it could be used; no first without any use."""
        # sudo: only the day
        uses = self.env["promotion.use"].sudo()
        use = uses.search(
            [("program_id", "=", self.id), ("state", "=", "confirmed")],
            order="date",
            limit=1,
        )
        today = self.env["sales.branch"]._company_local_date(
            self.company_id or self.env.company
        )
        ends = [today, self.date_to or today]
        if self.approval_state == "stopped" and self.stopped_at:
            ends.append(self.stopped_at.date())
        return (self.date_from or use.date) if use else None, min(ends)

    def _turnovers(self, first, days):
        """Confirmed turnover of customers who used it, and of others.

        :return: during and before for the first, during and before for the others;
            untaxed, in company currency
        """
        company = self.company_id or self.env.company
        tz = company.partner_id.tz or "UTC"
        before, start, end = (
            instant(first + timedelta(days=shift), 0, tz) for shift in (-days, 0, days)
        )
        self.env["sale.order"].flush_model()
        self.env["promotion.use"].flush_model()
        [row] = self.env.execute_query(
            SQL(
                """
                SELECT COALESCE(SUM(amount) FILTER (WHERE used AND later), 0),
                       COALESCE(SUM(amount) FILTER (WHERE used AND NOT later), 0),
                       COALESCE(SUM(amount) FILTER (WHERE NOT used AND later), 0),
                       COALESCE(SUM(amount) FILTER (WHERE NOT used AND NOT later), 0)
                  FROM (SELECT sale.amount_untaxed
                               / COALESCE(NULLIF(sale.first_confirmation_rate, 0), 1)
                               AS amount,
                               sale.first_confirmation_date >= %(start)s AS later,
                               customer.commercial_partner_id IN (
                                   SELECT partner_id FROM promotion_use
                                    WHERE program_id = %(program)s
                                      AND state = 'confirmed'
                                      AND partner_id IS NOT NULL) AS used
                          FROM sale_order AS sale
                          JOIN res_partner AS customer ON customer.id = sale.partner_id
                         WHERE sale.company_id = %(company)s AND sale.state = 'sale'
                           AND sale.first_confirmation_date >= %(before)s
                           AND sale.first_confirmation_date < %(end)s) AS orders
                """,
                program=self.id,
                company=company.id,
                before=before,
                start=start,
                end=end,
            )
        )
        return row

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_open_promotion_uses(self):
        """Open what orders and offers have of this programme."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.promotion_use_action"
        )
        return {
            **action,
            "domain": [("program_id", "=", self.id)],
            "context": {"search_default_counted": 1},
        }

    def action_open_promotion_orders(self):
        """Open the orders that used this programme, as far as one may see them."""
        self.ensure_one()
        uses = self.env["promotion.use"].search(
            [("program_id", "=", self.id), ("state", "=", "confirmed")]
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Orders with %(program)s", program=self.name),
            "res_model": "sale.order",
            "view_mode": "list,form",
            "domain": [("id", "in", uses.order_id.ids)],
        }
