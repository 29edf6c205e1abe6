"""Monthly plans: managers draft them out of history, directors agree them."""

from datetime import timedelta

from odoo.fields import Command

from . import negotiation
from .calendar import last_working_day, month_start, months_between, working_day
from .people import BASIS, BRANCHES, PEOPLE, branch_of, joined
from .story import SEASON

HISTORY = 6  # months that a manager plans from
MONTHS = 6  # full months with plans, before the running one
DRAFT, APPROVE, START = 9, 10, 4
AMBITION = {"anna": 0.08, "bram": 0.05, "elke": 0.06, "jonas": 0.04, "finn": 0.15}
FIRST_TARGET = 6000  # of who has no history to plan from
OUTDOOR = "Outdoor"
REVISION = "Velvets sell better than in the plan; two hotels confirmed their refits"


class Plans:
    """Notes in the agenda who plans when, and lets them do it."""

    def __init__(self, world, agenda):
        self.world, self.agenda = world, agenda
        self.running = month_start(world.last)
        self.table = negotiation.Negotiation(world)

    def note(self):
        """Plans of the last months, the running one and the next."""
        count = min(MONTHS, months_between(self.world.first, self.world.last))
        for number in range(-count, 1):
            self._note_month(month_start(self.running, number))
        last = range(-min(count, 2), 1)
        self.table.note(self.agenda, [month_start(self.running, n) for n in last])
        self._note_revisions(count)
        self.agenda.note(last_working_day(self.world.last), 16, self.draft_next)

    def _note_month(self, month):
        """Drafted on the 22nd of the month before, agreed two days later."""
        drafted = month_start(month, -1) + timedelta(days=21)
        drafted = max(drafted, self.world.first)
        self.agenda.note(drafted, DRAFT, self.draft, month)
        agreed = working_day(working_day(drafted) + timedelta(days=2))
        self.agenda.note(agreed, APPROVE, self.approve, month)
        self.agenda.note(month, START, self.start, month)
        self.agenda.note(month_start(month, 1), START, self.judge, month)

    def _note_revisions(self, count):
        if count:
            month = month_start(self.running, -1)
            self.agenda.note(month + timedelta(days=12), 9, self.revise, "bram")
        self.agenda.note(self.running + timedelta(days=9), 9, self.revise, "anna")

    # What they do ------------------------------------------------------------------

    def draft(self, __, months):
        """Every manager proposes out of the own history and hands it in."""
        for month in months:
            for login in _managers(self.world, month):
                plan = self._draft(login, month)
                if month >= month_start(self.running, -1):
                    self.table.add_further_targets(plan, login)
                plan.action_submit()
                self._settle()

    def approve(self, __, months):
        """The directors agree what was handed in."""
        for month in months:
            for code, plans in self._submitted(month).items():
                director = BRANCHES[code][0][3]
                self._agree(self.world.as_user(plans, director), month)
                self._settle()

    def _agree(self, plans, month):
        """As handed in, but for one that the director wants more of."""
        countered = plans.filtered(
            lambda plan: plan.user_id.login == negotiation.COUNTERED
        )
        if month != self.running or not countered:
            plans.action_approve()
            return
        self.table.counter(countered)
        plans.approve_plans(negotiation.COUNTER_REASON)

    def start(self, __, months):
        """What the nightly cron does on the first of the month."""
        for month in months:
            domain = [("state", "=", "approved"), ("date_from", "=", month)]
            self.world.env["sales.plan"].search(domain)._start_begun()

    def judge(self, __, months):
        """What the nightly cron does with the month that ended."""
        for month in months:
            judge(self.world, month)

    def revise(self, day, logins):
        """A manager sees more coming and asks for a higher plan."""
        for login in logins:
            plan = self.world.acting(login)["sales.plan"].search(
                [
                    ("user_id", "=", self.world.users[login].id),
                    ("date_from", "=", month_start(day)),
                    ("state", "=", "running"),
                ]
            )
            if not plan:
                continue
            revision = plan.revise(REVISION)
            self._raise_targets(revision)
            revision.action_submit()
            director = BRANCHES[branch_of(login)][0][3]
            self._settle()
            self.world.as_user(revision, director).action_approve()
            self._settle()

    def _raise_targets(self, revision):
        """A fifth more in the largest category, and as much in the total."""
        main = revision._main_lines()
        total = main.filtered(lambda line: line.dimension == "total")
        largest = max(main - total or total, key=_target)
        more = round(largest.target_amount * 0.2, -1)
        revision.write(
            {
                "line_ids": [
                    Command.update(row.id, {"target_amount": row.target_amount + more})
                    for row in total | largest
                ]
            }
        )

    def draft_next(self, *__):
        """Next month is in the making: a draft, one handed in, one returned."""
        month = month_start(self.running, 1)
        self._draft("anna", month)
        for login in ("elke", "jonas"):
            plan = self._draft(login, month)
            if login == "elke":
                self._plan_metres(plan)
            plan.action_submit()
            self._settle()
        returned = self.world.as_user(self._submitted(month)["HAM"], "heike")
        self.table.counter(returned)
        returned.return_plans(negotiation.RETURN_REASON)
        self.table.plan_branches(month, share_out=False)
        self.world.env["sales.period"]._for_date(self.world.company, month)._remind(
            self.world.last
        )

    def _plan_metres(self, plan):
        """A refit of terraces, in metres; more of them than can be had."""
        Category = plan.env["product.category"]
        outdoor = Category.search([("name", "=", OUTDOOR)], limit=1)
        plan.line_ids = [
            Command.create(
                {
                    "categ_id": outdoor.id,
                    "measure": "quantity",
                    "uom_id": plan.env.ref("uom.product_uom_meter").id,
                    "target_quantity": 1500,
                }
            )
        ]

    # How --------------------------------------------------------------------------

    def _draft(self, login, month):
        env = self.world.acting(login)
        period = env["sales.period"]._for_date(self.world.company, month)
        # the director may have shared out the branch plan as a draft already
        plan = env["sales.plan"].search(
            [
                ("user_id", "=", env.uid),
                ("period_id", "=", period.id),
                ("state", "=", "draft"),
            ]
        ) or env["sales.plan"].create(
            {
                "user_id": env.uid,
                "period_id": period.id,
                "company_id": self.world.company.id,
            }
        )
        self._choose_basis(plan)
        if not self._propose(plan, login, month) and not plan.line_ids:
            line = {"dimension": "total", "target_amount": FIRST_TARGET}
            plan.line_ids = [Command.create(line)]
        return plan

    def _choose_basis(self, plan):
        basis = BASIS.get(plan.branch_id.code)
        if basis and plan.basis != basis:
            plan.basis = basis

    def _propose(self, plan, login, month):
        """The last months for the season, with some ambition."""
        wizard = plan.env["sales.plan.proposal"].create(
            {
                "company_id": self.world.company.id,
                "plan_ids": [Command.set(plan.ids)],
                "months": min(HISTORY, months_between(self.world.first, month) or 1),
                "source": "owned" if login in ("jonas", "finn") else "credited",
                "step": 50,
                **self._method(plan, login, month),
            }
        )
        wizard.action_propose()
        if not any(line.proposed_amount > 0 for line in wizard.line_ids):
            return False
        wizard.line_ids.filtered(lambda line: line.proposed_amount <= 0).unlink()
        wizard.action_apply()
        return True

    def _settle(self):
        """Let the chatter say who did it, before somebody else does something."""
        self.world.env.flush_all()
        self.world.env.cr.precommit.run()

    def _method(self, plan, login, month):
        """By the season profile once there is one, before that by rule of thumb."""
        ambition = 1 + AMBITION[login]
        profile = plan.env["sales.season.profile"].search(
            [("company_id", "=", self.world.company.id), ("categ_ids", "=", False)],
            limit=1,
        )
        if profile:
            return {
                "method": "season",
                "profile_id": profile.id,
                "growth": ambition - 1,
            }
        return {"method": "average", "growth": _season(month) * ambition - 1}

    def _submitted(self, month):
        plans = self.world.env["sales.plan"].search(
            [
                ("state", "=", "submitted"),
                ("date_from", "=", month),
                ("company_id", "=", self.world.company.id),
            ]
        )
        return plans.grouped(lambda plan: plan.branch_id.code)


def _managers(world, month):
    """Who works in a branch when a month is planned."""
    for login in PEOPLE:
        day = joined(world, login)
        if login in AMBITION and (day is None or month_start(day) < month):
            yield login


def _season(month):
    """How much stronger a month is than the ones planned from."""
    before = [SEASON[month_start(month, -n).month - 1] for n in range(1, HISTORY + 1)]
    return SEASON[month.month - 1] * len(before) / sum(before)


def _target(line):
    return line.target_amount


def judge(world, month=None):
    """Scorecards of a month, or of every month that has plans."""
    plans = world.env["sales.plan"].search([("company_id", "=", world.company.id)])
    for period in plans.period_id.filtered(lambda p: p.date_from <= world.last):
        if month in (None, period.date_from):
            world.env["evaluation.scorecard"]._compute_period(period)
