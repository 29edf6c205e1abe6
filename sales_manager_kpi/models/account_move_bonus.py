from odoo import fields, models


class AccountMove(models.Model):
    """Credit notes of trade bonuses, which never feed the base of one."""

    # The area of trade bonuses has files of its own.
    _inherit = "account.move"  # pylint: disable=consider-merging-classes-inherited

    trade_bonus_settlement_id = fields.Many2one(
        comodel_name="trade.bonus.settlement",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )

    def _post(self, soft=True):
        posted = super()._post(soft)
        for move in posted:
            # sudo: how it is paid out was agreed, whoever posts the document
            settlement = move.sudo().trade_bonus_settlement_id
            if settlement.payout == "offset" and settlement.move_id == move:
                move._set_off_bonus()
        return posted

    def _set_off_bonus(self):
        """Set this document off against open invoices of the customer, oldest first."""
        ours = self.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        side = "debit" if self.move_type == "out_refund" else "credit"
        theirs = self.env["account.move.line"].search(
            [
                ("account_id", "in", ours.account_id.ids),
                ("move_id.commercial_partner_id", "=", self.commercial_partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("currency_id", "=", self.currency_id.id),
                (side, ">", 0),
                ("move_id", "!=", self.id),
            ],
            order="date_maturity, id",
        )
        if theirs:
            (ours | theirs).reconcile()

    def button_cancel(self):
        result = super().button_cancel()
        if not self.env.context.get("trade_bonus_cancelling"):
            # sudo: the settlement follows its document
            settlements = self.sudo().trade_bonus_settlement_id.filtered(
                lambda row: row.state == "done" and row.move_id in self
            )
            settlements._restore()
        return result


class AccountTax(models.Model):
    _inherit = "account.tax"

    def _bonus_price(self, amount, currency):
        """The price that leaves ``amount`` without these taxes.

        Odoo takes taxes that are in the price out of it again.
        """
        if not any(self.flatten_taxes_hierarchy().mapped("price_include")):
            return amount
        return self.compute_all(amount, currency=currency, handle_price_include=False)[
            "total_included"
        ]
