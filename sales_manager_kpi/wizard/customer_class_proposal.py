from dateutil.relativedelta import relativedelta

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from ..engine.classing import ClassRule, proposed

MAX_MONTHS = 36
COMMERCIAL = "sales_manager_kpi.group_commercial_director"


class CustomerClassProposal(models.TransientModel):
    """Classes out of turnover and payment, looked at before a person applies them."""

    _name = "customer.class.proposal"
    _description = "Propose Customer Classes"
    _check_company_auto = True

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    branch_id = fields.Many2one(
        comodel_name="sales.branch",
        check_company=True,
        default=lambda self: self._default_branch(),
        help="Customers of this branch today; empty for all, by a commercial director.",
    )
    months = fields.Integer(
        string="Full Months", required=True, default=12, help="Before this one."
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: self.env["sales.branch"]._company_local_date(
            self.env.company
        ),
        help="The first day of the new class.",
    )
    reason = fields.Char()
    line_ids = fields.One2many(
        comodel_name="customer.class.proposal.line", inverse_name="proposal_id"
    )

    @api.model
    def _default_branch(self):
        if self.env.user.has_group(COMMERCIAL):
            return self.env["sales.branch"]
        return self.env["sales.branch"].search(
            [
                ("company_id", "=", self.env.company.id),
                ("director_id", "=", self.env.uid),
            ],
            limit=1,
        )

    @api.constrains("months")
    def _check_months(self):
        for proposal in self:
            if not 1 <= proposal.months <= MAX_MONTHS:
                raise ValidationError(
                    self.env._(
                        "Look at 1 to %(months)s full months.", months=MAX_MONTHS
                    )
                )

    # ------------------------------------------------------------------
    # Proposing
    # ------------------------------------------------------------------

    def action_propose(self):
        """List customers whose turnover and payment speak for another class.

        :raise UserError: where no class exists
        """
        self.ensure_one()
        self._check_decider()
        self.line_ids.unlink()
        self.line_ids = [Command.create(vals) for vals in self._prepare_lines()]
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
        }

    def _prepare_lines(self):
        turnover, late = self._turnover(), self._days_late()
        members = self._members()
        rules = self._rules()
        customers = self.env["res.partner"].browse(self._scope(turnover | members))
        for customer in customers.sorted(lambda c: -turnover.get(c.id, 0.0)):
            class_id = proposed(
                rules, turnover.get(customer.id, 0.0), late.get(customer.id)
            )
            current = members.get(customer.id)
            if class_id != (current.id if current else None):
                yield {
                    "partner_id": customer.id,
                    "turnover": turnover.get(customer.id, 0.0),
                    "was_due": customer.id in late,
                    "days_late": late.get(customer.id, 0.0),
                    "current_id": current.id if current else False,
                    "class_id": class_id,
                }

    def _rules(self):
        classes = self.env["customer.class"].search(
            [("company_id", "=", self.company_id.id)]
        )
        if not classes:
            raise UserError(
                self.env._("No customer class exists. Add classes A, B and C first.")
            )
        return [
            ClassRule(
                row.id,
                row.min_turnover,
                row.max_days_late if row.max_days_late >= 0 else None,
            )
            for row in classes
        ]

    def _window(self):
        """First and last day of the months looked at."""
        today = self.env["sales.branch"]._company_local_date(self.company_id)
        first = today.replace(day=1)
        return first - relativedelta(months=self.months), first - relativedelta(days=1)

    def _turnover(self):
        """``{customer id: untaxed}`` by invoice, whoever the manager was."""
        first, last = self._window()
        # sudo: of the customers that the decider may class, whoever sold to them
        facts = self.env["sales.fact.report"].sudo()
        rows = facts.with_context(allowed_company_ids=self.company_id.ids)._read_group(
            Domain("basis", "=", "invoice")
            & Domain("status", "in", ("counted", "unassigned"))
            & Domain("company_id", "=", self.company_id.id)
            & Domain("date", ">=", first)
            & Domain("date", "<=", last),
            ["partner_id"],
            ["amount:sum"],
        )
        turnover = {}
        for partner, amount in rows:
            customer = partner.commercial_partner_id.id
            turnover[customer] = turnover.get(customer, 0.0) + amount
        return turnover

    def _members(self):
        day = self.env["sales.branch"]._company_local_date(self.company_id)
        rows = self.env["customer.class.member"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("class_id", "!=", False),
                ("date_from", "<=", day),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", day),
            ]
        )
        return {row.partner_id.id: row.class_id for row in rows}

    def _scope(self, customer_ids):
        """Those of ``customer_ids`` that belong to the branch today."""
        if not self.branch_id:
            return list(customer_ids)
        day = self.env["sales.branch"]._company_local_date(self.company_id)
        owners = self.env["customer.assignment"]._owners_at(
            self.env["res.partner"].browse(customer_ids), self.company_id, day
        )
        return [
            id_
            for id_ in customer_ids
            if (row := owners.get(id_)) and row.branch_id == self.branch_id
        ]

    def _days_late(self):
        """``{customer id: days}`` paid after what fell due in these months.

        As the customer base counts them, in one query.
        """
        first, last = self._window()
        today = self.env["sales.branch"]._company_local_date(self.company_id)
        return self.env["customer.figure"]._days_late(
            self.company_id, first, last, today
        )

    # ------------------------------------------------------------------
    # Applying
    # ------------------------------------------------------------------

    def action_apply(self):
        """Put the chosen customers in their class from the day on.

        :raise AccessError: for whoever does not direct them
        :raise UserError: for a day that is over, or where nothing was chosen
        """
        self.ensure_one()
        self._check_decider()
        lines = self.line_ids.filtered("is_chosen")
        if not lines:
            raise UserError(self.env._("Choose the customers whose class changes."))
        if self.date_from < self.env["sales.branch"]._company_local_date(
            self.company_id
        ):
            raise UserError(
                self.env._("A class begins today or later; the past stays as it was.")
            )
        if set(lines.partner_id.ids) - set(self._scope(lines.partner_id.ids)):
            raise AccessError(self.env._("Choose customers of this branch only."))
        self._put(lines)
        return {"type": "ir.actions.act_window_close"}

    def _put(self, lines):
        """One row each; those that begin on this day already are changed."""
        Member = self.env["customer.class.member"]
        existing = Member.search(
            [
                ("company_id", "=", self.company_id.id),
                ("partner_id", "in", lines.partner_id.ids),
                ("date_from", "=", self.date_from),
            ]
        )
        by_partner = {row.partner_id: row for row in existing}
        common = {"reason": self.reason, "decided_by_id": self.env.uid}
        for class_id, own in lines.grouped("class_id").items():
            rows = Member.union(*(by_partner.get(p, Member) for p in own.partner_id))
            if rows:
                rows.write({**common, "class_id": class_id.id})
        Member.create(
            [
                {
                    **common,
                    "partner_id": line.partner_id.id,
                    "company_id": self.company_id.id,
                    "class_id": line.class_id.id,
                    "date_from": self.date_from,
                }
                for line in lines
                if line.partner_id not in by_partner
            ]
        )

    def _check_decider(self):
        """Directors decide about their branch, commercial directors about all."""
        user = self.env.user
        if self.env.su or user.has_group(COMMERCIAL):
            return
        if not self.branch_id or not self.branch_id._is_directed_by(user):
            raise AccessError(
                self.env._(
                    "Directors class the customers of the branch that they direct; a "
                    "commercial director those of all branches."
                )
            )


class CustomerClassProposalLine(models.TransientModel):
    _name = "customer.class.proposal.line"
    _description = "Propose Customer Classes: Customer"

    proposal_id = fields.Many2one(
        comodel_name="customer.class.proposal", required=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="proposal_id.company_id")
    currency_id = fields.Many2one(related="proposal_id.currency_id")
    is_chosen = fields.Boolean(string="Apply")
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", required=True
    )
    turnover = fields.Monetary(readonly=True)
    was_due = fields.Boolean(readonly=True, export_string_translation=False)
    days_late = fields.Float(
        readonly=True, digits=(16, 1), help="Weighted by amount; empty: nothing due."
    )
    current_id = fields.Many2one(
        comodel_name="customer.class", string="Now", readonly=True
    )
    class_id = fields.Many2one(
        comodel_name="customer.class",
        string="Proposed",
        domain="[('company_id', '=', company_id)]",
    )
