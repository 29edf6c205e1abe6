from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

STATES = [
    ("open", "Open"),
    ("calculated", "Calculated"),
    ("approved", "Approved"),
    ("settled", "Settled"),
    ("closed", "Closed"),
]


class TradeBonusPeriod(models.Model):
    """One period of a term for one customer: live while open, then kept.

    Calculating keeps what was counted, row by row. What comes or changes afterwards is
    taken back or given in the next period that is open.
    """

    _name = "trade.bonus.period"
    _description = "Trade Bonus Period"
    _inherit = ["mail.thread"]
    _order = "date_from, partner_id, term_id, id"

    term_id = fields.Many2one(
        comodel_name="trade.bonus.term", required=True, index=True, ondelete="cascade"
    )
    agreement_id = fields.Many2one(
        related="term_id.agreement_id", store=True, index=True
    )
    agreement_state = fields.Selection(
        related="agreement_id.state", string="Agreement Status"
    )
    company_id = fields.Many2one(related="agreement_id.company_id", store=True)
    currency_id = fields.Many2one(related="agreement_id.currency_id")
    user_id = fields.Many2one(
        related="agreement_id.user_id", string="Manager", store=True
    )
    branch_id = fields.Many2one(related="agreement_id.branch_id", store=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="restrict",
    )
    date_from = fields.Date(required=True)
    date_to = fields.Date(required=True)
    is_correction = fields.Boolean(
        help="Only for what came after the last period was calculated."
    )
    state = fields.Selection(
        string="Status",
        selection=STATES,
        required=True,
        default="open",
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    base = fields.Float(
        digits=(16, 2), readonly=True, help="Turnover or units that counted."
    )
    baseline = fields.Float(
        digits=(16, 2), readonly=True, help="What growth is over.", aggregator=False
    )
    entitlement = fields.Monetary(
        readonly=True, help="What the period earned, before its conditions."
    )
    earned = fields.Monetary(
        readonly=True, help="What is left of it after its conditions."
    )
    clawback = fields.Monetary(
        string="Late Documents",
        readonly=True,
        help="What documents of earlier periods change, which came or changed after "
        "those were calculated.",
    )
    carried = fields.Monetary(
        string="Postponed Before", readonly=True, help="From earlier periods."
    )
    payable = fields.Monetary(readonly=True, help="To settle; negative to take back.")
    postponed = fields.Monetary(readonly=True, help="Once the conditions hold.")
    guard_failed = fields.Text(string="Conditions Not Met", readonly=True)
    calculated_by_id = fields.Many2one(comodel_name="res.users", readonly=True)
    calculated_at = fields.Datetime(readonly=True)
    approved_by_id = fields.Many2one(comodel_name="res.users", readonly=True)
    approved_at = fields.Datetime(readonly=True)
    base_line_ids = fields.One2many(
        comodel_name="trade.bonus.base.line",
        inverse_name="period_id",
        string="What Counted",
        readonly=True,
    )

    _start_uniq = models.UniqueIndex(
        "(term_id, partner_id, date_from)",
        "This customer already has a period of this term from that day on.",
    )
    _dates_order = models.Constraint(
        "CHECK (date_to >= date_from)", "A period cannot end before it begins."
    )

    @api.depends("term_id", "partner_id", "date_from", "date_to")
    def _compute_display_name(self):
        for period in self:
            dates = f"{period.date_from} – {period.date_to}"
            names = [period.partner_id.display_name, period.term_id.name, dates]
            period.display_name = " · ".join(name for name in names if name)

    @api.constrains("term_id", "partner_id", "date_from", "date_to")
    def _check_chain(self):
        """The periods of a term and a customer follow each other, day by day.

        :raise ValidationError: for a gap or an overlap
        """
        chains = self.search(
            [
                ("term_id", "in", self.term_id.ids),
                ("partner_id", "in", self.partner_id.ids),
            ],
            order="date_from",
        ).grouped(lambda period: (period.term_id, period.partner_id))
        for chain in chains.values():
            for one, following in zip(chain, chain[1:], strict=False):
                if fields.Date.add(one.date_to, days=1) != following.date_from:
                    raise ValidationError(
                        self.env._(
                            "%(one)s and %(following)s overlap or leave a gap. "
                            "Periods follow each other day by day.",
                            one=one.display_name,
                            following=following.display_name,
                        )
                    )

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse()
        return super().create(vals_list)

    def write(self, vals):
        if set(vals) - {"message_follower_ids"}:
            self._refuse()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_system(self):
        self._refuse()

    def _refuse(self):
        if not self.env.su:
            raise AccessError(
                self.env._("Periods are made and calculated by the system.")
            )

    # ------------------------------------------------------------------
    # Open → calculated → approved
    # ------------------------------------------------------------------

    def action_calculate(self):
        """Count, keep what counted, and say what is to be paid; again where it was.

        :raise UserError: for periods that last still, are approved, follow one that is
            open, or of an agreement that is suspended
        """
        self.check_access("read")
        self._check_operator()
        self.lock_for_update()
        self._check_calculable()
        # sudo: what counts is counted whole, whoever asks; see _check_operator
        periods = self.sudo()
        periods._reopen()
        for turn in periods._turns():
            turn._calculate()

    def _check_operator(self):
        """Whoever may write the agreement may have its periods calculated."""
        self.agreement_id.check_access("write")

    def _check_calculable(self):
        today = fields.Date.context_today(self)
        for period in self:
            if period.agreement_id.state not in ("active", "closed"):
                raise UserError(
                    self.env._(
                        "%(agreement)s is not in force. Resume it first.",
                        agreement=period.agreement_id.display_name,
                    )
                )
            if period.state not in ("open", "calculated"):
                raise UserError(
                    self.env._(
                        "%(period)s has been approved or settled. What changed since "
                        "goes into the next period.",
                        period=period.display_name,
                    )
                )
            if period.date_to >= today and not period.is_correction:
                raise UserError(
                    self.env._(
                        "%(period)s lasts until %(date)s. Calculate it afterwards.",
                        period=period.display_name,
                        date=period.date_to,
                    )
                )
        self._check_order()

    def _check_order(self):
        """Earlier periods are calculated before, later ones afterwards."""
        for period, others in self._chains().items():
            for other in others:
                earlier = other.date_from < period.date_from
                wrong = other.state == "open" if earlier else other.state != "open"
                if other not in self and other != period and wrong:
                    raise UserError(
                        self.env._(
                            "%(other)s comes first. Periods are calculated one after "
                            "the other.",
                            other=other.display_name,
                        )
                    )

    def _chains(self):
        """All periods of the same term and customer, ``{period: periods}``."""
        # sudo: the chain is one, whoever sees a part of it
        everything = self.sudo().search(
            [
                ("term_id", "in", self.term_id.ids),
                ("partner_id", "in", self.partner_id.ids),
            ]
        )
        chains = everything.grouped(lambda row: (row.term_id.id, row.partner_id.id))
        return {
            period: chains[period.term_id.id, period.partner_id.id] for period in self
        }

    def _turns(self):
        """These periods, first the first of every chain, then the second..."""
        turns = []
        chains = self.grouped(lambda row: (row.term_id.id, row.partner_id.id))
        for chain in chains.values():
            for place, period in enumerate(chain.sorted("date_from")):
                if place == len(turns):
                    turns.append(self.browse())
                turns[place] |= period
        return turns

    def _prepare_correction(self):
        """The period after this chain, for what came late."""
        last = self.sorted("date_from")[-1]
        start = fields.Date.add(last.date_to, days=1)
        return {
            "term_id": last.term_id.id,
            "partner_id": last.partner_id.id,
            "date_from": start,
            "date_to": max(start, fields.Date.context_today(self)),
            "is_correction": True,
        }

    def _reopen(self):
        """Forget what was calculated, as long as nobody approved it."""
        calculated = self.filtered(lambda period: period.state == "calculated")
        calculated.base_line_ids.unlink()
        calculated.write({"state": "open"})

    def action_approve(self):
        """Say that these figures are right.

        :raise AccessError: for who calculated them, and for who is no director
        """
        self.check_access("read")
        self.lock_for_update()
        for period in self:
            if period.state != "calculated":
                raise UserError(self.env._("Only what was calculated is approved."))
            period._check_approver()
        # sudo: the state is the system's to write
        self.sudo().write(
            {
                "state": "approved",
                "approved_by_id": self.env.uid,
                "approved_at": fields.Datetime.now(),
            }
        )

    def _check_approver(self):
        if self.env.su:
            return
        # sudo: whose agreement it is, whoever approves
        user, agreement = self.env.user, self.agreement_id.sudo()
        own = user in (self.calculated_by_id, agreement.user_id)
        commercial = "sales_manager_kpi.group_commercial_director"
        branch = agreement.branch_id
        high = user.has_group(commercial) or (branch and branch._is_directed_by(user))
        if own or not high:
            raise AccessError(
                self.env._(
                    "A director who did not calculate it, and whose agreement it is "
                    "not, approves a bonus."
                )
            )

    def action_reopen(self):
        """Take an approval back, to calculate again.

        :raise UserError: where it was settled
        """
        self.check_access("read")
        for period in self:
            if period.state != "approved":
                raise UserError(self.env._("Only what is approved is taken back."))
            period._check_approver()
        # sudo: the state is the system's to write
        self.sudo().write({"state": "calculated", "approved_by_id": False})
