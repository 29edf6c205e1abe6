"""Customer classes A, B and C, proposed out of turnover and payment twice a year."""

from datetime import timedelta

from .calendar import month_start, months_between

HEAD = "carla"
LOOK_BACK = 12  # full months
HALF_YEAR = 6
# code: name, turnover from, days late at most (below 0: not asked), colour
CLASSES = {
    "A": ("Key customers", 20000, 14, 10),
    "B": ("Regular customers", 5000, -1, 3),
    "C": ("Small customers", 0, -1, 8),
}


def turn_of_norms(world):
    """The first of a month, three to seven weeks before the end of the story."""
    return max(month_start(world.last - timedelta(days=20)), world.first)


class Classes:
    """Carla goes through all customers twice a year."""

    def __init__(self, world, agenda):
        self.world, self.agenda = world, agenda

    def note(self):
        """When the norms come, and half a year before; not before there are sales."""
        turn = turn_of_norms(self.world)
        for day in (month_start(turn, -HALF_YEAR), turn):
            if day >= self.world.first:
                self.agenda.note(day, 7, self.classify)

    def classify(self, day, __):
        """Apply what the wizard proposes for all branches."""
        env = self.world.acting(HEAD)
        if not env["customer.class"].search_count([], limit=1):
            self._make(self.world.acting("admin"))
        proposal = env["customer.class.proposal"].create(
            {
                "months": max(1, min(LOOK_BACK, months_between(self.world.first, day))),
                "reason": f"Turnover and payment until {day - timedelta(days=1)}",
            }
        )
        proposal.action_propose()
        if proposal.line_ids:
            proposal.line_ids.is_chosen = True
            proposal.action_apply()

    def _make(self, env):
        env["customer.class"].create(
            [
                {
                    "code": code,
                    "name": name,
                    "sequence": number,
                    "company_id": self.world.company.id,
                    "min_turnover": turnover,
                    "max_days_late": late,
                    "color": colour,
                }
                for number, (code, (name, turnover, late, colour)) in enumerate(
                    CLASSES.items(), start=1
                )
            ]
        )
