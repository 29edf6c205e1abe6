import logging

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

_logger = logging.getLogger(__name__)

TEMPLATE = "sales_manager_kpi.mail_template_report_schedule"


class SalesReportSchedule(models.Model):
    """Reports go out by themselves, one mail for each reader."""

    # How a report is sent has a file of its own.
    _inherit = "sales.report.schedule"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _cron_send(self):
        """Send what is due or was asked for; each is committed when it went out."""
        Cron = self.env["ir.cron"]
        due = self._due()
        Cron._commit_progress(remaining=len(due))
        for schedule in due:
            schedule._send()
            if not Cron._commit_progress(1):
                break

    @api.model
    def _due(self):
        """What is to be sent by the day that it is in each company."""
        # nowhere is it a later day than tomorrow of UTC
        latest = fields.Date.add(fields.Date.today(), days=1)
        schedules = self.search(
            Domain("is_asked", "=", True) | Domain("next_run_on", "<=", latest),
            order="next_run_on, id",
        )
        return schedules.filtered(
            lambda schedule: (
                schedule.is_asked or schedule.next_run_on <= schedule._company_today()
            )
        )

    def _send(self):
        """One mail to each reader; what goes wrong with one does not stop others."""
        today = self._company_today()
        sent, left_out = [], []
        for reader in self.with_context(active_test=False).recipient_ids:
            problem = self._problem_of(reader) or self._mail_safely(reader)
            if problem:
                left_out.append(f"{reader.name} ({problem})")
            else:
                sent.append(reader.name)
        if self.next_run_on <= today:
            self._advance(today)
        words = [self.env._("Sent to: %s.", ", ".join(sent))] if sent else []
        if left_out:
            words.append(self.env._("Not sent to: %s.", ", ".join(left_out)))
        self.write(
            {
                "is_asked": False,
                "has_failed": bool(left_out),
                "last_result": " ".join(words) or self.env._("Nobody reads it."),
                **({"last_sent_at": fields.Datetime.now()} if sent else {}),
            }
        )

    def _problem_of(self, reader):
        """Why ``reader`` cannot be sent it; None where they can."""
        if not reader.active:
            return self.env._("no user any more")
        if not self._may_read(reader):
            return self.env._("no access")
        if not reader.email:
            return self.env._("no mail address")
        return None

    def _mail_safely(self, reader):
        """Why it did not go out; None where it did."""
        try:
            with self.env.cr.savepoint():
                self._mail(reader)
        except AccessError:
            return self.env._("no access")
        except Exception:  # pylint: disable=broad-except
            _logger.warning("Report %s not sent to %s", self.id, reader.id, exc_info=1)
            return self.env._("see the log of the server")
        return None

    def _mail(self, reader):
        """The mail of one reader, with the file unless there is nothing in it."""
        name, mimetype, content, count = self._as_reader(reader)._file()
        template = self.env.ref(TEMPLATE)
        mail_id = template.with_context(
            reader_lang=reader.lang,
            reader_partner_id=reader.partner_id.id,
            report_count=count,
        ).send_mail(
            # of no document: whoever reads the schedule would read the file of others
            self.id,
            email_values={"model": False, "res_id": False},
        )
        mail = self.env["mail.mail"].browse(mail_id)
        if count:
            file = self.env["ir.attachment"].create(
                {
                    "name": name,
                    "mimetype": mimetype,
                    "raw": content,
                    "res_model": "mail.message",
                    "res_id": mail.mail_message_id.id,
                }
            )
            mail.attachment_ids = [Command.link(file.id)]
        return mail
