from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.exceptions import AccessError

from ..engine.categories import nearest
from ..engine.scoring import ratio
from .read_once import reading_once, remember
from .sales_month_screen import FACTS, TREND_MONTHS, any_of, is_valid, iso, tile


class SalesMyMonth(models.AbstractModel):
    """The figures of My month, each with the domain that opens its rows.

    Who may see the month sees it whole: plan, fact and score are one for the manager
    and every director. What counts is measured on the plan that holds; a plan in
    preparation shows its target only.
    """

    _name = "sales.my.month"
    _inherit = ["sales.month.screen"]
    _description = "My Month"

    # ------------------------------------------------------------------
    # What the client asks
    # ------------------------------------------------------------------

    @api.model
    def get_data(self, period_date=None, user_id=None):
        """The month of one manager, live. Amounts untaxed, in company currency.

        :param period_date: a day of the month (ISO string); the running month if none
        :param user_id: the manager; the current user if none
        :raise AccessError: for the month of somebody the user may not judge
        """
        self._check_group()
        period = self._period(period_date)
        self = reading_once(self)  # pylint: disable=self-cls-assignment
        visible = self.env["evaluation.run"]._visible_members(period)
        user = self._subject(user_id, visible)
        data = self._header(period, visible)
        data["user"] = {"id": user.id, "name": user.name}
        if user.id not in visible:
            return {**data, "status": "no_branch"}
        plans = self._plans(period, user)
        shown = self._shown_plans(period, plans)
        valid = shown.filtered(is_valid)
        held = plans.filtered(is_valid)
        # a plan in preparation shows what it asks for; what counts is not agreed yet
        shares = {
            **dict.fromkeys(shown, 1.0),
            **held._counting_shares(),
        }
        rows = self._fact_rows(period, user, held)
        return {
            **data,
            "status": "ok",
            "branch": visible[user.id].name,
            "basis": self._basis(period, valid),
            "plan": self._plan_values(shown, shares),
            **self._figures(period, user, valid, shares, rows),
            "trend": self._trend(period, user, held, shares, rows),
            "score": self._score(period, user, visible),
            "gaps": self._open_gaps(data, user),
            "pay": self._pay(period, user),
        }

    # ------------------------------------------------------------------
    # Whose month, and which
    # ------------------------------------------------------------------

    def _subject(self, user_id, visible):
        if not user_id or user_id == self.env.uid:
            return self.env.user
        if not isinstance(user_id, int) or user_id not in visible:
            raise AccessError(
                self.env._(
                    "You may not see the month of this manager. Only they, the "
                    "director of their branch and the commercial director do."
                )
            )
        return self.env["res.users"].browse(user_id)

    # ------------------------------------------------------------------
    # One manager
    # ------------------------------------------------------------------

    def _plans(self, period, user):
        """The plans of the months that the trend shows, this one included."""
        first = period.date_from - relativedelta(months=TREND_MONTHS - 1)
        # sudo: the month of one manager, which the reader was found to judge; who moved
        # has a plan in a branch that one of the directors does not see
        plans = (
            self.env["sales.plan"]
            .sudo()
            .search_fetch(
                [
                    ("user_id", "=", user.id),
                    ("company_id", "=", period.company_id.id),
                    ("date_from", ">=", first),
                    ("date_from", "<=", period.date_from),
                    ("state", "not in", ("superseded", "cancelled")),
                ]
            )
        )
        plans.line_ids.mapped("dimension")  # the lines of all months at once
        return plans

    def _shown_plans(self, period, plans):
        """The valid plans of the period, else the one in preparation."""
        plans = plans.filtered(lambda plan: plan.date_from == period.date_from)
        return plans.filtered(is_valid).sorted("day_from") or plans[:1]

    def _plan_values(self, plans, shares):
        """The plan in figures; who moved has several, which are added up."""
        if not plans:
            return False
        plan = plans[-1]
        states = plan._fields["state"]._description_selection(self.env)
        return {
            "ids": plans.ids,
            "state": plan.state,
            "state_name": dict(states)[plan.state],
            "valid": is_valid(plan),
            "version": plan.version,
            "target": self._target(plans, shares),
            "agreed": sum(plans.mapped("target_amount")),
            "policy": plan._policy(),
            "parts": [
                {
                    "id": part.id,
                    "branch": part.branch_id.name,
                    "days": f"{part.day_from.day}–{part.day_to.day}",
                    "target": part._part_of_target(shares[part]),
                }
                for part in (plans if len(plans) > 1 else ())
            ],
        }

    def _target(self, plans, shares):
        return sum(plan._part_of_target(shares[plan]) for plan in plans)

    def _domains(self, period, user, plan):
        """One dict for figures and lists: the domain of each figure by its key."""
        Criterion = self.env["evaluation.criterion"]
        month = Criterion._plan_days_domain(period, user, plan)
        counted = [*month, ("status", "=", "counted")]
        planned = plan._main_lines().categ_id.ids if plan else []
        return {
            "month": month,
            "fact": [*counted, *Criterion._plan_categories_domain(plan)],
            "other": [*counted, "!", ("categ_id", "child_of", planned)],
            "not_counted": [*month, ("status", "!=", "counted")],
            **{
                categ_id: [*counted, ("categ_id", "child_of", [categ_id])]
                for categ_id in planned
            },
        }

    def _figures(self, period, user, plans, shares, rows):
        """Figures of the month: those of its plans, added up."""
        parts = [
            self._figures_of(period, user, plan, shares[plan] if plan else 1.0, rows)
            for plan in plans or [None]
        ]
        fact = _together([part["fact"] for part in parts])
        count = sum(part["fact_count"] for part in parts)
        self._remember_for_score(period, user, plans, fact["amount"], count)
        target = self._target(plans, shares)
        others = [part["other"] for part in parts if part["other"]]
        categories = defaultdict(list)
        for part in parts:
            for category in part["categories"]:
                categories[category["id"]].append(category)
        return {
            "fact": fact,
            "fulfilment": ratio(fact["amount"], target),
            "remaining": max(target - fact["amount"], 0),
            "by_plan": any(part["by_plan"] for part in parts),
            "categories": [_together(rows) for rows in categories.values()],
            "other": _together(others) if others else False,
            "not_counted": _together([part["not_counted"] for part in parts]),
            "uncovered": self._uncovered(period, user, plans),
            "substituted": self._substituted(period, fact["domain"]),
        }

    def _remember_for_score(self, period, user, plans, amount, count):
        """The score asks for these plans and what counted for them, in sudo."""
        env, key = self.sudo().env, (period.id, frozenset(user.ids))  # sudo: its keys
        remember(env, ("valid_plans", *key), plans)
        remember(env, ("plan_facts", *key), {user.id: (amount, count)})

    def _substituted(self, period, fact_domain):
        """The parts of the fact that substitutions credited, each with its rows."""
        if not self.env["sales.substitution"]._any_decided(period.company_id):
            return []
        domain = [*fact_domain, ("substitution_id", "!=", False)]
        # sudo: one manager, company and month, which the reader was found to judge
        rows = (
            self.env[FACTS]
            .sudo()
            ._group_facts(
                domain,
                ["substitution_id"],
                ["amount:sum", "__count"],
                period.company_id,
                (period.date_from, period.date_to),
            )
        )
        return [
            {
                "id": row.id,
                "name": row.display_name,
                **tile([*fact_domain, ("substitution_id", "=", row.id)], amount, count),
            }
            for row, amount, count in rows
        ]

    def _uncovered(self, period, user, plans):
        """What counted on days of which no approved plan speaks; False for none."""
        if not plans or plans._cover_month():
            return False
        domain = [
            *self.env["evaluation.criterion"]._plan_fact_domain(period, user, None),
            *(
                term
                for plan in plans
                for term in (
                    "|",
                    ("date", "<", iso(plan.day_from)),
                    ("date", ">", iso(plan.day_to)),
                )
            ),
        ]
        # sudo: see _fact_rows
        Fact = self.env[FACTS].sudo()
        [(amount, count)] = Fact._group_facts(
            domain,
            [],
            ["amount:sum", "__count"],
            period.company_id,
            (period.date_from, period.date_to),
        )
        return tile(domain, amount or 0, count)

    def _figures_of(self, period, user, plan, share, rows):
        domains = self._domains(period, user, plan)
        rows = self._rows_of(period, plan, rows)
        main = plan._main_lines() if plan else []
        lines = main.filtered("categ_id") if plan else []
        # sudo: names and places of what was sold and what is planned, read at once
        self.env["product.category"].sudo().union(
            *(row[1] for row in rows), *(line.categ_id for line in lines)
        ).mapped("display_name")
        sums = self._roll_up(rows, {line.categ_id.id for line in lines})
        has_total = not lines or len(lines) < len(main)
        counting = [line.categ_id.id for line in lines] + ["other"] * has_total
        facts = [sums.get(key, (0, 0)) for key in counting]
        rest = plan.target_amount - sum(lines.mapped("target_amount")) if lines else 0
        return {
            "fact": tile(domains["fact"], sum(amount for amount, _count in facts)),
            "fact_count": sum(count for _amount, count in facts),
            "by_plan": bool(lines),
            "categories": self._planned_categories(lines, sums, domains, share)
            if lines
            else self._sold_categories(rows, domains),
            "other": {
                "counts": has_total,
                "target": rest * share if has_total else None,
                **tile(domains["other"], *sums.get("other", ())),
            }
            if lines
            else False,
            "not_counted": tile(domains["not_counted"], *sums.get("not_counted", ())),
        }

    def _planned_categories(self, lines, sums, domains, share):
        categories = []
        for line in lines:
            amount, count = sums.get(line.categ_id.id, (0, 0))
            categories.append(
                {
                    "id": line.categ_id.id,
                    "name": line.categ_id.display_name,
                    "target": line.target_amount * share,
                    **tile(domains[line.categ_id.id], amount, count),
                }
            )
        return categories

    def _sold_categories(self, rows, domains):
        """What counted by category, largest first, where no plan names categories."""
        return [
            {
                "id": category.id,
                "name": category.display_name or self.env._("Without a product"),
                "target": None,
                **tile(
                    [*domains["fact"], ("categ_id", "=", category.id)], amount, count
                ),
            }
            for status, category, amount, count in sorted(rows, key=lambda r: -r[2])
            if status == "counted"
        ]

    def _roll_up(self, rows, planned):
        """``{category id, "other" or "not_counted": (amount, rows)}``."""
        sums = {}
        for status, category, amount, count in rows:
            key = "not_counted"
            if status == "counted":
                # sudo: the path of ids, whatever the reader may see of categories
                key = nearest(category.sudo().parent_path, planned) or "other"
            total, number = sums.get(key, (0, 0))
            sums[key] = (total + amount, number + count)
        return sums


def _together(rows):
    """One row of a screen out of those of several plans: amounts added up."""
    whole = {**rows[0], **tile(any_of([row["domain"] for row in rows]))}
    for name in ("amount", "count"):
        whole[name] = sum(row[name] for row in rows)
    if "target" in whole:
        targets = [row["target"] for row in rows if row["target"] is not None]
        whole["target"] = sum(targets) if targets else None
        whole["fulfilment"] = (
            ratio(whole["amount"], whole["target"]) if targets else None
        )
    return whole
