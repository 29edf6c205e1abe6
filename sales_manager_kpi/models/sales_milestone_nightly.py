from collections import defaultdict
from datetime import date

from dateutil.relativedelta import relativedelta
from markupsafe import Markup

from odoo import api, models

from ..engine.customer_life import WON_BACK
from ..engine.scoring import exact

BEGINNING = date(1970, 1, 1)
EARLIER_MONTHS = 3  # a best month is one among some
CATCH_UP = 3  # months that are judged at once at most


class SalesMilestone(models.Model):
    """Found and told in the night, month by month of each company that wants it."""

    _inherit = "sales.milestone"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _cron_find(self):
        """Find milestones of the open months, and the winners of those that are over.

        Company by company, in transactions of their own: what is found is told once,
        so a run that is stopped goes on where it was.
        """
        companies = self._celebrating_companies()
        Cron = self.env["ir.cron"]
        Cron._commit_progress(remaining=len(companies))
        for company in companies:
            self._find_of_company(company)
            if not Cron._commit_progress(1):
                break

    @api.model
    def _celebrating_companies(self):
        found = self.env["sales.branch"]._read_group([], ["company_id"])
        companies = self.env["res.company"].union(*(company for (company,) in found))
        return companies.filtered(
            lambda company: (
                company.sales_manager_kpi_milestones != "off"
                or company.sales_manager_kpi_badges
            )
        )

    @api.model
    def _find_of_company(self, company):
        """Everything new of one company; each person is told in one message."""
        self = self.with_context(  # pylint: disable=self-cls-assignment
            allowed_company_ids=company.ids
        )
        company = company.with_env(self.env)
        today = self.env["sales.branch"]._company_local_date(company)
        news = self.browse()
        if company.sales_manager_kpi_milestones != "off":
            months = [today - relativedelta(months=1), today]
            for period in self.env["sales.period"]._for_months(company, months):
                if period.state == "open":
                    news |= self._find(period, today)
        badges = self.env["sales.ranking.badge"]
        for period in self._due_periods(company, today):
            if company.sales_manager_kpi_milestones != "off":
                news |= self._find_best(period, today)
            if company.sales_manager_kpi_badges:
                badges |= badges._award(period)
            company.sales_manager_kpi_awarded_until = period.date_from
        self._tell(news, badges)

    @api.model
    def _due_periods(self, company, today):
        """Months that are over for good and were not judged yet, oldest first.

        Closed, or ended for as many days as the company waits.
        """
        days = relativedelta(days=company.sales_manager_kpi_award_days)
        until = company.sales_manager_kpi_awarded_until
        running = today.replace(day=1)
        months = [
            month
            for back in range(CATCH_UP if until else 1, 0, -1)
            if (month := running - relativedelta(months=back)) > (until or BEGINNING)
        ]
        if not months:
            return self.env["sales.period"]
        due = self.env["sales.period"]._for_months(company, months)
        return due.filtered(
            lambda period: period.state == "closed" or today > period.date_to + days
        )

    # ------------------------------------------------------------------
    # What there is to find
    # ------------------------------------------------------------------

    @api.model
    def _find(self, period, today):
        """Keep what was reached in an open month; what is known is left alone."""
        people = self._people_of(period)
        found = [
            *self._reached_levels(period, people, today),
            *self._won_back(period, people),
        ]
        return self._keep(period, people, found, today)

    @api.model
    def _people_of(self, period):
        return self.env["sales.ranking.figures"]._ranked_people(
            period.company_id, period.date_from, period.date_to
        )

    @api.model
    def _reached_levels(self, period, people, today):
        percents = self.env["sales.milestone.level"]._percents(period.company_id)
        if not percents or period.date_from > today:
            return
        figures = self.env["sales.ranking.figures"]._ranking_figures(
            period.company_id,
            "plan",
            list(people),
            period.date_from,
            min(period.date_to, today),
        )
        for user_id, figure in figures.items():
            for percent in percents:
                if figure.value is not None and figure.value * 100 >= percent:
                    yield user_id, "plan", percent, False

    @api.model
    def _won_back(self, period, people):
        """As the criterion *Customers won back*: by who owned them on that day."""
        rows = self.env["evaluation.criterion"]._event_rows(period, WON_BACK)
        for user_id in people:
            for partner in rows[user_id].partner_id:
                yield user_id, "won_back", 0, partner.id

    @api.model
    def _find_best(self, period, today):
        """Keep who never had a month like this one, among a few earlier ones."""
        people = self._people_of(period)
        company = period.company_id
        amounts = self.env["sales.fact.report"]._facts_by(
            company,
            BEGINNING,
            period.date_to,
            company.sales_manager_kpi_plan_basis,
            self.env["res.users"].browse(people),
            groupby=("user_id", "date:month"),
        )
        now, before = {}, defaultdict(list)
        for (user_id, month), amount in amounts.items():
            if month == period.date_from:
                now[user_id] = exact(amount)
            else:
                before[user_id].append(exact(amount))
        found = [
            (user_id, "best_month", 0, False)
            for user_id, amount in now.items()
            if len(before[user_id]) >= EARLIER_MONTHS
            and amount > max(0, *before[user_id])
        ]
        return self._keep(period, people, found, today)

    @api.model
    def _keep(self, period, people, found, today):
        """Add the rows that are new: ``(user id, kind, percent, partner id)``."""
        # sudo: milestones are found by the system and written by nobody else
        Milestone = self.sudo()
        known = {
            (row.user_id.id, row.kind, row.percent, row.partner_id.id)
            for row in Milestone.search([("period_id", "=", period.id)])
        }
        return Milestone.create(
            [
                {
                    "user_id": user_id,
                    "branch_id": people[user_id].branch.id,
                    "period_id": period.id,
                    "kind": kind,
                    "percent": percent,
                    "partner_id": partner_id,
                    "date": today,
                }
                for user_id, kind, percent, partner_id in found
                if (user_id, kind, percent, partner_id) not in known
            ]
        )

    # ------------------------------------------------------------------
    # Telling
    # ------------------------------------------------------------------

    @api.model
    def _tell(self, milestones, badges):
        """One message for each person: inbox or e-mail, as they prefer."""
        news = defaultdict(list)
        for row in [*milestones, *badges]:
            news[row.user_id].append(row)
        for user, rows in news.items():
            if user.active:
                self._tell_person(user, rows)

    @api.model
    def _tell_person(self, user, rows):
        speaker = self.with_context(lang=user.lang)
        items = Markup().join(
            Markup("<li>{}</li>").format(row.with_env(speaker.env).display_name)
            for row in rows
        )
        self.env["mail.thread"].message_notify(
            partner_ids=user.partner_id.ids,
            subject=speaker.env._("Well done"),
            body=Markup("<p>{}</p><ul>{}</ul>").format(
                speaker.env._("You reached something:"), items
            ),
        )
