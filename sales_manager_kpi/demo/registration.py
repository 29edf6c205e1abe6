"""Registration: rules of the last two months, and what they found."""

import random
from datetime import datetime, time, timedelta

from odoo.exceptions import UserError

from .calendar import working_day

DAYS = 60  # before the end of the story
# rule, what it does
RULES = (
    ("terms", "warn"),
    ("reference", "warn"),
    ("commitment_date", "record"),
    ("request_lag", "record"),
    ("delivery_lag", "record"),
    ("recreated", "record"),
    ("edited", "record"),
    ("reset", "record"),
    ("credit_error", "record"),
)
DELIVERY_HOURS = 32  # bills are made on Fridays
CARELESS = 0.2  # the share of orders without the customer's number


class Registration:
    """The administrator takes rules into use; people work as they work."""

    def __init__(self, world, agenda, plot):
        self.world, self.agenda, self.plot = world, agenda, plot
        self.random = random.Random(world.seed + 9)

    def note(self):
        """Rules two months ago; requests and references with each quotation."""
        begin = working_day(self.world.last - timedelta(days=DAYS))
        self.agenda.note(begin, 6, self.take_into_use)
        late = [order for order in self.plot.orders if order.quoted >= begin]
        for order in late:
            self.agenda.note(order.quoted, 9, self.write_down, order)
        for order in [order for order in late if order.confirmed and not order.kind][
            :3
        ]:
            self.agenda.note(order.confirmed, 11, self.correct, order)
        self.agenda.note(self.world.last - timedelta(days=2), 17, self.dispute)
        day = begin + timedelta(days=7)
        while day <= self.world.last:
            self.agenda.note(day, 20, self.pass_a_week)
            day += timedelta(days=7)

    def take_into_use(self, *__):
        """The shipped rules, as they are; bills may wait for Friday."""
        rules = self.world.acting("admin")["registration.rule"]
        for code, effect in RULES:
            rule = rules.env.ref(f"sales_manager_kpi.registration_rule_{code}")
            rule.write({"active": True, "effect": effect})
            if code == "delivery_lag":
                rule.norm_hours = DELIVERY_HOURS

    def write_down(self, day, orders):
        """When the customer asked, and their number, where somebody thought of it."""
        for order in orders:
            record = order.records.get("order")
            if not record or record.state not in ("draft", "sent"):
                continue
            before = self.random.choice((0, 0, 0, 1, 1, 4))
            asked = datetime.combine(day - timedelta(days=before), time(7))
            values = {"requested_at": asked}
            if self.random.random() > CARELESS:
                values["client_order_ref"] = f"PO {4000 + order.number}"
            record.write(values)

    def correct(self, __, orders):
        """A price was typed wrongly, and is corrected after the customer agreed."""
        for order in orders:
            record = order.records["order"]
            line = record.order_line.filtered("product_id")[:1]
            try:
                with record.env.cr.savepoint():
                    line.price_unit *= 1.02
            except UserError:
                continue  # the norms want somebody's yes: it stays as it was

    def dispute(self, *__):
        """Two managers say why it was not theirs; one is answered."""
        answers = []
        for login in ("anna", "jonas"):
            events = self.world.acting(login)["registration.event"].search(
                [
                    ("credited_user_id", "=", self.world.users[login].id),
                    ("counts", "=", True),
                    ("dispute_state", "=", False),
                ],
                limit=1,
            )
            if events:
                events._dispute("The customer mailed on a holiday of the branch.")
                answers.append(events)
        for event in answers[:1]:
            director = event.branch_id.sudo().director_id
            if director and director not in event._own_people():
                event.with_user(director)._decide("accepted", "That is so.")

    def pass_a_week(self, *__):
        """What the nightly job does."""
        self.world.env["registration.event"]._cron_fix()
