"""Frame contracts: a few large customers promise a volume, and we days and terms."""

import base64
from datetime import timedelta

from .calendar import month_start, working_day

MONTHS = 7  # before the end of the story
PAPER = b"%PDF-1.4\n% signed by both sides\n"
# customer, manager, months it lasts (or days after the end), volume each quarter,
# days to deliver
CONTRACTS = (
    ("Meubelatelier Van Dam", "anna", 365, 9000, 7),
    ("Gordijnhuis De Vries", "anna", 20, 6000, 10),
    ("Hotel Domstad", "anna", 240, 4000, 14),
)


class Contracts:
    """Managers write them, directors activate them, time does the rest."""

    def __init__(self, world, agenda):
        self.world, self.agenda = world, agenda

    def note(self):
        """Agreed at the beginning of a month, looked after every week."""
        signed = max(
            working_day(month_start(self.world.last, -MONTHS)),
            working_day(self.world.first + timedelta(days=20)),
        )
        self.agenda.note(signed, 16, self.sign, signed)
        day = signed + timedelta(days=7)
        while day <= self.world.last:
            self.agenda.note(day, 20, self.watch)
            day += timedelta(days=7)
        self.agenda.note(self.world.last - timedelta(days=4), 16, self.draft)

    def sign(self, *__):
        """What was agreed, with the paper, and the director's yes."""
        day = self.agenda.clock.env.cr.now().date()
        first = day.replace(day=1)
        for name, login, after, volume, lead in CONTRACTS:
            if name not in self.world.customers:
                continue
            contract = self.world.acting(login)["sales.contract"].create(
                {
                    "partner_id": self.world.customers[name].id,
                    "date_from": first,
                    "date_to": self.world.last + timedelta(days=after),
                    "committed_amount": volume,
                    "committed_period": "quarter",
                    "lead_days": lead,
                    "document": base64.b64encode(PAPER),
                    "document_name": f"{name}.pdf",
                    "signed_on": day,
                }
            )
            director = contract.branch_id.sudo().director_id
            contract.with_user(director).action_activate()

    def draft(self, *__):
        """Elke has agreed something that nobody signed yet."""
        env = self.world.acting("elke")
        customer = env["res.partner"].search(
            [("user_id", "=", env.uid), ("parent_id", "=", False)], limit=1
        )
        if customer:
            env["sales.contract"].create(
                {
                    "partner_id": customer.id,
                    "date_from": self.world.last,
                    "date_to": self.world.last + timedelta(days=365),
                    "committed_amount": 5000,
                }
            )

    def watch(self, *__):
        """What the nightly job does."""
        self.world.env["sales.contract"]._cron_watch()
