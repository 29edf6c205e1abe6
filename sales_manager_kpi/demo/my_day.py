"""The morning after the story: appointments, a lead and a call that wait."""

from datetime import datetime, time, timedelta

from odoo.fields import Command

from .calendar import working_day

# who, days after the end, hour in UTC, minutes, what, with which customer
MEETINGS = (
    ("anna", 0, 10, 60, "Choose the velvet for the lobby", "Hotel Domstad"),
    ("anna", 1, 9, 45, "Samples for the spring range", "Gordijnhuis De Vries"),
    ("elke", 1, 13, 60, "Visit the workshop", ""),
)
# who, the lead, what it may bring
LEADS = (
    ("anna", "Curtains for a boutique hotel", 4200),
    ("jonas", "Upholstery of a cinema", 6800),
)


class MyDay:
    """What people write into their own calendars, and the leads of a fair."""

    def __init__(self, world, agenda):
        self.world, self.agenda = world, agenda

    def note(self):
        """On the last afternoon."""
        self.agenda.note(self.world.last, 17, self.look_ahead)

    def look_ahead(self, *__):
        """Everybody for themselves."""
        for meeting in MEETINGS:
            self._meet(*meeting)
        for lead in LEADS:
            self._lead(*lead)
        customer = self.world.customers.get("Meubelatelier Van Dam")
        if customer:
            env = self.world.acting("anna")
            env["res.partner"].browse(customer.id).activity_schedule(
                "mail.mail_activity_data_call",
                date_deadline=self.world.last,
                summary="Ask whether the rolls fit the frames",
                user_id=env.uid,
            )

    def _meet(self, login, after, hour, minutes, what, customer):
        env = self.world.acting(login)
        day = working_day(self.world.last + timedelta(days=after))
        start = datetime.combine(day, time(hour))
        env["calendar.event"].create(
            {
                "name": what,
                "start": start,
                "stop": start + timedelta(minutes=minutes),
                "location": customer or False,
                "partner_ids": [Command.set(env.user.partner_id.ids)],
            }
        )

    def _lead(self, login, name, revenue):
        env = self.world.acting(login)
        env["crm.lead"].create(
            {
                "name": name,
                "type": "opportunity",
                "user_id": env.uid,
                "company_id": self.world.company.id,
                "expected_revenue": revenue,
                "date_deadline": self.world.last,
            }
        )
