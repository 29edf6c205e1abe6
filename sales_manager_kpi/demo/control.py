"""Money and goods under control: a limit, a promise that broke, one paid twice."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command

from .calendar import working_day
from .catalogue import PRODUCTS

ADMIN, COMMERCIAL, CLERK = "admin", "carla", "noor"
MAX_DAYS, MIN_AMOUNT = 21, 100
PROMISED, PAID_TWICE = 10, 4  # days before the end


class Control:
    """What people do about customers that pay late, in the last days of the story."""

    def __init__(self, world, agenda):
        self.world, self.agenda = world, agenda

    def note(self):
        """The limit comes last: it would hold what the story still confirms."""
        last = self.world.last
        self.agenda.note(working_day(last - timedelta(days=PROMISED)), 18, self.promise)
        self.agenda.note(
            working_day(last - timedelta(days=PAID_TWICE)), 18, self.repeat
        )
        self.agenda.note(self._last_day(), 21, self.close)

    def _last_day(self):
        day = self.world.last
        while working_day(day) > self.world.last:
            day -= timedelta(days=1)
        return day

    def _debtors(self):
        """Who owes most, first: customers with what is overdue."""
        company = self.world.company
        customers = self.world.env["res.partner"].union(*self.world.customers.values())
        overdue = customers.filtered("user_id")._overdue(company)
        ranked = sorted(overdue, key=lambda id_: (-overdue[id_][0], id_))
        return customers.browse(ranked)

    def promise(self, day, *__):
        """A manager rings up the largest debtor, who promises and does not pay."""
        for customer in self._debtors()[:1]:
            env = self._env_of(customer)
            env["payment.promise"].create(
                {
                    "partner_id": customer.id,
                    "company_id": self.world.company.id,
                    "currency_id": self.world.company.currency_id.id,
                    "amount": round(self._owed(customer), 2),
                    "promised_on": day + timedelta(days=4),
                    "note": "Their bookkeeper: all of it, by the end of the week",
                }
            )

    def _owed(self, customer):
        return customer._overdue(self.world.company)[customer.id][0]

    def repeat(self, *__):
        """A customer transfers the same invoice once more."""
        env = self.world.acting(CLERK)
        payment = env["account.payment"].search(
            [
                ("company_id", "=", self.world.company.id),
                ("payment_type", "=", "inbound"),
                ("date", ">=", self.world.last - timedelta(days=14)),
                ("reconciled_invoice_ids", "!=", False),
            ],
            order="id",
            limit=1,
        )
        if payment:
            again = payment.copy({"memo": payment.memo, "date": payment.date})
            again.action_post()

    def close(self, *__):
        """The night's work, the limit, and the first order that it holds."""
        control = self.world.env["sale.order.control"].sudo()
        control._reconcile_batch(0)
        control._after_reconciled()
        self.world.acting(ADMIN)["payment.limit"].create(
            {
                "company_id": self.world.company.id,
                "mode": "hold",
                "max_days": MAX_DAYS,
                "min_amount": MIN_AMOUNT,
            }
        )
        self._hold_and_release()
        self.world.env.cr.flush()

    def _hold_and_release(self):
        """Two orders wait for money; the commercial director lets one of them pass."""
        limit = self.world.env["payment.limit"]
        debtors = self._debtors()
        problems = limit._problems(debtors, self.world.company, "at_confirm")
        held = [self._quote(customer) for customer in debtors if customer in problems][
            :2
        ]
        for number, order in enumerate(held):
            try:
                with order.env.cr.savepoint():
                    order.action_confirm()
            except UserError:
                if number == 0:
                    self._release(order)

    def _env_of(self, customer):
        """The environment of the manager of a customer."""
        logins = {user.id: login for login, user in self.world.users.items()}
        return self.world.acting(logins[customer.user_id.id])

    def _quote(self, customer):
        env = self._env_of(customer)
        product = self.world.products[next(iter(PRODUCTS))]
        return env["sale.order"].create(
            {
                "partner_id": customer.id,
                "company_id": self.world.company.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": 2})
                ],
            }
        )

    def _release(self, order):
        director = self.world.as_user(order, COMMERCIAL)
        director.release_payment(
            "Paid this morning, the bank has not booked it yet",
            fields.Datetime.now() + timedelta(days=7),
        )
        order.action_confirm()
