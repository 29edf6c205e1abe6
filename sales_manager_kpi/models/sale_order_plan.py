from odoo import api, fields, models

from ..engine.categories import nearest
from .sales_credit import WHOLE


class SalesPlanEffectMixin(models.AbstractModel):
    """The part of ``sale.order`` that says what an order does to a monthly plan.

    Nothing of it is stored or asked for in the order flow: it is computed where a form
    shows it.
    """

    _name = "sales.plan.effect.mixin"
    _description = "Effect of an Order on the Plan"

    plan_effect = fields.Char(
        string="Effect on the Plan",
        compute="_compute_plan_effect",
        groups="sales_manager_kpi.group_manager",
        help="What this order does to the valid plan of this month, on its basis.",
    )

    @api.depends("amount_untaxed", "state", "partner_id", "user_id")
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_plan_effect(self):
        effects = self._plan_effects()
        for order in self:
            effect = effects.get(order)
            order.plan_effect = effect and order._plan_effect_words(effect)

    def _plan_effect(self):
        """What this order does to the monthly plan of the manager it is credited to.

        :return: None where there is no approved plan of this month that the acting user
            may see, or nothing of the order is still to count on the plan's basis; else
            a dict of ``plan`` and ``user`` (records), ``amount`` (still to count for
            them), ``fact`` and ``target``, untaxed in company currency, and ``before``
            and ``after``, the fulfilment as a fraction without and with the order
        """
        self.ensure_one()
        return self._plan_effects().get(self)

    def _plan_effects(self):
        """``{order: effect}`` of the orders that have one; see `_plan_effect`."""
        Plan = self.env["sales.plan"]
        if not Plan.has_access("read"):
            return {}
        result = {}
        orders = self.filtered(
            lambda order: order.state in ("draft", "sent", "sale") and order.company_id
        )
        for company, chosen in orders.grouped("company_id").items():
            plans = Plan._valid_today(company)
            if plans:  # else nobody needs to know whom the orders are credited to
                result.update(chosen._effects_on(company, plans))
        return result

    def _effects_on(self, company, plans):
        plan_by_user = {plan.user_id: plan for plan in plans}
        shares = self._plan_shares(company)
        mine = {
            order: (plan_by_user[user], part)
            for order, (user, part) in shares.items()
            if user in plan_by_user
        }
        if not mine:
            return {}
        wanted = plans.browse().union(*(plan for plan, __ in mine.values()))
        fulfilments = wanted._fulfilments()
        result = {}
        for order, (plan, part) in mine.items():
            fact, target, before = fulfilments[plan]
            amount = plan.currency_id.round(order._still_to_count(plan) * part)
            if before is None or not amount:
                continue
            result[order] = {
                "plan": plan,
                "user": plan.user_id,
                "amount": amount,
                "fact": fact,
                "target": target,
                "before": before,
                "after": (fact + amount) / target,
            }
        return result

    def _plan_shares(self, company):
        """``{order: (manager, part of the credit)}``; of several the reader first."""
        result, open_orders = {}, []
        for order in self.sudo():  # sudo: whom an order one may read is credited to
            shares = [(user, bp / WHOLE) for user, __, bp in order._credit_shares()]
            own = [share for share in shares if share[0] == self.env.user]
            if shares:
                user, part = (own or shares)[0]
                result[order.sudo(self.env.su)] = user.sudo(self.env.su), part
            elif order.partner_id:
                open_orders.append(order)
        for order, shares in self._shares_if_confirmed(company, open_orders).items():
            own = [share for share in shares if share[0] == self.env.uid]
            user_id, part = (own or shares)[0]
            user = self.env["res.users"].browse(user_id or ())
            result[order.sudo(self.env.su)] = user, part
        return result

    def _shares_if_confirmed(self, company, orders):
        """``{order: [(user id, part)]}`` as the reader would confirm them now."""
        now = fields.Datetime.now()
        resolved = self.env["customer.assignment"]._resolve(
            company,
            [
                (order.partner_id.commercial_partner_id.id, order.user_id.id, now)
                for order in orders
            ],
        )
        owners = dict(zip(orders, resolved, strict=True))
        shares = {order: [(owner[0], 1.0)] for order, owner in owners.items()}
        Substitution = self.env["sales.substitution"]
        if Substitution._any_decided(company):
            events = {
                order: order._substitution_event(*owner, self.env.uid)._replace(at=now)
                for order, owner in owners.items()
            }
            divided = Substitution._divide_credit(company, "orders", events)
            for order, (__, parts) in divided.items():
                shares[order] = [(user_id, bp / WHOLE) for user_id, __, bp in parts]
        return shares

    def _still_to_count(self, plan):
        """What of the order is still to count for ``plan``, in company currency."""
        # sudo: amounts of an order that the acting user reads already
        order = self.sudo()
        if order.partner_id.commercial_partner_id.ref_company_ids:
            return 0.0  # a delivery to an own company is no turnover
        lines = order.order_line.filtered(
            lambda line: not line.display_type and not line.is_downpayment
        )
        whole = sum(lines.mapped("price_subtotal"))
        parts = {line: line._open_for_plan(plan.basis) for line in lines}
        amount = sum(parts.values())
        targets = plan._target_lines()
        if targets and not targets.filtered(lambda line: line.dimension == "total"):
            amount *= self._part_in(targets.categ_id, lines, whole)
        return amount / (order.currency_rate or 1.0)

    def _part_in(self, categories, lines, whole):
        """The part of the order in these categories, discounts spread over it."""
        chosen = set(categories.ids)
        goods = lines.filtered(lambda line: line.price_subtotal > 0)
        inside = sum(
            line.price_subtotal
            for line in goods
            if nearest(line.product_id.categ_id.parent_path, chosen)
        )
        gross = sum(goods.mapped("price_subtotal"))
        return inside / gross if gross and whole else 0.0

    def _plan_effect_words(self, effect):
        plan = effect["plan"]
        values = {
            "month": plan.period_id.display_name,
            "user": plan.user_id.name,
            "before": _percent(effect["before"], effect),
            "after": _percent(effect["after"], effect),
            "fact": plan.currency_id.format(effect["fact"] + effect["amount"]),
            "target": plan.currency_id.format(effect["target"]),
        }
        if plan.user_id == self.env.user:
            return self._own_effect_words(values)[plan.basis]
        return self._their_effect_words(values)[plan.basis]

    def _own_effect_words(self, values):
        return {
            "order": self.env._(
                "Confirming takes your plan of %(month)s from %(before)s to "
                "%(after)s (%(fact)s of %(target)s).",
                **values,
            ),
            "invoice": self.env._(
                "When invoiced, this takes your plan of %(month)s from %(before)s to "
                "%(after)s (%(fact)s of %(target)s).",
                **values,
            ),
            "delivery": self.env._(
                "When delivered, this takes your plan of %(month)s from %(before)s to "
                "%(after)s (%(fact)s of %(target)s).",
                **values,
            ),
            "payment": self.env._(
                "When paid, this takes your plan of %(month)s from %(before)s to "
                "%(after)s (%(fact)s of %(target)s).",
                **values,
            ),
        }

    def _their_effect_words(self, values):
        return {
            "order": self.env._(
                "Confirming takes the plan of %(user)s for %(month)s from %(before)s "
                "to %(after)s (%(fact)s of %(target)s).",
                **values,
            ),
            "invoice": self.env._(
                "When invoiced, this takes the plan of %(user)s for %(month)s from "
                "%(before)s to %(after)s (%(fact)s of %(target)s).",
                **values,
            ),
            "delivery": self.env._(
                "When delivered, this takes the plan of %(user)s for %(month)s from "
                "%(before)s to %(after)s (%(fact)s of %(target)s).",
                **values,
            ),
            "payment": self.env._(
                "When paid, this takes the plan of %(user)s for %(month)s from "
                "%(before)s to %(after)s (%(fact)s of %(target)s).",
                **values,
            ),
        }


def _percent(share, effect):
    """Whole percents, unless the step would not show in them."""
    whole = round(100 * effect["before"]) != round(100 * effect["after"])
    return f"{100 * share:.{0 if whole else 1}f} %"
