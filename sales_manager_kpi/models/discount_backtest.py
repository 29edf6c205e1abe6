import time
from collections import defaultdict
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

from .sale_order_discount_batch import batch_of
from .sale_order_discount_before import EDITED, Edited

BATCH = 100
SECONDS = 20
OUTCOMES = [
    ("within", "Within the norms"),
    ("branch_director", "Asks: branch director"),
    ("commercial_director", "Asks: commercial director"),
    ("nobody", "Blocked"),
]


class DiscountBacktest(models.Model):
    """What a policy would have done to the orders of the last months.

    Orders are judged as they were confirmed: by the norm kept then where there is a
    trace, by today's rules at the moment of the confirmation otherwise. It goes on
    where it stopped when time runs out.
    """

    _name = "discount.backtest"
    _description = "Backtest of a Discount Policy"
    _order = "id desc"
    _rec_name = "policy_id"

    policy_id = fields.Many2one(
        comodel_name="discount.policy", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="policy_id.company_id", store=True, precompute=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    months = fields.Integer(default=3, required=True)
    date_from = fields.Date(readonly=True)
    date_to = fields.Date(readonly=True)
    state = fields.Selection(
        selection=[("draft", "New"), ("running", "Running"), ("done", "Done")],
        default="draft",
        required=True,
        readonly=True,
    )
    last_order_id = fields.Integer(readonly=True)
    spent = fields.Json(
        readonly=True,
        export_string_translation=False,
        help="Given away so far within the norms, by manager and month.",
    )
    line_ids = fields.One2many(
        comodel_name="discount.backtest.line", inverse_name="backtest_id", readonly=True
    )
    order_count = fields.Integer(string="Orders", compute="_compute_counts")
    within_count = fields.Integer(string="Within", compute="_compute_counts")
    asked_count = fields.Integer(string="To Be Asked", compute="_compute_counts")
    blocked_count = fields.Integer(string="Blocked", compute="_compute_counts")
    asked_per_day = fields.Float(
        compute="_compute_counts", help="Per day from Monday to Friday."
    )

    _months_range = models.Constraint(
        "CHECK (months BETWEEN 1 AND 24)", "A backtest covers 1 to 24 months."
    )

    @api.depends("line_ids.order_count", "line_ids.outcome")
    def _compute_counts(self):
        for test in self:
            counts = defaultdict(int)
            for line in test.line_ids:
                counts[line.outcome] += line.order_count
            test.order_count = sum(counts.values())
            test.within_count = counts["within"]
            test.blocked_count = counts["nobody"]
            test.asked_count = test.order_count - test.within_count - test.blocked_count
            test.asked_per_day = test.asked_count / test._weekdays()

    def _weekdays(self):
        """Days from Monday to Friday in the time covered; 1 at least."""
        if not self.date_from:
            return 1
        days = range((self.date_to - self.date_from).days + 1)
        found = (self.date_from + timedelta(days=day) for day in days)
        return sum(day.weekday() < 5 for day in found) or 1

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_values(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_values(vals)
        if not self.env.su and any(test.state != "draft" for test in self):
            raise AccessError(self.env._("A backtest that was run does not change."))
        return super().write(vals)

    @api.model
    def _check_values(self, vals):
        if not self.env.su and set(vals) - {"policy_id", "months"}:
            raise AccessError(self.env._("Results are written by the system."))

    def action_open_lines(self):
        """Open what was found, to be looked at by manager and outcome."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.discount_backtest_line_action"
        )
        return {**action, "domain": [("backtest_id", "in", self.ids)]}

    # ------------------------------------------------------------------
    # Running
    # ------------------------------------------------------------------

    def action_run(self):
        """Judge as many orders as time allows; a job goes on with the rest."""
        self.ensure_one()
        self.check_access("write")
        test = self.sudo()  # sudo: all orders of the company are judged, none shown
        if test.state == "draft":
            today = self.env["sales.branch"]._company_local_date(self.company_id)
            start = today - relativedelta(months=self.months)
            test.write({"state": "running", "date_from": start, "date_to": today})
        if not test._go_on():
            cron = self.env.ref("sales_manager_kpi.ir_cron_discount_backtest")
            cron._trigger()

    @api.model
    def _cron_go_on(self):
        Cron = self.env["ir.cron"]
        tests = self.search([("state", "=", "running")])
        Cron._commit_progress(remaining=len(tests))
        for test in tests:
            while not test._go_on():
                if not Cron._commit_progress():
                    return
            if not Cron._commit_progress(1):
                return

    def _go_on(self):
        """Judge batches until all are done or time is up; whether all are done."""
        until = time.monotonic() + SECONDS
        plain = self.policy_id._plain()
        while orders := self._next_orders():
            self._add(orders, plain)
            self.last_order_id = orders[-1:].id
            if time.monotonic() > until:
                return False
        self.state = "done"
        return True

    def _next_orders(self):
        return self.env["sale.order"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "=", "sale"),
                ("first_confirmation_date", ">=", self.date_from),
                ("first_confirmation_date", "<", self.date_to + timedelta(days=1)),
                ("id", ">", self.last_order_id),
            ],
            order="id",
            limit=BATCH,
        )

    def _add(self, orders, plain):
        """Add the outcome of these orders to the lines.

        With as many queries as for one of them: see `sale.order._in_batch`.
        """
        found = defaultdict(lambda: [0, 0.0, 0.0])
        spent = defaultdict(float, self.spent or {})
        past = {EDITED: Edited(self.env["sale.order.line"], past=True)}
        for order in orders._in_batch().with_context(**past):
            branch = order._discount_branch()
            if plain.branch_ids and branch.id not in plain.branch_ids:
                continue
            amount, margin, outcome = self._judge_past(order, plain, spent)
            row = found[order.user_id, outcome]
            row[0] += 1
            row[1] += amount
            row[2] += margin
        self.spent = dict(spent)
        self._keep(found)

    def _judge_past(self, order, plain, spent):
        """Given away, margin and outcome, in company currency.

        The purse is that of the month of the order: what came before it in this
        backtest has been spent.
        """
        day = self.env["sales.branch"]._company_local_date(
            self.company_id, order.first_confirmation_date
        )
        purse = f"{order.user_id.id}-{day:%Y-%m}"
        batch_of(order.env).given = {order.user_id.id: spent[purse]}
        judgement = order._discount_judgement(plain, order.user_id)
        outcome = self._outcome(judgement, plain)
        rate = order.currency_rate or 1.0
        amount = judgement.figures.manual_untaxed / rate
        if outcome == "within":
            spent[purse] += amount
        return amount, (judgement.figures.margin or 0.0) / rate, outcome

    def _outcome(self, judgement, plain):
        if judgement.verdict.within:
            return "within"
        if plain.mode == "block":
            return "nobody"
        return judgement.covering_role or "nobody"

    def _keep(self, found):
        known = {(line.user_id, line.outcome): line for line in self.line_ids}
        new = []
        for key, (count, amount, margin) in found.items():
            values = {"order_count": count, "amount": amount, "margin": margin}
            line = known.get(key)
            if line:
                line.write({name: line[name] + v for name, v in values.items()})
            else:
                user, outcome = key
                new.append(
                    {
                        "backtest_id": self.id,
                        "user_id": user.id,
                        "outcome": outcome,
                        **values,
                    }
                )
        self.line_ids.create(new)


class DiscountBacktestLine(models.Model):
    """Orders of one manager with one outcome."""

    _name = "discount.backtest.line"
    _description = "Line of a Backtest"
    _order = "backtest_id, user_id, outcome"

    backtest_id = fields.Many2one(
        comodel_name="discount.backtest", required=True, index=True, ondelete="cascade"
    )
    policy_id = fields.Many2one(
        related="backtest_id.policy_id", store=True, precompute=True
    )
    company_id = fields.Many2one(
        related="backtest_id.company_id", store=True, precompute=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(comodel_name="res.users", string="Manager")
    outcome = fields.Selection(selection=OUTCOMES, required=True)
    order_count = fields.Integer(string="Orders")
    per_day = fields.Float(compute="_compute_per_day")
    amount = fields.Monetary(
        string="Given Away", help="Against the norm, untaxed, in company currency."
    )
    margin = fields.Monetary(groups="sales_manager_kpi.group_cost")

    @api.depends("order_count", "backtest_id.date_from", "backtest_id.date_to")
    def _compute_per_day(self):
        for line in self:
            line.per_day = line.order_count / line.backtest_id._weekdays()


class DiscountPolicy(models.Model):
    _inherit = "discount.policy"  # pylint: disable=consider-merging-classes-inherited

    def action_backtest(self):
        """Open a backtest of this policy, to choose the months and run it."""
        self.ensure_one()
        test = self.env["discount.backtest"].create({"policy_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "res_model": test._name,
            "res_id": test.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
