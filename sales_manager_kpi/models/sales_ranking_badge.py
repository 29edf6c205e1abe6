from odoo import api, fields, models
from odoo.tools import format_date

GRANTED = "gamification.badge.user"
BADGE = "gamification.badge"


class SalesRankingBadge(models.Model):
    """A badge that somebody won with a month; kept as it was given."""

    _name = "sales.ranking.badge"
    _inherit = ["sales.month.directors.mixin", "append.only.mixin"]
    _description = "Badge of a Month"
    _order = "date_from desc, rule_id, user_id"

    rule_id = fields.Many2one(
        comodel_name="sales.badge.rule",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    name = fields.Char(
        related="rule_id.name", related_sudo=True, string="Badge", readonly=True
    )
    icon = fields.Char(required=True, readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Manager",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    branch_id = fields.Many2one(
        comodel_name="sales.branch", readonly=True, ondelete="restrict"
    )
    period_id = fields.Many2one(
        comodel_name="sales.period",
        string="Month",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    date_from = fields.Date(
        string="Month Begins", related="period_id.date_from", store=True
    )
    company_id = fields.Many2one(
        related="period_id.company_id", store=True, index=True, precompute=True
    )

    _once_uniq = models.UniqueIndex(
        "(user_id, period_id, rule_id)", "This badge of the month is given already."
    )

    @api.depends("rule_id.name", "period_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for badge in self:
            month = format_date(self.env, badge.date_from, date_format="LLLL y")
            badge.display_name = f"{badge.name} · {month}"

    @api.model
    def _award(self, period):
        """Give the badges of a month that is over; those given are left alone."""
        rules = self.env["sales.badge.rule"]._in_force(period.company_id)
        people = self.env["sales.ranking.figures"]._ranked_people(
            period.company_id, period.date_from, period.date_to
        )
        # sudo: badges are given by the system and written by nobody else
        Badge = self.sudo()
        known = {
            (badge.rule_id, badge.user_id.id)
            for badge in Badge.search([("period_id", "=", period.id)])
        }
        badges = Badge.create(
            [
                {
                    "rule_id": rule.id,
                    "icon": rule.icon,
                    "user_id": user_id,
                    "branch_id": people[user_id].branch.id,
                    "period_id": period.id,
                }
                for rule in rules
                for user_id in rule._winners(period, people)
                if (rule, user_id) not in known
            ]
        )
        badges._grant()
        return badges

    def _grant(self):
        """Grant the badges of gamification that the rules name, if it is installed."""
        if BADGE not in self.env:
            return
        # sudo: granted by the system from its own figures
        Granted, Badge = self.env[GRANTED].sudo(), self.env[BADGE].sudo()
        chosen = {
            int(rule.gamification_badge)
            for rule in self.rule_id
            if rule.gamification_badge
        }
        there = set(Badge.browse(chosen).exists().ids)
        Granted.create(
            [
                {
                    "user_id": badge.user_id.id,
                    "badge_id": int(badge.rule_id.gamification_badge),
                    "comment": badge.display_name,
                }
                for badge in self
                if badge.user_id.active
                and int(badge.rule_id.gamification_badge or 0) in there
            ]
        )
