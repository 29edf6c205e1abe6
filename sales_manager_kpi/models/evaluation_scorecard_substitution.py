from collections import defaultdict
from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.tools.misc import formatLang

from ..engine.instants import HOURS, instant
from .sales_substitution_credit import CREDIT_POLICY

DAY = timedelta(days=1)


class EvaluationScorecardSubstitution(models.Model):
    """A substitution as the scorecard of one of the two shows it.

    Written by the system with the scorecard and kept with it, so that an agreed month
    goes on saying what was agreed. On the card of the principal there is no fee:
    that is pay.
    """

    _name = "evaluation.scorecard.substitution"
    _description = "Substitution on a Scorecard"
    _order = "scorecard_id, date_from, id"

    scorecard_id = fields.Many2one(
        comodel_name="evaluation.scorecard",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    substitution_id = fields.Many2one(
        comodel_name="sales.substitution",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    currency_id = fields.Many2one(related="scorecard_id.currency_id")
    principal_id = fields.Many2one(related="substitution_id.principal_id")
    deputy_id = fields.Many2one(related="substitution_id.deputy_id")
    role = fields.Selection(
        selection=[("principal", "Absent"), ("deputy", "Deputy")],
        required=True,
        readonly=True,
    )
    date_from = fields.Date(string="From", readonly=True)
    date_to = fields.Date(string="To", readonly=True)
    working_days = fields.Float(
        digits=(6, 2),
        readonly=True,
        help="Of this month, covered until the scorecard was computed.",
    )
    credit_policy = fields.Selection(
        selection=CREDIT_POLICY, string="Credit", required=True, readonly=True
    )
    policy_display = fields.Char(string="Policy", compute="_compute_policy_display")
    principal_amount = fields.Monetary(
        string="Credited to the Principal",
        readonly=True,
        help="What counted in this month for the principal by this substitution, "
        "untaxed, on the basis of the company.",
    )
    deputy_amount = fields.Monetary(
        string="Credited to the Deputy",
        readonly=True,
        help="What counted in this month for the deputy by this substitution, untaxed, "
        "on the basis of the company.",
    )
    # Pay of the deputy: the column is the system's, what people see is `fee`.
    duty_fee = fields.Monetary(
        readonly=True,
        aggregator=None,
        groups=fields.NO_ACCESS,
        export_string_translation=False,
    )
    fee = fields.Monetary(
        compute="_compute_fee",
        aggregator=None,
        help="Fee per working day, times the working days covered. Seen by the deputy "
        "and by who approves pay.",
    )

    _card_substitution_uniq = models.UniqueIndex(
        "(scorecard_id, substitution_id)", "A substitution is on a scorecard once."
    )

    # By user: whoever reads first must not answer for the next one.
    @api.depends("duty_fee", "scorecard_id.user_id")
    @api.depends_context("uid")
    def _compute_fee(self):
        user = self.env.user
        pays = user._is_superuser() or user.has_group("sales_manager_kpi.group_pay")
        for row in self:
            shown = pays or row.scorecard_id.user_id == user
            # sudo: the pay of whose scorecard it is, for those who were found to see it
            row.fee = row.sudo().duty_fee if shown else 0.0

    @api.depends("substitution_id")
    def _compute_display_name(self):
        for row in self:
            # sudo: who stood in for whom, on a scorecard one reads
            row.display_name = row.substitution_id.sudo().display_name

    @api.depends("credit_policy", "substitution_id")
    @api.depends_context("lang")
    def _compute_policy_display(self):
        labels = dict(self._fields["credit_policy"]._description_selection(self.env))
        for row in self:
            words = labels.get(row.credit_policy)
            if row.credit_policy == "split":
                # sudo: a percentage that is fixed since the appointment
                share = row.substitution_id.sudo().deputy_share
                words = self.env._(
                    "%(policy)s: %(share)s %% for the deputy",
                    policy=words,
                    share=formatLang(self.env, share, digits=2),
                )
            row.policy_display = words


class EvaluationScorecard(models.Model):
    _inherit = "evaluation.scorecard"

    substitution_ids = fields.One2many(
        comodel_name="evaluation.scorecard.substitution",
        inverse_name="scorecard_id",
        string="Substitutions",
        readonly=True,
    )


class EvaluationStore(models.AbstractModel):
    _inherit = "evaluation.store"

    @api.model
    def _store_judged(self, period, cards, judged):
        result = super()._store_judged(period, cards, judged)
        if self.env["sales.substitution"]._any_decided(period.company_id):
            self._store_substitutions(period, {u: cards[u] for u in judged})
        return result

    @api.model
    def _store_substitutions(self, period, cards):
        Row = self.env["evaluation.scorecard.substitution"]
        found = Row.search(
            [("scorecard_id", "in", [card.id for card in cards.values()])]
        )
        rows = {(row.scorecard_id.id, row.substitution_id.id): row for row in found}
        vals_by_key = self._substitution_vals(period, cards)
        self._drop_outdated(rows, vals_by_key)
        self._upsert(Row, rows, vals_by_key)

    @api.model
    def _substitution_vals(self, period, cards):
        """``{(scorecard id, substitution id): values}``, in a handful of queries."""
        company = period.company_id
        amounts = self.env["sales.fact.report"]._facts_by(
            company,
            period.date_from,
            period.date_to,
            company.sales_manager_kpi_plan_basis,
            groupby=("substitution_id", "user_id"),
            domain=[("substitution_id", "!=", False)],
        )
        credited = {substitution_id for substitution_id, _user_id in amounts}
        months = {}
        for row in self._substitutions_of(period, cards, credited):
            months[row] = _month_of(row, period)
        covered = self.env["sales.working.days"]._covered(
            company, {row: (row.principal_id, *span) for row, span in months.items()}
        )
        return {
            (cards[user.id].id, row.id): {
                "scorecard_id": cards[user.id].id,
                "substitution_id": row.id,
                "role": role,
                **_prepare_days(row, months[row]),
                **_prepare_credit(row, amounts),
                "working_days": covered[row],
                "duty_fee": _fee(row, covered[row]) if role == "deputy" else 0.0,
            }
            for row in months
            for role, user in (
                ("principal", row.principal_id),
                ("deputy", row.deputy_id),
            )
            if user.id in cards
        }

    @api.model
    def _duty_fees(self, period, users):
        """What those who stood in get for it: ``{deputy id: [(row, days, fee)]}``.

        In company currency, for the days of the period that were covered until now.
        """
        rows = self._substitutions_of(period, users.ids, ())
        months = {
            row: _month_of(row, period)
            for row in rows
            if row.credit_policy == "duty_fee" and row.deputy_id.id in users._ids
        }
        covered = self.env["sales.working.days"]._covered(
            period.company_id,
            {row: (row.principal_id, *span) for row, span in months.items()},
        )
        fees = defaultdict(list)
        for row, days in covered.items():
            fees[row.deputy_id.id].append((row, days, _fee(row, days)))
        return dict(fees)

    @api.model
    def _substitutions_of(self, period, cards, credited):
        """Those in force on a day of the period, and those it has credit from."""
        start = fields.Datetime.to_datetime(period.date_from) - DAY
        stop = fields.Datetime.to_datetime(period.date_to) + 2 * DAY
        # sudo: of everybody who is judged; each reads their own scorecard
        rows = (
            self.env["sales.substitution"]
            .sudo()
            .search(
                [
                    ("company_id", "=", period.company_id.id),
                    ("decision", "in", ("appointed", "revoked")),
                    "|",
                    ("principal_id", "in", list(cards)),
                    ("deputy_id", "in", list(cards)),
                    "|",
                    ("id", "in", list(credited)),
                    "&",
                    ("start_at", "<", stop),
                    ("stop_at", ">", start),
                ]
            )
        )
        return rows.filtered(
            lambda row: row.id in credited or _begins(_month_of(row, period))
        )


def _month_of(row, period):
    """The part of the month in which it is in force until now; naive UTC."""
    tz = row._tz()
    first = instant(period.date_from, 0.0, tz)
    last = instant(period.date_to, HOURS, tz, late=True)
    start = max(row.start_at, first)
    return start, max(start, min(row.stop_at, last, fields.Datetime.now()))


def _begins(span):
    return span[0] < span[1]


def _prepare_days(row, span):
    """The days of the substitution, those of other months as well."""
    zone = pytz.timezone(row._tz())
    last = max(row.start_at, row.stop_at - timedelta(seconds=1))
    return {
        "date_from": pytz.utc.localize(row.start_at).astimezone(zone).date(),
        "date_to": pytz.utc.localize(last).astimezone(zone).date(),
    }


def _prepare_credit(row, amounts):
    return {
        "credit_policy": row.credit_policy,
        "principal_amount": amounts.get((row.id, row.principal_id.id), 0.0),
        "deputy_amount": amounts.get((row.id, row.deputy_id.id), 0.0),
    }


def _fee(row, days):
    """Of the days covered, in company currency."""
    if row.credit_policy != "duty_fee":
        return 0.0
    return row.currency_id.round(row.duty_fee_amount * days)
