from collections import defaultdict

from odoo import models

from ..engine.promotions import refunded_part


class AccountMove(models.Model):
    """Credit notes of rewards give the money back to the programme.

    Without a governed programme nothing here asks the database.
    """

    # The area of promotions has files of its own.
    _inherit = "account.move"  # pylint: disable=consider-merging-classes-inherited

    def _post(self, soft=True):
        posted = super()._post(soft=soft)
        credited = posted.filtered(lambda move: move.move_type == "out_refund")
        credited._follow_credited_rewards()
        (posted - credited)._follow_credited_rewards(had_credit=True)
        return posted

    def button_draft(self):
        result = super().button_draft()
        self._follow_credited_rewards()
        return result

    def button_cancel(self):
        result = super().button_cancel()
        self._follow_credited_rewards()
        return result

    def _follow_credited_rewards(self, had_credit=False):
        """Count anew what the orders behind these credit notes and invoices have.

        :param had_credit: only orders of which something came back before: to the
            others an invoice changes nothing
        """
        if not self or not self.env["loyalty.program"]._governed():
            return
        # sudo: who posts may not read the orders behind
        orders = self.sudo().invoice_line_ids.sale_line_ids._rewarded_orders()
        if had_credit and orders:
            uses = orders._live_uses()
            orders &= uses.filtered(lambda u: u.amount != u.granted_amount).order_id
        orders._recount_promotions()


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    def _refunded_parts(self):
        """``{id: part}`` of these reward lines that came back by credit notes.

        By amount, or by quantity for gifts, which have no amount.
        """
        invoiced, refunded = defaultdict(float), defaultdict(float)
        # sudo: invoices of the order, whoever looks at it
        for row in self.sudo().invoice_lines:
            line = row.sale_line_ids[:1]
            if row.parent_state == "posted":
                sums = refunded if row.move_id.move_type == "out_refund" else invoiced
                sums[line.id] += line._reward_part_base(row)
        return {
            line.id: refunded_part(
                line._reward_part_base(), invoiced[line.id], refunded[line.id]
            )
            for line in self
        }

    def _reward_part_base(self, row=None):
        """The amount, in order currency, or the quantity of a gift.

        :param row: of this invoice line; of the order where not given
        """
        if self.currency_id.is_zero(self.price_subtotal):
            return row._quantity_as_ordered(self) if row else self.product_uom_qty
        if not row:
            return self.price_subtotal
        return row.currency_id._convert(
            row.price_subtotal,
            self.currency_id,
            self.company_id,
            row.move_id.invoice_date or row.date,
        )
