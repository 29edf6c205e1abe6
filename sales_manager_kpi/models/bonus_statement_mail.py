from odoo import api, fields, models

MAIL_BATCH = 10
TEMPLATE = "sales_manager_kpi.mail_template_bonus_statement"


class BonusStatement(models.Model):
    """Statements are mailed by a cron in batches, each to its person alone."""

    # The mail has a file of its own.
    _inherit = "bonus.statement"  # pylint: disable=consider-merging-classes-inherited

    is_mail_due = fields.Boolean(
        readonly=True,
        copy=False,
        export_string_translation=False,
        help="The statement is still to be mailed.",
    )

    _mail_due_idx = models.Index("(id) WHERE is_mail_due IS TRUE")

    def _mail_later(self):
        """Let the cron send it: a PDF takes seconds, nobody should wait."""
        self._step({"is_mail_due": True})
        # sudo: anybody who sends sets it off
        self.env.ref("sales_manager_kpi.ir_cron_bonus_statement_mail").sudo()._trigger()

    @api.model
    def _cron_mail(self):
        """Send every statement that is due to its person, each once, in batches."""
        statements = self.search([("is_mail_due", "=", True)], order="id")
        Cron = self.env["ir.cron"]
        Cron._commit_progress(remaining=len(statements))
        for start in range(0, len(statements), MAIL_BATCH):
            batch = statements[start : start + MAIL_BATCH]
            batch._send_mails()
            if not Cron._commit_progress(len(batch)):
                break

    def _send_mails(self):
        template = self.env.ref(TEMPLATE, raise_if_not_found=False)
        # one that was computed again since is sent when somebody sends it
        told = self.filtered(lambda one: one.state == "sent" and one.user_id.active)
        if template and template.active and told:
            template.send_mail_batch(told.ids, force_send=False)
        self.write({"is_mail_due": False})
