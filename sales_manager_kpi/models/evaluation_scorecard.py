from odoo import api, fields, models


class EvaluationScorecard(models.Model):
    """How a manager's month is judged. Written by the system alone.

    Where there is no base, ``score`` is NULL in the table, so that averages leave it
    out; ``has_score`` tells.
    """

    _name = "evaluation.scorecard"
    _description = "Scorecard"
    _order = "date_from desc, user_id"
    _check_company_auto = True

    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Manager",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    branch_id = fields.Many2one(
        comodel_name="sales.branch",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    period_id = fields.Many2one(
        comodel_name="sales.period",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    date_from = fields.Date(string="Month", required=True, readonly=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    scheme_id = fields.Many2one(
        comodel_name="evaluation.scheme",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    state = fields.Selection(
        string="Status",
        selection=[("computed", "Computed")],
        required=True,
        readonly=True,
        default="computed",
    )
    score = fields.Float(
        digits=(16, 2),
        readonly=True,
        aggregator="avg",
        help="100 is “as agreed”. Without any base there is no score.",
    )
    has_score = fields.Boolean(string="Has a Score", readonly=True)
    computed_on = fields.Datetime(string="As Of", required=True, readonly=True)
    line_ids = fields.One2many(
        comodel_name="evaluation.scorecard.line",
        inverse_name="scorecard_id",
        string="Criteria",
        readonly=True,
    )

    _user_period_uniq = models.UniqueIndex(
        "(user_id, period_id, company_id)",
        "There is one scorecard per manager, period and company.",
    )
    _company_period_idx = models.Index("(company_id, period_id)")

    @api.depends("user_id", "period_id")
    def _compute_display_name(self):
        for card in self:
            card.display_name = f"{card.user_id.name} · {card.period_id.display_name}"

    # ------------------------------------------------------------------
    # Computing
    # ------------------------------------------------------------------

    @api.model
    def _compute_period(self, period, users=None):
        """Judge ``users`` (by default, everybody in a branch) and keep the scorecards.

        The number of queries does not depend on how many they are. A closed period is
        left as it is.

        :return: the scorecards, in sudo
        """
        period.ensure_one()
        if period.state != "open":
            return self.sudo().browse()
        # sudo: the system judges from everybody's documents; nobody may write the
        # result, and each reads their own by the record rules
        run = self.env["evaluation.run"].sudo()
        run._take_turn(period)
        judged = run._judge(period, users)
        return run._store(period, judged, users)

    def action_recompute(self):
        """Compute these scorecards again; without a selection, the running month.

        Readers may: the system computes from documents, so there is nothing to choose.
        """
        self.check_access("read")
        if not self:
            return self._recompute_running_month()
        for period, cards in self.grouped("period_id").items():
            self._compute_period(period, cards.user_id)
        return True

    @api.model
    def _recompute_running_month(self):
        """Compute the running month of everybody the user may judge."""
        company = self.env.company
        today = self.env["sales.branch"]._company_local_date(company)
        period = self.env["sales.period"]._for_date(company, today)
        members = self.env["evaluation.run"]._visible_members(period)
        users = self.env["res.users"].browse(members)
        self._compute_period(period, users)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_open_my_month(self):
        """Open this month of this manager as My month."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.sales_my_month_action"
        )
        action["params"] = {
            "user_id": self.user_id.id,
            "period_date": fields.Date.to_string(self.date_from),
        }
        return action
