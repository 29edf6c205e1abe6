from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import float_round


class TradeBonusSettlement(models.Model):
    """Settling with free goods: a quotation of goods worth the bonus, for nothing."""

    # The area of trade bonuses has files of its own.
    _inherit = "trade.bonus.settlement"  # pylint: disable=consider-merging-classes-inherited

    order_id = fields.Many2one(
        comodel_name="sale.order",
        string="Free Goods",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )

    def _pay(self):
        if self.payout != "goods":
            return super()._pay()
        # what is taken back is money: goods are not asked back
        return self._give_goods() if self.amount > 0 else self._make_note()

    def _give_goods(self):
        """A quotation of as many whole units as are worth the bonus, rounded up.

        They are worth what the price list of the customer asks on the day, untaxed.
        """
        agreement = self.agreement_id
        order = self.env["sale.order"].create(
            {
                "company_id": self.company_id.id,
                "partner_id": self.partner_id.id,
                "user_id": agreement.user_id.id,
                "origin": self.name,
                "trade_bonus_settlement_id": self.id,
                "order_line": [
                    Command.create({"product_id": agreement.goods_product_id.id})
                ],
            }
        )
        line = order.order_line
        quantity = float_round(
            self._worth_in(order.currency_id) / self._unit_price(line),
            precision_digits=0,
            rounding_method="UP",
        )
        line.write({"product_uom_qty": quantity})
        line.write({"discount": 100.0})
        self.order_id = order

    def _worth_in(self, currency):
        return self.currency_id._convert(
            self.amount, currency, self.company_id, self.date
        )

    def _unit_price(self, line):
        """What one unit costs the customer, untaxed.

        :raise UserError: where it costs nothing
        """
        price = line.price_reduce_taxexcl
        if price <= 0:
            raise UserError(
                self.env._(
                    "%(product)s has no price for %(customer)s. Set one in the price "
                    "list.",
                    product=line.product_id.display_name,
                    customer=self.partner_id.name,
                )
            )
        return price

    def _take_back(self):
        if not self.order_id:
            return super()._take_back()
        return self.order_id.with_context(trade_bonus_cancelling=True)._action_cancel()

    def action_open_order(self):
        """The order of the free goods."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "views": [(False, "form")],
        }


class TradeBonusAgreement(models.Model):
    _inherit = "trade.bonus.agreement"  # pylint: disable=consider-merging-classes-inherited

    payout = fields.Selection(
        selection_add=[("goods", "Free goods")], ondelete={"goods": "cascade"}
    )
    goods_product_id = fields.Many2one(
        comodel_name="product.product",
        string="Goods Given",
        domain="[('type', '=', 'consu')]",
        check_company=True,
        help="As many units as are worth the bonus by the customer's price list, "
        "rounded up.",
    )

    def _check_ready(self):
        for agreement in self.filtered(lambda row: row.payout == "goods"):
            if not agreement.goods_product_id or not agreement.product_id:
                raise UserError(
                    self.env._(
                        "%(agreement)s: choose the goods that are given, and the "
                        "bonus product for what is taken back.",
                        agreement=agreement.display_name,
                    )
                )
        return super()._check_ready()
