from odoo import api, models
from odoo.exceptions import UserError

from .loyalty_points import are_points_moving, moving_points

REWARD_FIELDS = {
    "price_unit",
    "discount",
    "product_uom_qty",
    "tax_ids",
    "reward_id",
    "order_id",
}


class SaleOrder(models.Model):
    """Counts what orders get from governed programmes, and gives no more than is left.

    An offer that is sent reserves it, a confirmation uses it, a cancellation gives it
    back. Where a person in the house acts, what does not fit is an error that says
    what is left; portal, payments and jobs never fail: the reward is left out.
    """

    # The area of promotions has files of its own.
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------------
    # When
    # ------------------------------------------------------------------

    def _add_loyalty_history_lines(self):
        """Core has just made the rewards final, and points have not moved yet."""
        self._hold_promotions()
        return super()._add_loyalty_history_lines()

    def _recognize_confirmation(self):
        result = super()._recognize_confirmation()
        self._confirm_promotions()
        return result

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") == "sent":
            self._reserve_promotions()
        elif vals.get("state") in ("draft", "cancel"):
            self._release_promotions()
        return result

    def _update_programs_and_rewards(self):
        with moving_points():
            result = super()._update_programs_and_rewards()
            self._keep_one_of_each_group()
        self._follow_rewards()
        return result

    def _follow_rewards(self):
        """Rewards of offers and confirmed orders have changed, and so do their uses.

        While core is at work on rewards nothing is counted; it is afterwards.
        """
        if are_points_moving() or not self.env["loyalty.program"]._governed():
            return
        offers = self.filtered(lambda order: order.state == "sent")
        offers._reserve_promotions(note=False)
        self.filtered(lambda order: order.state == "sale")._confirm_promotions()

    # ------------------------------------------------------------------
    # Reserve, use, release
    # ------------------------------------------------------------------

    def _reserve_promotions(self, note=True):
        """Keep for these offers what their rewards are; see the class.

        :param note: say in the order what is not kept, where nobody is told
        """
        for order, live in self._with_promotions():
            wanted = order._promotion_vals("reserved", live)
            if order._are_uses(live, wanted):
                continue
            refused = order._refused_promotions(hold=True)
            if refused and order._is_told_of_refusals():
                raise UserError(order._words_of_refusals(refused))
            if refused and note:
                order._note_refusals(refused)
            order._record_uses(
                live, {p: vals for p, vals in wanted.items() if p not in refused}
            )

    def _confirm_promotions(self):
        """Count what these confirmed orders get."""
        for order, live in self._with_promotions():
            if not order._are_uses(live, order._promotion_vals("confirmed", live)):
                order._hold_promotions()
                order._record_uses(live, order._promotion_vals("confirmed", live))

    def _recount_promotions(self):
        """Count anew what confirmed orders get, after invoices or credit notes.

        What was given is not judged again: bookkeeping does not fail for it.
        """
        orders = self.filtered(lambda order: order.state == "sale")
        for order, live in orders._with_promotions():
            wanted = order._promotion_vals("confirmed", live)
            if not order._are_uses(live, wanted):
                counted = live.program_id.union(*wanted)._are_counted()
                self.env["loyalty.program.budget"]._hold(counted)
                order._record_uses(live, wanted)

    def _release_promotions(self):
        """Give back what these orders have."""
        if not self.env["loyalty.program"]._governed():
            return
        uses = self._live_uses()
        self.env["loyalty.program.budget"]._hold(uses.program_id._are_counted())
        uses._reverse()

    def _with_promotions(self):
        """``[(order, its uses)]`` of those with a governed reward, or that had one."""
        if not self.env["loyalty.program"]._governed():
            return []
        live = self._live_uses()
        uses = live.grouped("order_id")
        return [
            (order, uses.get(order, live.browse()))
            for order in self
            if order in uses or order._promotion_lines()
        ]

    def _live_uses(self):
        # sudo: what orders use is counted, whoever acts
        return (
            self.env["promotion.use"]
            .sudo()
            .search_fetch([("order_id", "in", self.ids), ("state", "!=", "reversed")])
        )

    def _are_uses(self, live, wanted):
        """Whether everything is counted already as ``wanted``."""
        currency = self.company_id.currency_id
        found = {
            use.program_id: (use.state, use.valid_until, currency.round(use.amount))
            for use in live
        }
        return found == {
            program: (
                vals["state"],
                vals["valid_until"],
                currency.round(vals["amount"]),
            )
            for program, vals in wanted.items()
        }

    def _record_uses(self, live, wanted):
        """Make the uses of this order what is wanted: ``{program: values}``."""
        live.filtered(lambda use: use.program_id not in wanted)._reverse()
        by_program = live.grouped("program_id")
        for program, vals in wanted.items():
            if program in by_program:
                by_program[program].write(vals)
            else:
                live.create(vals)
        programs = live.program_id.union(*wanted)
        self.env["loyalty.program.budget"]._refresh(programs)

    def _promotion_vals(self, state, live):
        """``{program: values of its use}`` by the rewards there are now.

        :param live: what is counted already; without it nothing was credited either
        """
        given = live.filtered(lambda use: use.state == "confirmed")
        # what was confirmed keeps its day, and the rate of that day
        day = min(given.mapped("date"), default=self._discount_day())
        common = None
        result = {}
        for program, lines in self._promotion_lines().items():
            common = common or self._prepare_promotion_use(state, day)
            granted = sum(line._given_by_reward() for line in lines)
            parts = lines._refunded_parts() if live and state == "confirmed" else {}
            net = sum(x._given_by_reward() * (1 - parts.get(x.id, 0.0)) for x in lines)
            company = self.company_id.currency_id
            result[program] = {
                **common,
                "program_id": program.id,
                "granted_amount": self._promoted(granted, company, day),
                "amount": self._promoted(net, company, day),
                "budget_amount": self._promoted(net, program.currency_id, day),
            }
        return result

    def _prepare_promotion_use(self, state, day):
        return {
            "state": state,
            "order_id": self.id,
            "order_name": self.name,
            "date": day,
            "valid_until": self.validity_date if state == "reserved" else False,
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.commercial_partner_id.id,
            "user_id": (self.credited_user_id or self.user_id).id,
            "branch_id": self._promotion_branch_id(),
            "turnover": self._promoted(
                self.amount_untaxed if state == "confirmed" else 0.0,
                self.company_id.currency_id,
                day,
            ),
        }

    def _promoted(self, amount, currency, day):
        """``amount`` of this order in ``currency``, at the rate of ``day``."""
        return self.currency_id._convert(amount, currency, self.company_id, day)

    def _promotion_lines(self):
        """``{governed program: its reward lines}`` of this order; program as sudo."""
        self.ensure_one()
        governed = self.env["loyalty.program"]._governed()
        if not governed:
            return {}
        # sudo: which programme a reward is of, whoever looks at the order
        lines = self.order_line.filtered(
            lambda line: (
                line.product_uom_qty and line.reward_id.sudo().program_id.id in governed
            )
        )
        # sudo: as above
        return lines.grouped(lambda line: line.reward_id.sudo().program_id)


class SaleOrderLine(models.Model):
    """What a reward gives, and what changes it by hand."""

    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        if any("reward_id" in vals for vals in vals_list):
            lines._rewarded_orders()._follow_rewards()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if not REWARD_FIELDS.isdisjoint(vals):
            self._rewarded_orders()._follow_rewards()
        return result

    def unlink(self):
        orders = self._rewarded_orders()
        with moving_points():
            result = super().unlink()
        orders._follow_rewards()
        return result

    def _rewarded_orders(self):
        """Orders whose rewards these are; nothing is read without governed ones."""
        if not self.env["loyalty.program"]._governed():
            return self.order_id.browse()
        return self.filtered("reward_id").order_id

    def _given_by_reward(self):
        """What this line gives, untaxed, in order currency; a gift its price."""
        self.ensure_one()
        full = 0.0
        if self.price_unit > 0:
            full = self.tax_ids.compute_all(
                self.price_unit,
                currency=self.currency_id,
                quantity=self.product_uom_qty,
                product=self.product_id,
                partner=self.order_id.partner_shipping_id,
            )["total_excluded"]
        return full - self.price_subtotal
