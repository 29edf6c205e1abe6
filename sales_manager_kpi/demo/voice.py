"""What managers propose, what management asks of them, and one fair."""

from datetime import timedelta

from .calendar import working_day

# days before the end, author, kind, subject, description, verdict, answer
PROPOSALS = (
    (
        *(75, "anna", "improvement", "Number the rolls in the showroom"),
        "Customers point at a roll and we look for its lot. A number on each would "
        "save us ten minutes of every visit.",
        *("accepted", "Good. Bram orders the labels with the next delivery."),
    ),
    (
        *(40, "bram", "shortcoming", "The colour cards of velvet are two seasons old"),
        "Three customers ordered shades that are not made any more.",
        *(
            "declined",
            "The new cards come with the spring collection; until then we "
            "mark the shades that ended.",
        ),
    ),
    (
        *(6, "elke", "improvement", "Call before a delivery"),
        "A quarter of an hour before the lorry comes, so that somebody opens the gate.",
        *(None, None),
    ),
)
DECISION = (
    "<p>From the first of next month the showrooms open at half past eight on "
    "weekdays, and on the first Saturday of the month from ten to two.</p>"
)
FAIR = "Autumn fair in Utrecht"


class Voice:
    """Managers write and report, directors answer."""

    def __init__(self, world, agenda):
        self.world, self.agenda = world, agenda

    def note(self):
        """Everything on the days on which it happened."""
        for row in PROPOSALS:
            self.agenda.note(self._day(row[0]), 11, self.propose, row)
        self.agenda.note(self._day(30), 10, self.plan_fair)
        self.agenda.note(self._day(12), 9, self.show_decision)
        self.agenda.note(self._day(9), 9, self.give)

    def _day(self, before):
        return working_day(self.world.last - timedelta(days=before))

    # ------------------------------------------------------------------
    # Proposals
    # ------------------------------------------------------------------

    def propose(self, day, rows):
        """Somebody writes one and submits it; the director answers in a week."""
        for row in rows:
            __, login, kind, subject, description, verdict, answer = row
            env = self.world.acting(login)
            proposal = env["sales.proposal"].create(
                {
                    "kind": kind,
                    "subject": subject,
                    "description": description,
                    "is_shared": verdict == "accepted",
                }
            )
            proposal.action_submit()
            if verdict:
                deed = proposal, verdict, answer
                answered = working_day(day + timedelta(days=6))
                self.agenda.note(answered, 15, self.decide, deed)

    def decide(self, __, deeds):
        """The director answers."""
        for proposal, verdict, answer in deeds:
            self.world.as_user(proposal, "dirk")._decide(verdict, answer)

    # ------------------------------------------------------------------
    # Draft decision
    # ------------------------------------------------------------------

    def show_decision(self, day, __):
        """Carla means to open earlier, and asks what the managers think."""
        env = self.world.acting("carla")
        decision = env["sales.draft.decision"].create(
            {
                "name": "Opening hours of the showrooms",
                "body": DECISION,
                "comment_until": working_day(self.world.last + timedelta(days=3)),
            }
        )
        decision.action_open()
        for after, login, comment in (
            (1, "anna", "Half past eight is fine; Saturday only with two of us."),
            (2, "jonas", False),
            (3, "dirk", "Utrecht can begin with it next month."),
        ):
            deed = decision, login, comment
            signed = working_day(day + timedelta(days=after))
            self.agenda.note(signed, 12, self.sign, deed)

    def sign(self, __, deeds):
        """Somebody reads it and signs."""
        for decision, login, comment in deeds:
            mine = self.world.as_user(decision, login)
            mine._sign(comment, mine.text_hash)

    # ------------------------------------------------------------------
    # Assignments
    # ------------------------------------------------------------------

    def give(self, day, __):
        """Dirk asks both of his managers, Heike asks Jonas."""
        for head, logins, subject, days in (
            (
                "dirk",
                ("anna", "bram"),
                "Call everybody who did not order this quarter",
                4,
            ),
            ("heike", ("jonas",), "List what the hotels in Bremen ask for", 14),
        ):
            env = self.world.acting(head)
            wizard = env["sales.assignment.give"].create(
                {
                    "subject": subject,
                    "user_ids": [self.world.users[login].id for login in logins],
                    "deadline": working_day(day + timedelta(days=days)),
                }
            )
            wizard.action_give()
        reported = working_day(day + timedelta(days=3))
        self.agenda.note(reported, 16, self.report)

    def report(self, *__):
        """Anna has called them; Dirk reads her report."""
        env = self.world.acting("anna")
        for row in env["sales.assignment"].search(
            [("user_id", "=", env.uid), ("state", "=", "open")]
        ):
            row._report("Nine called: four visits agreed, two have closed down.")
            self.world.as_user(row, "dirk")._judge("approve", "Thank you.")

    # ------------------------------------------------------------------
    # Marketing
    # ------------------------------------------------------------------

    def plan_fair(self, day, __):
        """Utrecht plans a fair; Anna invites the customers, two leads come of it."""
        env = self.world.acting("dirk")
        fair = env["sales.marketing.action"].create(
            {
                "name": FAIR,
                "kind": "exhibition",
                "branch_ids": self.world.branches["UTR"].ids,
                "user_id": self.world.users["anna"].id,
                "date_from": working_day(day + timedelta(days=10)),
                "date_to": working_day(day + timedelta(days=12)),
                "goal": "Twenty upholsterers see the new velvets.",
                "budget_amount": 2500,
            }
        )
        fair.action_plan()
        mine = self.world.as_user(fair, "anna")
        anna = mine.env.uid
        mine.env["sales.marketing.fill"].create(
            {"action_id": fair.id, "user_ids": [anna]}
        ).action_fill()
        mine.target_ids.state = "invited"
        self.agenda.note(working_day(day + timedelta(days=10)), 9, self.open_fair, fair)

    def open_fair(self, __, fairs):
        """The fair is open: who came, what it cost, and who asked for more."""
        for fair in fairs:
            mine = self.world.as_user(fair, "anna")
            mine.action_start()
            mine.target_ids[:4].state = "attended"
            mine.cost_amount = 2180
            mine.env["crm.lead"].create(
                [
                    {
                        "name": name,
                        "type": "opportunity",
                        "campaign_id": fair.campaign_id.id,
                        "company_id": fair.company_id.id,
                        "user_id": mine.env.uid,
                    }
                    for name in ("Curtains for a practice", "Velvet for twelve sofas")
                ]
            )
