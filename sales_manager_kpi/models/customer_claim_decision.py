from odoo import api, fields, models
from odoo.exceptions import AccessError

from .customer_claim_kind import AREAS, SEVERITIES, WEIGHTS
from .customer_claim_verdict import REMEDIES, VERDICTS


class CustomerClaimDecision(models.Model):
    """A verdict, as it was given; an appeal adds another one and keeps this."""

    _name = "customer.claim.decision"
    _description = "Verdict on a Claim"
    _inherit = ["append.only.mixin"]
    _order = "id"

    claim_id = fields.Many2one(
        comodel_name="customer.claim", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="claim_id.company_id", store=True, precompute=True, index=True
    )
    verdict = fields.Selection(selection=VERDICTS, required=True)
    fault_area = fields.Selection(selection=AREAS, required=True)
    severity = fields.Selection(selection=SEVERITIES, required=True)
    responsible_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        index="btree_not_null",
        ondelete="restrict",
    )
    responsible_share = fields.Float(aggregator=None)
    accepted_amount = fields.Monetary()
    currency_id = fields.Many2one(comodel_name="res.currency", required=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    accepted_company_amount = fields.Monetary(
        string="Accepted (company currency)",
        currency_field="company_currency_id",
        help="At the rate of that day.",
    )
    remedy = fields.Selection(selection=REMEDIES, required=True)
    note = fields.Text(string="Reason", required=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Decided By",
        required=True,
        index=True,
        ondelete="restrict",
    )
    acting_for_id = fields.Many2one(
        comodel_name="res.users", help="For whom they stood in."
    )
    decided_at = fields.Datetime(string="Decided On", required=True)
    appeal_side = fields.Selection(
        selection=[("responsible", "The responsible person"), ("customer", "Customer")],
        string="Appeal For",
        help="Empty for the first verdict.",
    )
    appealed_by_id = fields.Many2one(comodel_name="res.users")
    appealed_at = fields.Datetime(string="Appealed On")
    appeal_reason = fields.Text()

    _note_said = models.Constraint(
        "CHECK (btrim(note) <> '')", "Say why: a verdict has a reason."
    )
    _share_range = models.Constraint(
        "CHECK (responsible_share >= 0 AND responsible_share <= 1)",
        "The share of the responsible person lies between 0 and 100 %.",
    )
    _accepted_when_justified = models.Constraint(
        "CHECK (accepted_amount >= 0 AND "
        "(verdict <> 'not_justified' OR (accepted_amount = 0 AND remedy = 'none')))",
        "Nothing is accepted of a claim that is not justified. Choose goodwill on a "
        "claim that is justified in part, or leave amount and remedy out.",
    )

    @api.model
    def _refusal(self):
        return AccessError(
            self.env._("Verdicts stay as they were given. Appeal against it instead.")
        )

    def _points(self):
        """What the verdict weighs for the responsible person: 0 unless at fault."""
        self.ensure_one()
        counts = (
            self.verdict in ("justified", "partly")
            and self.fault_area == "manager"
            and self.responsible_user_id
        )
        return WEIGHTS[self.severity] * self.responsible_share if counts else 0.0


class CustomerClaimEffect(models.Model):
    """What a verdict changed in somebody's figures, in the month it was given.

    A later verdict on the same claim adds the difference to the month of its own; what
    a month counted is never rewritten.
    """

    _name = "customer.claim.effect"
    _description = "Effect of a Verdict on Figures"
    _inherit = ["append.only.mixin"]
    _order = "date desc, id desc"

    claim_id = fields.Many2one(
        comodel_name="customer.claim", required=True, index=True, ondelete="cascade"
    )
    decision_id = fields.Many2one(
        comodel_name="customer.claim.decision", required=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="claim_id.company_id", store=True, precompute=True
    )
    branch_id = fields.Many2one(comodel_name="sales.branch", ondelete="restrict")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        required=True,
        ondelete="restrict",
    )
    date = fields.Date(
        required=True,
        help="The day of the verdict in the branch; the first day of the next open "
        "month where the figures of that month were closed.",
    )
    points = fields.Float(
        help="Severity times share; negative where an earlier verdict was changed."
    )
    partner_id = fields.Many2one(related="claim_id.partner_id", string="Customer")
    verdict = fields.Selection(related="decision_id.verdict")
    severity = fields.Selection(related="decision_id.severity")
    responsible_share = fields.Float(related="decision_id.responsible_share")

    _user_date_idx = models.Index("(company_id, user_id, date)")

    @api.depends("claim_id")
    def _compute_display_name(self):
        for effect in self:
            effect.display_name = effect.claim_id.name

    @api.model
    def _add(self, decision):
        """Keep the difference ``decision`` makes to what counted so far; in sudo."""
        claim = decision.claim_id
        difference = {}
        for effect in self.search([("claim_id", "=", claim.id)]):
            difference[effect.user_id] = (
                difference.get(effect.user_id, 0.0) - effect.points
            )
        user = decision.responsible_user_id
        if user:
            difference[user] = difference.get(user, 0.0) + decision._points()
        day = self._counted_on(claim, decision.decided_at)
        self.create(
            [
                {
                    "claim_id": claim.id,
                    "decision_id": decision.id,
                    "branch_id": claim.branch_id.id,
                    "user_id": user.id,
                    "date": day,
                    "points": points,
                }
                for user, points in difference.items()
                if abs(points) > 1e-6
            ]
        )

    @api.model
    def _counted_on(self, claim, moment):
        """The day of ``moment`` in the branch, after the months that are closed."""
        branch, company = claim.branch_id, claim.company_id
        day = (
            branch._local_date(moment)
            if branch
            else branch._company_local_date(company, moment)
        )
        closed = self.env["sales.period"].search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "closed"),
                ("date_to", ">=", day),
            ],
            order="date_from",
        )
        for period in closed:
            if period.date_from <= day:
                day = fields.Date.add(period.date_to, days=1)
        return day
