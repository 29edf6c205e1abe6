from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import float_round
from odoo.tools.misc import format_date, formatLang

from .sales_credit import WHOLE

CREDIT_POLICY = [
    ("principal", "The principal keeps the credit"),
    ("deputy", "The deputy gets the credit"),
    ("split", "Both share the credit"),
    ("duty_fee", "The principal keeps the credit, the deputy gets a fee"),
]


class SalesSubstitutionCredit(models.AbstractModel):
    """The part of ``sales.substitution`` that says who gets the credit.

    Decided by the director before the appointment and fixed with it, so that nobody
    argues about a month afterwards. How it is applied: sales_substitution_policy.py.
    """

    _name = "sales.substitution.credit"
    _description = "Credit of a Substitution"

    company_id = fields.Many2one(comodel_name="res.company")

    currency_id = fields.Many2one(related="company_id.currency_id")
    credit_policy = fields.Selection(
        selection=CREDIT_POLICY,
        string="Credit",
        required=True,
        default="principal",
        tracking=True,
        help="For whom the orders and invoices of the absence count: in the results, "
        "the plan and the scorecard. What the principal does personally stays theirs.",
    )
    credit_moment = fields.Selection(
        selection=[
            ("confirmation", "When the order is confirmed"),
            ("quotation", "When the quotation is made"),
        ],
        string="Decided",
        required=True,
        default="confirmation",
        tracking=True,
        help="Which moment must lie within the absence. It decides about orders that "
        "were begun before and finished during the absence, and the other way round. "
        "An invoice without an order counts by its date, or by the day its draft was "
        "made.",
    )
    deputy_share_bp = fields.Integer(
        string="Deputy's Share (basis points)",
        default=WHOLE // 2,
        export_string_translation=False,
        aggregator=False,
    )
    deputy_share = fields.Float(
        string="Deputy's Share (%)",
        compute="_compute_deputy_share",
        inverse="_inverse_deputy_share",
        digits=(5, 2),
        aggregator=False,
        help="Of the untaxed amount; the rest stays with the principal.",
    )
    principal_share = fields.Float(
        string="Principal's Share (%)",
        compute="_compute_principal_share",
        digits=(5, 2),
        aggregator=False,
    )
    # Pay of the deputy: the column is the system's, what people see is `duty_fee`.
    duty_fee_amount = fields.Monetary(
        groups=fields.NO_ACCESS,
        export_string_translation=False,
        aggregator=None,
    )
    duty_fee = fields.Monetary(
        string="Fee per Working Day",
        compute="_compute_duty_fee",
        inverse="_inverse_duty_fee",
        aggregator=None,
        help="What the deputy gets for each working day covered, by the working hours "
        "of the principal; half days count half. Seen by the deputy and the directors.",
    )
    shows_duty_fee = fields.Boolean(
        compute="_compute_duty_fee", export_string_translation=False
    )
    credit_sentence = fields.Text(string="In Words", compute="_compute_credit_sentence")

    _share_bp_range = models.Constraint(
        "CHECK (credit_policy <> 'split'"
        " OR (deputy_share_bp > 0 AND deputy_share_bp < 10000))",
        "Both get a share: more than 0 % and less than 100 %. "
        "Choose another policy if one of them gets all of it.",
    )
    _duty_fee_positive = models.Constraint(
        "CHECK (duty_fee_amount IS NULL OR duty_fee_amount >= 0)",
        "A fee is not negative.",
    )

    @api.model
    def _credit_fields(self):
        """Names of the fields that say who gets the credit; fixed once appointed."""
        return {
            "credit_policy",
            "credit_moment",
            "deputy_share_bp",
            "deputy_share",
            "duty_fee_amount",
            "duty_fee",
        }

    @api.depends("deputy_share_bp")
    def _compute_deputy_share(self):
        for substitution in self:
            substitution.deputy_share = substitution.deputy_share_bp * 100 / WHOLE

    @api.depends("deputy_share")
    def _compute_principal_share(self):
        for substitution in self:
            substitution.principal_share = 100 - substitution.deputy_share

    def _inverse_deputy_share(self):
        for substitution in self:
            substitution.deputy_share_bp = int(
                float_round(substitution.deputy_share * WHOLE / 100, 0)
            )

    # By user: whoever reads first must not answer for the next one.
    @api.depends("duty_fee_amount", "deputy_id", "principal_id")
    @api.depends_context("uid")
    def _compute_duty_fee(self):
        for substitution in self:
            shown = substitution._shows_duty_fee(self.env.user)
            substitution.shows_duty_fee = shown
            # sudo: the deputy's pay, for those who were found to see it
            amount = substitution.sudo().duty_fee_amount
            substitution.duty_fee = amount if shown else 0.0

    def _shows_duty_fee(self, user):
        """Pay is between the deputy and the directors, not the principal's to know."""
        if user == self.deputy_id or user._is_superuser():
            return True
        return user != self.principal_id and user.has_group(
            "sales_manager_kpi.group_branch_director"
        )

    def _inverse_duty_fee(self):
        for substitution in self:
            # sudo: written by whoever may write the draft
            substitution.sudo().duty_fee_amount = substitution.duty_fee

    # Not while it is a draft: the fee of a new record is written after its policy.
    @api.constrains("decision")
    def _check_duty_fee(self):
        # sudo: the column of the fee
        for substitution in self.sudo():
            if (
                substitution.decision == "appointed"
                and substitution.credit_policy == "duty_fee"
                and substitution.duty_fee_amount <= 0
            ):
                raise ValidationError(
                    self.env._(
                        "Say how much %(deputy)s gets for each working day, or "
                        "choose another policy.",
                        deputy=substitution.deputy_id.name,
                    )
                )

    # ------------------------------------------------------------------
    # In words
    # ------------------------------------------------------------------

    @api.depends(
        "principal_id",
        "deputy_id",
        "date_from",
        "date_to",
        "scope_orders",
        "scope_invoices",
        "credit_policy",
        "credit_moment",
        "deputy_share",
        "duty_fee",
    )
    @api.depends_context("uid", "lang")
    def _compute_credit_sentence(self):
        for substitution in self:
            complete = (
                substitution.principal_id
                and substitution.deputy_id
                and substitution.date_from
                and substitution.date_to
            )
            substitution.credit_sentence = (
                substitution._credit_sentence() if complete else False
            )

    def _credit_sentence(self):
        if not (self.scope_orders or self.scope_invoices):
            return self.env._("Neither orders nor invoices: the credit stays as it is.")
        words = {
            "what": self._credited_words(),
            "days": self._credited_days(),
            "principal": self.principal_id.name,
            "deputy": self.deputy_id.name,
            "deputy_share": formatLang(self.env, self.deputy_share, digits=2),
            "principal_share": formatLang(self.env, self.principal_share, digits=2),
        }
        return " ".join(filter(None, (self._policy_sentence(words), *self._rests())))

    def _credited_words(self):
        if self.scope_orders and self.credit_moment == "quotation":
            return self.env._("Quotations made")
        if self.scope_orders:
            return self.env._("Orders confirmed")
        return self.env._("Invoices without an order, dated")

    def _credited_days(self):
        start = format_date(self.env, self.date_from, date_format="d MMMM yyyy")
        stop = format_date(self.env, self.date_to, date_format="d MMMM yyyy")
        if start == stop:
            return self.env._("on %(day)s", day=start)
        return self.env._("from %(start)s to %(stop)s", start=start, stop=stop)

    def _policy_sentence(self, words):
        if self.credit_policy == "deputy":
            return self.env._("%(what)s %(days)s count for %(deputy)s.", **words)
        if self.credit_policy == "split":
            return self.env._(
                "%(what)s %(days)s count for %(deputy)s with %(deputy_share)s %% and "
                "for %(principal)s with %(principal_share)s %%.",
                **words,
            )
        return self.env._("%(what)s %(days)s count for %(principal)s.", **words)

    def _rests(self):
        if self.credit_policy == "duty_fee" and self.shows_duty_fee:
            yield self.env._(
                "%(deputy)s gets %(fee)s for each working day.",
                deputy=self.deputy_id.name,
                fee=formatLang(self.env, self.duty_fee, currency_obj=self.currency_id),
            )
        elif self.credit_policy == "duty_fee":
            yield self.env._(
                "%(deputy)s gets a fee for each working day.",
                deputy=self.deputy_id.name,
            )
        if self.credit_policy in ("deputy", "split"):
            yield self.env._(
                "What %(principal)s does personally stays theirs.",
                principal=self.principal_id.name,
            )
