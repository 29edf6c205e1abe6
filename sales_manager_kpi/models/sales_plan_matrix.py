from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from .sales_plan_states import OPEN_STATES, VALID_STATES

MONTHS = 12
BACK = 2  # months before this one that the screen opens with
SOON = relativedelta(days=31)  # plans that are due later are not missed yet
# the state that a cell with several plans shows: what holds, else what is farthest
RANK = ("draft", "returned", "submitted", "approved", "running")


class SalesPlanMatrix(models.AbstractModel):
    """Who has no plan: managers by months, the same few queries for any number."""

    _name = "sales.plan.matrix"
    _inherit = ["sales.people.board"]
    _board_step = relativedelta(months=MONTHS // 2)
    _description = "Who Has No Plan"

    def _shown(self, company, people, dates, today):
        plans = self._plans(company, dates, {row["user_id"] for row in people})
        due = {month: self._due(company, month) for month in dates}
        rows = self._rows(people, dates, plans, due, today)
        states = self.env["sales.plan"]._fields["state"]
        return {
            "currency_id": company.currency_id.id,
            "months": [
                self._prepare_month(month, due[month], today, rows, i)
                for i, month in enumerate(dates)
            ],
            "rows": rows,
            "states": dict(states._description_selection(self.env)),
        }

    def _prepare_month(self, month, due, today, rows, i):
        kinds = [row["cells"][i]["kind"] for row in rows]
        return {
            "date": fields.Date.to_string(month),
            "name": format_date(self.env, month, date_format="MMM y"),
            "due": due and format_date(self.env, due),
            "is_current": month == today.replace(day=1),
            "missing": sum(kind in ("none", "late") for kind in kinds),
        }

    @api.model
    def action_open(self, user_id, month):
        """Open the plan of a manager for a month; without one, a new one.

        :return: the action; nothing is written before the form is saved
        """
        company = self.env.company
        today = self.env["sales.branch"]._company_local_date(company)
        [date, *__] = self._dates(month, today)
        plans = self.env["sales.plan"].search(
            [
                ("company_id", "=", company.id),
                ("user_id", "=", user_id),
                ("date_from", "=", date),
                ("state", "in", OPEN_STATES + VALID_STATES),
            ]
        )
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Plan"),
            "res_model": "sales.plan",
            "views": [(False, "form")],
        }
        if len(plans) > 1:
            views = [(False, "list"), (False, "form")]
            return {**action, "views": views, "domain": [("id", "in", plans.ids)]}
        if plans:
            return {**action, "res_id": plans.id}
        period = self.env["sales.period"]._for_date(company, date)
        return {
            **action,
            "context": {"default_user_id": user_id, "default_period_id": period.id},
        }

    # ------------------------------------------------------------------
    # What is read
    # ------------------------------------------------------------------

    def _dates(self, first, today):
        first = self._first_day(first, today) or today - relativedelta(months=BACK)
        first = first.replace(day=1)
        return [first + relativedelta(months=i) for i in range(MONTHS)]

    def _due(self, company, month):
        """The day on which plans of ``month`` are due; None without a deadline."""
        return company._plan_due_date(month)

    def _scope(self):
        """Of whom the reader sees plans: everybody, the own branches, oneself."""
        user = self.env.user
        if user.has_group("sales_manager_kpi.group_commercial_director"):
            return SQL("TRUE"), Domain.TRUE
        sql, domain = (
            SQL("member.user_id = %s", user.id),
            Domain("user_id", "=", user.id),
        )
        if user.has_group("sales_manager_kpi.group_branch_director"):
            sql = SQL("(%s OR branch.director_id = %s)", sql, user.id)
            domain |= Domain("branch_id.director_id", "=", user.id)
        return sql, domain

    def _people(self, company, dates):
        """Memberships that overlap the months, of whom the reader may see plans of."""
        scope = self._scope()[0]
        self._flush_people()
        columns = ("user_id", "name", "active", "branch_id", "branch", "from", "to")
        rows = self.env.execute_query(
            SQL(
                """
                SELECT member.user_id, partner.name, users.active,
                       branch.id, branch.name, member.date_from, member.date_to
                  FROM sales_branch_member AS member
                  JOIN sales_branch AS branch ON branch.id = member.branch_id
                  JOIN res_users AS users ON users.id = member.user_id
                  JOIN res_partner AS partner ON partner.id = users.partner_id
                 WHERE member.company_id = %(company)s
                   AND member.date_from < %(after)s
                   AND COALESCE(member.date_to, 'infinity') >= %(first)s
                   AND %(scope)s
              ORDER BY partner.name, member.user_id, member.date_from
                """,
                company=company.id,
                first=dates[0],
                after=dates[-1] + relativedelta(months=1),
                scope=scope,
            )
        )
        return [dict(zip(columns, row, strict=True)) for row in rows]

    def _plans(self, company, months, user_ids):
        """``{(user id, month): plans}`` that the reader may see, in one query."""
        # sudo: the scope says what the record rules say, without their queries
        plans = (
            self.env["sales.plan"]
            .sudo()
            .search_fetch(
                self._scope()[1]
                & Domain("company_id", "=", company.id)
                & Domain("user_id", "in", sorted(user_ids))
                & Domain("date_from", ">=", months[0])
                & Domain("date_from", "<=", months[-1])
                & Domain("state", "in", OPEN_STATES + VALID_STATES),
                ["user_id", "date_from", "state", "target_amount"],
                order="id",
            )
        )
        return plans.grouped(lambda plan: (plan.user_id.id, plan.date_from))

    # ------------------------------------------------------------------
    # What is shown
    # ------------------------------------------------------------------

    def _rows(self, members, months, plans, due, today):
        by_user = defaultdict(list)
        for row in members:
            by_user[row["user_id"]].append(row)
        return [
            {
                "user_id": user_id,
                "name": spells[0]["name"],
                "branch": spells[-1]["branch"],
                "cells": [
                    self._cell(
                        spells, month, plans.get((user_id, month)), due[month], today
                    )
                    for month in months
                ],
            }
            for user_id, spells in by_user.items()
        ]

    def _cell(self, spells, month, plans, due, today):
        if plans:
            valid = plans.filtered(lambda plan: plan.state in VALID_STATES)
            shown = valid or plans
            return {
                "kind": max(shown.mapped("state"), key=RANK.index),
                "target": sum(shown.mapped("target_amount")),
                "revised": bool(valid) and valid != plans,
            }
        last = month + relativedelta(day=31)
        there = any(
            row["from"] <= last and (not row["to"] or row["to"] >= month)
            for row in spells
        )
        if not there or (not spells[0]["active"] and last >= today):
            return {"kind": "away"}
        if due and today > due:
            return {"kind": "late"}
        soon = due or month - relativedelta(months=1)
        return {"kind": "none" if soon <= today + SOON else "future"}
