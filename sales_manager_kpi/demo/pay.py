"""What the managers earn: schemes, salaries, closed months, statements, disputes."""

from datetime import timedelta

from odoo.fields import Command

from .calendar import month_start, months_between
from .people import ADDON

CLOSED = (3, 2)  # months ago that are closed; the last one waits for its scorecards
CLOSE, SEND, READ, DECIDE, BACK, LOCK = 9, 10, 13, 14, 15, 16
PAYROLL, CLERK = "hilde", "noor"
SALARIES = {"anna": 3150, "bram": 3300, "elke": 3050, "jonas": 2950, "finn": 2600}
NOBODY_YET = "Overseas has no manager yet; the head office sells there."
DOUBTS = "The curtains of the opera were measured by me, half of that invoice is mine."
SHARE = (
    {"start": 0, "rate": 0.8},
    {"start": 90, "rate": 1.2},
    {"start": 100, "rate": 1.6},
)
PLAN = (
    {"start": 80, "rate": 50},
    {"start": 100, "rate": 100},
    {"start": 120, "rate": 150},
)
SCORE = (
    {"start": 0, "rate": 80},
    {"start": 100, "rate": 100},
    {"start": 150, "rate": 120},
)
COMPONENTS = (
    {
        "code": "own",
        "name": "Share of own deals",
        "kind": "own_deals",
        "tier_axis": "attainment",
        "tier_method": "whole",
        "hold_percent": 25,
        "is_multiplied": True,
        "tiers": SHARE,
        "decays": ({"days_late": 31, "kept_percent": 50}, {"days_late": 91}),
    },
    {
        "code": "plan",
        "name": "Bonus for the plan",
        "kind": "plan",
        "amount": 450,
        "tier_axis": "attainment",
        "tier_method": "interpolated",
        "is_prorated": True,
        "is_multiplied": True,
        "scorecard_gates": True,
        "tiers": PLAN,
    },
    {
        "code": "score",
        "name": "By the scorecard",
        "kind": "multiplier",
        "tier_axis": "score",
        "tier_method": "interpolated",
        "tiers": SCORE,
    },
    {"code": "duty", "name": "Fees for substitutions", "kind": "duty_fee"},
    {
        "code": "newcomer",
        "name": "Guaranteed in the first year",
        "kind": "minimum",
        "amount": 500,
        "newcomer_months": 12,
        "is_prorated": True,
    },
)


class Pay:
    """Notes in the agenda when months are closed and what follows from that."""

    def __init__(self, world, agenda):
        self.world, self.agenda = world, agenda
        self.running = month_start(world.last)

    def note(self):
        """From the first closed month on; a short story has none."""
        first = month_start(self.running, -CLOSED[0])
        if months_between(self.world.first, first) < 1:
            return
        self.agenda.note(first, 7, self.begin)
        for number in CLOSED:
            month = month_start(self.running, -number)
            day = month_start(month, 1) + timedelta(days=9)
            self.agenda.note(day, CLOSE, self.close, month)
            self.agenda.note(day, SEND, self.send, month)
            self.agenda.note(
                day + timedelta(days=1), READ, self.answer, (number, month)
            )
            self.agenda.note(day + timedelta(days=2), DECIDE, self.decide, month)
            self.agenda.note(day + timedelta(days=3), LOCK, self.pay_out, month)
        day = self.world.last - timedelta(days=3)
        self.agenda.note(day, READ, self.answer_late, month)
        self.agenda.note(day, BACK, self.change_late, month)

    # What they do ------------------------------------------------------------------

    def begin(self, day, __):
        """The company closes its months from now on, and says what it pays for."""
        self.world.company.write(
            {
                "sales_manager_kpi_first_managed_month": day.replace(day=1),
                "sales_manager_kpi_ranking_public": "values",
                "sales_manager_kpi_ranking_scope": "company",
                "sales_manager_kpi_milestones": "company",
                "sales_manager_kpi_badges": True,
            }
        )
        scheme = self._payroll()["bonus.scheme"].create(
            {
                "name": "Managers of branches",
                "code": "branches",
                "company_id": self.world.company.id,
                "date_from": day.replace(day=1),
                "component_ids": [
                    Command.create(_component(sequence, row))
                    for sequence, row in enumerate(COMPONENTS, 1)
                ],
            }
        )
        scheme.action_submit()
        scheme.with_user(self.world.env.ref("base.user_admin")).action_activate()
        self._payroll()["bonus.salary"].create(
            [
                {
                    "user_id": self.world.users[login].id,
                    "company_id": self.world.company.id,
                    "date_from": day.replace(day=1),
                    "amount": amount,
                }
                for login, amount in SALARIES.items()
                if login in self.world.users
            ]
        )

    def close(self, __, months):
        """The administrator closes, and says why what is open does not hinder."""
        for month in months:
            period = self.world.as_user(self._period(month), "admin")
            # as the button does, without the commits on the way
            period._check_closable(NOBODY_YET)
            period._begin_closing(NOBODY_YET)
            period._finish_closing()

    def send(self, __, months):
        """Everybody gets their statement."""
        for month in months:
            statements = self._statements(month)
            statements.action_send()
            self.world.clock.finish()
            statements.sudo().write({"is_mail_due": False})  # it was read long ago

    def answer(self, __, items):
        """They agree with it; Bram has doubts, and is slow the second time."""
        for number, month in items:
            for statement in self._statements(month):
                login = statement.user_id.login
                mine = self.world.as_user(statement, login)
                if login != "bram":
                    mine.action_acknowledge()
                elif number != CLOSED[-1]:
                    self._doubt(mine)
                self.world.clock.finish()  # each in the own name

    def answer_late(self, __, months):
        """Bram comes to it at last, and doubts again: nobody has answered yet."""
        for month in months:
            for statement in self._statements(month):
                if statement.user_id.login == "bram":
                    self._doubt(self.world.as_user(statement, "bram"))
                    self.world.clock.finish()

    def decide(self, __, months):
        """Payroll looks at the doubts and accepts a part of what was asked for."""
        for month in months:
            for dispute in self._statements(month).dispute_ids:
                reason = self.world.env.ref(f"{ADDON}.bonus_adjustment_reason_owner")
                dispute._decide(
                    "partly",
                    "You measured one of the two halls, as the order says.",
                    dispute.claimed_amount / 2,
                    reason,
                )
                asked = dispute.adjustment_ids
                self.world.as_user(asked, "admin").action_approve()

    def pay_out(self, __, months):
        """What nobody disputes is approved, sealed and paid."""
        for month in months:
            statements = self._statements(month).filtered(
                lambda one: one.state == "acknowledged" or one.dispute_ids
            )
            statements.action_approve()
            statements.action_lock()
            statements.action_pay()

    def change_late(self, __, months):
        """An invoice of a closed month is taken back, dated into that month."""
        for month in months:
            invoice = self.world.env["account.move"].search(
                [
                    ("company_id", "=", self.world.company.id),
                    ("move_type", "=", "out_invoice"),
                    ("state", "=", "posted"),
                    ("credited_user_id", "=", self.world.users["anna"].id),
                    ("invoice_date", ">=", month),
                    ("invoice_date", "<", month_start(month, 1)),
                ],
                order="amount_untaxed_signed, id",
                limit=1,
            )
            if invoice:
                Reversal = self.world.acting(CLERK)["account.move.reversal"]
                wizard = Reversal.with_context(
                    active_model="account.move", active_ids=invoice.ids
                ).create(
                    {
                        "journal_id": invoice.journal_id.id,
                        "date": invoice.invoice_date,
                        "reason": "Delivered to the wrong site, taken back",
                    }
                )
                wizard.reverse_moves()
                wizard.new_move_ids.action_post()

    # How ---------------------------------------------------------------------------

    def _payroll(self):
        return self.world.acting(PAYROLL)

    def _period(self, month):
        return self.world.env["sales.period"]._for_date(self.world.company, month)

    def _statements(self, month):
        return self._payroll()["bonus.statement"].search(
            [("period_id", "=", self._period(month).id)], order="user_id"
        )

    def _doubt(self, statement):
        share = statement.line_ids.filtered(lambda line: line.code == "own")[:1]
        statement.env["evaluation.dispute"].create(
            {
                "statement_id": statement.id,
                "statement_line_id": share.id,
                "kind": "wrong_owner",
                "claimed_amount": 90,
                "description": DOUBTS,
            }
        )


def _component(sequence, row):
    lines = {
        name: [Command.create(line) for line in row[key]]
        for key, name in (("tiers", "tier_ids"), ("decays", "decay_ids"))
        if key in row
    }
    plain = {key: value for key, value in row.items() if key not in ("tiers", "decays")}
    return {**plain, "sequence": 10 * sequence, **lines}


def settle(world):
    """Tonight's jobs: what changed in closed months since, and who won what."""
    world.env["sales.fact.line"]._book_late(world.company)
    world.env["sales.milestone"]._find_of_company(world.company)
