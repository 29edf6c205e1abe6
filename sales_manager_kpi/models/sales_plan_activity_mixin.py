from markupsafe import Markup

from odoo import fields, models

APPROVE_ACTIVITY = "sales_manager_kpi.mail_activity_type_plan_approve"
RETURNED_ACTIVITY = "sales_manager_kpi.mail_activity_type_plan_returned"


class SalesPlanActivityMixin(models.AbstractModel):
    """The part of ``sales.plan`` that asks people to do something about a plan."""

    _name = "sales.plan.activity.mixin"
    _description = "Who is Asked about a Plan"

    def _get_approvers(self):
        """Who is asked to approve: ``{plan: res.users}``.

        The branch's director; where that is nobody, or the planner, the commercial
        directors of the company; where there are none, its administrators. A director
        who is absent is asked together with these: a deputy never agrees plans.
        """
        by_company = {
            company: self._company_approvers(company) for company in self.company_id
        }
        # sudo: who directs, their group and state
        directors = self.branch_id.sudo().director_id
        absent = self.env["sales.substitution"]._absent(directors, self.company_id)
        result = {}
        for plan in self:
            director = plan.branch_id.sudo().director_id  # sudo: see above
            others, admins = by_company[plan.company_id]
            above = (others - plan.user_id) or (admins - plan.user_id)
            if (
                director
                and director != plan.user_id
                and director.active
                and director.has_group("sales_manager_kpi.group_branch_director")
            ):
                away = director.id in absent[plan.company_id.id]
                result[plan] = director.sudo(False) | (
                    above if away else above.browse()
                )
                continue
            result[plan] = above
        return result

    def _company_approvers(self, company):
        # sudo: membership of a group is read to find whom to ask, nothing is shown
        users = (
            self.env["res.users"]
            .sudo()
            .search(
                [
                    (
                        "all_group_ids",
                        "in",
                        self.env.ref("sales_manager_kpi.group_commercial_director").id,
                    ),
                    ("company_ids", "in", company.id),
                    ("share", "=", False),
                ]
            )
        )
        admin_group = self.env.ref("sales_manager_kpi.group_admin")
        admins = users.filtered(lambda user: admin_group in user.all_group_ids)
        return (users - admins).sudo(False), admins.sudo(False)

    def _update_activities(self):
        """The one place that asks people to do something, and stops asking."""
        # sudo: asking a director is not writing in the director's name
        plans = self.sudo()
        plans.activity_feedback([APPROVE_ACTIVITY], user_id=self.env.uid)
        plans.activity_unlink([APPROVE_ACTIVITY, RETURNED_ACTIVITY])
        self.env["sales.period"]._forget_reminders(
            plans.filtered(lambda p: p.state == "submitted")
        )
        vals_list = []
        approvers = self.filtered(lambda p: p.state == "submitted")._get_approvers()
        for plan, users in approvers.items():
            for user in users:
                vals_list.append(plan._prepare_activity_vals(APPROVE_ACTIVITY, user))
        for plan in self.filtered(lambda p: p.state == "returned"):
            vals_list.append(
                plan._prepare_activity_vals(
                    RETURNED_ACTIVITY, plan.user_id, note=plan.reason
                )
            )
        # one mail for one plan; many at once are seen in the list of activities
        # sudo: a task for whoever is next, asked for by the step just taken
        self.env["mail.activity"].sudo().with_context(
            mail_activity_quick_update=len(self) > 1
        ).create(vals_list)

    def _prepare_activity_vals(self, type_xmlid, user, note=None):
        activity_type = self.env.ref(type_xmlid)
        today = self.branch_id._local_today()
        return {
            "activity_type_id": activity_type.id,
            "summary": activity_type.summary,
            "note": Markup("<p>%s</p>") % note if note else False,
            "user_id": user.id,
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
            "automated": True,
            "date_deadline": max(today, fields.Date.subtract(self.date_from, days=1)),
        }
