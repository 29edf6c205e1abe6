"""Every month is judged: figures entered, own scores, the head's word, agreed."""

import base64
from datetime import timedelta

from odoo.fields import Command

from .calendar import month_start, months_between
from .people import BRANCHES

MONTHS = 6  # that are assessed, before the running one
ENTER, END, SELF, HEAD = 8, 9, 10, 11
ADDON = "sales_manager_kpi"
# How full and tidy the racks were, of who is looked at; the others follow in a row.
SHOWROOM = {"anna": 0.95, "bram": 0.82, "elke": 0.9, "jonas": 0.75, "finn": 0.88}
# months ago: who was corrected, by how much, why
CORRECTIONS = {
    2: ("bram", 12, "Two hotels moved their refits; he brought them in himself."),
    4: ("jonas", -8, "One large order came by the head office, not by him."),
}
OWN_WORDS = "The fair took a week, but the new customers of it order next month."


class Evaluation:
    """Notes in the agenda who assesses when, and lets them do it."""

    def __init__(self, world, agenda):
        self.world, self.agenda = world, agenda
        self.running = month_start(world.last)

    def note(self):
        """The assessment of the last months; that of the last one is not finished."""
        count = min(MONTHS, months_between(self.world.first, self.world.last))
        if not count:
            return
        self.agenda.note(month_start(self.running, -count), 6, self.agree_on_scheme)
        for number in range(1, count + 1):
            month = month_start(self.running, -number)
            self.note_month(month, number)

    def note_month(self, month, number):
        """In the first days of the month that follows."""
        following = month_start(month, 1)
        self.agenda.note(following + timedelta(days=3), ENTER, self.enter, month)
        self.agenda.note(following + timedelta(days=4), END, self.end_month, month)
        self.agenda.note(following + timedelta(days=5), SELF, self.assess_self, month)
        self.agenda.note(
            following + timedelta(days=7), HEAD, self.assess_heads, (month, number)
        )

    # What they do ------------------------------------------------------------------

    def agree_on_scheme(self, *__):
        """Plan, growth of the territory and the showroom, with a gate on the plan."""
        env = self.world.env
        self.world.company.sales_manager_kpi_self_assessment = True
        showroom = self._make_showroom_criterion()
        env["evaluation.scheme"].create(
            {
                "name": "Managers of branches",
                "company_id": self.world.company.id,
                "line_ids": [
                    Command.create(line)
                    for line in (
                        {
                            "criterion_id": self._criterion("plan_fulfilment"),
                            "weight": 60,
                            "gate_score": 50,
                        },
                        {
                            "criterion_id": self._criterion("territory_growth"),
                            "weight": 25,
                        },
                        {"criterion_id": showroom.id, "weight": 15},
                    )
                ],
            }
        )

    def enter(self, __, months):
        """Directors look at the showrooms, and say what they saw."""
        for month in months:
            period = self._period(month)
            for code, place in BRANCHES.items():
                director = place[0][3]
                members = self._members(period, code)
                rows = [self._figure(director, user, period) for user in members]
                env = self.world.acting(director)
                env["evaluation.manual.value"].create(rows)

    def end_month(self, __, months):
        """What the nightly crons do when a month has ended; the mails are not sent."""
        Card = self.world.env["evaluation.scorecard"]
        for month in months:
            period = self._period(month)
            Card._compute_period(period)
            Card._end_month(period)
            Card.search([("mail_due", "!=", False)]).write({"mail_due": False})

    def assess_self(self, __, months):
        """The managers give their own scores, and hand in; one of them takes time."""
        for month in months:
            for card in self._cards(month).filtered(lambda card: card.state == "self"):
                login = card.user_id.login
                if month == month_start(self.running, -1) and login == "elke":
                    continue
                mine = self.world.as_user(card, login)
                scores = self._own_scores(card) if login == "bram" else {}
                mine.assess(scores, OWN_WORDS if scores else "")
                mine.action_hand_in()
                self.world.clock.finish()  # each in the own name

    def assess_heads(self, __, items):
        """The directors correct what they know better and agree, one a little late."""
        for month, number in items:
            cards = self._cards(month).filtered(lambda card: card.state == "head")
            for card in cards:
                director = card.branch_id.director_id.login
                if number == 1 and director == "heike":
                    continue
                mine = self.world.as_user(card, director)
                self._correct(mine, number)
                mine.action_agree()
                self.world.clock.finish()
            cards.write({"mail_due": False})

    # How ---------------------------------------------------------------------------

    def _make_showroom_criterion(self):
        return self.world.env["evaluation.criterion"].create(
            {
                "name": "Showroom in order",
                "code": "showroom",
                "measure": "manual",
                "reviewer_role": "director",
                "unit": "percent",
                "company_id": self.world.company.id,
                "curve": "interpolated",
                "point_ids": [
                    Command.create({"value": value, "score": score})
                    for value, score in ((0.6, 0), (0.8, 70), (0.9, 100), (1, 120))
                ],
                "description": "Share of the racks that are full, priced and tidy, "
                "seen by the director in an unannounced visit.",
            }
        )

    def _criterion(self, name):
        return self.world.env.ref(f"{ADDON}.evaluation_criterion_{name}").id

    def _period(self, month):
        return self.world.env["sales.period"]._for_date(self.world.company, month)

    def _members(self, period, code):
        members = self.world.env["evaluation.run"]._members(period)
        branch = self.world.branches[code]
        users = self.world.env["res.users"].browse(members)
        return users.filtered(lambda user: members[user.id] == branch).sorted("login")

    def _figure(self, director, user, period):
        seen = SHOWROOM[user.login] + (period.date_from.month % 3 - 1) * 0.05
        row = {
            "criterion_id": self.world.env["evaluation.criterion"]
            .search([("code", "=", "showroom")])
            .id,
            "user_id": user.id,
            "period_id": period.id,
            "value": round(seen, 2),
            "note": f"Visit on the last Friday: {round(seen * 40)} of 40 racks fine.",
        }
        if user.login == "anna":
            paper = self.world.acting(director)["ir.attachment"].create(
                {
                    "name": "Racks.txt",
                    "datas": base64.b64encode(row["note"].encode()),
                    "res_model": "evaluation.manual.value",
                }
            )
            row["attachment_ids"] = [Command.link(paper.id)]
        return row

    def _cards(self, month):
        return self.world.env["evaluation.scorecard"].search(
            [("date_from", "=", month), ("company_id", "=", self.world.company.id)]
        )

    def _own_scores(self, card):
        line = card.line_ids.filtered("has_value")[:1]
        if not line:
            return {}
        return {line.criterion_id.id: (min(line.score + 15, 150), OWN_WORDS)}

    def _correct(self, card, number):
        login, points, reason = CORRECTIONS.get(number, (None, 0, ""))
        line = card.line_ids.filtered("has_value")[:1]
        if login == card.user_id.login and line:
            score = min(max(line.score + points, 0), 150)
            card.assess({line.criterion_id.id: (score, reason)}, reason)
