from odoo import fields, models
from odoo.exceptions import UserError

from .supply_request import WAITING
from .supply_request_line import ANSWER, GRANTING

PROMISE_MAIL = "sales_manager_kpi.mail_template_supply_promise"


class SupplyRequestLine(models.Model):
    """Answering: yes, in part or no; kept as decisions, and changed as new ones."""

    # Answering has a file of its own.
    _inherit = "supply.request.line"  # pylint: disable=consider-merging-classes-inherited

    def action_grant(self):
        """Prepare a yes to all that is asked of these lines; give it by answering."""
        for line in self:
            line.write({"verdict": "granted", "granted_qty": line.asked_qty})
        return True

    def action_answer(self):
        """Give the answers as they stand in the lines, and order what is granted.

        :raise AccessError: for who may not answer, or asked themselves
        :raise UserError: where an answer is not complete, or somebody was faster
        """
        self._lock_to_answer()
        self.request_id._check_answering()
        for line in self:
            if line.request_id.state not in WAITING:
                line._refuse_closed()
            if line.state != "waiting":
                line._refuse_answered()
            line._check_answer()
        self._keep_answer("answer")
        self._tell_answered()
        return self._run()

    def change_answer(self, values):
        """Give another answer than before; the earlier ones are kept as decisions.

        :param dict values: of the answer's fields, for all these lines
        :raise UserError: where goods that are taken back have moved already
        """
        if set(values) - ANSWER:
            raise UserError(self.env._("This is not part of an answer."))
        self._lock_to_answer()
        self.request_id._check_answering()
        before = {line: (line.promised_date, line.granted_qty) for line in self}
        for line in self:
            if line.state == "waiting" or (
                line.state in ("done", "cancelled") and line.verdict != "rejected"
            ):
                line._refuse_change()
        # sudo: an answer that was given is the system's to write
        self.sudo().write(values)
        for line in self:
            line._check_answer()
        self.sudo()._take_back(before)  # sudo: as above
        self._keep_answer("change")
        self._tell_changed(before)
        return self._run()

    def _refuse_change(self):
        labels = dict(self._fields["state"]._description_selection(self.env))
        raise UserError(
            self.env._(
                "The answer about %(product)s cannot be changed: it is %(state)s.",
                product=self.product_id.display_name,
                state=labels[self.state].lower(),
            )
        )

    def _lock_to_answer(self):
        """Nobody else answers these requests until we are done.

        :raise UserError: where somebody does just now
        """
        requests = self.request_id
        self.env.flush_all()
        if requests.try_lock_for_update(allow_referencing=True) != requests:
            raise UserError(
                self.env._(
                    "Somebody is answering this request right now. Reload the page in "
                    "a moment and look at the answer."
                )
            )
        self.invalidate_recordset(["state", "verdict", "answered_by_id"])

    # ------------------------------------------------------------------
    # What an answer needs
    # ------------------------------------------------------------------

    def _check_answer(self):
        """:raise UserError: that says what is missing"""
        self.ensure_one()
        missing = (
            self._missing_verdict()
            or self._missing_quantity()
            or self._missing_reason()
            or self._missing_promise()
        )
        if missing:
            raise UserError(
                self.env._(
                    "%(product)s: %(missing)s",
                    product=self.product_id.display_name,
                    missing=missing,
                )
            )

    def _missing_verdict(self):
        if not self.verdict:
            return self.env._("choose an answer: granted, in part, or rejected.")
        return None

    def _missing_quantity(self):
        compare = self.product_id.uom_id.compare
        if self.verdict == "rejected":
            if compare(self.granted_qty, 0.0) > 0:
                return self.env._("what is rejected grants nothing. Enter 0.")
        elif self.verdict == "granted":
            if compare(self.granted_qty, self.asked_qty) != 0:
                return self.env._(
                    "granted means all of it. Enter what was asked, or grant in part."
                )
        elif not (
            compare(self.granted_qty, 0.0) > 0
            and compare(self.granted_qty, self.asked_qty) < 0
        ):
            return self.env._(
                "in part is more than zero and less than asked. Correct the quantity."
            )
        return None

    def _missing_reason(self):
        if self.verdict != "granted" and not (self.reason or "").strip():
            return self.env._("give a reason that the one who asked reads.")
        return None

    def _missing_promise(self):
        if self.verdict not in GRANTING:
            return None
        if not self.promised_date:
            return self.env._("promise a date.")
        if self._is_promise_past():
            return self.env._("promise a date that is not past.")
        return None

    def _is_promise_past(self):
        department = self.department_id.sudo()  # sudo: its time zone
        today = department._local_date(fields.Datetime.now())
        return self.promised_date < today

    # ------------------------------------------------------------------
    # Keeping and telling
    # ------------------------------------------------------------------

    def _keep_answer(self, decision):
        now = fields.Datetime.now()
        for line in self.sudo():  # sudo: an answer given is the system's to keep
            line.write(
                {
                    "state": line._state_of_answer(),
                    "answered_by_id": self.env.uid,
                    "acting_for_id": line.request_id._acting_name().id,
                    "answered_at": now,
                    "first_promised_date": line.first_promised_date
                    or line.promised_date,
                    "error": False,
                }
            )
        for line in self:
            line.request_id._decide(decision, line.reason, lines=line)
        self.request_id._settle()

    def _state_of_answer(self):
        """What follows from the answer: nothing, more to order, or it is under way."""
        if self.verdict == "rejected":
            return "done"
        ordered = self.uom_id.compare(self.ordered_qty, self.granted_qty) >= 0
        return "in_progress" if ordered else "answered"

    def _tell_answered(self):
        """Who asked learns the answers, once for each request."""
        for request in self.request_id:
            lines = self & request.sudo().line_ids  # sudo: compared
            words = "; ".join(line._answer_words() for line in lines)
            request._tell(request.user_id, self.env._("Answered: %s", words))

    def _answer_words(self):
        labels = dict(self._fields["verdict"]._description_selection(self.env))
        return self.env._(
            "%(product)s: %(verdict)s, %(quantity)s %(unit)s, promised %(date)s",
            product=self.product_id.display_name,
            verdict=labels[self.verdict].lower(),
            quantity=f"{self.granted_qty:g}",
            unit=self.uom_id.name,
            date=self.promised_date or "-",
        )

    def _tell_changed(self, before):
        for line in self:
            promised, granted = before[line]
            moved = promised != line.promised_date
            if moved or granted != line.granted_qty:
                line._tell_change(promised)
            if moved and line.request_id.tell_customer:
                line._mail_customer()

    def _tell_change(self, promised):
        self.request_id._tell(
            self.request_id.user_id,
            self.env._(
                "Changed, promised %(before)s before: %(answer)s. %(reason)s",
                before=promised or "-",
                answer=self._answer_words(),
                reason=self.reason or "",
            ),
        )

    def _mail_customer(self):
        """The customer learns of the new date, where the request says so."""
        template = self.env.ref(PROMISE_MAIL, raise_if_not_found=False)
        # sudo: the customer's address, of whom the supervisor knows the name
        if template and self.request_id.sudo().partner_id.email:
            # sudo: as above; the template is the system's
            template.sudo().send_mail(self.id)
