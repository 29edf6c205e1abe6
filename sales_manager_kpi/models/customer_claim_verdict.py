from odoo import api, fields, models

REMEDIES = [
    ("none", "None"),
    ("return", "Return of goods"),
    ("credit", "Credit note"),
    ("replacement", "Replacement"),
    ("repair", "Repair"),
    ("goodwill", "Goodwill"),
]
VERDICTS = [
    ("justified", "Justified"),
    ("partly", "Partly justified"),
    ("not_justified", "Not justified"),
]


class CustomerClaim(models.Model):
    """A claim shows its last verdict; all of them are kept as rows of their own."""

    # Verdicts have a file of their own.
    _inherit = "customer.claim"  # pylint: disable=consider-merging-classes-inherited

    decision_ids = fields.One2many(
        comodel_name="customer.claim.decision",
        inverse_name="claim_id",
        string="Decisions",
        readonly=True,
    )
    verdict = fields.Selection(
        selection=VERDICTS, readonly=True, copy=False, tracking=True, index=True
    )
    decided_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False, index="btree_not_null"
    )
    decided_at = fields.Datetime(string="Decided On", readonly=True, copy=False)
    is_decided_in_time = fields.Boolean(
        string="Decided in Time", readonly=True, copy=False
    )
    decision_note = fields.Text(string="Reason", readonly=True, copy=False)
    accepted_amount = fields.Monetary(readonly=True, copy=False)
    accepted_company_amount = fields.Monetary(
        string="Accepted (company currency)",
        currency_field="company_currency_id",
        readonly=True,
        copy=False,
        help="At the rate of the day it was decided.",
    )
    responsible_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        compute="_compute_responsible_user_id",
        store=True,
        index="btree_not_null",
        tracking=True,
        help="Who got the credit for the order. The verdict may name somebody else.",
    )
    responsible_share = fields.Float(
        readonly=True,
        copy=False,
        default=1.0,
        aggregator=None,
        help="The part of the fault that is the responsible person's.",
    )
    counts = fields.Boolean(
        string="Counts for the Manager",
        compute="_compute_counts",
        store=True,
        help="Justified, at least in part, and a manager's fault.",
    )
    remedy = fields.Selection(selection=REMEDIES, readonly=True, copy=False)

    _verdict_when_decided = models.Constraint(
        "CHECK ((verdict IS NOT NULL) = "
        "(state IN ('decided', 'executed', 'closed', 'appealed')))",
        "A claim has a verdict once it was decided, and not before.",
    )
    _accepted_not_negative = models.Constraint(
        "CHECK (accepted_amount >= 0)", "What is accepted is 0 or more."
    )
    _share_range = models.Constraint(
        "CHECK (responsible_share >= 0 AND responsible_share <= 1)",
        "The share of the responsible person lies between 0 and 100 %.",
    )
    _responsible_decided_idx = models.Index(
        "(responsible_user_id, decided_at) WHERE counts IS TRUE"
    )

    @api.depends("verdict", "fault_area")
    def _compute_counts(self):
        for claim in self:
            claim.counts = (
                claim.verdict in ("justified", "partly")
                and claim.fault_area == "manager"
            )
