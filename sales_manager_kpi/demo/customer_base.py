"""The customer base: how often customers are spoken to, and who has been silent."""

from datetime import timedelta

from .book import BOOK
from .calendar import last_working_day, working_day
from .classes import turn_of_norms

ADMIN = "admin"
# class: working days between contacts
CADENCES = {"A": 20, "B": 45, "C": 90}
LOOKED_AFTER = 180  # days before the end from which cadences hold
# days before the end, the kind of contact, what was said
SPOKEN = (
    (150, "visit", "Showed the new velvets; they want a sample of the red."),
    (120, "call", "Asked about the delivery of last week: all in order."),
    (96, "visit", "Walked through the workshop. They grow, and ask for a rebate."),
    (75, "call", "The hotel is renovated in autumn: plan an offer."),
    (52, "meeting", "Prices of next season agreed."),
    (33, "call", "Complained about the dye lot; sent a swatch to compare."),
    (19, "visit", "Brought the pattern book."),
    (8, "call", "Will order after the holidays."),
    (3, "call", "Nobody there; left a message with the workshop."),
)
PERSON_OF = {"Hotel Domstad": "+31 30 555 0142", "Interieur Mertens": "+32 3 555 0166"}
TWICE = "Gordijnhuis de Vries B.V."  # somebody enters a customer once more


class CustomerBase:
    """Cadences for each class, what was said, and what the night makes of it."""

    def __init__(self, world, agenda):
        self.world, self.agenda = world, agenda

    def note(self):
        """From half a year before the end; the figures are renewed every month."""
        begun = max(
            self.world.last - timedelta(days=LOOKED_AFTER),
            self.world.first + timedelta(days=10),
        )
        for day in (begun, turn_of_norms(self.world)):  # when there are classes
            self.agenda.note(working_day(day), 18, self.set_cadences)
        for number, (before, kind, words) in enumerate(SPOKEN):
            day = self.world.last - timedelta(days=before)
            if day > begun:
                self.agenda.note(day, 16, self.speak, (number, kind, words))
        day = begun + timedelta(days=1)
        while day < self.world.last:
            self.agenda.note(day, 21, self.pass_a_night)
            day += timedelta(days=28)
        self.agenda.note(self.world.last - timedelta(days=6), 11, self.enter_twice)
        last = last_working_day(self.world.last)
        self.agenda.note(last, 21, self.pass_a_night)

    def set_cadences(self, *__):
        """The administrator says how often each class is spoken to."""
        Class = self.world.acting(ADMIN)["customer.class"]
        classes = Class.search([("company_id", "=", self.world.company.id)])
        for customer_class in classes:
            customer_class.contact_every_days = CADENCES.get(customer_class.code, 0)
        for name, phone in PERSON_OF.items():
            if name in self.world.customers:
                customer = self.world.customers[name]
                self.world.as_user(customer, ADMIN).phone = phone

    def speak(self, __, notes):
        """Each manager speaks to one or two of the own customers."""
        for number, kind, words in notes:
            for login in sorted({c.owner for c in BOOK if c.owner}):
                if login in self.world.users:
                    for customer in self._mine(login, number):
                        self._log(login, customer, kind, words)

    def _mine(self, login, number):
        """The customers of a manager whose turn it is; the last one is forgotten."""
        user = self.world.users[login]
        mine = [
            partner
            for partner in self.world.customers.values()
            if partner.user_id == user
        ][:-1]
        return (
            [mine[(2 * number + turn) % len(mine)] for turn in (0, 1)] if mine else []
        )

    def _log(self, login, customer, kind, words):
        env = self.world.acting(login)
        env["customer.contact.log"].create(
            {
                "partner_id": (customer.child_ids[:1] or customer).id,
                "kind": kind,
                "note": words,
            }
        ).action_log()

    def enter_twice(self, *__):
        """A customer is entered once more, past the warning."""
        twin = next((c for c in BOOK if c.name == "Gordijnhuis De Vries"), None)
        if twin and twin.name in self.world.customers:
            self.world.acting("bram")["res.partner"].create(
                {
                    "name": TWICE,
                    "is_company": True,
                    "city": twin.city,
                    "zip": twin.zip,
                    "user_id": self.world.users["bram"].id,
                }
            )

    def pass_a_night(self, *__):
        """What the nightly job does."""
        self.world.env["customer.figure"]._refresh_company(self.world.company)
