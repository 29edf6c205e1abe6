from odoo import api, models

from .showroom_loan import OPEN

DUE_ACTIVITY = "sales_manager_kpi.mail_activity_type_showroom_loan_due"
DUE_MAIL = "sales_manager_kpi.mail_template_showroom_loan_due"


class ShowroomLoan(models.Model):
    """Who is reminded of a loan that is due: once for each due day."""

    # Reminders have a file of their own.
    _inherit = "showroom.loan"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _cron_remind(self):
        """Every morning: what is due back today, or was."""
        Branch = self.env["sales.branch"]
        for (company,) in self._read_group([("state", "in", OPEN)], ["company_id"]):
            self.search(
                [
                    ("company_id", "=", company.id),
                    ("state", "in", OPEN),
                    ("due_on", "<=", Branch._company_local_date(company)),
                ]
            )._remind()

    def _remind(self):
        """Remind of these, but of none twice for the same day; in sudo."""
        todo = self.filtered(lambda loan: loan.reminded_for != loan.due_on)
        for loan in todo:
            loan.activity_schedule(
                DUE_ACTIVITY,
                date_deadline=loan.due_on,
                user_id=loan._reminded_user().id,
                note=self.env._(
                    "%(count)s samples are due back from %(customer)s.",
                    count=loan.out_count,
                    customer=loan.partner_id.display_name,
                ),
            )
        todo._mail_customers()
        for due_on, loans in todo.grouped("due_on").items():
            loans.write({"reminded_for": due_on})

    def _mail_customers(self):
        told = self.filtered(
            lambda loan: loan.remind_customer and loan.partner_id.email
        )
        if told:
            self.env.ref(DUE_MAIL).send_mail_batch(told.ids, force_send=False)

    def _reminded_user(self):
        """The manager; the principal again once the deputy does not stand in any more.

        Deputies of an absent manager find it among the activities of that manager.
        """
        user, principal = self.user_id, self.acting_for_id
        acting = self.env["sales.substitution"]._acting("orders", user)
        if principal and principal.id not in acting.get(self.company_id.id, ()):
            user = principal
        return user if user.active else self.branch_id._showroom_keeper()

    def _pass_reminder(self):
        """Somebody else sees to it."""
        for user, loans in self.grouped("user_id").items():
            # sudo: reminding is the system's
            loans.sudo().activity_reschedule([DUE_ACTIVITY], new_user_id=user.id)

    def _forget_reminder(self):
        """It is back, or due on another day."""
        self.sudo().activity_unlink([DUE_ACTIVITY])  # sudo: reminding is the system's


class SalesSubstitution(models.Model):
    """Deputies see the activities of their principal on loans."""

    # The area of the showroom has files of its own.
    _inherit = "sales.substitution"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _models_with_activities(self):
        return [*super()._models_with_activities(), ("showroom.loan", "orders")]
