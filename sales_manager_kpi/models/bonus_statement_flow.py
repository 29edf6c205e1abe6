from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError

from .bonus_private_mixin import PAY
from .bonus_statement import DISPUTABLE, FIXED, LOCKED, OPEN

ACKNOWLEDGE_ACTIVITY = "sales_manager_kpi.mail_activity_type_statement"


class BonusStatement(models.Model):
    """The steps of a statement: sent, acknowledged or disputed, approved, locked, paid.

    Public steps check who takes them and where all of the statements stand, all of
    them or none, and go on as the system.
    """

    # The steps have a file of their own.
    _inherit = "bonus.statement"  # pylint: disable=consider-merging-classes-inherited

    can_acknowledge = fields.Boolean(compute="_compute_can")
    can_dispute = fields.Boolean(compute="_compute_can")
    can_decide = fields.Boolean(
        compute="_compute_can", help="Approves pay, and this is not the own."
    )

    @api.depends("state", "user_id")
    @api.depends_context("uid")
    def _compute_can(self):
        user = self.env.user
        approver = user.has_group(PAY)
        for statement in self:
            own = statement.user_id == user
            statement.can_acknowledge = own and statement.state == "sent"
            statement.can_dispute = own and statement.state in DISPUTABLE
            statement.can_decide = approver and not statement._is_own_matter(user)

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_compute(self):
        """Compute these statements again; without a selection those of the last month.

        :raise UserError: for what was approved
        """
        self._check_payer()
        if not self:
            return self._compute_last_month()
        self._check_state(*OPEN)
        for period, statements in self.grouped("period_id").items():
            self._compute_period(period, statements.user_id)
        return True

    @api.model
    def _compute_last_month(self):
        company = self.env.company
        today = self.env["sales.branch"]._company_local_date(company)
        before = fields.Date.subtract(today.replace(day=1), days=1)
        self._compute_period(self.env["sales.period"]._for_date(company, before))
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_send(self):
        """Show computed statements to their managers, and mail them.

        :raise UserError: where the month is not closed: it may still change
        """
        self._check_payer()
        self._check_state("draft", "computed")
        self._check_closed()
        self._step({"state": "sent", "sent_on": fields.Datetime.now()})
        self._ask_people()
        self._mail_later()
        return True

    def action_acknowledge(self):
        """The manager says that it is right."""
        self.check_access("read")
        for statement in self:
            if statement.user_id != self.env.user:
                raise AccessError(
                    self.env._("Only the person acknowledges their statement.")
                )
        self._check_state("sent")
        self._step({"state": "acknowledged", "acknowledged_on": fields.Datetime.now()})
        # sudo: reminding is the system's
        self.sudo().activity_unlink([ACKNOWLEDGE_ACTIVITY])
        return True

    def action_approve(self):
        """Approve what was sent and nobody disputes.

        :raise AccessError: for the own statement, and of whom one stands in for
        :raise UserError: with open disputes, or an earlier month that is not approved
        """
        self._check_approver()
        self._lock()
        self._check_state("sent", "acknowledged", "disputed")
        self._check_closed()
        self._check_approvable()
        self._step(
            {
                "state": "approved",
                "approved_by_id": self.env.uid,
                "approved_on": fields.Datetime.now(),
            }
        )
        # sudo: reminding is the system's
        self.sudo().activity_unlink([ACKNOWLEDGE_ACTIVITY])
        return True

    def action_withdraw(self):
        """Take an approval back, as long as it is not locked."""
        self._check_approver()
        self._lock()
        self._check_state("approved")
        self._check_no_later()
        self._step({"state": "sent", "approved_by_id": False, "approved_on": False})
        return True

    def action_lock(self):
        """Seal approved statements: from now on nothing about them changes."""
        self._check_approver()
        self._lock()
        self._check_state("approved")
        self._check_closed()
        for statement in self:
            statement._step(
                {
                    "state": "locked",
                    "hash": statement._seal(),
                    "locked_by_id": self.env.uid,
                    "locked_on": fields.Datetime.now(),
                }
            )
        return True

    def action_pay(self):
        """Say that what is locked was paid out."""
        self._check_approver()
        self._lock()
        self._check_state("locked")
        self._step(
            {
                "state": "paid",
                "paid_by_id": self.env.uid,
                "paid_on": fields.Date.context_today(self),
            }
        )
        return True

    def action_reverse(self):
        """Ask for the reason, then reverse."""
        self._check_approver()
        self._check_state(*FIXED)
        return self.env["bonus.reason"]._ask(self, "reverse")

    def _reverse(self, reason):
        """Take statements out of force; the month is computed anew for these people.

        What was paid by them is deducted from the next one.
        """
        reason = self._said(reason)
        self._check_approver()
        self._lock()
        self._check_state(*FIXED)
        self._check_no_later()
        # sudo: what they settled is settled by the statement that follows
        statements = self.sudo()
        # sudo: as above
        self.env["bonus.adjustment"].sudo().search(
            [("statement_id", "in", self.ids)]
        ).write({"statement_id": False})
        statements._step(
            {
                "state": "reversed",
                "reverse_reason": reason,
                "reversed_by_id": self.env.uid,
                "reversed_on": fields.Datetime.now(),
            }
        )
        self._compute_from()

    def _compute_from(self):
        """Compute these months anew for these people, and what stands on them."""
        # sudo: what follows from a month is computed whoever asks
        later = self.sudo().search(
            [
                ("user_id", "in", self.user_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("state", "in", OPEN),
                ("date_from", ">", min(self.mapped("date_from"))),
            ]
        )
        # sudo: as above
        affected = (self.sudo() | later).sorted("date_from")
        for period, statements in affected.grouped("period_id").items():
            self._compute_period(period, statements.user_id)

    def action_dispute(self):
        """Open a dispute of the whole statement, as for a deal that is missing."""
        return self._ask_dispute()

    def _ask_dispute(self, line=None):
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.evaluation_dispute_action_open"
        )
        action["context"] = {
            "default_statement_id": self.id,
            "default_statement_line_id": line.id if line else False,
            "default_kind": "wrong_amount" if line else "missing_deal",
        }
        return action

    # ------------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------------

    def _check_payer(self):
        self.check_access("read")
        if not (self.env.su or self.env.user.has_group(PAY)):
            raise AccessError(self.env._("This is for those who approve pay."))

    def _check_state(self, *states):
        """
        :raise UserError: for one that is in none of these states
        """
        labels = dict(self._fields["state"]._description_selection(self.env))
        wrong = self.filtered(lambda statement: statement.state not in states)
        if wrong:
            raise UserError(
                self.env._(
                    "Nothing was done. This is for statements that are: %(states)s.\n"
                    "%(statements)s",
                    states=", ".join(labels[state].lower() for state in states),
                    statements="\n".join(
                        f"- {one.display_name}: {labels[one.state].lower()}"
                        for one in wrong
                    ),
                )
            )

    def _check_closed(self):
        for period in self.period_id:
            if period.state != "closed":
                raise UserError(
                    self.env._(
                        "%(month)s is not closed, so its figures may still change. "
                        "Close the month first.",
                        month=period.display_name,
                    )
                )

    def _check_approvable(self):
        for statement in self:
            # sudo: a dispute hinders whoever asks
            disputes = statement.sudo().dispute_ids.filtered("is_open")
            if disputes:
                raise UserError(
                    self.env._(
                        "%(statement)s has open disputes: %(disputes)s. Decide them "
                        "first.",
                        statement=statement.display_name,
                        disputes=", ".join(disputes.mapped("name")),
                    )
                )
        carried = self._carried_now()
        for statement in self:
            earlier, amount = carried[statement]
            if earlier and earlier.state not in FIXED and earlier not in self:
                raise UserError(
                    self.env._(
                        "%(earlier)s comes first: approve it before %(statement)s.",
                        earlier=earlier.display_name,
                        statement=statement.display_name,
                    )
                )
            if statement.currency_id.compare_amounts(statement.carry_in, amount):
                raise UserError(
                    self.env._(
                        "%(statement)s carries in another amount than the month before "
                        "carried out. Compute it again and send it.",
                        statement=statement.display_name,
                    )
                )

    def _carried_now(self):
        """``{statement: (the one before, what it carries out)}``."""
        # sudo: what counts does not depend on who asks
        rows = self.sudo().search(
            [
                ("user_id", "in", self.user_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("state", "in", (*OPEN, *FIXED)),
            ],
            order="date_from, id",
        )
        result = {}
        for statement in self:
            before = rows.filtered(
                lambda row, one=statement: (
                    row.user_id == one.user_id
                    and row.company_id == one.company_id
                    and row.date_from < one.date_from
                )
            )[-1:]
            result[statement] = before, before.carry_out
        return result

    def _check_no_later(self):
        for statement in self:
            # sudo: a later one hinders whoever asks
            later = self.sudo().search(
                [
                    ("user_id", "=", statement.user_id.id),
                    ("company_id", "=", statement.company_id.id),
                    ("state", "in", FIXED),
                    ("date_from", ">", statement.date_from),
                    ("id", "not in", self.ids),
                ],
                limit=1,
            )
            if later:
                raise UserError(
                    self.env._(
                        "%(later)s stands on %(statement)s. Begin with the last month.",
                        later=later.display_name,
                        statement=statement.display_name,
                    )
                )

    # ------------------------------------------------------------------
    # Work behind the buttons
    # ------------------------------------------------------------------

    def _lock(self):
        # sudo: who may act was checked before; nobody has the right to write
        try:
            # sudo: as above
            self.sudo().lock_for_update()
        except LockError as error:
            raise UserError(
                self.env._(
                    "Somebody else is deciding on these statements right now. Reload "
                    "and try again."
                )
            ) from error
        self.invalidate_recordset(["state"])

    def _step(self, values):
        self.sudo().write(values)  # sudo: the steps are the system's to write

    def _ask_people(self):
        """The one place that asks managers to look at their statement."""
        activity_type = self.env.ref(ACKNOWLEDGE_ACTIVITY)
        model_id = self.env["ir.model"]._get_id(self._name)
        # sudo: asking is the system's; quick: the mail is the statement's own
        self.env["mail.activity"].sudo().with_context(
            mail_activity_quick_update=True
        ).create(
            [
                {
                    "activity_type_id": activity_type.id,
                    "summary": activity_type.summary,
                    "res_model_id": model_id,
                    "res_id": statement.id,
                    "user_id": statement.user_id.id,
                    "automated": True,
                }
                for statement in self
                if statement.user_id.active
            ]
        )

    def _has_locked(self):
        return any(statement.state in LOCKED for statement in self)
