from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .sales_voice_mixin import DIRECTOR

TYPED = {"kind", "subject", "description", "attachment_ids", "criterion_id"}
TYPED |= {"acting_for_id", "is_shared", "effect_of"}


class SalesProposal(models.Model):
    """A manager proposes an improvement or reports a shortcoming, and is answered.

    The director of the branch decides; about what directors propose, a commercial
    director. Nobody decides about their own. Steps are in ``sales_proposal_flow``.
    """

    _name = "sales.proposal"
    _description = "Proposal"
    _inherit = ["sales.voice.numbered.mixin", "sales.attached.mixin"]
    _order = "id desc"
    _answer_field = "proposal_id"
    _check_company_auto = True

    kind = fields.Selection(
        selection=[
            ("improvement", "Improvement"),
            ("shortcoming", "Shortcoming"),
        ],
        required=True,
        default="improvement",
        tracking=True,
    )
    description = fields.Text(
        required=True, help="What is to be done or is wrong, and what it would bring."
    )
    attachment_ids = fields.Many2many(
        relation="sales_proposal_attachment_rel",
        column1="proposal_id",
        column2="attachment_id",
    )
    acting_for_id = fields.Many2one(
        comodel_name="res.users",
        string="For",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="For whom the author stood in, where the proposal is theirs. It counts "
        "for the author.",
    )
    branch_id = fields.Many2one(help="Where the author worked when it was written.")
    state = fields.Selection(
        string="Status",
        selection=[
            ("draft", "Draft"),
            ("submitted", "Submitted"),
            ("accepted", "Accepted"),
            ("declined", "Declined"),
            ("done", "Done"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )
    is_shared = fields.Boolean(
        string="Shared",
        copy=False,
        help="Everybody who sells in the company reads it once it is submitted.",
    )
    submitted_at = fields.Datetime(string="Submitted On", readonly=True, copy=False)
    due_at = fields.Datetime(string="To Answer By", readonly=True, copy=False)
    due_on = fields.Date(string="To Answer By (day)", readonly=True, copy=False)
    escalated_at = fields.Datetime(readonly=True, copy=False)
    is_late = fields.Boolean(
        string="Late", compute="_compute_is_late", search="_search_is_late"
    )
    decided_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False, ondelete="restrict"
    )
    decided_at = fields.Datetime(string="Decided On", readonly=True, copy=False)
    decided_on = fields.Date(
        string="Decided On (day)",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The day in the company's time zone.",
    )
    answer = fields.Text(readonly=True, copy=False)
    done_on = fields.Date(readonly=True, copy=False)
    outcome = fields.Text(string="What Was Done", readonly=True, copy=False)
    step_ids = fields.One2many(
        comodel_name="sales.proposal.step",
        inverse_name="document_id",
        string="Steps",
        readonly=True,
    )
    can_write = fields.Boolean(compute="_compute_can")
    can_decide = fields.Boolean(compute="_compute_can")

    _decided_by_someone = models.Constraint(
        "CHECK (state NOT IN ('accepted', 'declined', 'done') "
        "OR (decided_by_id IS NOT NULL AND decided_on IS NOT NULL "
        "AND answer IS NOT NULL))",
        "A decision about a proposal has an answer.",
    )
    _due_idx = models.Index("(due_at) WHERE state = 'submitted'")

    @api.depends("state", "due_at")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for proposal in self:
            proposal.is_late = bool(
                proposal.state == "submitted"
                and proposal.due_at
                and proposal.due_at < now
            )

    @api.model
    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = fields.Domain("state", "=", "submitted") & fields.Domain(
            "due_at", "<", fields.Datetime.now()
        )
        return fields.Domain.OR(late if asked else ~late for asked in value)

    @api.depends("state", "user_id", "branch_id")
    @api.depends_context("uid")
    def _compute_can(self):
        user = self.env.user
        for proposal in self:
            mine = proposal.user_id == user or not proposal.id
            proposal.can_write = mine and proposal.state == "draft"
            proposal.can_decide = (
                bool(proposal.id)
                and proposal.state in ("submitted", "accepted")
                and proposal._may_decide(user)
            )

    # ------------------------------------------------------------------
    # Who
    # ------------------------------------------------------------------

    def _own_people(self):
        return self.user_id | self.acting_for_id

    def _is_of_director(self):
        """Whether somebody proposed it who directs: then those above decide."""
        proposal = self.sudo()  # sudo: who directs is no secret
        people = proposal._own_people()
        return proposal.branch_id.director_id in people or any(
            person.has_group(DIRECTOR) for person in people
        )

    def _may_decide(self, user):
        """The director of the branch, above directors a commercial one; no party."""
        self.ensure_one()
        proposal = self.sudo()  # sudo: who may decide, whoever asks
        if not user.active or proposal._is_own_matter(user):
            return False
        if proposal._is_of_director():
            return self._is_commercial_of(user, proposal.company_id)
        return proposal._directs(user)

    def _deciders(self):
        """Whom to ask: the director or who stands in, else above."""
        self.ensure_one()
        proposal = self.sudo()  # sudo: who may decide, whoever asks
        director = proposal.branch_id.director_id
        found = director | director._deputies("direction", proposal.company_id)
        found = found.filtered(proposal._may_decide)
        return found or self._above()

    def _above(self):
        """The commercial directors, else the administrators, that may decide."""
        company = self.company_id
        directors, admins = self.env["sales.plan"]._company_approvers(company)
        found = directors.filtered(self._may_decide)
        return found or admins.filtered(self._may_decide)

    # ------------------------------------------------------------------
    # Writing it
    # ------------------------------------------------------------------

    @api.model
    def _typed_fields(self):
        return TYPED

    @api.model_create_multi
    def create(self, vals_list):
        proposals = super().create(vals_list)
        for proposal in proposals:
            home = self._home_of(proposal.user_id, proposal.company_id)
            # sudo: where the author works is the system's to write
            proposal.sudo().branch_id = home
        proposals._check_acting_for()
        return proposals

    def write(self, vals):
        if not self.env.su and not TYPED.isdisjoint(vals):
            for proposal in self:
                if not proposal.can_write:
                    raise UserError(
                        self.env._(
                            "%s is not yours, or was submitted: it stays as it was "
                            "told. Its author can take it back until it is decided.",
                            proposal.display_name,
                        )
                    )
        result = super().write(vals)
        if "acting_for_id" in vals:
            self._check_acting_for()
        return result

    def _check_acting_for(self):
        """
        :raise AccessError: for whom the author does not stand in for now
        """
        Substitution = self.env["sales.substitution"]
        for proposal in self.filtered("acting_for_id"):
            acting = Substitution._acting(user=proposal.user_id)
            theirs = acting.get(proposal.company_id.id, {})
            if proposal.acting_for_id.id not in theirs:
                raise AccessError(
                    self.env._(
                        "%(author)s does not stand in for %(person)s now. Leave it "
                        "empty.",
                        author=proposal.user_id.name,
                        # sudo: the name of a colleague
                        person=proposal.acting_for_id.sudo().name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        if any(proposal.step_ids for proposal in self):
            raise UserError(
                self.env._("What was submitted once is kept. Take it back instead.")
            )
