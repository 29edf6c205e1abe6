from collections import defaultdict
from dataclasses import replace

from odoo import fields, models

from ..engine.concession import Judgement, OrderFigures, judge, spread
from ..engine.norms import holding, limits_of
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
        pricelist = self._norm_pricelist()
        rules = self.env["product.pricelist.item"]
        if not pricelist or not products:
            return rules
        domain = pricelist._get_applicable_rules_domain(products, moment)
        return rules.search_fetch(domain)

    def _concession_figures(self):
        """What this order gives away against the norm, as `OrderFigures`."""
        self.ensure_one()
        moment = self._norm_moment()
        governed = self._governed_lines()
        rules = self._norm_rules(governed.product_id, moment)
        figures = {line: line._concession_figures(rules, moment) for line in governed}
        figures = self._spread_order_discounts(figures)
        promo, reward_cost = self._promotions()
        payment_percent, payment_days = self._payment_figures()
        lines = spread(promo, list(figures.values()), self._step(), "promo_part")
        return OrderFigures(
            lines=tuple(lines),
            promo_amount=promo,
            reward_cost=reward_cost,
            payment_percent=payment_percent,
            payment_days=payment_days,
            foreign_pricelist=self.pricelist_id != self._norm_pricelist(),
        )

    def _governed_lines(self):
        """Lines that a norm speaks of, read together with those of other orders."""
        lines = self.order_line
        governed = lines.filtered(lambda line: line._is_governed())
        return governed.with_prefetch(lines._prefetch_ids)

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
        for line in self.order_line.filtered(lambda line: line._is_promotion()):
            if line.price_unit * line.product_uom_qty < 0:
                amount -= line._net_price() * line.product_uom_qty
            else:
                cost += (line._known_cost() or 0.0) * line.product_uom_qty
        return amount, cost

    def _payment_figures(self):
        """``(per cent for paying early, days to pay)`` of the payment terms."""
        term = self.payment_term_id
        if not term:
            return 0.0, 0
        return term._discount_figures(fields.Date.context_today(self))

    # ------------------------------------------------------------------
    # Verdict
    # ------------------------------------------------------------------

    def _discount_policy(self):
        """The `engine.norms.Policy` that holds for this order now, or None.

        None too where one holds that is off: it judges nothing and records nothing.
        Without an active policy nothing is asked of the database.
        """
        self.ensure_one()
        company = self.company_id
        policies = company and self.env["discount.policy"]._policies(company)
        if not policies:
            return None
        day = self.env["sales.branch"]._company_local_date(company)
        local = any(p.branch_ids or p.asks_for("branch_id") for p in policies)
        branch = self._discount_branch() if local else self.env["sales.branch"]
        policy = holding(policies, branch.id, day)
        return None if policy and policy.mode == "off" else policy

    def _discount_branch(self):
        """The branch whose norms hold: where the salesperson works today."""
        if not self.env["sales.branch"]._exist(self.company_id):
            return self.env["sales.branch"]
        day = self.env["sales.branch"]._company_local_date(self.company_id)
        user = self.user_id or self.env.user
        found = self.env["sales.branch"]._branch_by_user(user, self.company_id, day)
        return found.get(user.id, self.env["sales.branch"])

    def _customer_class(self):
        """The class of the customer today; empty without one."""
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

    def _discount_judgement(self, policy=None, users=None):
        """Whether the order is within the norms of those who are judged.

        :param policy: an `engine.norms.Policy`; the one that holds when not given
        :param users: whose authority counts; see `_judged_users`
        :return: `Judgement`
        """
        users = self._judged_users() if users is None else users
        order = self.sudo()  # sudo: norms and costs are compared, and not shown here
        policy = policy or order._discount_policy()
        figures = order._concession_figures()
        norms = order._norms_of_customer(policy)
        # sudo: which role a colleague has
        found = [(user._discount_role(), user.id) for user in users.sudo()]
        # who sells is nobody: then as the least of all
        found = found or [(ROLE_NAMES[0], 0)]
        role, user_id = min(found, key=lambda row: ROLE_NAMES.index(row[0]))
        verdict = order._judge(figures, policy, norms, role, user_id)
        covering = role if verdict.within else None
        for higher in ROLE_NAMES[ROLE_NAMES.index(role) + 1 :]:
            if covering is None and (
                order._judge(figures, policy, norms, higher, 0).within
            ):
                covering = higher
        return Judgement(figures, verdict, role, covering)

    def _norms_of_customer(self, policy):
        """Norms for this branch and this customer, whoever sells what."""
        nothing = self.env["sales.branch"], self.env["customer.class"]
        branch = self._discount_branch() if policy.asks_for("branch_id") else nothing[0]
        own_class = (
            self._customer_class() if policy.asks_for("class_id") else nothing[1]
        )
        customer = self.partner_id.commercial_partner_id
        return [
            norm
            for norm in policy.norms
            if norm.is_for(branch.id, customer.id, own_class.id)
        ]

    def _judge(self, figures, policy, norms, role, user_id):
        """`Verdict` by these norms for somebody of ``role``."""
        own = [norm for norm in norms if norm.is_of(role, user_id)]
        line_limits = {
            line._figures_key(): line._limits_by(own, policy.resolution)
            for line in self.order_line
            if line._is_governed()
        }
        limits = limits_of([n for n in own if n.is_for_orders], policy.resolution)
        if limits.amount is not None:
            limits = replace(limits, amount=limits.amount * (self.currency_rate or 1))
        return judge(figures, limits, line_limits, policy.check_unpriced)
