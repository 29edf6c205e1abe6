from typing import NamedTuple

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

EXPIRY = "sales_manager_kpi.mail_activity_type_contract_expiry"


class InForce(NamedTuple):
    """A contract as orders look it up; dates included, ids or False."""

    date_from: object
    date_to: object
    id: int
    payment_term_id: int
    pricelist_id: int


class SalesContract(models.Model):
    """The steps of a contract, and which one an order takes."""

    # The steps have a file of their own.
    _inherit = "sales.contract"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------------

    def action_activate(self):
        """Put these drafts in force.

        :raise AccessError: for who directs neither the branch nor the company
        :raise UserError: without a signed document, or where another one overlaps
        """
        self._check_director()
        self._check_state("draft")
        for contract in self:
            contract._check_signed()
            contract._check_overlap()
        contracts = self.sudo()  # sudo: a step of who may take it, checked above
        contracts.write(
            {
                "state": "active",
                "activated_by_id": self.env.uid,
                "activated_at": fields.Datetime.now(),
            }
        )
        contracts._make_duties()
        return True

    def action_terminate(self):
        """End these before their time, with the reason that is written in them.

        :raise UserError: without a reason
        """
        self._check_director()
        self._check_state("active")
        Branch = self.env["sales.branch"]
        for contract in self:
            if not contract.termination_reason:
                raise UserError(
                    self.env._(
                        "Say why %s ends: fill in the reason of termination.",
                        contract.name,
                    )
                )
            # sudo: as above
            contract.sudo().write(
                {
                    "state": "terminated",
                    "terminated_on": Branch._company_local_date(contract.company_id),
                }
            )
        self.sudo().activity_unlink([EXPIRY])  # sudo: reminding is the system's
        return True

    def _check_director(self):
        user = self.env.user
        if user.has_group("sales_manager_kpi.group_commercial_director"):
            return
        for contract in self:
            branch = contract.branch_id
            if not branch or not branch._is_directed_by(user):
                raise AccessError(
                    self.env._(
                        "The director of the branch of %s decides this. Ask them.",
                        contract.name,
                    )
                )

    def _check_signed(self):
        if not self.document or not self.signed_on:
            raise UserError(
                self.env._(
                    "Attach the signed document of %s and say when it was signed.",
                    self.name,
                )
            )

    def _check_overlap(self):
        """A message that names the other one; the database refuses in any case."""
        # sudo: it may be a colleague's
        other = self.sudo().search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("state", "in", ("active", "expired")),
                ("date_from", "<=", self.date_to),
                ("date_to", ">=", self.date_from),
                ("active", "in", (True, False)),
            ],
            limit=1,
        )
        if other:
            raise UserError(
                self.env._(
                    "%(customer)s has %(other)s for some of these days already (until "
                    "%(day)s). Choose other days, or terminate it first.",
                    customer=self.partner_id.name,
                    other=other.name,
                    day=tools.format_date(self.env, other.date_to),
                )
            )

    # ------------------------------------------------------------------
    # Which one an order takes
    # ------------------------------------------------------------------

    @api.model
    @tools.ormcache("company_id")
    def _in_force(self, company_id):
        """``{customer id: (InForce, …)}`` of a company; cached, no query for orders."""
        # sudo: an order takes its contract, whoever writes it
        rows = self.sudo().search_fetch(
            [("company_id", "=", company_id), ("state", "=", "active")],
            ["partner_id", "date_from", "date_to", "payment_term_id", "pricelist_id"],
        )
        found = {}
        for row in rows:
            found.setdefault(row.partner_id.id, []).append(
                InForce(
                    row.date_from,
                    row.date_to,
                    row.id,
                    row.payment_term_id.id,
                    row.pricelist_id.id,
                )
            )
        return {partner_id: tuple(some) for partner_id, some in found.items()}

    @api.model
    def _for_customer(self, company, partner, moment):
        """The contract of a customer at ``moment`` (naive UTC), as InForce, or None."""
        rows = self._in_force(company.id) if company.id else {}
        if not rows:
            return None
        rows = rows.get(partner.commercial_partner_id._origin.id, ())
        if not rows:
            return None
        day = self.env["sales.branch"]._company_local_date(company, moment)
        return next((row for row in rows if row.date_from <= day <= row.date_to), None)

    def _follow_orders(self):
        """Quotations of these customers look for their contract again."""
        self.env.registry.clear_cache()
        # sudo: whatever quotation it is, and whoever changes the contract
        Order = self.env["sale.order"].sudo()
        orders = Order.search(
            Domain("state", "in", ("draft", "sent"))
            & Domain("company_id", "in", self.company_id.ids)
            & Domain("partner_id.commercial_partner_id", "in", self.partner_id.ids)
        )
        self.env.add_to_compute(Order._fields["sales_contract_id"], orders)

    # ------------------------------------------------------------------
    # Every night
    # ------------------------------------------------------------------

    @api.model
    def _cron_watch(self):
        """Expire, remind before the end, and compare promises with what was done."""
        Branch = self.env["sales.branch"]
        for (company,) in self._read_group([("state", "=", "active")], ["company_id"]):
            today = Branch._company_local_date(company)
            running = [("company_id", "=", company.id), ("state", "=", "active")]
            contracts = self.search(running)
            contracts.duty_ids._watch(today)
            over = contracts.filtered(lambda row, day=today: row.date_to < day)
            over.write({"state": "expired"})
            (contracts - over)._remind(today)

    def _remind(self, today):
        """Remind of what ends soon, of none twice for the same last day; in sudo."""
        due = self.filtered(
            lambda row: row.notice_on <= today and row.noticed_for != row.date_to
        )
        for contract in due:
            contract.activity_schedule(
                EXPIRY,
                date_deadline=contract.date_to,
                user_id=contract.user_id.id,
                note=self.env._(
                    "The contract with %(customer)s ends on %(day)s. Agree a new one.",
                    customer=contract.partner_id.display_name,
                    day=tools.format_date(self.env, contract.date_to),
                ),
            )
            contract.noticed_for = contract.date_to


class SalesSubstitution(models.Model):
    """Deputies see the activities of their principal on contracts."""

    # The area of contracts has files of its own.
    _inherit = "sales.substitution"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _models_with_activities(self):
        return [*super()._models_with_activities(), ("sales.contract", "orders")]
