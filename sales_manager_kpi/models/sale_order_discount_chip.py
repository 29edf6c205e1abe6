from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from .discount_request import GRANTED

ANSWERED = (*GRANTED, "consumed")


class SaleOrder(models.Model):
    """Says at a glance whether an order is within the norms, and what to do if not.

    Evaluated for saved quotations, once per read; what was confirmed is told by its
    traces. Without an active policy nothing is
    asked of the database.
    """

    # The area of discounts has files of its own.
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    discount_level = fields.Selection(
        selection=[
            ("within", "Within the norms"),
            ("needs", "Needs approval"),
            ("outside", "Outside the norms"),
            ("waiting", "Waiting for an answer"),
            ("granted", "Approved"),
            ("beyond", "Nobody may approve"),
            ("unsaved", "Not saved"),
        ],
        string="Norms",
        compute="_compute_discount_level",
        groups="sales_team.group_sale_salesman",
    )
    discount_words = fields.Char(
        string="Discount",
        compute="_compute_discount_level",
        groups="sales_team.group_sale_salesman",
    )
    discount_request_id = fields.Many2one(
        comodel_name="discount.request",
        string="Last Request",
        compute="_compute_discount_level",
        groups="sales_team.group_sale_salesman",
    )
    price_trace_count = fields.Integer(
        compute="_compute_price_trace_count", groups="sales_team.group_sale_salesman"
    )
    is_counter_offered = fields.Boolean(
        compute="_compute_discount_level", groups="sales_team.group_sale_salesman"
    )

    @api.depends(
        *("amount_untaxed", "state", "partner_id", "user_id", "pricelist_id"),
        *("payment_term_id", "discount_request_ids.state"),
    )
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_discount_level(self):
        nothing = None, False, self.env["discount.request"], False
        for order in self:
            draft = order.state in ("draft", "sent")
            policy = draft and order._discount_policy()
            level, words, request, countered = (
                order._discount_chip(policy) if policy else nothing
            )
            order.discount_level = level
            order.discount_words = words
            order.discount_request_id = request
            order.is_counter_offered = countered

    def _compute_price_trace_count(self):
        groups = (
            self.env["sale.price.trace"]
            # sudo: only how many there are
            .sudo()
            ._read_group([("order_id", "in", self.ids)], ["order_id"], ["__count"])
        )
        counts = {order.id: count for order, count in groups}
        for order in self:
            order.price_trace_count = counts.get(order.id, 0)

    def _discount_chip(self, policy):
        """Level, words, the request to open, and whether it is a counter-offer."""
        requests = self.env["discount.request"]
        if not self.id:
            words = self.env._("Saving the order compares it with the norms.")
            return "unsaved", words, requests, False
        # sudo: that it was asked for and answered, who reads the order may know
        requests = self.sudo().discount_request_ids
        judgement = self._judge_once()
        granting = self._granting_request(judgement)
        pending = requests.filtered(lambda request: request.state == "pending")
        countered = requests.filtered(
            lambda request: (
                request.state == "countered"
                and request.valid_until > fields.Datetime.now()
            )
        )[:1]
        last = pending[:1] or granting or requests[:1]
        level, words = self._discount_level(policy, judgement, pending, granting)
        offered = (
            bool(countered) and level != "granted" and self.state in ("draft", "sent")
        )
        if offered and level == "needs":
            last, words = countered, self._countered_words(countered)
        return level, words, last.sudo(self.env.su), offered

    def _discount_level(self, policy, judgement, pending, granting):
        if judgement.verdict.within:
            return "within", self.env._("Within the norms")
        if granting:
            return "granted", self._granted_words(granting)
        if pending:
            return "waiting", self._waiting_words(pending[:1])
        if policy.mode == "block" or not judgement.covering_role:
            words = "; ".join(self._finding_words(judgement.verdict.findings))
            return "beyond", words
        level = "needs" if policy.mode == "ask" else "outside"
        words = [self._needs_words(policy, judgement)]
        return level, "; ".join(words + self._lost_approval_words(judgement))

    def _granted_words(self, request):
        answer = request.decision_ids.filtered(
            lambda row: row.decision in ("approve", "counter")
        )[-1:]
        return self.env._(
            "By %(user)s, until %(moment)s",
            user=answer.user_id.name,
            moment=self._chip_moment(request.valid_until),
        )

    def _countered_words(self, request):
        answer = request.decision_ids.filtered(lambda row: row.decision == "counter")
        return self.env._(
            "Counter-offer of %(user)s: %(comment)s",
            user=answer[-1:].user_id.name,
            comment=answer[-1:].comment or "",
        )

    def _waiting_words(self, request):
        return self.env._(
            "%(users)s, answer until %(moment)s",
            users=", ".join(request.approver_ids.mapped("name")),
            moment=self._chip_moment(request.deadline),
        )

    def _needs_words(self, policy, judgement):
        Request = self.env["discount.request"]
        roles = dict(Request._fields["role"]._description_selection(self.env))
        role = roles[judgement.covering_role]
        if policy.mode != "ask":
            return self.env._("%(role)s: outside the salesperson's norms", role=role)
        branch = self.sudo()._discount_branch()  # sudo: its hours of work
        # sudo: in memory only, to tell until when somebody would answer
        draft = Request.sudo().new(
            {
                "company_id": self.company_id.id,
                "branch_id": branch.id,
                "policy_id": policy.id,
            }
        )
        return self.env._(
            "%(role)s, answer until %(moment)s",
            role=role,
            moment=self._chip_moment(draft._deadline()),
        )

    def _chip_moment(self, moment):
        """The hour today, the day and the hour otherwise, by the reader's clock."""
        local = fields.Datetime.context_timestamp(self, moment)
        today = fields.Datetime.context_timestamp(self, fields.Datetime.now()).date()
        pattern = "HH:mm" if local.date() == today else "d MMM HH:mm"
        return format_datetime(self.env, moment, dt_format=pattern)

    def action_open_discount_request(self):
        """Open the request that the chip speaks of."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "discount.request",
            "res_id": self.discount_request_id.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def action_open_price_traces(self):
        """Open the prices that were kept of this order."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.sale_price_trace_action"
        )
        return {**action, "domain": [("order_id", "=", self.id)], "context": {}}

    # ------------------------------------------------------------------
    # Counter-offer
    # ------------------------------------------------------------------

    def action_apply_counter_offer(self):
        """Raise the prices of the lines to what was offered instead.

        By the salesperson's own hand: core's fields, with the rights of who clicks.

        :raise UserError: where there is no counter-offer, or the order is confirmed
        """
        self.ensure_one()
        request = self.discount_request_id
        if not self.is_counter_offered or request.state != "countered":
            raise UserError(
                self.env._("There is no counter-offer that could be applied.")
            )
        prices = {
            line.order_line_id: line.approved_price
            for line in request.line_ids
            if line.order_line_id
        }
        for _round in range(3):  # a discount on the whole order spreads anew
            if not self._raise_prices(prices):
                break

    def _raise_prices(self, prices):
        """Raise lines to these final prices; whether any had to be raised."""
        # sudo: figures are compared with the price offered, and not shown
        figures = {row.key: row for row in self.sudo()._concession_figures().lines}
        raised = False
        for line, price in prices.items():
            row = figures.get(line.id)
            if not row or (price - row.final_price) * row.quantity <= row.step:
                continue
            raised = True
            net = price + row.order_part / (row.quantity or 1.0)
            line.write(line._net_price_values(net))
        return raised


class SaleOrderLine(models.Model):
    """Sets a net price by core's fields."""

    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    def _net_price_values(self, net):
        """Price and discount that make ``net``: the discount where it is exact."""
        digits = self.env["decimal.precision"].precision_get("Discount")
        base = self.price_unit
        discount = round((1 - net / base) * 100, digits) if base else 0.0
        exact = abs(base * (1 - discount / 100) - net) < 10**-6
        if base > net and exact:
            return {"discount": discount}
        return {"price_unit": net, "discount": 0.0}
