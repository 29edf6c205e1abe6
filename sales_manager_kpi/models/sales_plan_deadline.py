from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from .sales_plan_states import VALID_STATES

DUE_ACTIVITY = "sales_manager_kpi.mail_activity_type_plan_due"
WAITING_ACTIVITY = "sales_manager_kpi.mail_activity_type_plan_waiting"
# a returned plan has an activity of its own
HANDED_IN = ("submitted", "returned", *VALID_STATES)


class SalesPeriod(models.Model):
    """Reminds of the plans of a month: one activity per person, no more."""

    _inherit = "sales.period"

    @api.model
    def _cron_remind(self):
        """Remind who has not handed in a plan, and directors of what waits."""
        for company in self.env["res.company"].search(
            [("sales_manager_kpi_plan_due_day", ">", 0)]
        ):
            today = self.env["sales.branch"]._company_local_date(company)
            month = today.replace(day=1)
            for period in self._for_months(
                company, [month, month + relativedelta(months=1)]
            ):
                period._remind(today)

    def _remind(self, today):
        """Make the activities of this month what they should be on ``today``."""
        self.ensure_one()
        company = self.company_id
        due = company._plan_due_date(self.date_from)
        if not due:
            return
        days = company.sales_manager_kpi_plan_remind_days
        users = self.env["res.users"]
        if due - relativedelta(days=days) <= today <= self.date_to:
            users = self._users_without_plan()
        directors = self._directors_with_plans_waiting() if today >= due else {}
        self._set_activities(DUE_ACTIVITY, dict.fromkeys(users, False), due)
        self._set_activities(WAITING_ACTIVITY, directors, max(due, today))

    def _users_without_plan(self):
        """Members of the month who have handed in nothing."""
        # sudo: a nightly job; it tells nobody whose plan is missing but that person
        members = (
            self.env["sales.branch.member"]
            .sudo()
            .search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("date_from", "<=", self.date_to),
                    "|",
                    ("date_to", "=", False),
                    ("date_to", ">=", self.date_from),
                ]
            )
        )
        # sudo: as above
        plans = (
            self.env["sales.plan"]
            .sudo()
            .search_fetch(
                [("period_id", "=", self.id), ("state", "in", HANDED_IN)], ["user_id"]
            )
        )
        users = members.user_id - plans.user_id
        group = self.env.ref("sales_manager_kpi.group_manager")
        return users.filtered(
            lambda user: (
                user.active
                and group in user.all_group_ids
                and self.company_id in user.company_ids
            )
        )

    def _directors_with_plans_waiting(self):
        """``{director: words on how many plans wait for a decision}``."""
        # sudo: a nightly job; each director hears of the plans they are asked about
        plans = (
            self.env["sales.plan"]
            .sudo()
            .search([("period_id", "=", self.id), ("state", "=", "submitted")])
        )
        waiting = defaultdict(list)
        for plan, users in plans._get_approvers().items():
            for user in users:
                waiting[user].append(plan.user_id.name)
        return {
            user: self.with_context(lang=user.lang).env._(
                "Waiting for your decision: %(names)s.", names=", ".join(sorted(names))
            )
            for user, names in waiting.items()
        }

    def _set_activities(self, type_xmlid, notes, deadline):
        """Leave exactly one activity of this kind to each of the people.

        :param dict notes: ``{user: note or False}``
        """
        kind = self.env.ref(type_xmlid)
        # sudo: asking people to do something is not writing in anybody's name
        Activity = self.env["mail.activity"].sudo()
        domain = [
            ("activity_type_id", "=", kind.id),
            ("res_model", "=", self._name),
            ("res_id", "=", self.id),
        ]
        kept = {}
        for activity in Activity.search(domain):
            if activity.user_id in notes and activity.user_id not in kept:
                kept[activity.user_id] = activity
            else:
                activity.unlink()
        Activity.with_context(mail_activity_quick_update=True).create(
            [
                {
                    "activity_type_id": kind.id,
                    "summary": f"{kind.summary} · {self.display_name}",
                    "note": note,
                    "user_id": user.id,
                    "res_model_id": self.env["ir.model"]._get_id(self._name),
                    "res_id": self.id,
                    "automated": True,
                    "date_deadline": deadline,
                }
                for user, note in notes.items()
                if user not in kept
            ]
        )

    @api.model
    def _forget_reminders(self, plans):
        """The managers of ``plans`` have handed them in."""
        # sudo: the reminder is the system's, and done with
        self.env["mail.activity"].sudo().search(
            [
                ("activity_type_id", "=", self.env.ref(DUE_ACTIVITY).id),
                ("res_model", "=", self._name),
                ("res_id", "in", plans.period_id.ids),
                ("user_id", "in", plans.user_id.ids),
            ]
        ).filtered(
            lambda activity: (
                (activity.res_id, activity.user_id)
                in {(plan.period_id.id, plan.user_id) for plan in plans}
            )
        ).unlink()

    def action_open_my_plan(self):
        """Open the own plan of this month; without one, a new one."""
        self.ensure_one()
        return self.env["sales.plan.matrix"].action_open(
            self.env.uid, fields.Date.to_string(self.date_from)
        )

    def action_open_waiting(self):
        """Open the plans of this month that wait for a decision."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.sales_plan_action_to_approve"
        )
        domain = [
            ("state", "=", "submitted"),
            ("user_id", "!=", self.env.uid),
            ("period_id", "=", self.id),
        ]
        return {**action, "domain": domain}
