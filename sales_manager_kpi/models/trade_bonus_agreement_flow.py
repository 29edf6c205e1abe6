from odoo import fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tools import SQL

from ..engine import trade_bonus as engine
from ..engine.norms import holding, limits_of
from .discount_policy_line import ROLE_NAMES

CREDIT_NOTES = ("credit_note", "offset")


class TradeBonusAgreement(models.Model):
    """Draft → to approve → active → suspended → closed, or cancelled."""

    # The area of trade bonuses has files of its own.
    _inherit = "trade.bonus.agreement"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------------

    def action_submit(self):
        """Let these drafts hold where one may agree them alone; ask otherwise.

        :raise UserError: for what cannot be calculated or settled
        """
        self.check_access("write")
        for agreement in self:
            agreement._check_open_to_change()
            if agreement.state != "draft":
                raise UserError(self.env._("Only a draft is submitted."))
            agreement._check_ready()
            agreement._ask()

    def _ask(self):
        own, needed, policy = self._needed_role()
        # sudo: who is asked, and the state, are the system's to write
        self.sudo().write(
            {
                "role": needed,
                "policy_id": policy.id if policy else False,
                "requested_by_id": self.env.uid,
                "acting_for_id": self._acted_for().id,
                "state": "to_approve",
            }
        )
        self._decide("submit")
        if policy and own == needed:
            self._activate("activate")
        else:
            self._call_approvers(self._approvers(needed))

    def _needed_role(self):
        """Whose authority it is, and whose it needs.

        :return: (role of who submits, the lowest role that covers it, the
            `engine.norms.Policy` or None); without a policy, or where nobody's norms
            cover it, a commercial director decides
        """
        # sudo: which groups a colleague has, whoever submits
        users = (self.user_id | self.env.user).sudo()
        if self.env.su or self.is_acted_for:
            # sudo: as above
            users = self.user_id.sudo() or users
        roles = {user: user._discount_role() for user in users}
        user = min(users, key=lambda one: ROLE_NAMES.index(roles[one]))
        own, policy = roles[user], self._bonus_policy()
        if not policy:
            return own, "commercial_director", None
        cost = self._exposure()
        for role in ROLE_NAMES[ROLE_NAMES.index(own) :]:
            person = user.id if role == own else 0
            if self._norms_cover(policy, role, person, cost):
                return own, role, policy
        return None, "commercial_director", policy

    def _bonus_policy(self):
        """The `engine.norms.Policy` that holds for this agreement now, or None."""
        policies = self.env["discount.policy"]._policies(self.company_id)
        day = self.env["sales.branch"]._company_local_date(self.company_id)
        return holding(policies, self.branch_id.id, day) if policies else None

    def _norms_cover(self, policy, role, user_id, cost):
        """Whether the norms of a role cover what every customer may cost."""
        day = self.env["sales.branch"]._company_local_date(self.company_id)
        classes = self.env["customer.class.member"]._classes_at(
            self.partner_ids, self.company_id, day
        )
        own = [n for n in policy.norms if n.is_of(role, user_id) and n.is_for_orders]
        return all(
            engine.covers(
                limits_of(
                    [
                        norm
                        for norm in own
                        if norm.is_for(
                            self.branch_id.id,
                            partner.id,
                            classes[partner.id].id if partner.id in classes else 0,
                        )
                    ],
                    policy.resolution,
                ),
                cost,
            )
            for partner in self.partner_ids
        )

    def _exposure(self):
        """What it can cost per customer, in company currency, others on top of it."""
        everything = self | self._overlapping()
        # sudo: what overlaps may be a colleague's; only its cost is added
        costs = [agreement._own_exposure() for agreement in everything.sudo()]
        amounts = [cost.amount for cost in costs]
        return engine.Exposure(
            sum((cost.percent for cost in costs), engine.ZERO),
            None if None in amounts else sum(amounts, engine.ZERO),
            max(cost.months for cost in costs),
            any(cost.is_money for cost in costs),
        )

    def _own_exposure(self):
        terms = self.term_ids
        cost = engine.exposure(
            [term._tariff() for term in terms], terms.mapped("period")
        )
        if cost.amount is None or self.currency_id == self.company_id.currency_id:
            return cost
        amount = self.currency_id._convert(
            float(cost.amount),
            self.company_id.currency_id,
            self.company_id,
            self.date_from,
        )
        return cost._replace(amount=engine.exact(amount))

    def _overlapping(self):
        """Other agreements in force for the same customers and days."""
        return (
            # sudo: what else a customer was promised binds, whoever sees it
            self.sudo().search(
                [
                    ("id", "not in", (self | self.previous_id).ids),
                    ("company_id", "=", self.company_id.id),
                    ("state", "in", ("active", "suspended")),
                    ("partner_ids", "in", self.partner_ids.ids),
                    ("date_from", "<=", self.date_to),
                    ("date_to", ">=", self.date_from),
                ]
            )
        )

    # ------------------------------------------------------------------
    # Ready to be agreed
    # ------------------------------------------------------------------

    def _check_ready(self):
        """Refuse what could not be calculated or settled later, saying what to do."""
        for found, message in (
            (self.partner_ids, self.env._("Say which customers it is for.")),
            (self.user_id, self.env._("Say which manager is responsible.")),
            (self.term_ids, self.env._("It has no terms. Add what is promised.")),
            (self.contract, self.env._("Attach the contract.")),
            (
                self.product_id or self.payout not in CREDIT_NOTES,
                self.env._("Choose the product that stands on the credit note."),
            ),
        ):
            if not found:
                raise UserError(
                    self.env._(
                        "%(agreement)s: %(message)s",
                        agreement=self.display_name,
                        message=message,
                    )
                )
        self._check_rate()
        self.term_ids._check_ready()

    def _check_rate(self):
        currency, company = self.currency_id, self.company_id
        if currency == company.currency_id:
            return
        rates = self.env["res.currency.rate"].search_count(
            [
                ("currency_id", "=", currency.id),
                ("company_id", "in", [False, company.root_id.id]),
                ("name", "<=", self.date_from),
            ],
            limit=1,
        )
        if not rates:
            raise UserError(
                self.env._(
                    "%(currency)s has no rate on %(date)s. Add one, or choose another "
                    "currency.",
                    currency=currency.name,
                    date=self.date_from,
                )
            )

    def _check_not_twice(self):
        """The same volume is not rewarded twice, unless that was agreed."""
        # Two who activate at the same time collide here, where Odoo tries again.
        self.env.execute_query(
            SQL(
                "UPDATE res_partner SET write_date = write_date WHERE id IN %s"
                " RETURNING id",
                tuple(self.partner_ids.ids),
            )
        )
        others = self._overlapping()
        if others and not (self.allow_double and all(others.mapped("allow_double"))):
            raise ValidationError(
                self.env._(
                    "%(other)s holds for the same customer and days. End it, make this "
                    "one its new version, or let both be on top of others.",
                    other=others[0].display_name,
                )
            )

    # ------------------------------------------------------------------
    # Answering
    # ------------------------------------------------------------------

    def _compute_can_decide(self):
        for agreement in self:
            agreement.can_decide = (
                agreement.state == "to_approve"
                and agreement._has_authority(self.env.user)
            )

    def _deadline(self):
        if self.policy_id:
            return super()._deadline()
        return fields.Datetime.add(fields.Datetime.now(), days=1)

    def action_approve(self):
        """Let what was asked hold.

        :raise AccessError: for who has not the authority, or asked themselves
        """
        self._check_waiting()
        self.lock_for_update()
        for agreement in self:
            agreement._check_authority()
            agreement._check_ready()
            agreement._activate("approve")
            agreement._tell(self.env._("Approved. It holds now."))

    def reject(self, comment):
        """Return it to its author, with a reason that they read.

        :raise UserError: without a reason
        """
        self._check_waiting()
        self._check_reason(comment)
        for agreement in self:
            agreement._check_authority()
        self._decide("reject", comment)
        for agreement in self:
            agreement._tell(self.env._("Rejected: %s", comment))
        self._set_state("draft")

    def action_return(self):
        """Back to draft, by who submitted it or whose agreement it is."""
        self._check_waiting()
        for agreement in self:
            if self.env.user not in (agreement.requested_by_id, agreement.user_id):
                raise AccessError(self.env._("Who asked takes it back. Reject it."))
        self._set_state("draft")

    def _tell(self, answer):
        """Let who asked know the answer."""
        # sudo: the address of a colleague
        asked = self.requested_by_id.sudo().partner_id
        self.message_post(body=answer, partner_ids=asked.ids)

    def _check_waiting(self):
        if any(agreement.state != "to_approve" for agreement in self):
            raise UserError(self.env._("This agreement does not wait for an answer."))

    def _check_reason(self, comment):
        if not (comment or "").strip():
            raise UserError(self.env._("Say why."))

    def _activate(self, decision):
        self._check_not_twice()
        self._replace_previous()
        # sudo: the state is the system's to write
        self.sudo().write(
            {"activated_by_id": self.env.uid, "activated_at": fields.Datetime.now()}
        )
        self._decide(decision)
        self._set_state("active")
        self._make_periods()

    def _decide(self, decision, comment=None):
        """Keep a decision; nobody changes it later."""
        # sudo: decisions are written by the system
        self.env["trade.bonus.decision"].sudo().create(
            [
                {
                    "agreement_id": agreement.id,
                    "user_id": self.env.uid,
                    "acting_for_id": (
                        agreement._acted_for() or agreement._acting_for(self.env.user)
                    ).id,
                    "decision": decision,
                    "comment": comment,
                }
                for agreement in self
            ]
        )

    def _set_state(self, state):
        # sudo: the state is the system's to write
        agreements = self.sudo()
        agreements.write({"state": state})
        agreements.activity_unlink([self._approve_activity])
        if state == "draft":
            agreements.write({"approver_ids": [Command.clear()], "deadline": False})

    # ------------------------------------------------------------------
    # Ending
    # ------------------------------------------------------------------

    def suspend(self, comment):
        """Nothing is calculated or settled until it is resumed.

        :raise UserError: without a reason, or where it is not active
        """
        self._check_in("active", self.env._("Only what is active is suspended."))
        self._check_reason(comment)
        self._decide("suspend", comment)
        self._set_state("suspended")

    def action_resume(self):
        """Let it hold again.

        :raise AccessError: for the manager alone: who suspended it may know why
        """
        self._check_in("suspended", self.env._("Only what is suspended is resumed."))
        self._check_director()
        self._decide("resume")
        self._set_state("active")

    def _check_in(self, state, message):
        self.check_access("write")
        if any(agreement.state != state for agreement in self):
            raise UserError(message)

    def _check_director(self):
        director = "sales_manager_kpi.group_branch_director"
        if not self.env.su and not self.env.user.has_group(director):
            raise AccessError(self.env._("A director does that."))

    def action_close(self):
        """End what has been settled to its last period."""
        self._check_in("active", self.env._("Only what is active is closed."))
        self._check_settled()
        self._close_periods()
        self._decide("close")
        self._set_state("closed")

    def cancel(self, comment):
        """Take it back: nothing of it was calculated yet.

        :raise UserError: without a reason, or where it was calculated
        """
        self.check_access("write")
        self._check_reason(comment)
        for agreement in self:
            if agreement.state in ("closed", "cancelled"):
                raise UserError(self.env._("It has ended already."))
            if agreement.state in ("active", "suspended"):
                agreement._check_director()
                agreement._end_periods(
                    fields.Date.subtract(agreement.date_from, days=1)
                )
        self._decide("cancel", comment)
        self._set_state("cancelled")
