from collections import defaultdict
from dataclasses import replace

from odoo import fields, models

from ..engine.concession import Judgement, OrderFigures, judge, spread
from .discount_policy_line import ROLE_NAMES


class SaleOrder(models.Model):
    """Keeps an order within the norms, or lets somebody with authority say yes.

    Without an active policy nothing here is computed and nothing asked of the
    database.
    """

    # The area of discounts has files of its own.
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    def _norm_pricelist(self):
        """The price list that is the norm for this customer, whichever was chosen."""
        self.ensure_one()
        order = self.with_company(self.company_id)
        return order.partner_id.property_product_pricelist

    def _norm_moment(self):
        """The moment whose prices are the norm.

        That of the quotation while it is valid: a date put back before it was made, or
        an offer that has run out, revives no old price.
        """
        now = fields.Datetime.now()
        made = self.create_date or now
        if (
            self.state != "sale"
            and self.validity_date
            and self.validity_date < fields.Date.context_today(self)
        ):
            return now
        return max(self.date_order or now, made)

    def _norm_rules(self, products, moment):
        """The rules of the norm for ``products``, in core's order, in one query."""
        return self._norm_pricelist()._get_applicable_rules(products, moment)

    def _concession_figures(self):
        """What this order gives away against the norm, as `OrderFigures`."""
        self.ensure_one()
        moment = self._norm_moment()
        governed = self.order_line.filtered(lambda line: line._is_governed())
        rules = self._norm_rules(governed.product_id, moment)
        figures = {line: line._concession_figures(rules, moment) for line in governed}
        figures = self._spread_order_discounts(figures)
        promo, reward_cost = self._promotions()
        lines = spread(promo, list(figures.values()), self._step(), "promo_part")
        return OrderFigures(
            lines=tuple(lines),
            promo_amount=promo,
            reward_cost=reward_cost,
            payment_percent=self._early_payment_percent(),
            payment_days=self._payment_days(),
            foreign_pricelist=self.pricelist_id != self._norm_pricelist(),
        )

    def _spread_order_discounts(self, figures):
        """Discounts on the document, put on the lines of the same taxes."""
        amounts = defaultdict(float)
        for line in self.order_line.filtered(lambda line: line._is_order_discount()):
            amounts[line.tax_ids] -= line._net_price() * line.product_uom_qty
        for taxes, amount in amounts.items():
            same = [line for line in figures if line.tax_ids == taxes]
            targets = same or list(figures)
            parts = spread(amount, [figures[line] for line in targets], self._step())
            figures.update(zip(targets, parts, strict=True))
        return figures

    def _step(self):
        return self.currency_id.rounding or 0.01

    def _promotions(self):
        """What promotions give: amount, and the cost of goods they give."""
        amount = cost = 0.0
        for line in self.order_line.filtered("reward_id"):
            if line.price_unit * line.product_uom_qty < 0:
                amount -= line._net_price() * line.product_uom_qty
            else:
                cost += (line._known_cost() or 0.0) * line.product_uom_qty
        return amount, cost

    def _early_payment_percent(self):
        term = self.payment_term_id
        return term.discount_percentage if term.early_discount else 0.0

    def _payment_days(self):
        """Days until the last due date, months as core counts them from today."""
        today = fields.Date.context_today(self)
        due = [line._get_due_date(today) for line in self.payment_term_id.line_ids]
        return max(((day - today).days for day in due), default=0)

    # ------------------------------------------------------------------
    # Verdict
    # ------------------------------------------------------------------

    def _discount_policy(self):
        """The policy that holds for this order now; empty without one. Cached."""
        self.ensure_one()
        Policy = self.env["discount.policy"].sudo()  # sudo: norms bind everybody
        company = self.company_id
        if not company or not Policy._active_ids(company):
            return Policy
        day = self.env["sales.branch"]._company_local_date(company)
        return Policy._holding(company, self._discount_branch(), day)

    def _discount_branch(self):
        """The branch whose norms hold: where the salesperson works today."""
        day = self.env["sales.branch"]._company_local_date(self.company_id)
        user = self.user_id or self.env.user
        found = self.env["sales.branch"]._branch_by_user(user, self.company_id, day)
        return found.get(user.id, self.env["sales.branch"])

    def _customer_class(self):
        day = self.env["sales.branch"]._company_local_date(self.company_id)
        customer = self.partner_id.commercial_partner_id
        found = self.env["customer.class.member"]._classes_at(
            customer, self.company_id, day
        )
        return found.get(customer.id, self.env["customer.class"])

    def _judged_users(self):
        """Whose authority counts: the salesperson, and a colleague who acts.

        Portal, payments and jobs act for nobody. Who stands in for the salesperson has
        the salesperson's authority, no more.
        """
        acting, seller = self.env.user, self.user_id
        if not seller:
            return acting
        if self.env.su or acting.share or acting == seller or self.is_acted_for:
            return seller
        return seller | acting

    def _discount_judgement(self, users=None):
        """Whether the order is within the norms of those who are judged.

        :param users: whose authority counts; see `_judged_users`
        :return: `Judgement`
        """
        users = self._judged_users() if users is None else users
        order = self.sudo()  # sudo: norms and costs are compared, and not shown here
        figures = order._concession_figures()
        scope = order._norm_scope()
        found = [(user._discount_role(), user) for user in users.sudo()]
        role, user = min(found, key=lambda row: ROLE_NAMES.index(row[0]))
        verdict = order._judge(figures, scope, role, user)
        covering = role if verdict.within else None
        if covering is None:
            covering = order._covering_role(figures, scope, role)
        return Judgement(figures, verdict, role, covering)

    def _norm_scope(self):
        """What of the norms depends on the order alone, read once."""
        policy = self._discount_policy()
        lines = policy.line_ids._matching_customer(
            self._discount_branch(),
            self.partner_id.commercial_partner_id,
            self._customer_class(),
        )
        return policy, lines

    def _covering_role(self, figures, scope, below):
        """The lowest role above ``below`` within whose authority the order is."""
        nobody = self.env["res.users"]
        for role in ROLE_NAMES[ROLE_NAMES.index(below) + 1 :]:
            if self._judge(figures, scope, role, nobody).within:
                return role
        return None

    def _judge(self, figures, scope, role, user):
        """`Verdict` by the norms of ``scope`` for somebody of ``role``."""
        policy, lines = scope
        matching = lines._matching_person(role, user)
        line_limits = {
            line._figures_key(): matching._for_product(line.product_id)._limits(
                policy.resolution, line._floor_rate()
            )
            for line in self.order_line
            if line._is_governed()
        }
        limits = matching._for_orders()._limits(policy.resolution)
        if limits.amount is not None:
            limits = replace(limits, amount=limits.amount * (self.currency_rate or 1))
        return judge(figures, limits, line_limits, policy.check_unpriced)
