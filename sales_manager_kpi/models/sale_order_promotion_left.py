from odoo import models
from odoo.exceptions import UserError

from ..engine.promotions import Taken, Why
from .loyalty_points import moving_points


class SaleOrder(models.Model):
    """What is left of governed programmes, and what happens to rewards beyond it."""

    # The area of promotions has files of its own.
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def _hold_promotions(self):
        """Lock what these orders use, and let them use no more than is left.

        :raise UserError: where a person in the house acts
        """
        for order in self:
            while refused := order._refused_promotions(hold=True):
                if order._is_told_of_refusals():
                    raise UserError(order._words_of_refusals(refused))
                order._leave_promotions_out(refused)

    def _refused_promotions(self, hold=False):
        """``{program: why its reward does not fit, in words}``.

        :param hold: lock the budgets first, until the end of the transaction
        """
        lines_by_program = self._promotion_lines()
        if not lines_by_program:
            return {}
        # sudo: what is left of a budget, whoever sells
        programs = self.env["loyalty.program"].sudo().union(*lines_by_program)
        counted = programs._are_counted()
        if hold:
            self.env["loyalty.program.budget"]._hold(counted)
        taken = self._promotions_taken(counted)
        refused = self._typed_rewards(lines_by_program)
        day = self._discount_day()
        for program, lines in lines_by_program.items():
            given = sum(line._given_by_reward() for line in lines)
            amount = self._promoted(given, program.currency_id, day)
            refusal = self._promotion_refusal(program, taken, amount)
            if refusal:
                refused[program] = self._refusal_words(program, refusal, amount)
        return refused

    def _typed_rewards(self, lines_by_program):
        """Rewards that core did not put on the order: it does not look at them."""
        if self.env.su:
            return {}
        return {
            program: self.env._(
                "%(program)s: its reward was typed in and not claimed.",
                program=program.name,
            )
            for program, lines in lines_by_program.items()
            if not all(line.coupon_id for line in lines)
        }

    def _promotions_taken(self, counted):
        if not counted:
            return {}
        return self.env["loyalty.program.budget"]._taken(
            counted, self.partner_id.commercial_partner_id, self, self._discount_day()
        )

    def _promotion_refusal(self, program, taken, amount):
        """`engine.promotions.Refusal`, or None where ``amount`` may be given."""
        margin = None
        if program.limit_margin and self.amount_untaxed:
            # sudo: the margin is compared with a limit, not shown
            margin = 100 * self.sudo().margin / self.amount_untaxed
        return program._refusal(taken.get(program.id, Taken()), amount, margin)

    def _refusal_words(self, program, refusal, amount):
        values = {
            "program": program.name,
            "amount": program.currency_id.format(amount),
            "left": program.currency_id.format(refusal.left),
            "customer": self.partner_id.commercial_partner_id.display_name,
        }
        if refusal.why == Why.BUDGET:
            return self.env._(
                "%(program)s: the reward of %(amount)s no longer fits the budget, of "
                "which %(left)s is left.",
                **values,
            )
        if refusal.why == Why.ORDERS:
            return self.env._(
                "%(program)s was used on as many orders as allowed.", **values
            )
        if refusal.why == Why.CUSTOMER_AMOUNT:
            return self.env._(
                "%(program)s: the reward of %(amount)s is more than %(customer)s may "
                "still get, which is %(left)s.",
                **values,
            )
        if refusal.why == Why.CUSTOMER_ORDERS:
            return self.env._(
                "%(program)s: %(customer)s has had it on as many orders as allowed.",
                **values,
            )
        return self.env._(
            "%(program)s: with its reward the order falls below the lowest margin of "
            "the programme.",
            **values,
        )

    def _words_of_refusals(self, refused):
        advice = self.env._(
            "Take the reward off the order, or ask the owner of the programme for more."
        )
        return "\n".join([*refused.values(), advice])

    def _is_told_of_refusals(self):
        """Whether somebody in the house acts, who can read an error and do something.

        Portal, payments and jobs act as superuser, and must not fail.
        """
        return not self.env.su and not self.env.user.share

    def _leave_promotions_out(self, refused):
        """Take the rewards of these programmes off, and say so in the order."""
        lines = self.order_line.browse().union(
            *(self._promotion_lines().get(p, self.order_line.browse()) for p in refused)
        )
        with moving_points():
            if self.state == "sale":
                # written as confirmed by a job; core lets no line of it go
                lines.product_uom_qty = 0
            else:
                lines.unlink()
                # what else was given may have been computed on what is gone
                self._update_programs_and_rewards()
        body = self._note_refusals(refused, left_out=True)
        # sudo: the customer or a job says so in nobody's name
        self.sudo().activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=(self.user_id or self.team_id.user_id or self.env.user).id,
            summary=self.env._("A reward was left out; tell the customer"),
            note=body,
        )

    def _note_refusals(self, refused, left_out=False):
        """Say in the order what was left out of it, or is not kept for it."""
        head = self.env._("The reward is not kept for this quotation.")
        if left_out:
            head = self.env._("The reward was left out when the order was accepted.")
        body = "\n".join([head, *refused.values()])
        # sudo: the customer or a job says so in nobody's name
        self.sudo().message_post(body=body, subtype_xmlid="mail.mt_note")
        return body
