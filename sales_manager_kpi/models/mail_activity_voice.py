from odoo import models
from odoo.exceptions import UserError

from .sales_assignment import WAITING
from .sales_assignment_flow import TASK
from .sales_draft_decision_flow import READ


class MailActivity(models.Model):
    """Closing the activity of an assignment reports it; texts are signed instead."""

    # Assignments and draft decisions have a file of their own.
    _inherit = "mail.activity"  # pylint: disable=consider-merging-classes-inherited

    def _action_done(self, feedback=False, attachment_ids=None):
        """By a person: the steps of the documents close theirs as the system."""
        if not self.env.su:
            self._close_assignments(feedback)
        return super()._action_done(feedback=feedback, attachment_ids=attachment_ids)

    def _close_assignments(self, feedback):
        """
        :raise UserError: without a result, and for what is signed instead
        """
        asked = self.filtered(
            lambda one: one.res_model in ("sales.assignment", "sales.draft.decision")
        )
        if not asked:
            return
        if READ in asked.activity_type_id._xmlids():
            raise UserError(
                self.env._("Open the draft decision, read it and sign it there.")
            )
        for activity in asked:
            if activity.res_model != "sales.assignment":
                continue
            row = self.env["sales.assignment"].browse(activity.res_id).exists()
            is_task = TASK in activity.activity_type_id._xmlids()
            if row and is_task and row.state in WAITING:
                row._report(feedback, close=False)


class MailActivityType(models.Model):
    # Assignments have a file of their own.
    _inherit = "mail.activity.type"  # pylint: disable=consider-merging-classes-inherited

    def _xmlids(self):
        """Full names of these types in data files."""
        # sudo: names of records, which everybody may read
        return set(self.sudo().get_external_id().values())
