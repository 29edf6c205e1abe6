from odoo import fields, models
from odoo.exceptions import UserError


class BranchVisit(models.Model):
    """The steps of a visit: somebody serves, the visitor goes, something came of it."""

    # Steps have a file of their own.
    _inherit = "branch.visit"  # pylint: disable=consider-merging-classes-inherited

    def action_serve(self):
        """The current user serves the visitor; one of two who press at once does.

        :raise AccessError: for who does not work in the branch
        :raise UserError: where a colleague was quicker, or the visitor has gone
        """
        self._check_keeping()
        self._lock_to_serve()
        for visit in self:
            if visit.state == "served":
                raise UserError(
                    self.env._(
                        "%(visitor)s is being served by %(colleague)s already.",
                        visitor=visit.display_name,
                        # sudo: the name of a colleague
                        colleague=visit.sudo().served_by_id.name,
                    )
                )
        self._check_state("waiting")
        # sudo: who serves from when is written by this step alone
        self.sudo().write(
            {
                "state": "served",
                "served_by_id": self.env.uid,
                "served_at": fields.Datetime.now(),
            }
        )
        return True

    def action_take_over(self):
        """Go on with a visitor whom a colleague began to serve.

        :raise UserError: for a visit that nobody serves
        """
        self._check_keeping()
        self._lock_to_serve()
        self._check_state("served")
        self.sudo().served_by_id = self.env.uid  # sudo: see action_serve
        return True

    def action_left(self):
        """The visitor went before anybody served.

        :raise UserError: for a visitor who is served, or gone
        """
        self._check_keeping()
        self._lock_to_serve()
        self._check_state("waiting")
        self._end("left", "left")
        return True

    def action_done(self):
        """The visit is over: what came of it is known from its documents, or asked.

        :raise UserError: for a visit that nobody serves
        """
        self.ensure_one()
        self._check_keeping()
        self._check_state("served")
        if outcome := self._outcome_by_documents():
            self._finish(outcome)
            return True
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.branch_visit_end_action"
        )
        action["context"] = {"default_visit_id": self.id}
        return action

    def _finish(self, outcome, reason=False):
        """A visit that was served is over.

        :raise UserError: where a colleague ended it meanwhile
        """
        self._check_keeping()
        self._lock_to_serve()
        self._check_state("served")
        self._end("done", outcome, reason)
        self._note_contact()

    def _end(self, state, outcome, reason=False):
        # sudo: how it ended is written by steps alone
        self.sudo().write(
            {
                "state": state,
                "outcome": outcome,
                "outcome_note": reason,
                "ended_at": fields.Datetime.now(),
            }
        )

    def _lock_to_serve(self):
        """Nobody else takes a step with these visits until we are done.

        :raise UserError: where a colleague does just now
        """
        self.env.flush_all()
        if self.try_lock_for_update(allow_referencing=True) != self:
            raise UserError(
                self.env._(
                    "A colleague is taking care of this visitor right now. Reload the "
                    "page in a moment."
                )
            )
        self.invalidate_recordset(["state", "served_by_id"])

    def _note_contact(self):
        """A customer who was served was spoken to: noted once."""
        self.env["customer.contact"]._log(
            [visit._prepare_contact() for visit in self if visit.partner_id]
        )

    def _prepare_contact(self):
        return {
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "user_id": self.served_by_id.id,
            "kind": "visit",
            "at": self.served_at,
            "note": self.wish and self.wish.strip().split("\n")[0][:200],
            "res_model": self._name,
            "res_id": self.id,
            "source_key": f"{self._name},{self.id}",
        }
