from odoo import models


class SaleOrder(models.Model):
    """Other ways out of the house: paying, signing, sending, printing, copying."""

    # The area of discounts has files of its own.
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------------
    # Portal and payments: they wait, and never fail after money was taken
    # ------------------------------------------------------------------

    def _can_be_edited_on_portal(self):
        return super()._can_be_edited_on_portal() and not self._discount_error()

    def _validate_order(self):
        """Signed, or paid in a shop: what needs a yes waits for it."""
        waiting = self.filtered(lambda order: order._waits_for_discount())
        waiting._tell_waiting()
        rest = self - waiting
        return super(SaleOrder, rest)._validate_order() if rest else None

    def _waits_for_discount(self):
        """Whether it may not be confirmed yet, with the rewards it would have then."""
        self.ensure_one()
        if self.state not in ("draft", "sent") or not self._discount_policy():
            return False
        self._update_programs_and_rewards()
        return bool(self._discount_error())

    def _tell_waiting(self):
        """Let the salesperson know that the customer waits for an approval."""
        for order in self:
            error = order._discount_error()
            # sudo: the portal's customer says so in nobody's name
            internal = order.sudo()
            internal.message_post(body=error, subtype_xmlid="mail.mt_note")
            internal.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=(order.user_id or order.team_id.user_id or self.env.user).id,
                summary=self.env._("The customer has accepted; ask for approval"),
                note=error,
            )

    # ------------------------------------------------------------------
    # Sending
    # ------------------------------------------------------------------

    def message_post(self, **kwargs):
        """A composer opened in time, or a planned message, is no way around."""
        if self.env.context.get("mark_so_as_sent"):
            self._check_discount_before_sending()
        return super().message_post(**kwargs)

    def _is_discount_open(self):
        """Whether a document printed now has to say that it is no offer yet."""
        self.ensure_one()
        return self.state in ("draft", "sent") and bool(self._discount_error())

    # ------------------------------------------------------------------
    # Copying
    # ------------------------------------------------------------------

    def copy(self, default=None):
        """Prices are copied as they were; say where today's norm is another one."""
        copies = super().copy(default)
        for order in copies:
            if order._discount_policy():
                order._note_stale_prices()
        return copies

    def _note_stale_prices(self):
        lines = {line.id: line for line in self.order_line}
        words = [
            self.env._(
                "%(product)s: %(price)s, today's norm is %(norm)s",
                product=lines[figures.key].product_id.display_name,
                price=self.currency_id.format(figures.net_price),
                norm=self.currency_id.format(figures.norm_price),
            )
            for figures in self._concession_figures().lines
            if abs((figures.norm_price - figures.net_price) * figures.quantity)
            > figures.step
        ]
        if words:
            head = self.env._(
                "Copied prices that differ from today's norm. Update the prices, or "
                "keep them on purpose:"
            )
            self._message_log(body="\n".join([head, *words]))
