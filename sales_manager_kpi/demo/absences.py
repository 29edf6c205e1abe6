"""Who was away, and who stood in: entered and appointed by the people themselves."""

from collections import Counter
from datetime import timedelta

from odoo.tests import Form

HOLIDAY = ("anna", "bram", "dirk")  # who was away, who stood in, who appointed
RUNNING = ("bram", "anna", "dirk")
STANDBY = ("elke", "finn", "greet")
TO_COME = "jonas"
AHEAD = timedelta(days=10)


class Absences:
    """One holiday that is over, one that runs, one to come, and one in reserve."""

    def __init__(self, world, agenda, plot):
        self.world, self.agenda = world, agenda
        self.holiday = self._quiet_week(plot)

    def note(self):
        """The holiday that is over, and who is ready for the case of illness."""
        monday = self.holiday
        self.agenda.note(monday - AHEAD, 9, self.ask_leave)
        self.agenda.note(monday - AHEAD, 11, self.appoint)
        self.agenda.note(self.world.last - timedelta(days=20), 9, self.keep_ready)

    def deputy(self, login, day):
        """Who does the work of ``login`` on that day: themselves, or who stands in."""
        away, stands_in, __ = HOLIDAY
        there = self.holiday <= day < self.holiday + timedelta(days=7)
        return stands_in if login == away and there else login

    def _quiet_week(self, plot):
        """A Monday of the last three months, the one with most to do for the deputy."""
        earliest = max(self.world.first, self.world.last - timedelta(days=90))
        latest = self.world.last - timedelta(days=10)
        mondays = Counter()
        for order in plot.orders:
            if order.customer.owner == HOLIDAY[0] and order.confirmed:
                mondays[order.confirmed - timedelta(order.confirmed.weekday())] += 1
        possible = [day for day in mondays if earliest + AHEAD <= day <= latest] or [
            latest - timedelta(latest.weekday())
        ]
        return max(possible, key=lambda day: (mondays[day], day))

    # Acts -------------------------------------------------------------------

    def ask_leave(self, __, ___):
        """Anna enters her holiday; Dirk is asked who stands in."""
        enter(self.world, HOLIDAY[0], self.holiday, 7)

    def appoint(self, __, ___):
        """Dirk appoints who is suggested for it."""
        appoint(self.world, *HOLIDAY)

    def keep_ready(self, day, __):
        """Elke is alone in Gent: Finn stands by."""
        principal, deputy, director = STANDBY
        self.world.acting(director)["sales.substitution"].create(
            {
                "principal_id": self.world.users[principal].id,
                "deputy_id": self.world.users[deputy].id,
                "company_id": self.world.company.id,
                "mode": "passive",
                "date_from": day,
                "date_to": day + timedelta(days=120),
                "reason": "In case of illness",
            }
        ).action_appoint()


def today(world):
    """What runs on the last day, and what is to come without anybody."""
    appoint(world, *RUNNING)
    enter(world, TO_COME, _monday_after(world.last), 5)


def enter(world, login, first, days):
    """Somebody enters their own absence."""
    return world.acting(login)["sales.absence"].create(
        {"date_from": first, "date_to": first + timedelta(days=days - 1)}
    )


def appoint(world, principal, deputy, director):
    """The director's three clicks, from the absence to the deputy."""
    absence = world.acting(director)["sales.absence"].search(
        [("user_id", "=", world.users[principal].id), ("stop_at", ">", "now")], limit=1
    )
    action = absence.action_appoint()
    form = Form(
        absence.env["sales.substitution.appoint"].with_context(**action["context"])
    )
    form.deputy_id = world.users[deputy]
    form.save().action_appoint()


def _monday_after(day):
    return day + timedelta(days=14 - day.weekday())
