"""What customers were owed: answers, calls, deliveries; most of it came in time."""

from datetime import datetime, time, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import NamedTuple

from odoo import fields

from .book import BOOK
from .calendar import last_working_day, month_start, working_day, working_days

ILL, NURSE = "elke", "greet"  # who was ill for two days, and who wrote it down
PROMISED_EVERY = 6  # orders of the last two months with a promised day
EXCUSE = "The carrier was on strike in this week"


class Letter(NamedTuple):
    """A customer writes; ``answered`` after so many days, None: nobody did yet."""

    customer: str
    ago: int  # days before the end of the story
    question: str
    answered: int | None
    reply: str = ""


class Call(NamedTuple):
    """A call that was planned, and by how many days it came late; None: not yet."""

    customer: str
    ago: int
    summary: str
    late: int | None


LETTERS = (
    Letter(
        "Meubelatelier Van Dam",
        55,
        "Do you have the velvet in petrol as well?",
        0,
        "Yes, from stock.",
    ),
    Letter(
        "Hotelgroep Brabant",
        48,
        "When can we have the linen for the new wing?",
        1,
        "In three weeks.",
    ),
    Letter(
        "Gordijnen Lievens",
        44,
        "The last roll was five metres short.",
        5,
        "I am sorry: we credit the five metres.",
    ),
    Letter(
        "Polsterei Petersen",
        37,
        "Please send the fire certificate of the upholstery.",
        0,
        "Attached to the delivery note.",
    ),
    Letter(
        "Hotel Alsterblick",
        26,
        "We need the quotation for 40 rooms by Friday.",
        4,
        "Here it is, with my apologies.",
    ),
    Letter(
        "Zetelfabriek De Leie",
        19,
        "Can you hold 60 metres until next month?",
        1,
        "Held until the tenth.",
    ),
    Letter(
        "Wonen bij Willems",
        12,
        "Which colours come in spring?",
        0,
        "I send you the card today.",
    ),
    Letter(
        "Spree Interieur", 6, "Where is our order? The fitters come on Monday.", None
    ),
)
# Written in the week in which somebody stands in for Anna.
ASKED_DEPUTY = Letter(
    "Zorggroep Eemland",
    0,
    "Is the curtain fabric washable at 60 degrees?",
    6,
    "It is, I asked the weaver.",
)
CALLS = (
    Call("Hotel Domstad", 50, "Talk about what is overdue", 0),
    Call("Koninklijke Stoelenfabriek Tiel", 41, "Ask how the sample went", 3),
    Call("Meubelen Vandevelde", 31, "Plan the visit of spring", 0),
    Call("Leine Objekteinrichtung", 23, "Ask about the tender in Hannover", 4),
    Call("Theater De Kroon", 9, "Agree on the stage curtains", None),
)


class Service:
    """Notes what customers ask and what was promised, in the last two months."""

    def __init__(self, world, agenda, plot, absences, seller_of):
        self.world, self.agenda, self.plot = world, agenda, plot
        self.absences, self.seller_of = absences, seller_of
        self.book = {customer.name: customer for customer in BOOK}

    def note(self):
        """Only of customers that are in the book by then."""
        for letter in LETTERS:
            self._note_letter(letter, self._day(letter.ago))
        holiday = self.absences.holiday + timedelta(days=1)
        self._note_letter(ASKED_DEPUTY, holiday)
        for call in CALLS:
            if self._knows(call.customer, self._day(call.ago + 5)):
                self.agenda.note(self._day(call.ago + 5), 9, self.plan_call, call)
        if day := self._days_of_illness():
            self.agenda.note(day, 6, self.fall_ill, day)

    def _note_letter(self, letter, day):
        if not self._knows(letter.customer, day):
            return
        self.agenda.note(day, 11, self.deliver, letter)
        if letter.answered is not None:
            answer_day = working_day(day + timedelta(days=letter.answered))
            hour = 13 if letter.answered else 14
            self.agenda.note(answer_day, hour, self.answer, letter)

    def _day(self, ago):
        return working_day(self.world.last - timedelta(days=ago))

    def _knows(self, name, day):
        return self.world.first < day > self.plot.since(self.book[name])

    def _days_of_illness(self):
        """Two days of the last two months on which Elke sold nothing anyway."""
        busy = {
            day
            for order in self.plot.orders
            if order.customer.owner == ILL
            for day in (order.quoted, order.confirmed)
        }
        latest = last_working_day(self.world.last - timedelta(days=24))
        earliest = max(self.world.first, latest - timedelta(days=30))
        days = working_days(earliest, latest)
        return next(
            (
                day
                for day in reversed(days)
                if day.weekday() < 4 and not busy & {day, day + timedelta(days=1)}
            ),
            None,
        )

    # Acts -------------------------------------------------------------------

    def fall_ill(self, __, days):
        """Greet writes down that Elke is ill; nobody stands in so soon."""
        self.world.acting(NURSE)["sales.absence"].create(
            {
                "user_id": self.world.users[ILL].id,
                "company_id": self.world.company.id,
                "date_from": days[0],
                "date_to": days[0] + timedelta(days=1),
            }
        )

    def deliver(self, __, letters):
        """The mail gateway brings what a customer wrote about an order, or at all."""
        gateway = self.world.env["mail.thread"].with_context(
            mail_notify_force_send=False
        )
        for letter in letters:
            about = self._subject(letter.customer)
            gateway.message_process(
                about._name, self._mail(letter, about), thread_id=about.id
            )

    def answer(self, day, letters):
        """Whoever looks after the customer by then answers."""
        for letter in letters:
            about = self._subject(letter.customer)
            login = self.seller_of(self.book[letter.customer], day)
            self.world.as_user(about, login).message_post(
                body=letter.reply,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )

    def plan_call(self, day, calls):
        """A manager plans to call in some days, and does so then or later."""
        for call in calls:
            partner = self.world.customers[call.customer]
            login = self.seller_of(self.book[call.customer], day)
            due = self._day(call.ago)
            activity = self.world.as_user(partner, login).activity_schedule(
                "mail.mail_activity_data_call",
                date_deadline=due,
                summary=call.summary,
                user_id=self.world.users[login].id,
            )
            if call.late is not None:
                done = working_day(due + timedelta(days=call.late))
                self.agenda.note(done, 9, self.call_up, activity)

    def call_up(self, __, activities):
        """The calls are made."""
        for activity in activities:
            self.world.as_user(activity, activity.user_id.login).action_feedback()

    def promise(self, order, record):
        """The day on which an order of the last two months is promised, if any.

        Most promises are kept; of every other one the goods leave two days later.
        """
        recent = order.confirmed > self.world.last - timedelta(days=60)
        if not recent or order.number % PROMISED_EVERY or not order.customer.owner:
            return
        ready = order.shipped or order.confirmed + timedelta(days=4)
        slow = order.number % (2 * PROMISED_EVERY) or not order.shipped
        day = last_working_day(ready - timedelta(days=2 if slow else 0))
        record.commitment_date = datetime.combine(max(day, order.confirmed), time(15))

    # Parts ------------------------------------------------------------------

    def _subject(self, name):
        """The customer's last order, where there is one; in the name of nobody."""
        partner = self.world.customers[name]
        return (
            self.world.env["sale.order"].search(
                [("partner_id", "=", partner.id)], order="id desc", limit=1
            )
            or partner
        )

    def _mail(self, letter, about):
        partner = self.world.customers[letter.customer]
        mail = EmailMessage()
        mail["From"] = partner.email_formatted
        mail["To"] = "sales@lakenhal.example"
        mail["Subject"] = about.display_name
        mail["Message-Id"] = f"<{letter.ago}-{partner.ref}@letters.example>"
        mail["Date"] = format_datetime(fields.Datetime.now())
        mail.set_content(letter.question)
        return mail.as_bytes()


def look_for_gaps(world):
    """What customers did not get in time, as the hourly search; one is excused."""
    world.company.sales_manager_kpi_gaps_from = month_start(world.last, -3)
    for __ in world.env["service.gap.sweep"]._sweep(world.company):
        continue
    gap = world.env["service.gap"].search(
        [("kind", "=", "shipment"), ("state", "=", "closed")], order="id", limit=1
    )
    if gap:
        world.acting(gap.branch_id.director_id.login)["service.gap.excuse"].create(
            {"gap_ids": gap.ids, "reason": EXCUSE}
        ).action_confirm()
