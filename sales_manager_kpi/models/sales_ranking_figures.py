from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..engine import ranking
from ..engine.scoring import exact

FACTS = "sales.fact.report"


class RankingPerson(NamedTuple):
    """Who is ranked: in one branch, under the directors of the last month there."""

    branch: object
    directors: object
    month: date


class RankingFigure(NamedTuple):
    """What a person is ranked by; ``value`` is None where there is no base."""

    value: Decimal | None
    parts: tuple | None = None
    is_provisional: bool = False


class SalesRankingFigures(models.AbstractModel):
    """Who is ranked, and by what: the same for every reader, in a few queries.

    Not for a reader: whoever shows a figure answers for who may see it.
    """

    _name = "sales.ranking.figures"
    _description = "Figures of Rankings"

    # ------------------------------------------------------------------
    # Who
    # ------------------------------------------------------------------

    @api.model
    def _ranked_people(self, company, first, last):
        """``{user id: RankingPerson}`` of who belonged to a branch in these days.

        Each is ranked once, with everything credited to them: in the branch where the
        last month found them first, as the scorecard of that month. Who left, also
        when archived, keeps the place of the days they were there.
        """
        # sudo: membership is readable for every manager; see the class
        rows = (
            self.env["sales.branch.member"]
            .sudo()
            .search_fetch(
                [
                    ("company_id", "=", company.id),
                    ("date_from", "<=", last),
                    "|",
                    ("date_to", "=", False),
                    ("date_to", ">=", first),
                ],
                ["user_id", "branch_id", "date_from", "date_to"],
                order="date_from, id",
            )
        )
        rows.branch_id.mapped("director_id")
        people = {}
        for user, own in rows.grouped("user_id").items():
            month = max(min(row.date_to or last, last) for row in own).replace(day=1)
            end = month + relativedelta(day=31)
            there = own.filtered(
                lambda row, month=month, end=end: (
                    row.date_from <= end and (not row.date_to or row.date_to >= month)
                )
            )
            branches = there.branch_id
            people[user.id] = RankingPerson(
                there[:1].branch_id, branches.director_id, month
            )
        return people

    # ------------------------------------------------------------------
    # By what
    # ------------------------------------------------------------------

    @api.model
    def _ranking_figures(self, company, by, user_ids, first, last):
        """``{user id: RankingFigure}`` of everybody asked for.

        :param by: ``size``, ``plan``, ``growth`` or ``score``
        :param last: the last day that counts, today at the latest
        """
        users = self.env["res.users"].browse(user_ids)
        # the company alone, whatever companies the reader works in
        self = self.with_context(  # pylint: disable=self-cls-assignment
            allowed_company_ids=company.ids
        )
        # sudo: settings of the company
        company = company.with_env(self.env).sudo()
        return getattr(self, f"_ranked_by_{by}")(company, users, first, last)

    def _amounts_of(self, company, users, first, last):
        return self.env[FACTS]._facts_by(
            company, first, last, company.sales_manager_kpi_plan_basis, users
        )

    def _ranked_by_size(self, company, users, first, last):
        """Counted facts on the company's basis, untaxed in company currency."""
        amounts = self._amounts_of(company, users, first, last)
        return {
            user.id: RankingFigure(exact(amounts.get(user.id, 0.0))) for user in users
        }

    def _ranked_by_growth(self, company, users, first, last):
        """The same days of the year before are the base, by who was credited then."""
        now = self._amounts_of(company, users, first, last)
        days = ranking.year_before(first, last)
        before = self._amounts_of(company, users, *days)
        return {
            user.id: RankingFigure(
                ranking.growth(now.get(user.id, 0.0), before.get(user.id)),
                (now.get(user.id, 0.0), before.get(user.id, 0.0)),
            )
            for user in users
        }

    def _ranked_by_plan(self, company, users, first, last):
        """Facts per target of the valid plans of the months that have begun.

        Of the plan's own basis and days, by the target that the company's policy
        counts: for one month the figure of the criterion *Plan fulfilment*.
        """
        # sudo: plans of everybody ranked; see the class
        Plan = self.env["sales.plan"].sudo()
        plans = Plan._valid_plans(self._months(company, first, last), users)
        plans.line_ids.mapped("dimension")  # the lines of all at once
        sums = defaultdict(lambda: [0.0, 0.0])
        for plan, (fact, target, _share) in plans._fulfilments().items():
            own = sums[plan.user_id.id]
            own[0] += fact
            own[1] += target
        figures = {}
        for user in users:
            fact, target = map(company.currency_id.round, sums[user.id])
            parts = (fact, target) if target else None
            figures[user.id] = RankingFigure(ranking.share(fact, target), parts)
        return figures

    def _ranked_by_score(self, company, users, first, last):
        """The mean of the months' scores: agreed ones, else what was computed.

        What a director drafts is nobody's business before it is agreed.
        """
        # sudo: scorecards of everybody ranked; see the class
        cards = (
            self.env["evaluation.scorecard"]
            .sudo()
            .search_fetch(
                [
                    ("company_id", "=", company.id),
                    ("user_id", "in", users.ids),
                    ("date_from", ">=", first),
                    ("date_from", "<=", last),
                    ("has_score", "=", True),
                ],
                ["user_id", "state", "score", "final_score"],
            )
        )
        by_user = cards.grouped(lambda card: card.user_id.id)
        figures = {}
        for user in users:
            own = by_user.get(user.id, cards.browse())
            agreed = [card.state == "agreed" for card in own]
            scores = [
                card.final_score if is_agreed else card.score
                for card, is_agreed in zip(own, agreed, strict=True)
            ]
            figures[user.id] = RankingFigure(
                ranking.mean(scores), is_provisional=not all(agreed)
            )
        return figures

    @api.model
    def _months(self, company, first, last):
        """The months of the company in these days, in sudo."""
        # sudo: a month is no secret
        return (
            self.env["sales.period"]
            .sudo()
            .search(
                Domain("company_id", "=", company.id)
                & Domain("date_from", ">=", fields.Date.to_string(first))
                & Domain("date_from", "<=", fields.Date.to_string(last))
            )
        )
