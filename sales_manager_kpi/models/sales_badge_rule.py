from odoo import api, fields, models

from ..engine.ranking import places
from ..engine.scoring import exact

GAMIFICATION = "gamification.badge"
MOST = 1000  # badges to choose from


class SalesBadgeRule(models.Model):
    """Which badge the winners of a month get, and by what they win.

    By our own figures. Where Odoo's gamification is installed, a badge of it may be
    granted with it; it is kept by its number, as that module comes and goes.
    """

    _name = "sales.badge.rule"
    _description = "Rule of Badges"
    _order = "sequence, id"

    name = fields.Char(string="Badge", required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        index=True,
        help="Leave empty to use it in all companies.",
    )
    icon = fields.Char(
        required=True,
        default="fa-trophy",
        help="Name of an icon of Font Awesome 4, as fa-trophy.",
    )
    won_by = fields.Selection(
        selection=[
            ("growth", "Highest growth to the own past"),
            ("plan", "Highest fulfilment of the plan"),
            ("size", "Highest turnover"),
            ("score", "Highest score"),
            ("no_claims", "Deliveries without a justified claim"),
            ("first_time_right", "Most orders first time right"),
        ],
        required=True,
    )
    scope = fields.Selection(
        selection=[("company", "In the whole company"), ("branch", "In each branch")],
        string="Among Whom",
        required=True,
        default="company",
    )
    at_least = fields.Float(
        digits=(16, 2),
        help="Below it nobody wins: per cent, of the score points. 5 of growth is 5 % "
        "more than in the same month of the year before.",
    )
    gamification_badge = fields.Selection(
        selection="_selection_gamification_badge",
        string="Badge of Gamification",
        help="Granted to the winners as well.",
    )
    has_gamification = fields.Boolean(
        compute="_compute_has_gamification", export_string_translation=False
    )

    _icon_name = models.Constraint(
        "CHECK (icon ~ '^fa-[a-z0-9-]+$')",
        "An icon is named as in Font Awesome 4: fa-trophy.",
    )

    @api.model
    def _selection_gamification_badge(self):
        if GAMIFICATION not in self.env:
            return []
        # sudo: the names of badges, for whoever may read the rules
        Badge = self.env[GAMIFICATION].sudo()
        badges = Badge.search_fetch([], ["name"], order="name", limit=MOST)
        return [(str(badge.id), badge.name) for badge in badges]

    def _compute_has_gamification(self):
        self.has_gamification = GAMIFICATION in self.env

    @api.model
    def _in_force(self, company):
        return self.search([("company_id", "in", [False, company.id])])

    # ------------------------------------------------------------------
    # Who wins
    # ------------------------------------------------------------------

    def _winners(self, period, people):
        """Ids of the users who won the month; who ties with the first wins too.

        :param people: ``{user id: RankingPerson}``
        """
        self.ensure_one()
        figures = self._figures(period, people)
        if self.won_by == "no_claims":
            return [
                user_id for user_id, points in figures.items() if self._is_clean(points)
            ]
        groups = {}
        for user_id, figure in figures.items():
            branch = people[user_id].branch if self.scope == "branch" else None
            groups.setdefault(branch, {})[user_id] = figure
        return [
            user_id
            for group in groups.values()
            for user_id, place in places(group).items()
            if place == 1 and self._is_enough(group[user_id])
        ]

    def _figures(self, period, people):
        """``{user id: figure}``, None where there is no base."""
        if self.won_by == "no_claims":
            measured = self._measured("claims_justified", period, people)
            return {
                user_id: None if value is None else exact(points)
                for user_id, (points, _hundreds, value, *_count) in measured.items()
            }
        if self.won_by == "first_time_right":
            code = "registration_first_time_right"
            measured = self._measured(code, period, people)
            return {user_id: exact(figures[2]) for user_id, figures in measured.items()}
        found = self.env["sales.ranking.figures"]._ranking_figures(
            period.company_id,
            self.won_by,
            list(people),
            period.date_from,
            period.date_to,
        )
        return {user_id: figure.value for user_id, figure in found.items()}

    def _measured(self, code, period, people):
        users = self.env["res.users"].browse(people)
        # sudo: a month is won by everybody's documents, whoever runs the cron
        Criterion = self.env["evaluation.criterion"].sudo()
        return getattr(Criterion, f"_measure_{code}")(period, users)

    def _is_clean(self, points):
        return points is not None and points <= 0

    def _is_enough(self, figure):
        """Something was won at all, and as much as asked."""
        if self.won_by == "size":
            return figure > 0
        asked = exact(self.at_least)
        return figure * (1 if self.won_by == "score" else 100) >= asked and figure > 0
