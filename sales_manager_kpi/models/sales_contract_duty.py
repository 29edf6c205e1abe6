from odoo import api, fields, models
from odoo.tools import formatLang

from ..engine.contract import elapsed, period_before, period_of

VOLUME = ("ordered", "invoiced")
BREACH = "sales_manager_kpi.mail_activity_type_contract_breach"
MODELS = {
    "ordered": "sale.order",
    "invoiced": "account.move",
    "delivery": "stock.move",
    "payment": "account.move",
    "credit": "account.move",
}


class SalesContractDuty(models.Model):
    """One promise of a contract, and what was done of it until now.

    What was done is live. Whether it is broken is judged every night: volumes by the
    last whole period, the others by all days of the contract.
    """

    _name = "sales.contract.duty"
    _description = "Obligation of a Contract"
    _order = "contract_id, sequence, id"

    contract_id = fields.Many2one(
        comodel_name="sales.contract",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    company_id = fields.Many2one(
        related="contract_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one(related="contract_id.currency_id")
    partner_id = fields.Many2one(related="contract_id.partner_id")
    user_id = fields.Many2one(related="contract_id.user_id")
    branch_id = fields.Many2one(related="contract_id.branch_id")
    sequence = fields.Integer(readonly=True)
    kind = fields.Selection(
        string="Obligation",
        selection=[
            ("ordered", "Volume ordered"),
            ("invoiced", "Volume invoiced"),
            ("payment", "Paid in time"),
            ("credit", "Owes no more than agreed"),
            ("delivery", "Delivered in time"),
        ],
        required=True,
        readonly=True,
    )
    side = fields.Selection(
        string="Whose",
        selection=[("customer", "The customer's"), ("us", "Ours")],
        required=True,
        readonly=True,
    )
    date_from = fields.Date(string="Counted From", compute="_compute_facts")
    date_to = fields.Date(string="Counted To", compute="_compute_facts")
    target_amount = fields.Monetary(string="Promised", compute="_compute_facts")
    fact_amount = fields.Monetary(string="Done", compute="_compute_facts")
    target_share = fields.Float(string="Promised Share", compute="_compute_facts")
    fact_share = fields.Float(
        string="Done (share)",
        compute="_compute_facts",
        help="Of a volume, how much of the promise.",
    )
    target_words = fields.Char(string="Promised (in words)", compute="_compute_words")
    fact_words = fields.Char(string="Done (in words)", compute="_compute_words")
    base = fields.Float(
        string="Documents",
        compute="_compute_facts",
        digits=(16, 0),
        help="How many were due; 0 where there is nothing to judge by yet.",
    )
    days_late = fields.Float(
        string="Average Days Late",
        compute="_compute_facts",
        digits=(16, 1),
        help="Of those that were late.",
    )
    standing = fields.Selection(
        selection=[
            ("none", "Nothing due yet"),
            ("kept", "Kept"),
            ("behind", "Behind"),
            ("broken", "Broken"),
        ],
        compute="_compute_facts",
    )
    is_breached = fields.Boolean(
        string="Broken", readonly=True, help="As judged last night."
    )
    breached_on = fields.Date(string="Broken Since", readonly=True)
    alerted_for = fields.Date(
        readonly=True,
        help="First day of the period somebody was told of, so that nobody is twice.",
    )

    _kind_uniq = models.UniqueIndex(
        "(contract_id, kind)", "A contract has each obligation once."
    )

    # ------------------------------------------------------------------
    # What was promised, and for which days
    # ------------------------------------------------------------------

    def _promise(self):
        """What is compared with the fact: an amount or a share; 0 for no promise."""
        contract = self.contract_id
        return {
            "ordered": contract.committed_amount,
            "invoiced": contract.committed_amount,
            "payment": contract.payment_target,
            "delivery": contract.delivery_target,
            "credit": contract.credit_limit,
        }[self.kind]

    def _window(self, today, closed=False):
        """First and last day that count.

        :param closed: of a volume, the last whole period instead of the running one;
            None where the contract did not hold for all of it
        """
        contract = self.contract_id
        if self.kind not in VOLUME:
            return contract.date_from, min(today, contract.date_to)
        if not closed:
            return period_of(contract.committed_period, min(today, contract.date_to))
        first, last = period_before(contract.committed_period, today)
        held = contract.date_from <= first and last <= contract.date_to
        return (first, last) if held else None

    def _compute_facts(self):
        Branch = self.env["sales.branch"]
        days = {
            company: Branch._company_local_date(company) for company in self.company_id
        }
        windows = {duty: duty._window(days[duty.company_id]) for duty in self}
        facts = self._facts(windows)
        for duty in self:
            duty._show(facts[duty], windows[duty], days[duty.company_id])

    @api.depends("kind")
    @api.depends_context("lang")
    def _compute_words(self):
        """An amount or a share; of a volume, also how much of the promise."""
        for duty in self:
            money = duty.kind in (*VOLUME, "credit")
            target = duty.currency_id.format(duty.target_amount)
            fact = duty.currency_id.format(duty.fact_amount)
            share = duty._percent(duty.fact_share)
            if duty.kind in VOLUME:
                fact = f"{fact} ({share})"
            none = duty.standing == "none"
            duty.target_words = target if money else duty._percent(duty.target_share)
            duty.fact_words = False if none else (fact if money else share)

    def _percent(self, share):
        return f"{formatLang(self.env, share * 100, digits=0)} %"

    def _show(self, fact, window, today):
        money = self.kind in (*VOLUME, "credit")
        promise = self._promise()
        self.date_from, self.date_to = window
        self.target_amount = promise if money else 0.0
        self.fact_amount = fact.value or 0.0 if money else 0.0
        self.target_share = 0.0 if money else promise
        share = fact.value / promise if money and promise else fact.value
        self.fact_share = share or 0.0
        self.base = fact.base or 0.0
        self.days_late = fact.days_late or 0.0
        self.standing = self._stands(fact, window, today)

    def _stands(self, fact, window, today):
        """How this duty stands by ``fact`` of ``window``."""
        promise = self._promise()
        if fact.value is None or not promise:
            return "none"
        if self.kind == "credit":
            return "broken" if fact.value > promise else "kept"
        if self.kind not in VOLUME:
            return "kept" if fact.value >= promise else "broken"
        if fact.value >= promise:
            return "kept"
        if window[1] < today:
            return "broken"
        return "behind" if fact.value < promise * elapsed(*window, today) else "kept"

    # ------------------------------------------------------------------
    # Evidence
    # ------------------------------------------------------------------

    def action_open_evidence(self):
        """Open the documents that this line was counted of."""
        self.ensure_one()
        self.check_access("read")
        today = self.env["sales.branch"]._company_local_date(self.company_id)
        fact = self._facts({self: self._window(today)})[self]
        return {
            "type": "ir.actions.act_window",
            "name": dict(self._fields["kind"]._description_selection(self.env))[
                self.kind
            ],
            "res_model": MODELS[self.kind],
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", list(fact.ids))],
            "context": {"create": False},
        }

    # ------------------------------------------------------------------
    # Every night
    # ------------------------------------------------------------------

    def _watch(self, today):
        """Judge these and tell the managers what is broken, once; in sudo."""
        windows = {duty: duty._window(today, closed=True) for duty in self}
        windows = {duty: window for duty, window in windows.items() if window}
        facts = self._facts(windows)
        for duty in self:
            window = windows.get(duty)
            broken = bool(window) and (
                duty._stands(facts[duty], window, today) == "broken"
            )
            duty._keep_verdict(broken, window, today)

    def _keep_verdict(self, broken, window, today):
        if broken != self.is_breached:
            self.write({"is_breached": broken, "breached_on": broken and today})
        if not broken:
            if self.kind not in VOLUME and self.alerted_for:
                self.alerted_for = False  # broken again is told again
            return
        if self.alerted_for != window[0]:
            self.alerted_for = window[0]
            self.contract_id.activity_schedule(
                BREACH,
                date_deadline=today,
                user_id=self.contract_id.user_id.id,
                note=self.env._(
                    "%(customer)s: “%(duty)s” was not kept. Speak with them, or put "
                    "right what is ours.",
                    customer=self.contract_id.partner_id.display_name,
                    duty=dict(self._fields["kind"]._description_selection(self.env))[
                        self.kind
                    ],
                ),
            )


class SalesContract(models.Model):
    """Contracts get their obligations when they come in force."""

    # Obligations have a file of their own.
    _inherit = "sales.contract"  # pylint: disable=consider-merging-classes-inherited

    def _make_duties(self):
        """One row for each promise that was made; in sudo."""
        sides = {"delivery": "us"}
        rows = []
        for contract in self:
            kinds = [*VOLUME] if contract.committed_amount else []
            kinds += ["payment"] if contract.payment_target else []
            kinds += ["credit"] if contract.credit_limit else []
            kinds += ["delivery"] if contract.delivery_target else []
            rows += [
                {
                    "contract_id": contract.id,
                    "kind": kind,
                    "side": sides.get(kind, "customer"),
                    "sequence": number,
                }
                for number, kind in enumerate(kinds)
            ]
        self.env["sales.contract.duty"].create(rows)
