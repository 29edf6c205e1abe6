from typing import NamedTuple

from odoo import api, fields, models, tools


class Limit(NamedTuple):
    """What a limit says, kept in memory; money in company currency."""

    class_id: int | bool
    mode: str
    max_days: int
    min_amount: float
    use_credit: bool
    at_confirm: bool
    at_shipment: bool


class PaymentLimit(models.Model):
    """How late a customer may pay before new orders and goods wait.

    One for everybody in a company, and one for each class of customers that has its
    own. Without any nothing is looked at.
    """

    _name = "payment.limit"
    _description = "Payment Limit"
    _inherit = ["sales.cached.mixin"]
    _order = "company_id, class_id, id"
    _check_company_auto = True

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    class_id = fields.Many2one(
        comodel_name="customer.class",
        ondelete="cascade",
        check_company=True,
        help="Empty: for customers of all classes that have no limit of their own.",
    )
    active = fields.Boolean(default=True)
    mode = fields.Selection(
        selection=[("warn", "Warns"), ("hold", "Holds")],
        required=True,
        default="warn",
        help="A warning is written on the document; what is held needs a release.",
    )
    max_days = fields.Integer(
        string="Days Overdue at Most",
        default=30,
        help="Something is overdue for more days than this.",
    )
    min_amount = fields.Monetary(
        string="From an Overdue Amount Of",
        help="Overdue amounts up to this one are let pass, taxes included.",
    )
    use_credit = fields.Boolean(
        string="Credit Limit",
        default=True,
        help="Also looks at Odoo's own credit limit of the customer, where the company "
        "uses sales credit limits.",
    )
    at_confirm = fields.Boolean(string="At Confirmation", default=True)
    at_shipment = fields.Boolean(default=True)

    _target_uniq = models.UniqueIndex(
        "(company_id, COALESCE(class_id, 0)) WHERE active",
        "There is a limit for this class of customers already. Change that one.",
    )
    _numbers_positive = models.Constraint(
        "CHECK (max_days >= 0 AND min_amount >= 0)",
        "Days and amounts of a payment limit cannot be negative.",
    )

    @api.depends("class_id", "company_id")
    def _compute_display_name(self):
        for limit in self:
            limit.display_name = (
                limit.class_id.display_name or limit.company_id.display_name
            )

    @api.model
    @tools.ormcache("company_id")
    def _limits(self, company_id):
        """The `Limit` of a company, by class; kept in memory for the inert case."""
        # sudo: what is asked of a customer binds whoever sells or ships
        limits = self.sudo().search([("company_id", "=", company_id)])
        return tuple(
            Limit(
                limit.class_id.id,
                limit.mode,
                limit.max_days,
                limit.min_amount,
                limit.use_credit,
                limit.at_confirm,
                limit.at_shipment,
            )
            for limit in limits
        )

    @api.model
    def _of_customers(self, partners, company, door):
        """The limits that hold for customers at a door.

        :param door: ``at_confirm`` or ``at_shipment``
        :return: ``{commercial partner: Limit}``; no query where there is no limit
        """
        limits = {limit.class_id: limit for limit in self._limits(company.id)}
        if not limits:
            return {}
        customers = partners.commercial_partner_id
        classes = {}
        if any(limits):
            today = self.env["sales.branch"]._company_local_date(company)
            classes = self.env["customer.class.member"]._classes_at(
                customers, company, today
            )
        found = {}
        for customer in customers:
            own = classes.get(customer.id)
            limit = limits.get(own and own.id) or limits.get(False)
            if limit and getattr(limit, door):
                found[customer] = limit
        return found

    @api.model
    def _problems(self, partners, company, door, extra=None):
        """Customers beyond their limit, and why.

        :param extra: ``{commercial partner: what documents add to what is owed}``, in
            company currency
        :return: ``{commercial partner: (Limit, why in words)}``; two queries and what
            Odoo needs for its credit limit, however many customers
        """
        limits = self._of_customers(partners, company, door)
        if not limits:
            return {}
        customers = partners.browse([customer.id for customer in limits])
        overdue = customers._overdue(company)
        found = {}
        for customer, limit in limits.items():
            why = self._why_overdue(limit, overdue.get(customer.id), company)
            why = why or self._why_credit(
                limit, customer, company, (extra or {}).get(customer, 0.0)
            )
            if why:
                found[customer] = limit, why
        return found

    @api.model
    def _why_overdue(self, limit, overdue, company):
        if not overdue:
            return False
        amount, days = overdue
        if days <= limit.max_days or amount <= limit.min_amount:
            return False
        return self.env._(
            "%(amount)s is overdue, the oldest of it for %(days)s days; at most "
            "%(most)s days are allowed.",
            amount=tools.format_amount(self.env, amount, company.currency_id),
            days=days,
            most=limit.max_days,
        )

    @api.model
    def _why_credit(self, limit, customer, company, extra):
        """Whether Odoo's own credit limit is passed, in words."""
        # sudo: what a customer owes is read by the system; only the answer is told
        customer = customer.sudo().with_company(company)
        ceiling = customer.credit_limit
        if not (limit.use_credit and company.account_use_credit_limit and ceiling):
            return False
        # Odoo computes them by nothing that would tell it of orders confirmed since
        customer.invalidate_recordset(["credit", "credit_to_invoice"])
        owed = customer.credit + customer.credit_to_invoice + extra
        if company.currency_id.compare_amounts(owed, ceiling) <= 0:
            return False
        return self.env._(
            "%(owed)s would be owed, the credit limit is %(ceiling)s.",
            owed=tools.format_amount(self.env, owed, company.currency_id),
            ceiling=tools.format_amount(self.env, ceiling, company.currency_id),
        )
