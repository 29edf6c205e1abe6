from odoo import api, fields, models
from odoo.exceptions import UserError

PASSED = "payment_passed"


class Passed(set):
    """Ids of orders that went through `_confirmation_error_message` in this call."""


class SaleOrder(models.Model):
    """The payment limit at confirmation: it warns, or holds until somebody releases."""

    # Control has files of its own.
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    payment_warning = fields.Char(
        compute="_compute_payment_warning",
        groups="sales_manager_kpi.group_manager",
        export_string_translation=False,
    )
    payment_is_held = fields.Boolean(
        compute="_compute_payment_warning",
        groups="sales_manager_kpi.group_manager",
        export_string_translation=False,
    )
    payment_may_release = fields.Boolean(
        compute="_compute_payment_warning",
        groups="sales_manager_kpi.group_manager",
        export_string_translation=False,
    )

    @api.depends("partner_id", "company_id", "amount_total", "state", "delivery_status")
    @api.depends_context("uid")
    def _compute_payment_warning(self):
        self.payment_warning = False
        self.payment_is_held = self.payment_may_release = False
        for order in self.filtered(lambda o: o._waits_for_payment()):
            mode, words = order._payment_words()
            order.payment_warning = words
            order.payment_is_held = mode == "hold"
            order.payment_may_release = mode == "hold" and order._may_release()

    def _waits_for_payment(self):
        """Whether something is still to be confirmed, or to leave."""
        if self.state == "sale":
            return self.delivery_status not in (False, "full")
        return self.state != "cancel"

    def _payment_words(self):
        """``(mode of the limit, why)`` where this order is beyond it, else False twice.

        A confirmed order is judged as at shipment: by then it is owed already.
        """
        self.ensure_one()
        door = "at_shipment" if self.state == "sale" else "at_confirm"
        limit, why = self._payment_problems(door).get(self, (None, False))
        return limit.mode if limit else False, why

    def _payment_problems(self, door):
        """``{order: (Limit, why)}`` of those beyond their limit and not released."""
        found = {}
        for company, orders in self.grouped("company_id").items():
            if not company or not self.env["payment.limit"]._limits(company.id):
                continue
            by_customer = orders.grouped(lambda o: o._paying_customer())
            customers = self.env["res.partner"].union(*by_customer)
            problems = self.env["payment.limit"]._problems(
                customers, company, door, orders._payment_extra(by_customer, door)
            )
            if problems:
                released = self.env["payment.release"]._released(
                    company, customers, orders._origin
                )
                found |= orders._not_released(problems, *released)
        return found

    def _paying_customer(self):
        return self.partner_id.commercial_partner_id._origin

    def _payment_extra(self, by_customer, door):
        """``{customer: what these orders add}``; nothing once they are owed.

        With those that passed before them in the same call, and are not owed yet.
        """
        if door != "at_confirm":
            return {}
        extra = dict.fromkeys(by_customer, 0.0)
        passed = self.browse(self._payment_passed()).filtered(
            lambda o: o.company_id in self.company_id
        )
        for order in self | passed:
            customer = order._paying_customer()
            if order.state != "sale" and customer in extra:
                extra[customer] += order.amount_total / (order.currency_rate or 1)
        return extra

    def _payment_passed(self):
        """Ids of orders that the limit has let pass in this call."""
        passed = self.env.context.get(PASSED)
        return passed if isinstance(passed, Passed) else ()

    def _not_released(self, problems, whole, single):
        return {
            order: problems[customer]
            for order in self
            if (customer := order._paying_customer()) in problems
            and customer.id not in whole
            and order._origin.id not in single
        }

    def _payment_error(self):
        """Why the order may not be confirmed, in words; False where it may."""
        limit, why = self._payment_problems("at_confirm").get(self, (None, False))
        if not limit or limit.mode != "hold":
            return False
        return self.env._(
            "%(order)s waits for its customer to pay. %(why)s Ask the director of the "
            "branch for a release.",
            order=self.name,
            why=why,
        )

    def action_confirm(self):
        if not any(map(self.env["payment.limit"]._limits, self.company_id.ids)):
            return super().action_confirm()
        return super(
            SaleOrder, self.with_context(**{PASSED: Passed()})
        ).action_confirm()

    def _confirmation_error_message(self):
        message = super()._confirmation_error_message() or self._payment_error()
        passed = self.env.context.get(PASSED)
        if not message and isinstance(passed, Passed):
            passed.add(self.id)
        return message

    @api.constrains("state")
    def _check_payment_on_state(self):
        """Writing the state directly is no way around the limit."""
        passed = self._payment_passed()
        for order in self:
            if order.state == "sale" and order.id not in passed:
                message = order._payment_error()
                if message:
                    raise UserError(message)

    def _action_confirm(self):
        self._note_payment_warnings("at_confirm")
        return super()._action_confirm()

    def _note_payment_warnings(self, door):
        """Who goes on in spite of a warning is named on the order."""
        for order, (limit, why) in self._payment_problems(door).items():
            if limit.mode == "warn":
                # sudo: also the portal's customer leaves the note
                order.sudo()._message_log(
                    body=self.env._("Confirmed beyond the payment limit: %s", why)
                )

    # ------------------------------------------------------------------
    # Portal and payments: they wait, and never fail after money was taken
    # ------------------------------------------------------------------

    def _validate_order(self):
        """Signed, or paid in a shop: what is held waits for a release."""
        waiting = self.filtered(
            lambda o: o.state in ("draft", "sent") and o._payment_error()
        )
        waiting._tell_payment_held()
        rest = self - waiting
        return super(SaleOrder, rest)._validate_order() if rest else None

    def _tell_payment_held(self):
        for order in self:
            error = order._payment_error()
            # sudo: the portal's customer says so in nobody's name
            order.sudo().activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=(order.user_id or order.team_id.user_id or self.env.user).id,
                summary=self.env._("The customer has accepted; ask for a release"),
                note=error,
            )
