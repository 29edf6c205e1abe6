"""Plans given from above, asked for from below, and what is said in between."""

from datetime import timedelta

from odoo.fields import Command

from .calendar import month_start
from .people import BASIS, BRANCHES

SHARE_OUT = 10
GROWTH = 1.08  # what the commercial director asks of a branch
COUNTERED = "bram"  # hands in less than the director expects, every running month
COUNTER = 1.1
COUNTER_REASON = (
    "Two of your hotels signed their refits for this month: the larger figure is in "
    "reach. We agreed on it by phone."
)
RETURN_REASON = (
    "The hotel on the Alster orders its second floor in this month: please plan it."
)


class Negotiation:
    """What directors and managers do about a plan besides drafting and agreeing it."""

    def __init__(self, world):
        self.world = world

    def note(self, agenda, months):
        """Branch plans some days before the managers draft theirs."""
        for month in months:
            day = max(month_start(month, -1) + timedelta(days=17), self.world.first)
            agenda.note(day, SHARE_OUT, self.give_from_above, month)

    def give_from_above(self, __, months):
        """The commercial director gives each branch its month, directors divide it."""
        for month in months:
            self.plan_branches(month, share_out=True)

    def plan_branches(self, month, share_out):
        """Branch plans of a month; drafts for the managers where shared out."""
        env = self.world.acting("carla")
        period = env["sales.period"]._for_date(self.world.company, month)
        history = self._history(period)
        for code, branch in self.world.branches.items():
            amount = round(history.get(branch.id, 0) / 3 * GROWTH, -2)
            if amount <= 0:
                continue
            plan = env["sales.branch.plan"].create(
                {
                    "company_id": self.world.company.id,
                    "branch_id": branch.id,
                    "period_id": period.id,
                    "target_amount": amount,
                    "split_method": "turnover",
                    **({"basis": BASIS[code]} if code in BASIS else {}),
                }
            )
            plan = self.world.as_user(plan, BRANCHES[code][0][3])
            if not any(plan._weights_turnover(plan._users()).values()):
                plan.split_method = "equal"  # too young for a full month of history
            plan.action_split()
            if share_out:
                plan.action_share_out()
            self.world.env.flush_all()
            self.world.env.cr.precommit.run()

    def _history(self, period):
        """``{branch id: turnover of the three months before}``."""
        return self.world.env["sales.fact.report"]._facts_by(
            self.world.company,
            month_start(period.date_from, -3),
            period.date_from - timedelta(days=1),
            groupby=("branch_id",),
        )

    def add_further_targets(self, plan, login):
        """Beside the turnover: metres of velvet, a key customer, new customers."""
        env = plan.env
        lines = [{"dimension": "total", "measure": "new_customers"}]
        lines[0]["target_quantity"] = 1
        velvets = env["product.category"].search([("name", "=", "Velvets")], limit=1)
        metre = env.ref("uom.product_uom_meter")
        if login in ("anna", "jonas") and velvets:
            lines.append(
                {
                    "measure": "quantity",
                    "categ_id": velvets.id,
                    "uom_id": metre.id,
                    "target_quantity": 120,
                }
            )
        customer = self._key_customer(env.uid)
        if customer:
            lines.append(
                {
                    "dimension": "customer",
                    "partner_id": customer.id,
                    "target_amount": max(round(plan.target_amount * 0.2, -2), 100),
                }
            )
        lines.append(
            {
                "dimension": "total",
                "measure": "collected",
                "target_amount": round(plan.target_amount * 0.9, -2),
            }
        )
        plan.line_ids = [Command.create(line) for line in lines]

    def _key_customer(self, user_id):
        """The customer of a manager who bought most this far."""
        bought = self.world.env["sales.fact.report"]._facts_by(
            self.world.company,
            self.world.first,
            self.world.last,
            users=self.world.env["res.users"].browse(user_id),
            groupby=("partner_id",),
        )
        partner_id = max(bought, key=bought.get, default=False)
        return self.world.env["res.partner"].browse(partner_id)

    def counter(self, plan):
        """The director puts a larger figure against the largest category."""
        lines = plan._main_lines()
        total = lines.filtered(lambda line: line.dimension == "total")
        largest = max(lines - total or total, key=lambda line: line.target_amount)
        more = round(largest.target_amount * (COUNTER - 1), -1) or 10
        plan.line_ids = [
            Command.update(line.id, {"target_amount": line.target_amount + more})
            for line in total | largest
        ]
