from dataclasses import replace

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine.concession import Finding
from ..engine.norms import limits_of


class DiscountPurse(models.Model):
    """What a manager may give away in a month, and who is spending from it just now.

    The money itself is in ``discount.concession``. A row per manager and month is
    written with every concession, so that of two confirmations at once the second one
    begins again and sees the first.
    """

    _name = "discount.purse"
    _description = "Discount Purse of a Month"
    _rec_name = "user_id"

    company_id = fields.Many2one(comodel_name="res.company", required=True)
    user_id = fields.Many2one(
        comodel_name="res.users", required=True, ondelete="cascade"
    )
    month = fields.Date(required=True, help="The first day of the month.")
    spendings = fields.Integer(default=1)

    _month_uniq = models.UniqueIndex("(company_id, user_id, month)")

    @api.model
    def _open(self, company, user, day):
        """Hold the purse of ``user`` until the end of the transaction.

        :raise psycopg2.errors.SerializationFailure: where somebody else spent from it
            since this transaction began; Odoo then tries again
        """
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO discount_purse (company_id, user_id, month, spendings)
                VALUES (%s, %s, %s, 1)
                ON CONFLICT (company_id, user_id, month)
                DO UPDATE SET spendings = discount_purse.spendings + 1
                """,
                company.id,
                user.id,
                day.replace(day=1),
            )
        )

    @api.model
    def _given(self, company, user, day, but_order):
        """Given away by ``user`` this month on their own authority, untaxed.

        :param but_order: not on this order, which is judged
        """
        domain = Domain("order_id", "not in", but_order.ids)
        return self._given_by_user(company, user, day, domain).get(user.id, 0.0)

    @api.model
    def _given_by_user(self, company, users, day, domain=Domain.TRUE):
        """``{user id: amount}`` of this month until ``day``, in one query.

        Neither promotions nor what somebody else approved; what was taken back counts
        off.
        """
        # sudo: sums are compared with a limit, not shown
        rows = self.env["discount.concession"].sudo()
        groups = rows._read_group(
            Domain("company_id", "=", company.id)
            & Domain("user_id", "in", users.ids)
            & Domain("date", ">=", day.replace(day=1))
            & Domain("date", "<=", day)
            & Domain("kind", "!=", "promotion")
            & Domain("request_id", "=", False)
            & domain,
            ["user_id"],
            ["amount:sum"],
        )
        return {user.id: amount for user, amount in groups}


class DiscountPolicyLine(models.Model):
    _inherit = "discount.policy.line"  # pylint: disable=consider-merging-classes-inherited

    limit_purse = fields.Boolean(string="Limits the Month")
    max_month_amount = fields.Monetary(
        string="A Month",
        help="At most given away by one manager in a calendar month, on their own "
        "authority, in company currency, untaxed.",
    )

    _month_amount_positive = models.Constraint(
        "CHECK (max_month_amount >= 0)", "The amount of a month is not negative."
    )

    @api.depends("limit_purse", "max_month_amount")
    def _compute_summary(self):
        return super()._compute_summary()

    def _words(self):
        words = super()._words()
        if self.limit_purse:
            amount = self.currency_id.format(self.max_month_amount)
            words.append(self.env._("%(amount)s a month", amount=amount))
        return words

    def _limits(self):
        purse = self.max_month_amount if self.limit_purse else None
        return replace(super()._limits(), purse=purse)


class SaleOrder(models.Model):
    """What an order gives away comes out of the manager's purse."""

    # The area of discounts has files of its own.
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def _judge(self, figures, policy, norms, role, user_id):
        verdict = super()._judge(figures, policy, norms, role, user_id)
        # the purse of who approves is not asked for: nobody knows yet who that is
        if user_id and policy.asks_for_limit("purse"):
            own = [n for n in norms if n.is_of(role, user_id) and n.is_for_orders]
            limits = limits_of(own, policy.resolution)
            verdict.findings += self._purse_findings(figures, limits)
        return verdict

    def _purse_findings(self, figures, limits):
        amount = figures.manual_untaxed / (self.currency_rate or 1.0)
        if limits.purse is None or amount <= 0:
            return []
        company = self.company_id
        total = company.currency_id.round(self._given_before() + amount)
        if company.currency_id.compare_amounts(total, limits.purse) <= 0:
            return []
        return [Finding("purse", total, limits.purse, source=limits.source)]

    def _given_before(self):
        """What the manager has given away this month on other orders."""
        seller = self.user_id or self.env.user
        return self.env["discount.purse"]._given(
            self.company_id, seller, self._discount_day(), self
        )

    def _words_purse(self, finding, _product):
        currency = self.company_id.currency_id
        return self.env._(
            "Given away this month: %(value)s with this order, allowed %(limit)s",
            value=currency.format(finding.value),
            limit=currency.format(finding.limit),
        )

    def _trace_prices(self, event, request=None):
        if event in ("confirm", "post_edit"):
            for order in self:
                policy = order._discount_policy()
                if policy and policy.asks_for_limit("purse"):
                    order._open_purse()
        return super()._trace_prices(event, request)

    def _open_purse(self):
        seller = self.user_id or self.env.user
        self.env["discount.purse"]._open(self.company_id, seller, self._discount_day())
