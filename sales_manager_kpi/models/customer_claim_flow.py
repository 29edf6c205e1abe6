from odoo import fields, models
from odoo.exceptions import AccessError, UserError

DECIDE_ACTIVITY = "sales_manager_kpi.mail_activity_type_claim_decide"
LATE_ACTIVITY = "sales_manager_kpi.mail_activity_type_claim_late"
OPENED_ACTIVITY = "sales_manager_kpi.mail_activity_type_claim_opened"
JUDGED = {
    "verdict",
    "fault_area",
    "severity",
    "responsible_user_id",
    "responsible_share",
    "accepted_amount",
    "remedy",
    "note",
}


class CustomerClaim(models.Model):
    """The steps of a claim: reviewed, decided, appealed, executed, closed; withdrawn.

    Public steps check who takes them and where the claim stands, and go on as the
    system.
    """

    # The steps have a file of their own.
    _inherit = "customer.claim"  # pylint: disable=consider-merging-classes-inherited

    appeal_side = fields.Selection(
        selection=[("responsible", "The responsible person"), ("customer", "Customer")],
        string="Appeal For",
        readonly=True,
        copy=False,
    )
    appealed_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False
    )
    appealed_at = fields.Datetime(string="Appealed On", readonly=True, copy=False)
    appeal_reason = fields.Text(readonly=True, copy=False)
    withdrawn_reason = fields.Text(readonly=True, copy=False)
    executed_at = fields.Datetime(string="Executed On", readonly=True, copy=False)
    execution_note = fields.Text(readonly=True, copy=False)
    closed_at = fields.Datetime(string="Closed On", readonly=True, copy=False)

    def action_review(self):
        """Say that it is complete, and ask the director for a verdict.

        :raise UserError: without a customer, or with nobody who may decide
        """
        self._check_working()
        self._check_state("new")
        for claim in self:
            if not claim.partner_id:
                raise UserError(
                    self.env._("Choose the customer who claims in %s.", claim.name)
                )
            claim._step({"state": "review"})
            claim.sudo()._follow_customer()  # sudo: who wrote to us is told
            claim._ask_deciders()
        return True

    def _ask_deciders(self):
        deciders = self._deciders()
        if not deciders:
            raise UserError(
                self.env._(
                    "Nobody may decide %(claim)s who is no party to it. Set a director "
                    "on the branch, or ask an administrator.",
                    claim=self.name,
                )
            )
        claim = self.sudo()  # sudo: asking is in nobody's name
        for user in deciders:
            claim.activity_schedule(
                DECIDE_ACTIVITY, date_deadline=claim.due_on, user_id=user.id
            )

    # ------------------------------------------------------------------
    # The verdict
    # ------------------------------------------------------------------

    def _decide(self, values):
        """Judge this claim.

        :param dict values: of ``JUDGED``; what is left out stays as the claim has it
        :raise AccessError: for a party to the claim, or who does not direct its branch
        :raise UserError: where it does not wait for a verdict, or none is given
        """
        self.ensure_one()
        # one verdict at a time: whoever comes second finds it decided
        self.env.cr.execute(
            "SELECT FROM customer_claim WHERE id = %s FOR UPDATE", [self.id]
        )
        self.invalidate_recordset(["state", "verdict"])
        self._check_state("review", "appealed")
        given = {name: value for name, value in values.items() if name in JUDGED}
        if not given.get("verdict") or not (given.get("note") or "").strip():
            raise UserError(
                self.env._(
                    "Give a verdict, and say why in words the customer may read."
                )
            )
        responsible = self.env["res.users"].browse(given.get("responsible_user_id"))
        self._check_deciding(responsible)
        claim = self.sudo()  # sudo: verdicts are the system's to write
        decision = claim._keep_decision(given, self.env.uid)
        claim.env["customer.claim.effect"]._add(decision)
        claim._follow_decision(decision)
        return decision.sudo(False)

    def _keep_decision(self, given, user_id):
        """In sudo."""
        now = fields.Datetime.now()
        user = self.env["res.users"].browse(user_id)
        amount = given.get("accepted_amount") or 0.0
        return self.env["customer.claim.decision"].create(
            {
                "fault_area": self.fault_area or "customer",
                "severity": self.severity,
                "responsible_user_id": self.responsible_user_id.id,
                "responsible_share": self.responsible_share,
                "remedy": "none",
                **given,
                "claim_id": self.id,
                "accepted_amount": amount,
                "currency_id": self.currency_id.id,
                "accepted_company_amount": self._in_company_currency(amount, now),
                "user_id": user_id,
                "acting_for_id": self.branch_id._stands_in_for(user).id
                if self.branch_id
                else False,
                "decided_at": now,
                "appeal_side": self.appeal_side,
                "appealed_by_id": self.appealed_by_id.id,
                "appealed_at": self.appealed_at,
                "appeal_reason": self.appeal_reason,
            }
        )

    def _follow_decision(self, decision):
        """The claim shows its last verdict; in sudo."""
        names = JUDGED - {"note", "responsible_user_id"}
        self.write(
            {
                **{name: decision[name] for name in names},
                "responsible_user_id": decision.responsible_user_id.id,
                "accepted_company_amount": decision.accepted_company_amount,
                "decision_note": decision.note,
                "decided_by_id": decision.user_id.id,
                "decided_at": decision.decided_at,
                "is_decided_in_time": not self.due_at
                or decision.decided_at <= self.due_at,
                "state": "decided",
                "appeal_side": False,
                "appealed_by_id": False,
                "appealed_at": False,
                "appeal_reason": False,
            }
        )
        self.activity_unlink([DECIDE_ACTIVITY, LATE_ACTIVITY, OPENED_ACTIVITY])
        self._tell_customer()
        self._settle()

    def _appeal(self, side, reason):
        """Ask somebody else for another verdict; the old one is kept.

        :param side: "responsible" or "customer", for whom
        :raise AccessError: for who may not appeal for them
        """
        self.ensure_one()
        self._check_state("decided", "executed", "closed")
        if side not in self._appeal_sides(self.env.user):
            raise AccessError(
                self.env._(
                    "The responsible person appeals for themselves, and who handles "
                    "%(claim)s for the customer; nobody against their own verdict.",
                    claim=self.name,
                )
            )
        self._step(
            {
                "state": "appealed",
                "appeal_side": side,
                "appealed_by_id": self.env.uid,
                "appealed_at": fields.Datetime.now(),
                "appeal_reason": self._said(reason),
                "half_warned_at": False,
                "due_warned_at": False,
                "closed_at": False,
            }
        )
        self._ask_deciders()

    # ------------------------------------------------------------------
    # The end
    # ------------------------------------------------------------------

    def _withdraw(self, reason):
        """The customer does not claim any more; before a verdict alone."""
        self._check_working()
        self._check_state("new", "review")
        self._step({"state": "withdrawn", "withdrawn_reason": self._said(reason)})
        # sudo: reminding is the system's
        self.sudo().activity_unlink([DECIDE_ACTIVITY, LATE_ACTIVITY, OPENED_ACTIVITY])

    def _execute(self, note):
        """Say that the remedy was given, where no document of Odoo does."""
        self._check_working()
        self._check_state("decided")
        self._step(
            {
                "state": "executed",
                "executed_at": fields.Datetime.now(),
                "execution_note": self._said(note),
            }
        )

    def action_close(self):
        """Done with: the remedy was given, or there is none to give."""
        self._check_working()
        for claim in self:
            claim._check_state(
                *("executed", "decided") if claim.remedy == "none" else ("executed",)
            )
        self._step({"state": "closed", "closed_at": fields.Datetime.now()})
        return True

    # ------------------------------------------------------------------
    # Helpers
    # ------------------------------------------------------------------

    def _said(self, words):
        """
        :raise UserError: without a reason
        """
        if not (words or "").strip():
            raise UserError(self.env._("Say why, in a few words."))
        return words.strip()

    def _step(self, values):
        self.sudo().write(values)  # sudo: the steps are the system's to write

    def _tell_customer(self):
        """The verdict as a message, for a customer who follows the claim; in sudo."""
        labels = dict(self._fields["verdict"]._description_selection(self.env))
        self.message_post(
            body=self.env._(
                "Verdict on your claim %(claim)s: %(verdict)s. %(reason)s",
                claim=self.name,
                verdict=labels[self.verdict].lower(),
                reason=self.decision_note,
            ),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
