from dateutil.relativedelta import relativedelta
from markupsafe import Markup

from odoo import api, models

ENTER_ACTIVITY = "sales_manager_kpi.mail_activity_type_enter_figure"


class EvaluationReminderMixin(models.AbstractModel):
    """Reviewers are reminded of the figures they have to enter."""

    _name = "evaluation.reminder.mixin"
    _description = "Reminders of Reviewers"

    @api.model
    def _remind_reviewers(self, period):
        """One activity per criterion and reviewer for what is missing of a month.

        Who is judged by it and has no figure yet is named in the activity.
        """
        missing = self._missing_values(period)
        vals_list = []
        for (criterion, reviewer), users in missing.items():
            if not criterion._reminders(period).filtered(
                lambda activity, user=reviewer: activity.user_id == user
            ):
                vals_list.append(
                    criterion._prepare_reminder_vals(period, reviewer, users)
                )
        # sudo: asking a reviewer is not writing in anybody's name
        self.env["mail.activity"].sudo().create(vals_list)

    @api.model
    def _missing_values(self, period):
        """``{(criterion, reviewer): users}`` without a figure for ``period``."""
        # sudo: whom to remind follows from everybody's memberships and schemes
        Run = self.env["evaluation.run"].sudo()
        subjects = Run._subjects(period, Run._members(period))
        users_by_criterion = {}
        for user_id, (_branch, scheme) in subjects.items():
            for criterion in scheme.line_ids.criterion_id:
                if criterion.measure == "manual":
                    users_by_criterion.setdefault(criterion, []).append(user_id)
        missing = {}
        for criterion, user_ids in users_by_criterion.items():
            users = self.env["res.users"].browse(user_ids)
            # sudo: whether a figure is there; the reminder tells nothing of it
            entered = criterion.sudo()._manual_values(period, users)
            for user in users.filtered(lambda u, done=entered: u.id not in done):
                branch = subjects[user.id][0]
                for reviewer in criterion._reviewers(user, branch, period.company_id):
                    missing.setdefault((criterion, reviewer), users.browse())
                    missing[criterion, reviewer] |= user
        return missing

    def _reminder_summary(self, period):
        return self.env._("Enter figures: %s", f"{period.date_from:%Y-%m}")

    def _reminders(self, period):
        # sudo: reminders of other reviewers, too
        return (
            self.env["mail.activity"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("activity_type_id", "=", self.env.ref(ENTER_ACTIVITY).id),
                    ("date_deadline", "=", self._reminder_deadline(period)),
                ]
            )
        )

    def _reminder_deadline(self, period):
        """The tenth of the following month; it also tells the months apart."""
        return period.date_to + relativedelta(days=10)

    def _prepare_reminder_vals(self, period, reviewer, users):
        note = self.env._(
            "For %(month)s: %(users)s",
            month=period.display_name,
            users=", ".join(users.mapped("name")),
        )
        return {
            "activity_type_id": self.env.ref(ENTER_ACTIVITY).id,
            "summary": self._reminder_summary(period),
            "note": Markup("<p>%s</p>") % note,
            "user_id": reviewer.id,
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
            "automated": True,
            "date_deadline": self._reminder_deadline(period),
        }

    def _close_reminders(self, period):
        """Stop asking who has nothing left to enter for ``period``."""
        for criterion in self:
            reminders = criterion._reminders(period)
            if not reminders:
                continue
            missing = self._missing_values(period)
            reminders.filtered(
                lambda activity, one=criterion, rest=missing: (
                    (one, activity.user_id) not in rest
                )
            ).unlink()
