from odoo import api, fields, models
from odoo.tools.misc import formatLang


class EvaluationScorecard(models.Model):
    """How a manager's month is judged. Written by the system alone.

    ``score`` is computed from documents; ``final_score`` is what counts: the head's
    scores where the head gave some, the computed ones elsewhere. What people say is
    kept beside the computed figures (evaluation.correction), never over them. Where
    there is no base, ``score`` is NULL in the table, so that averages leave it out;
    ``has_score`` tells.
    """

    _name = "evaluation.scorecard"
    _description = "Scorecard"
    _inherit = [
        "evaluation.workflow.mixin",
        "evaluation.assess.mixin",
        "evaluation.month.end.mixin",
        "evaluation.comparison.mixin",
        "sales.month.directors.mixin",
        "sales.plan.activity.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _mail_post_access = "read"  # the talk goes on when the scores stand
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
        string="Month",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    date_from = fields.Date(string="Month Begins", required=True, readonly=True)
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
        selection=[
            ("computed", "Computed"),
            ("self", "Self-assessment"),
            ("head", "Director's assessment"),
            ("agreed", "Agreed"),
        ],
        required=True,
        readonly=True,
        default="computed",
        tracking=True,
    )
    score = fields.Float(
        digits=(16, 2),
        readonly=True,
        aggregator="avg",
        help="100 is “as agreed”. Without any base there is no score.",
    )
    has_score = fields.Boolean(string="Has a Score", readonly=True)
    final_score = fields.Float(
        digits=(16, 2),
        readonly=True,
        aggregator="avg",
        tracking=True,
        help="What counts: the director's scores where there are some, else the "
        "computed.",
    )
    gate_closed = fields.Boolean(
        readonly=True, help="A score lies below its gate: the bonus of the month is 0."
    )
    score_display = fields.Char(compute="_compute_score_display")
    final_display = fields.Char(compute="_compute_score_display")
    gate_message = fields.Text(compute="_compute_gate_message")
    computed_on = fields.Datetime(string="As Of", required=True, readonly=True)
    line_ids = fields.One2many(
        comodel_name="evaluation.scorecard.line",
        inverse_name="scorecard_id",
        string="Criteria",
        readonly=True,
    )

    correction_ids = fields.One2many(
        comodel_name="evaluation.correction",
        inverse_name="scorecard_id",
        string="Assessments",
        readonly=True,
    )
    self_comment = fields.Text(string="Manager's Comment", readonly=True)
    head_comment = fields.Text(string="Director's Comment", readonly=True)
    agreed_by_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        ondelete="restrict",
        tracking=True,
    )
    agreed_on = fields.Datetime(readonly=True)

    _user_period_uniq = models.UniqueIndex(
        "(user_id, period_id, company_id)",
        "There is one scorecard per manager, month and company.",
    )
    _company_period_idx = models.Index("(company_id, period_id)")

    @api.depends("user_id", "period_id")
    def _compute_display_name(self):
        for card in self:
            card.display_name = f"{card.user_id.name} · {card.period_id.display_name}"

    @api.depends("score", "final_score", "has_score")
    @api.depends_context("lang")
    def _compute_score_display(self):
        """In words of the reader's language, for mails and paper."""
        for card in self:
            card.score_display = card._format_score(card.score)
            card.final_display = card._format_score(card.final_score)

    def _format_score(self, score):
        if not self.has_score:
            return self.env._("n/a")
        return formatLang(self.env, score, digits=2)

    @api.depends("line_ids.gate_closed", "line_ids.final_score", "line_ids.gate_score")
    @api.depends_context("lang")
    def _compute_gate_message(self):
        """Nothing while the month runs: it may open its gates yet."""
        for card in self:
            lines = card.line_ids if card._has_ended() else card.line_ids.browse()
            card.gate_message = "\n".join(
                self.env._(
                    "%(criterion)s: %(score)s is below %(gate)s, so the bonus of this "
                    "month is 0.",
                    criterion=line.criterion_id.name,
                    score=formatLang(self.env, line.final_score, digits=2),
                    gate=formatLang(self.env, line.gate_score, digits=2),
                )
                for line in lines
                if line.gate_closed
            )

    def _document_name(self):
        """What the scorecard on paper is called, as a file."""
        name = self.env._("Scorecard %(card)s", card=self.display_name)
        return name.replace("/", "-")

    # ------------------------------------------------------------------
    # Computing
    # ------------------------------------------------------------------

    @api.model
    def _compute_period(self, period, users=None):
        """Judge ``users`` (by default, everybody in a branch) and keep the scorecards.

        The number of queries does not depend on how many they are. A closed period and
        scorecards that are agreed are left as they are.

        :return: the scorecards, in sudo
        """
        period.ensure_one()
        if period.state != "open":
            # sudo: none, as what is computed below
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

        :raises UserError: where one of them is agreed; nothing is computed then
        """
        self.check_access("read")
        if not self:
            return self._recompute_running_month()
        self._check_not_agreed()
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
