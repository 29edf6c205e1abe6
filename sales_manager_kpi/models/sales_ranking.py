from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..engine import ranking
from .sales_month_screen import iso, number

DEFAULT_SPAN, DEFAULT_BY = "month", "size"
FARTHEST = 10  # years back


class RankingReader(NamedTuple):
    """What one reader may know of the others.

    ``whole`` are the ids of who is seen with figures, ``listed`` of whom the company
    shows to its managers, as ``public`` says.
    """

    whole: set
    listed: set
    public: str


class SalesRanking(models.AbstractModel):
    """Managers side by side: by size, plan, growth to the own past, or score.

    What a reader may not see does not leave the server: neither figures nor, where
    the company makes nothing public, the others' places.
    """

    _name = "sales.ranking"
    _inherit = ["sales.ranking.figures"]
    _description = "Ranking"

    # ------------------------------------------------------------------
    # What the client asks
    # ------------------------------------------------------------------

    @api.model
    def get_data(self, span=None, by=None, date=None, branch_id=None):
        """The ranking of a month, quarter or year, live. Of the current company alone.

        :param span: ``month``, ``quarter`` or ``year``
        :param by: ``size`` (untaxed, in company currency), ``plan`` and ``growth``
            (fractions), ``score`` (100 is "as agreed")
        :param date: a day of it (ISO string); the running one if none
        :param branch_id: the branch that is ranked; False for the whole company, None
            for what the reader looks at first
        :return: ``rows`` of whom the reader may see, by place. ``value`` is None
            without a base and where it is not public (``is_hidden``)
        :raise AccessError: to who is no sales manager, and for a branch of which the
            company makes nothing public
        :raise UserError: for a span, a measure or a day that there is not
        """
        self._check_ranking_reader()
        span, by = span or DEFAULT_SPAN, by or DEFAULT_BY
        self._check_choice(span, by)
        company = self.env.company
        today = self.env["sales.branch"]._company_local_date(company)
        first, last = ranking.span(span, self._day(date, today))
        people = self._ranked_people(company, first, self._end(last, today))
        reader = self._reader(company, people)
        branches = self._branches(people, reader)
        branch_id = self._chosen_branch(company, people, branches, branch_id)
        ranked = {
            user_id: person
            for user_id, person in people.items()
            if not branch_id or person.branch.id == branch_id
        }
        figures = self._ranking_figures(
            company, by, list(ranked), first, min(last, today)
        )
        rows = self._rows(ranked, figures, reader)
        return {
            "span": span,
            "by": by,
            "as_of": fields.Datetime.to_string(fields.Datetime.now()),
            "company": company.name if len(self.env.companies) > 1 else False,
            "currency_id": company.currency_id.id,
            "period": self._period_values(span, first, last, today),
            "branch_id": branch_id,
            "branches": [{"id": b.id, "name": b.name} for b in branches],
            "public": reader.public,
            "ranked": len(ranked),
            "rows": rows,
            "badges": self._badges(rows, company, first, last),
            "milestones": self._milestones(people, reader, company, first, last),
        }

    def _check_ranking_reader(self):
        if not self.env.user.has_group("sales_manager_kpi.group_manager"):
            raise AccessError(
                self.env._(
                    "The ranking is for sales managers. Ask an administrator for the "
                    "role."
                )
            )

    def _check_choice(self, span, by):
        if span not in ranking.MONTHS or by not in ("size", "plan", "growth", "score"):
            raise UserError(
                self.env._(
                    "There is no such ranking. Choose month, quarter or year, and one "
                    "of turnover, plan, growth and score."
                )
            )

    def _day(self, day, today):
        try:
            day = fields.Date.to_date(day) or today
        except (TypeError, ValueError):
            day = None
        if not day or day < today - relativedelta(years=FARTHEST):
            raise UserError(
                self.env._("There is no such day. Choose one of the last ten years.")
            )
        return min(day, today)

    @api.model
    def _end(self, last, today):
        """People of the months that have begun, as the evaluation has them."""
        return min(last, today + relativedelta(day=31))

    def _period_values(self, span, first, last, today):
        step = relativedelta(months=ranking.MONTHS[span])
        name = {
            "month": lambda: format_date(self.env, first, date_format="LLLL y"),
            "quarter": lambda: format_date(self.env, first, date_format="QQQ y"),
            "year": lambda: str(first.year),
        }[span]()
        return {
            "name": name,
            "date": iso(first),
            "previous": iso(first - step),
            "next": iso(first + step) if last < today else False,
            "is_current": last >= today,
        }

    # ------------------------------------------------------------------
    # Who may know what
    # ------------------------------------------------------------------

    def _reader(self, company, people):
        # sudo: what the company makes public is for everybody to know
        company = company.sudo()
        public = company.sales_manager_kpi_ranking_public
        within = company.sales_manager_kpi_ranking_scope
        return RankingReader(
            self._seen_whole(people),
            set() if public == "own" else self._within(people, within),
            public,
        )

    def _seen_whole(self, people):
        """Oneself, who worked under one in the last month, for some everybody."""
        user = self.env.user
        if user.has_group("sales_manager_kpi.group_commercial_director"):
            return set(people)
        seen = {user.id} & set(people)
        if user.has_group("sales_manager_kpi.group_branch_director"):
            seen.update(
                user_id
                for user_id, person in people.items()
                if user.id in person.directors.ids
            )
        return seen

    def _within(self, people, scope):
        """Ids of those in the reader's branch, or in the whole company."""
        if scope == "company":
            return set(people)
        own = people.get(self.env.uid)
        if not own:
            return set()
        return {
            user_id for user_id, person in people.items() if person.branch == own.branch
        }

    def _branches(self, people, reader):
        """The branches that the reader may look at, by name."""
        branches = self.env["sales.branch"].union(
            *(
                person.branch.sudo(False)
                for user_id, person in people.items()
                if user_id in reader.whole | reader.listed
            )
        )
        # sudo: a branch that somebody may look at here has a name
        return branches.sudo().sorted("name")

    def _chosen_branch(self, company, people, branches, branch_id):
        """The id of the branch to rank, False for the whole company."""
        if branch_id is None:
            own = people.get(self.env.uid)
            # sudo: see _reader
            if own and company.sudo().sales_manager_kpi_ranking_scope == "branch":
                return own.branch.id
            return False
        if branch_id and branch_id not in branches.ids:
            raise AccessError(
                self.env._(
                    "The ranking of this branch is not public. Ask its director."
                )
            )
        return branch_id or False

    # ------------------------------------------------------------------
    # Rows
    # ------------------------------------------------------------------

    def _rows(self, ranked, figures, reader):
        places = ranking.places({key: fig.value for key, fig in figures.items()})
        # sudo: names of those whom the reader may see in the ranking
        users = (
            self.env["res.users"]
            .sudo()
            .browse(
                user_id for user_id in ranked if user_id in reader.whole | reader.listed
            )
        )
        rows = [
            {
                "user_id": user.id,
                "name": user.name,
                "branch": ranked[user.id].branch.name,
                "is_me": user.id == self.env.uid,
                "place": places[user.id],
                **self._shown_figure(figures[user.id], user.id, reader),
            }
            for user in users
        ]
        return sorted(
            rows, key=lambda row: (row["place"] is None, row["place"], row["name"])
        )

    def _shown_figure(self, figure, user_id, reader):
        """The figure as far as the reader may know it; parts only of who is whole."""
        whole = user_id in reader.whole
        if not whole and reader.public != "values":
            return {
                "value": None,
                "parts": None,
                "is_hidden": figure.value is not None,
                "is_provisional": False,
            }
        return {
            "value": number(figure.value),
            "parts": figure.parts if whole else None,
            "is_hidden": False,
            "is_provisional": figure.is_provisional,
        }

    # ------------------------------------------------------------------
    # What they won
    # ------------------------------------------------------------------

    def _badges(self, rows, company, first, last):
        """``{user id: [badge, ...]}`` of the rows that are shown."""
        # sudo: badges of those whom the reader may see in the ranking
        badges = (
            self.env["sales.ranking.badge"]
            .sudo()
            .search(
                [
                    ("company_id", "=", company.id),
                    ("user_id", "in", [row["user_id"] for row in rows]),
                    ("date_from", ">=", first),
                    ("date_from", "<=", last),
                ],
                order="date_from, id",
            )
        )
        return {
            user.id: [
                {"id": badge.id, "name": badge.name, "icon": badge.icon}
                for badge in own
            ]
            for user, own in badges.grouped("user_id").items()
        }

    def _milestones(self, people, reader, company, first, last):
        """The milestones of these days that the reader may know, newest first."""
        # sudo: see _reader
        chosen = company.sudo().sales_manager_kpi_milestones
        if chosen == "off":
            return []
        listed = set() if chosen == "own" else self._within(people, chosen)
        # sudo: of those whom the reader directs or the company shows; the customer
        # is named to the former alone
        milestones = (
            self.env["sales.milestone"]
            .sudo()
            .search_fetch(
                [
                    ("company_id", "=", company.id),
                    ("user_id", "in", list(reader.whole | listed)),
                    ("date_from", ">=", first),
                    ("date_from", "<=", last),
                ],
                order="date desc, id desc",
                limit=20,
            )
        )
        return [
            {
                "id": milestone.id,
                "user": milestone.user_id.name,
                "is_me": milestone.user_id.id == self.env.uid,
                "date": iso(milestone.date),
                "name": milestone._wording(milestone.user_id.id in reader.whole),
                "icon": milestone._icon(),
            }
            for milestone in milestones
        ]
