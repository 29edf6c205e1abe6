from statistics import median

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.trade_bonus import ZERO


class BonusReplay(models.TransientModel):
    """What a scheme would have paid in the last months, beside what holds.

    The months are read as they stand: closed ones from their frozen facts. Nothing is
    kept but the comparison, and no statement changes.
    """

    _name = "bonus.replay"
    _description = "Replay of a Pay Scheme"
    _inherit = ["sales.asking.mixin"]
    _asked_about = ("scheme_id",)

    scheme_id = fields.Many2one(
        comodel_name="bonus.scheme",
        required=True,
        ondelete="cascade",
        help="It takes the place of the version with its code, for the people it is "
        "for.",
    )
    company_id = fields.Many2one(related="scheme_id.company_id")
    currency_id = fields.Many2one(related="scheme_id.currency_id")
    months = fields.Integer(
        default=3, required=True, help="So many months that have ended, 1 to 24."
    )
    line_ids = fields.One2many(
        comodel_name="bonus.replay.line",
        inverse_name="replay_id",
        string="Lines",
        readonly=True,
    )
    is_run = fields.Boolean(readonly=True)
    person_count = fields.Integer(string="People", compute="_compute_totals")
    old_total = fields.Monetary(string="Cost Now", compute="_compute_totals")
    new_total = fields.Monetary(string="Cost With It", compute="_compute_totals")
    difference = fields.Monetary(compute="_compute_totals")
    winner_count = fields.Integer(string="Would Get More", compute="_compute_totals")
    loser_count = fields.Integer(string="Would Get Less", compute="_compute_totals")
    lowest = fields.Monetary(
        string="Least of a Person",
        compute="_compute_totals",
        help="Over all these months.",
    )
    middle = fields.Monetary(string="Median of a Person", compute="_compute_totals")
    highest = fields.Monetary(string="Most of a Person", compute="_compute_totals")

    _months_range = models.Constraint(
        "CHECK (months BETWEEN 1 AND 24)", "A replay covers 1 to 24 months."
    )

    @api.depends("line_ids.old_amount", "line_ids.new_amount")
    def _compute_totals(self):
        for replay in self:
            people = [
                (sum(lines.mapped("old_amount")), sum(lines.mapped("new_amount")))
                for lines in replay.line_ids.grouped("user_id").values()
            ]
            currency = replay.currency_id
            changes = [currency.round(new - old) for old, new in people] or [0.0]
            amounts = [new for _old, new in people] or [0.0]
            replay.person_count = len(people)
            replay.old_total = sum(old for old, _new in people)
            replay.new_total = sum(new for _old, new in people)
            replay.difference = replay.new_total - replay.old_total
            replay.winner_count = sum(change > 0 for change in changes)
            replay.loser_count = sum(change < 0 for change in changes)
            replay.lowest = min(amounts)
            replay.middle = median(amounts)
            replay.highest = max(amounts)

    def action_run(self):
        """Pay the last months by the scheme, and by what holds; show both.

        :raises UserError: where the scheme cannot be calculated, or no month has ended
        """
        self.ensure_one()
        self.check_access("write")
        self.scheme_id._check_ready()
        periods = self._ended_months()
        if not periods:
            raise UserError(
                self.env._("No month has ended yet that could be replayed.")
            )
        vals_list = [vals for period in periods for vals in self._prepare_lines(period)]
        self.line_ids.unlink()
        self.env["bonus.replay.line"].create(vals_list)
        self.is_run = True
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "name": self.env._("Replay"),
        }

    def _ended_months(self):
        """The last so many months, latest last."""
        company = self.company_id
        today = self.env["sales.branch"]._company_local_date(company)
        first = today.replace(day=1)
        days = [first - relativedelta(months=back + 1) for back in range(self.months)]
        return self.env["sales.period"]._for_months(company, days)

    def _prepare_lines(self, period):
        schemes = self._schemes(period)
        new = self._amounts(period, (schemes - self._versions())._with(self.scheme_id))
        old = self._amounts(period, schemes)
        return [
            {
                "replay_id": self.id,
                "user_id": user_id,
                "date": period.date_from,
                "old_amount": float(old.get(user_id, ZERO)),
                "new_amount": float(new.get(user_id, ZERO)),
            }
            for user_id in sorted(old.keys() | new.keys())
        ]

    def _schemes(self, period):
        """Those that paid the month; where none did, those that pay now."""
        Scheme = self.env["bonus.scheme"]
        today = self.env["sales.branch"]._company_local_date(self.company_id)
        return Scheme._in_force(self.company_id, period.date_from) or Scheme._in_force(
            self.company_id, today.replace(day=1)
        )

    def _versions(self):
        # one that was archived since paid its months all the same
        Scheme = self.env["bonus.scheme"].with_context(active_test=False)
        return Scheme.search(
            [
                ("company_id", "=", self.company_id.id),
                ("code", "=", self.scheme_id.code),
            ]
        )

    def _amounts(self, period, schemes):
        """What the month itself earned: ``{user id: amount}``.

        What is settled in it of earlier months is left out: it follows the rates that
        these months were paid by, not the scheme that is tried.
        """
        if not schemes:
            return {}
        results = self.env["bonus.run"]._compute(period, schemes=schemes)
        return {
            user_id: sum(
                (
                    line["amount"]
                    for line in result.lines
                    if not line["origin_period_id"]
                ),
                ZERO,
            )
            for user_id, result in results.items()
        }
