from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

# What was given: the system alone says it.
GIVEN = {
    *("product_id", "product_uom_id", "product_uom_qty"),
    *("price_unit", "discount", "order_id"),
}


class SaleOrder(models.Model):
    """Orders that settle a trade bonus with free goods."""

    # The area of trade bonuses has files of its own.
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    trade_bonus_settlement_id = fields.Many2one(
        comodel_name="trade.bonus.settlement",
        string="Trade Bonus",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(
            vals.get("trade_bonus_settlement_id") for vals in vals_list
        ):
            raise UserError(self.env._("Settle the approved periods instead."))
        return super().create(vals_list)

    def write(self, vals):
        if "trade_bonus_settlement_id" in vals and not self.env.su:
            raise UserError(self.env._("Settle the approved periods instead."))
        return super().write(vals)

    @api.constrains("state")
    def _check_bonus_in_force(self):
        """Goods of a settlement that was cancelled are not given."""
        for order in self.filtered("trade_bonus_settlement_id"):
            # sudo: only its state is read
            settlement = order.sudo().trade_bonus_settlement_id
            if order.state == "sale" and settlement.state == "cancelled":
                raise ValidationError(
                    self.env._(
                        "%(order)s: the settlement of this bonus was cancelled. "
                        "Settle its periods again.",
                        order=order.name,
                    )
                )

    def _action_cancel(self):
        """Without its goods a bonus may be settled again."""
        gifts = self.filtered("trade_bonus_settlement_id")
        gifts._check_nothing_given()
        result = super()._action_cancel()
        # sudo: the settlement follows its order
        settlements = gifts.sudo().trade_bonus_settlement_id
        if not self.env.context.get("trade_bonus_cancelling"):
            settlements.filtered(lambda row: row.state == "done")._restore()
        return result

    def _check_nothing_given(self):
        for order in self:
            if any(line.qty_delivered > 0 for line in order.order_line):
                raise UserError(
                    self.env._(
                        "Goods of %(order)s were delivered. Take them back first.",
                        order=order.name,
                    )
                )

    def _prepare_invoice(self):
        values = super()._prepare_invoice()
        if self.trade_bonus_settlement_id:
            values["trade_bonus_settlement_id"] = self.trade_bonus_settlement_id.id
        return values

    def _get_invoice_grouping_keys(self):
        """Free goods stand on an invoice of their own, which no bonus counts."""
        return [*super()._get_invoice_grouping_keys(), "trade_bonus_settlement_id"]


class SaleOrderLine(models.Model):
    """Free goods are those that were approved."""

    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_bonus_goods()
        return lines

    def write(self, vals):
        if not GIVEN.isdisjoint(vals):
            self._check_bonus_goods()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_bonus_goods(self):
        self._check_bonus_goods()

    def _check_bonus_goods(self):
        if not self.env.su and self.order_id.filtered("trade_bonus_settlement_id"):
            raise UserError(
                self.env._(
                    "These goods settle a trade bonus and stay as they were approved. "
                    "Cancel the order to settle it otherwise, and sell in another one."
                )
            )

    def _is_governed(self):
        """No norm is asked for what a trade bonus gives: its agreement was approved."""
        return not self.order_id.trade_bonus_settlement_id and super()._is_governed()
