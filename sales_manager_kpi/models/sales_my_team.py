from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..engine.scoring import ratio
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
        visible = self.env["evaluation.run"]._visible_members(period)
        data = self._header(period, visible)
        if branch_id:
            if branch_id not in {branch["id"] for branch in data["branches"]}:
                raise AccessError(
                    self.env._(
                        "You may not see the results of this branch. Ask its director."
                    )
                )
            visible = {u: b for u, b in visible.items() if b.id == branch_id}
        rows = self._team_rows(period, visible)
        return {
            **data,
            "branch_id": branch_id or False,
            "basis": self._basis(period, None),
            "rows": rows,
            "total": self._team_total(rows),
            "sees_unassigned": self.env.user.has_group(
                "sales_manager_kpi.group_commercial_director"
            )
            and not branch_id,
            "not_counted": self._team_not_counted(period, branch_id),
        }

    def _team_rows(self, period, visible):
        users = self.env["res.users"].browse(visible).sorted("name")
        # sudo: the managers the reader was found to judge, each measured whole
        Criterion = self.env["evaluation.criterion"].sudo()
        measured = Criterion._measure_plan_fulfilment(period, users)
        evidence = Criterion._evidences_plan_fulfilment(period, users)
        plans = Criterion._plan_by_user(period, users)
        # sudo: the system's figure, the same for everybody who may see these months
        judged = (
            self.env["evaluation.run"]
            .sudo()
            ._judge(period, members=visible, evidence=False)
        )
        rows = []
        for user in users:
            fact, target, fulfilment, count = measured[user.id]
            result = judged.get(user.id)
            rows.append(
                {
                    "user_id": user.id,
                    "name": user.name,
                    "branch": visible[user.id].name,
                    "plan_ids": plans[user.id].ids if user.id in plans else [],
                    "basis": self._basis(period, plans.get(user.id))["name"],
                    "target": target,
                    "fulfilment": fulfilment,
                    "score": number(result.score) if result else None,
                    **tile(evidence[user.id]["numerator"][1], fact, count),
                }
            )
        return rows

    def _team_total(self, rows):
        """Sums; fulfilment over those who have a plan, as the others have no target."""
        planned = [row for row in rows if row["target"]]
        target = sum(row["target"] for row in planned)
        return {
            "target": target,
            "amount": sum(row["amount"] for row in rows),
            "fulfilment": ratio(sum(row["amount"] for row in planned), target),
            "without_plan": len(rows) - len(planned),
        }

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
            for status, amount, count in self.env[FACTS]._read_group(
                Domain(base) & Domain("status", "!=", "counted"),
                ["status"],
                ["amount:sum", "__count"],
            )
        }
        return {
            status: tile([*base, ("status", "=", status)], *sums.get(status, ()))
            for status in ("unassigned", "excluded")
        }
