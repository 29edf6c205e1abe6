"""Trade bonuses of this year: agreed in January, calculated and settled by quarter."""

from datetime import date

from odoo import Command

from .calendar import month_start, working_day

MANAGER, DIRECTOR, HEAD = "anna", "dirk", "carla"
CUSTOMERS = 2  # with the highest turnover of the months before
# Per cent by tiers, which begin at these parts of an average quarter.
TIERS = ((0.6, 2), (1.2, 4))
STEP = 100  # tiers are round


class Bonuses:
    """Anna agrees with her best customers; each quarter Dirk says yes, Carla pays."""

    def __init__(self, world, agenda):
        self.world, self.agenda = world, agenda
        self.first = date(world.last.year, 1, 1)

    def note(self):
        """From January on, where there were sales before it."""
        if month_start(self.first, -3) < self.world.first:
            return
        self.agenda.note(self.first, 9, self.agree)
        for months in (3, 6, 9):
            day = month_start(self.first, months)
            self.agenda.note(working_day(day.replace(day=10)), 9, self.count, day)

    def agree(self, day, __):
        """Write the agreement; Carla approves it, since there are no norms yet."""
        customers, quarter = self._best()
        if not customers:
            return
        env = self.world.acting(MANAGER)
        agreement = env["trade.bonus.agreement"].create(
            {
                "name": f"Bonus {day.year}",
                "company_id": self.world.company.id,
                "partner_ids": [Command.set(customers.ids)],
                "date_from": self.first,
                "date_to": date(day.year, 12, 31),
                "product_id": self._product().id,
                "portal_visible": True,
                "contract": b"U2lnbmVkIGluIFV0cmVjaHQ=",
                "contract_name": f"bonus-{day.year}.txt",
                "term_ids": [
                    Command.create(
                        {
                            "name": "Turnover of a quarter",
                            "method": "stepped",
                            "period": "quarter",
                            "tier_ids": [
                                Command.create(
                                    {"start": _rounded(part * quarter), "rate": rate}
                                )
                                for part, rate in TIERS
                            ],
                        }
                    )
                ],
            }
        )
        agreement.action_submit()
        self.world.as_user(agreement, HEAD).action_approve()

    def _best(self):
        """Anna's best customers, and what the best bought in an average quarter."""
        Move = self.world.env["account.move"]
        rows = Move._read_group(
            [
                ("company_id", "=", self.world.company.id),
                ("state", "=", "posted"),
                ("move_type", "=", "out_invoice"),
                ("commercial_partner_id.user_id", "=", self.world.users[MANAGER].id),
                ("currency_id", "=", self.world.company.currency_id.id),
                ("invoice_date", "<", self.first),
            ],
            ["commercial_partner_id"],
            ["amount_untaxed:sum", "invoice_date:min"],
            order="amount_untaxed:sum DESC, commercial_partner_id",
        )[:CUSTOMERS]
        partners = self.world.env["res.partner"].union(*(row[0] for row in rows))
        turnover = sum(row[1] for row in rows) / (len(rows) or 1)
        days = max([(self.first - row[2]).days for row in rows] or [1])
        return partners, turnover * 91 / max(days, 91)

    def _product(self):
        return self.world.env["product.product"].create(
            {
                "name": "Trade bonus",
                "default_code": "BONUS",
                "type": "service",
                "list_price": 0,
                "taxes_id": [Command.clear()],
                "company_id": self.world.company.id,
            }
        )

    def count(self, __, ends):
        """Anna has the quarter calculated, Dirk approves, Carla settles."""
        env = self.world.acting(MANAGER)
        periods = env["trade.bonus.period"].search(
            [
                ("company_id", "=", self.world.company.id),
                ("state", "=", "open"),
                ("date_to", "<", max(ends)),
            ]
        )
        if periods:
            periods.action_calculate()
            self.world.as_user(periods, DIRECTOR).action_approve()
            self.world.as_user(periods, HEAD).action_settle()


def _rounded(amount):
    return max(round(amount / STEP), 1) * STEP
