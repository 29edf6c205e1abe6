from ast import literal_eval
from datetime import timedelta

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain

PAST_DAYS = 90
# What is looked at in a document as it stands, so that it can be put right.
STANDING = {
    *("contract", "terms", "price", "address", "commitment_date"),
    *("reference", "documents", "domain"),
}
# What can be found again in documents of the past.
FOUND_AGAIN = STANDING | {"request_lag", "recreated"}
LATE = {"request_lag", "delivery_lag"}
MOMENTS_OF = {
    "request_lag": {"confirm"},
    "recreated": {"confirm"},
    "delivery_lag": {"invoice"},
    "edited": {"after"},
    "reset": {"after"},
    "credit_error": {"after"},
}


class RegistrationRule(models.Model):
    """What a well registered sale has, and what happens where it has not.

    Rules that are shipped are archived: nothing is looked at until an administrator
    takes one into use. Which ones hold is cached, so that without any a sale costs one
    cached look-up.
    """

    _name = "registration.rule"
    _description = "Registration Rule"
    _inherit = ["sales.cached.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        comodel_name="res.company", index=True, help="Empty for all companies."
    )
    moment = fields.Selection(
        selection=[
            ("quote", "When a quotation is sent"),
            ("confirm", "When an order is confirmed"),
            ("ship", "When goods leave for the customer"),
            ("invoice", "When an invoice is posted"),
            ("after", "When it is corrected afterwards"),
        ],
        required=True,
        default="confirm",
    )
    check_code = fields.Selection(
        selection=[
            ("contract", "A frame contract holds"),
            ("terms", "Payment terms are set"),
            ("price", "Prices are within the norms, or approved"),
            ("address", "The delivery address is complete"),
            ("commitment_date", "A delivery date is promised"),
            ("reference", "The customer's reference is noted"),
            ("documents", "The required documents are attached"),
            ("domain", "The order meets a condition"),
            ("request_lag", "Entered soon after the customer asked"),
            ("delivery_lag", "Invoiced soon after delivery"),
            ("recreated", "Not cancelled and made again"),
            ("edited", "Lines are not changed after confirmation"),
            ("reset", "Confirmed documents are not reset to draft"),
            ("credit_error", "No credit note for a registration error"),
        ],
        string="Check",
        required=True,
        default="reference",
    )
    domain = fields.Char(
        string="Which Orders",
        default="[]",
        help="The orders that the rule looks at; all where empty.",
    )
    must_domain = fields.Char(
        string="Condition", default="[]", help="What these orders must meet."
    )
    norm_hours = fields.Float(
        string="Working Hours",
        default=8,
        help="How long it may take, in working hours of the branch.",
    )
    days = fields.Integer(
        default=7, help="An order made again within so many days is the same one."
    )
    severity = fields.Selection(
        selection=[
            ("minor", "Minor: recorded, not counted"),
            ("major", "Major: counted"),
            ("critical", "Critical: counted"),
        ],
        required=True,
        default="major",
    )
    effect = fields.Selection(
        selection=[
            ("record", "Record only"),
            ("warn", "Warn and record"),
            ("block", "Block"),
        ],
        required=True,
        default="record",
        help="What is blocked does not happen, so nothing is recorded of it.",
    )
    advice = fields.Char(translate=True, help="What to do, shown with the warning.")
    tested_at = fields.Datetime(readonly=True, copy=False)
    tested_count = fields.Integer(string="Orders Looked At", readonly=True, copy=False)
    found_count = fields.Integer(
        string="Would Have Been Found", readonly=True, copy=False
    )

    _norms = models.Constraint(
        "CHECK (norm_hours >= 0 AND days BETWEEN 0 AND 365)",
        "Hours are not negative, and days lie between 0 and 365.",
    )

    @api.constrains("domain", "must_domain")
    def _check_domains(self):
        for rule in self:
            for name in ("domain", "must_domain"):
                try:
                    rule._order_domain(name).validate(self.env["sale.order"])
                except Exception as error:
                    raise ValidationError(
                        self.env._(
                            "“%(domain)s” is no condition on orders: %(error)s",
                            domain=rule[name],
                            error=error,
                        )
                    ) from error

    @api.constrains("moment", "check_code")
    def _check_moment(self):
        labels = dict(self._fields["moment"]._description_selection(self.env))
        for rule in self:
            moments = MOMENTS_OF.get(
                rule.check_code, {"quote", "confirm", "ship", "invoice"}
            )
            if rule.moment not in moments:
                raise ValidationError(
                    self.env._(
                        "%(rule)s cannot be checked at this moment. Choose: "
                        "%(moments)s.",
                        rule=rule.name,
                        moments=", ".join(labels[moment] for moment in sorted(moments)),
                    )
                )

    @api.constrains("effect", "check_code")
    def _check_effect(self):
        for rule in self:
            if rule.effect == "block" and rule.check_code in LATE:
                raise ValidationError(
                    self.env._(
                        "%s: what is late cannot be made up for, so it is not blocked. "
                        "Record it, or warn.",
                        rule.name,
                    )
                )

    # ------------------------------------------------------------------
    # Which rules hold
    # ------------------------------------------------------------------

    @api.model
    @tools.ormcache("company_id")
    def _ids_by_moment(self, company_id):
        """``{moment: rule ids}`` in force; cached, and empty in the inert case."""
        # sudo: rules hold whoever registers
        rules = self.sudo().search([("company_id", "in", (False, company_id))])
        return {
            moment: tuple(some.ids) for moment, some in rules.grouped("moment").items()
        }

    @api.model
    def _of(self, company, *moments, code=None):
        """Rules that hold in a company at these moments, in sudo."""
        by_moment = self._ids_by_moment(company.id)
        ids = [i for moment in moments for i in by_moment.get(moment, ())]
        # sudo: see above
        rules = self.sudo().browse(ids)
        if code:
            rules = rules.filtered(lambda rule: rule.check_code == code)
        return rules

    def _order_domain(self, name):
        return Domain(literal_eval(self[name] or "[]"))

    def _governed(self, orders):
        """Those of ``orders`` that the rule looks at."""
        domain = self._order_domain("domain")
        return orders if domain.is_true() else orders.filtered_domain(domain)

    def _found(self, orders):
        """``{order: what is wrong, in words}``; set-based, of governed orders."""
        # sudo: looks at what its reader may not see, and tells only what is wrong
        governed = self._governed(orders.sudo())
        if not governed:
            return {}
        return getattr(governed, f"_registration_check_{self.check_code}")(self)

    def _words(self, words):
        """One line for a banner or a refusal."""
        return f"{words} {self.advice}" if self.advice else words

    # ------------------------------------------------------------------
    # The past
    # ------------------------------------------------------------------

    def action_test(self):
        """Count what the rule would have found in the orders of the last 90 days."""
        self.ensure_one()
        self.check_access("write")
        if self.check_code not in FOUND_AGAIN:
            return self._notify(
                self.env._(
                    "Documents do not tell afterwards how they were corrected or when "
                    "they were invoiced: take the rule into use to see."
                )
            )
        orders = self.env["sale.order"].search(
            Domain("state", "=", "sale")
            & Domain(
                "first_confirmation_date",
                ">=",
                fields.Datetime.now() - timedelta(days=PAST_DAYS),
            )
            & Domain("company_id", "in", (self.company_id or self.env.companies).ids)
        )
        governed, found = self._governed(orders), self._found(orders)
        self.write(
            {
                "tested_at": fields.Datetime.now(),
                "tested_count": len(governed),
                "found_count": len(found),
            }
        )
        return self._notify(
            self.env._(
                "%(found)s of %(count)s orders of the last %(days)s days.",
                found=len(found),
                count=len(governed),
                days=PAST_DAYS,
            )
        )

    def _notify(self, words):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.name,
                "message": words,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }


class RegistrationDocument(models.Model):
    """A document that must be attached to orders of a kind."""

    _name = "registration.document"
    _description = "Required Document"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(comodel_name="res.company", index=True)
    team_id = fields.Many2one(
        comodel_name="crm.team", string="Sales Team", help="Empty for all teams."
    )
    domain = fields.Char(string="Which Orders", default="[]", help="All where empty.")
    keyword = fields.Char(
        required=True,
        help="A file whose name contains this counts as the document.",
    )

    @api.constrains("domain")
    def _check_domain(self):
        for document in self:
            try:
                Domain(literal_eval(document.domain or "[]")).validate(
                    self.env["sale.order"]
                )
            except Exception as error:
                raise ValidationError(
                    self.env._(
                        "“%(domain)s” is no condition on orders: %(error)s",
                        domain=document.domain,
                        error=error,
                    )
                ) from error

    def _wanted_of(self, orders):
        """Those of ``orders`` that need this document."""
        orders = orders.filtered(
            lambda order: (
                (not self.company_id or order.company_id == self.company_id)
                and (not self.team_id or order.team_id == self.team_id)
            )
        )
        return orders.filtered_domain(Domain(literal_eval(self.domain or "[]")))
