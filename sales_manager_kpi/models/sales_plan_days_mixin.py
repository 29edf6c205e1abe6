from collections import defaultdict

from odoo import api, fields, models

from ..engine import working_days
from .read_once import read_once


class SalesPlanDaysMixin(models.AbstractModel):
    """The part of ``sales.plan`` that knows who is there to sell, when and where.

    Nothing of it is stored: absences, calendars and memberships change under an agreed
    plan, and the effective target follows at once.
    """

    _name = "sales.plan.days.mixin"
    _description = "Working Days of a Plan"

    currency_id = fields.Many2one(comodel_name="res.currency")
    working_days = fields.Float(
        compute="_compute_working_days",
        digits=(6, 2),
        aggregator=None,
        help="Working days of the manager in the days of the plan, without absences. "
        "Public holidays are not among them: nobody works then.",
    )
    planned_days = fields.Float(
        string="Days Present",
        compute="_compute_working_days",
        digits=(6, 2),
        aggregator=None,
        help="The working days less the manager's own absences and the days outside "
        "the branch.",
    )
    effective_target = fields.Monetary(
        compute="_compute_working_days",
        help="The target's part that falls on the days the manager is there. It "
        "follows absences, calendars and memberships by itself.",
    )
    counting_target = fields.Monetary(
        compute="_compute_working_days",
        help="The target that fulfilment and score are measured by: the agreed or the "
        "effective one, as the company decides in the settings.",
    )
    target_note = fields.Char(
        string="Measured By",
        compute="_compute_target_note",
        help="Said where fulfilment is measured by the effective target.",
    )
    is_target_lowered = fields.Boolean(compute="_compute_working_days")
    days_note = fields.Char(
        string="Working Days in Words",
        compute="_compute_working_days",
        help="What the effective target follows from.",
    )

    @api.depends(
        "user_id",
        "company_id.sales_manager_kpi_target_policy",
        "day_from",
        "day_to",
        "target_amount",
    )
    @api.depends_context("lang")
    def _compute_working_days(self):
        days = self._days()
        for plan in self:
            working, planned = days[plan]
            plan.working_days = working
            plan.planned_days = planned
            effective = working_days.effective(plan.target_amount, working, planned)
            currency = plan.currency_id
            plan.effective_target = currency.round(effective) if currency else effective
            plan.counting_target = (
                plan.effective_target
                if plan._policy() == "effective"
                else plan.target_amount
            )
            plan.is_target_lowered = planned < working
            plan.days_note = plan._days_note(working, planned)

    @api.depends("target_amount", "company_id.sales_manager_kpi_target_policy")
    @api.depends_context("lang")
    def _compute_target_note(self):
        """Empty, and without a query, where the agreed targets count."""
        effective = self.filtered(lambda plan: plan._policy() == "effective")
        for plan in self - effective:
            plan.target_note = False
        for plan in effective:
            plan.target_note = self.env._(
                "effective target: %(amount)s, %(days)s",
                amount=plan.currency_id.format(plan.counting_target),
                days=plan.days_note,
            )

    def _days(self, known=None, spans=None):
        """``{plan: (working days, days present)}``, set-based.

        :param known: ``{user id: WorkingDays}`` of the plans' company and days, where
            they have been read already
        :param spans: what ``sales.working.days._spans`` told of them, likewise
        """
        Days = self.env["sales.working.days"]
        result = dict.fromkeys(self, (0.0, 0.0))
        by_company = defaultdict(self.browse)
        shown = self._shown()
        for plan in shown.filtered(lambda p: p.user_id and p.day_from and p.day_to):
            by_company[plan.company_id] |= plan
        for company, plans in by_company.items():
            worked = spans or Days._spans(plans.user_id, company)
            days = known or Days._of(
                plans.user_id,
                company,
                min(plans.mapped("day_from")),
                max(plans.mapped("day_to")),
                worked,
            )
            for plan in plans:
                own = worked.get((plan.user_id._origin.id, company._origin.id))
                result[plan] = plan._days_of(days[plan.user_id.id], own)
        return result

    def _days_of(self, days, spans):
        member = spans and [(start, end) for _branch, start, end in spans]
        return (
            days.working(self.day_from, self.day_to),
            days.planned(self.day_from, self.day_to, member),
        )

    def _policy(self):
        # sudo: a setting that says how the plan's own figures are to be read
        return self.company_id.sudo().sales_manager_kpi_target_policy

    def _days_note(self, working, planned):
        """The sentence to print wherever an effective target stands."""
        if not working:
            return self.env._("no working days known")
        return self.env._(
            "%(planned)s of %(working)s working days",
            planned=f"{planned:g}",
            working=f"{working:g}",
        )

    # ------------------------------------------------------------------
    # Where the manager works
    # ------------------------------------------------------------------

    def _proper_branches(self):
        """``{plan: branches the manager works in in its month}``."""
        spans = self.env["sales.working.days"]._spans(self.user_id, self.company_id)
        return {
            plan: self.env["sales.branch"].union(
                *(
                    segment.key.sudo(self.env.su)
                    for segment in self._segments(
                        spans.get((plan.user_id.id, plan.company_id.id)),
                        plan.period_id,
                    )
                )
            )
            for plan in self
        }

    def _membership_branches(self):
        """``{plan: sales.branch}`` of the managers' memberships; see _home_branches."""
        plans = self.filtered(lambda plan: plan.user_id and plan.period_id)
        homes = self._home_branches(plans.user_id, plans.period_id)
        return {
            plan: homes[plan.user_id.id, plan.period_id.id]
            for plan in plans
            if (plan.user_id.id, plan.period_id.id) in homes
        }

    @api.model
    def _home_branches(self, users, periods):
        """The branch of each user when a month begins, else the first later in it.

        :return: ``{(user id, period id): sales.branch}``, in one query, without users
            who belong to none
        """
        # sudo: where a colleague works; only the asked users and companies
        members = (
            self.env["sales.branch.member"]
            .sudo()
            .search_fetch(
                [
                    ("user_id", "in", users.ids),
                    ("company_id", "in", periods.company_id.ids),
                ],
                ["user_id", "company_id", "branch_id", "date_from", "date_to"],
                order="date_from",
            )
        )
        result = {}
        for period in periods:
            for member in members:
                if (
                    member.company_id == period.company_id
                    and member.date_from <= period.date_to
                    and (not member.date_to or member.date_to >= period.date_from)
                ):
                    branch = member.branch_id.sudo(self.env.su)
                    result.setdefault((member.user_id.id, period.id), branch)
        return result

    # ------------------------------------------------------------------
    # The one place that says which target counts
    # ------------------------------------------------------------------

    def _counting_shares(self, known=None):
        """``{plan: what counts of its targets}``, 1 where the agreed ones count.

        No query where the company counts by agreed targets.
        """
        shares = dict.fromkeys(self, 1.0)
        # sudo: see _policy
        companies = self.company_id.sudo().filtered(
            lambda company: company.sales_manager_kpi_target_policy == "effective"
        )
        effective = self.filtered(lambda plan: plan.company_id in companies)
        # a screen asks for its months, then its score for one of them
        of_plans = read_once(self.env, ("counting_shares",), dict)
        unknown = effective.filtered(lambda plan: plan.id not in of_plans)
        for plan, days in unknown._days(known).items():
            share = working_days.share(*days)
            of_plans[plan.id or plan] = 1.0 if share is None else share
        shares.update((plan, of_plans[plan.id or plan]) for plan in effective)
        return shares

    def _counting_targets(self, known=None):
        """``{plan: target}`` that fulfilment, score and forecast are measured by."""
        return {
            plan: plan._part_of_target(share)
            for plan, share in self._counting_shares(known).items()
        }

    def _counting_target(self):
        """The target of one plan that counts; see `_counting_targets`."""
        self.ensure_one()
        return self._counting_targets()[self]

    def _part_of_target(self, share):
        target = self.target_amount
        return self.currency_id.round(target * share) if share != 1 else target
