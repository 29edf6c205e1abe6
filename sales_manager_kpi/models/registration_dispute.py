from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class RegistrationEvent(models.Model):
    """A manager says why an event is not theirs, a director decides."""

    # Disputes have a file of their own.
    _inherit = "registration.event"  # pylint: disable=consider-merging-classes-inherited

    def _own_people(self):
        return self.credited_user_id | self.user_id | self.disputed_by_id

    def action_dispute(self):
        """Open the question why."""
        return self._ask("dispute", self.env._("Dispute"))

    def action_accept(self):
        """Open the question why the dispute is accepted."""
        return self._ask("accepted", self.env._("Accept the dispute"))

    def action_refuse(self):
        """Open the question why the dispute is refused."""
        return self._ask("refused", self.env._("Refuse the dispute"))

    def _ask(self, step, name):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "registration.dispute",
            "view_mode": "form",
            "target": "new",
            "context": {"default_event_id": self.id, "default_step": step},
        }

    def _dispute(self, reason):
        """
        :raise AccessError: for who is neither concerned nor stands in
        :raise UserError: where it was disputed before
        """
        self.ensure_one()
        selves = self.env["sales.substitution"]._selves(self.env.user)
        if not (self.credited_user_id | self.user_id) & selves:
            raise AccessError(
                self.env._("Only whom this is counted for may dispute it.")
            )
        if self.dispute_state:
            raise UserError(self.env._("This was disputed already."))
        # sudo: added to the row by who may, checked above
        self.sudo().write(
            {
                "dispute_state": "open",
                "dispute_reason": reason,
                "disputed_by_id": self.env.uid,
                "disputed_at": fields.Datetime.now(),
            }
        )

    def _decide(self, state, note):
        """
        :raise AccessError: for who does not direct the branch, and for the own matter
        :raise UserError: where nothing is disputed
        """
        self.ensure_one()
        user = self.env.user
        directs = user.has_group("sales_manager_kpi.group_commercial_director") or (
            self.branch_id and self.branch_id._is_directed_by(user)
        )
        if not directs:
            raise AccessError(
                self.env._("The director of the branch decides disputes.")
            )
        if self._is_own_matter(user):
            raise AccessError(
                self.env._(
                    "Nobody decides their own matter, nor that of whom they stand in "
                    "for. Ask another director."
                )
            )
        if self.dispute_state != "open":
            raise UserError(self.env._("There is no open dispute to decide."))
        # sudo: as above
        self.sudo().write(
            {
                "dispute_state": state,
                "decision_note": note,
                "decided_by_id": user.id,
                "decided_at": fields.Datetime.now(),
            }
        )
