from odoo import api, fields, models


class SaleOrder(models.Model):
    """What an order does to the pay of whoever looks at it, if it is theirs.

    Nothing of it is stored or asked for in the order flow: it is computed where a form
    shows it, and only for the reader's own pay.
    """

    _inherit = "sale.order"

    pay_effect = fields.Char(
        string="Effect on My Pay",
        compute="_compute_pay_effect",
        groups="sales_manager_kpi.group_manager",
        help="What this order does to your own variable pay of this month, by today's "
        "figures. Nobody else sees it.",
    )

    @api.depends("amount_untaxed", "state", "partner_id", "user_id")
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_pay_effect(self):
        for order in self:
            effect = order._pay_effect()
            order.pay_effect = effect and order._pay_effect_words(effect)

    def _pay_effect(self):
        """See `bonus.run._what_if`; None where the order is no business of the reader.

        Whoever has superuser rights has no pay of their own here.
        """
        self.ensure_one()
        if self.state not in ("draft", "sent", "sale") or not self.company_id:
            return None
        if self.env.su or not self.order_line:
            return None
        return self.env["bonus.run"]._what_if(self)

    def _pay_effect_words(self, effect):
        currency = self.company_id.currency_id
        words = [
            self.env._(
                "This order takes your variable pay of the month from %(now)s to "
                "%(then)s.",
                now=currency.format(effect["now"]),
                then=currency.format(effect["then"]),
            )
        ]
        following = effect["next"]
        if following and following["gain"] > 0:
            words.append(
                self.env._(
                    "Next tier of %(name)s: %(gap)s more, worth %(gain)s.",
                    name=following["name"],
                    gap=currency.format(following["gap"]),
                    gain=currency.format(following["gain"]),
                )
            )
        if effect["discount_cost"] > 0:
            words.append(
                self.env._(
                    "One per cent more discount costs you %(cost)s.",
                    cost=currency.format(effect["discount_cost"]),
                )
            )
        return " ".join(words)
