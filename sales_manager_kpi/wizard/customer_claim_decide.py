from odoo import api, fields, models

from ..models.customer_claim_kind import AREAS, SEVERITIES
from ..models.customer_claim_verdict import REMEDIES, VERDICTS


class CustomerClaimDecide(models.TransientModel):
    """The verdict on a claim: what, whose fault, what is given, and why."""

    _name = "customer.claim.decide"
    _description = "Decide a Claim"
    _inherit = ["sales.asking.mixin"]
    _asked_about = ("claim_id",)

    claim_id = fields.Many2one(
        comodel_name="customer.claim",
        required=True,
        default=lambda self: self.env.context.get("active_id"),
    )
    company_id = fields.Many2one(related="claim_id.company_id")
    claimed_amount = fields.Monetary(
        related="claim_id.claimed_amount", related_sudo=False
    )
    appeal_reason = fields.Text(related="claim_id.appeal_reason", related_sudo=False)
    currency_id = fields.Many2one(related="claim_id.currency_id")
    verdict = fields.Selection(selection=VERDICTS, required=True)
    fault_area = fields.Selection(
        selection=AREAS,
        required=True,
        compute="_compute_from_claim",
        store=True,
        readonly=False,
        precompute=True,
    )
    severity = fields.Selection(
        selection=SEVERITIES,
        required=True,
        compute="_compute_from_claim",
        store=True,
        readonly=False,
        precompute=True,
    )
    responsible_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        compute="_compute_from_claim",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    responsible_share = fields.Float(
        string="Share of the Fault",
        compute="_compute_from_claim",
        store=True,
        readonly=False,
        precompute=True,
        help="The part of the fault that is the responsible person's.",
    )
    accepted_amount = fields.Monetary()
    remedy = fields.Selection(selection=REMEDIES, required=True, default="none")
    note = fields.Text(
        string="Reason",
        required=True,
        help="Kept with the verdict, in words the customer may read.",
    )

    @api.depends("claim_id")
    def _compute_from_claim(self):
        for wizard in self:
            claim = wizard.claim_id
            wizard.fault_area = claim.fault_area or "customer"
            wizard.severity = claim.severity
            wizard.responsible_user_id = claim.responsible_user_id
            wizard.responsible_share = claim.responsible_share

    def action_confirm(self):
        """Give the verdict.

        :raise AccessError: for a party to the claim, or who does not direct its branch
        :raise UserError: where the claim does not wait for a verdict
        """
        self.ensure_one()
        self.claim_id.check_access("read")
        rejected = self.verdict == "not_justified"
        self.claim_id._decide(
            {
                "verdict": self.verdict,
                "fault_area": self.fault_area,
                "severity": self.severity,
                "responsible_user_id": self.responsible_user_id.id,
                "responsible_share": self.responsible_share,
                "accepted_amount": 0.0 if rejected else self.accepted_amount,
                "remedy": "none" if rejected else self.remedy,
                "note": self.note,
            }
        )
        return {"type": "ir.actions.act_window_close"}
