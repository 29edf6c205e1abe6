from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..engine.scoring import ratio
from .read_once import reading_once
from .sales_month_screen import FACTS, month_domain, number, tile


class SalesMyTeam(models.AbstractModel):
    """The figures of My team: whoever is seen here is seen whole."""

    _name = "sales.my.team"
    _inherit = ["sales.month.screen"]
    _description = "My Team"

    @api.model
    def get_data(self, period_date=None, branch_id=None):
        """The managers whose month the current user may see, one row each.

        :param branch_id: only those of this branch
        :raise AccessError: for a branch of which the user sees nobody
        """
        self._check_group()
        period = self._period(period_date)
        self = reading_once(self)  # pylint: disable=self-cls-assignment
        everybody = self.env["evaluation.run"]._visible_members(period)
        visible = self._of_branch(everybody, branch_id)
        rows = self._team_rows(period, visible)
        return {
            **self._header(period, everybody),
            "branch_id": branch_id or False,
            "basis": self._basis(period, None),
            "rows": rows,
            "totals": self._team_totals(rows),
            "sees_unassigned": self.env.user.has_group(
                "sales_manager_kpi.group_commercial_director"
            )
            and not branch_id,
            "not_counted": self._team_not_counted(period, branch_id),
        }

    @api.model
    def get_forecast(self, period_date=None, branch_id=None):
        """``{user id: forecast}`` of the rows of `get_data`, computed for all at once.

        :raise AccessError: for a branch of which the user sees nobody
        """
        self._check_group()
        period = self._period(period_date)
        visible = self._of_branch(
            self.env["evaluation.run"]._visible_members(period), branch_id
        )
        users = self.env["res.users"].browse(visible)
        # sudo: the managers the reader was found to judge, each measured whole
        plans = self.env["evaluation.criterion"].sudo()._plan_by_user(period, users)
        return self.env["sales.month.forecast"]._of(period, users, plans)

    def _of_branch(self, visible, branch_id):
        if not branch_id:
            return visible
        chosen = {u: branch for u, branch in visible.items() if branch.id == branch_id}
        if not chosen:
            raise AccessError(
                self.env._(
                    "You may not see the results of this branch. Ask its director."
                )
            )
        return chosen

    def _team_rows(self, period, visible):
        users = self.env["res.users"].browse(visible).sorted("name")
        # sudo: the managers the reader was found to judge, each measured whole
        Criterion = self.env["evaluation.criterion"].sudo()
        measured = Criterion._measure_plan_fulfilment(period, users)
        evidence = Criterion._evidences_plan_fulfilment(period, users)
        plans = Criterion._plan_by_user(period, users)
        cards = self._cards(period, users)
        judged = self._judged(period, visible, cards)
        rows = []
        for user in users:
            fact, target, fulfilment, count = measured[user.id]
            rows.append(
                {
                    "user_id": user.id,
                    "name": user.name,
                    "branch": visible[user.id].name,
                    "plan_ids": plans[user.id].ids if user.id in plans else [],
                    "basis": self._bases(period, plans.get(user.id)),
                    "target": target,
                    "fulfilment": fulfilment,
                    **self._row_score(cards.get(user.id), judged.get(user.id)),
                    **tile(evidence[user.id]["numerator"][1], fact, count),
                }
            )
        return rows

    def _row_score(self, card, judged):
        """The score that stands, else the computed one and what its head says."""
        if self._stands(card):
            score = card.final_score if card.has_score else None
            is_agreed = card.state == "agreed"
            return {"score": score, "final": None, "is_agreed": is_agreed}
        assessed = self._assessed(card, judged) if judged else None
        return {
            "score": number(judged.score) if judged else None,
            "final": number(assessed[1]) if assessed else None,
            "is_agreed": False,
        }

    def _bases(self, period, plans):
        """The basis of a row in words; of who moved there may be two."""
        names = [self._basis(period, plan)["name"] for plan in plans or [None]]
        return " + ".join(dict.fromkeys(names))

    def _team_totals(self, rows):
        """One total per basis: what is ordered and what is invoiced do not add up.

        Fulfilment is of those who have a plan, as the others have no target.
        """
        totals = []
        for basis in dict.fromkeys(row["basis"] for row in rows):
            of_basis = [row for row in rows if row["basis"] == basis]
            planned = [row for row in of_basis if row["target"]]
            target = sum(row["target"] for row in planned)
            totals.append(
                {
                    "basis": basis,
                    "managers": len(of_basis),
                    "target": target,
                    "amount": sum(row["amount"] for row in of_basis),
                    "fulfilment": ratio(sum(row["amount"] for row in planned), target),
                    "without_plan": len(of_basis) - len(planned),
                }
            )
        return totals

    def _team_not_counted(self, period, branch_id):
        """By status, what counts for nobody of the team on the company's basis."""
        base = [
            ("company_id", "=", period.company_id.id),
            ("basis", "=", period.company_id.sales_manager_kpi_plan_basis),
            *month_domain(period.date_from),
            *([("branch_id", "=", branch_id)] if branch_id else []),
        ]
        sums = {
            status: (amount, count)
            for status, amount, count in self.env[FACTS]._group_facts(
                Domain(base) & Domain("status", "!=", "counted"),
                ["status"],
                ["amount:sum", "__count"],
                period.company_id,
                (period.date_from, period.date_to),
            )
        }
        return {
            status: tile([*base, ("status", "=", status)], *sums.get(status, ()))
            for status in ("unassigned", "excluded")
        }
