from odoo import api, fields, models

MAIL_BATCH = 10
TEMPLATES = {
    "month": "sales_manager_kpi.mail_template_scorecard_month",
    "agreed": "sales_manager_kpi.mail_template_scorecard_agreed",
}


class EvaluationMonthEndMixin(models.AbstractModel):
    """What happens by itself when a month has ended: people are asked and told."""

    _name = "evaluation.month.end.mixin"
    _description = "What Happens when a Month Ended"

    mail_due = fields.Selection(
        selection=[("month", "End of the month"), ("agreed", "Agreement")],
        readonly=True,
        index="btree_not_null",
        copy=False,
        export_string_translation=False,
        help="The scorecard is still to be mailed to the manager.",
    )

    def _mail_later(self, kind):
        """Let the cron send it: a PDF takes seconds, the director should not wait."""
        # sudo: nobody writes scorecards
        self.sudo().write({"mail_due": kind})
        # sudo: anybody who agrees sets it off
        self.env.ref("sales_manager_kpi.ir_cron_scorecard_mail").sudo()._trigger()

    @api.model
    def _cron_mail(self):
        """Send every scorecard that is due to its manager, each once, in batches."""
        cards = self.search([("mail_due", "!=", False)], order="id")
        Cron = self.env["ir.cron"]
        Cron._commit_progress(remaining=len(cards))
        for start in range(0, len(cards), MAIL_BATCH):
            batch = cards[start : start + MAIL_BATCH]
            batch._send_mails()
            if not Cron._commit_progress(len(batch)):
                break

    def _send_mails(self):
        for kind, cards in self.grouped("mail_due").items():
            template = self.env.ref(TEMPLATES[kind], raise_if_not_found=False)
            cards = cards.filtered("user_id.active")
            if template and template.active and cards:
                template.send_mail_batch(cards.ids, force_send=False)
        self.write({"mail_due": False})

    @api.model
    def _cron_month_end(self):
        """Ask who has to assess the month that ended, and for figures to be entered.

        Some days after the end, so that late documents count (setting of the company).
        Once per scorecard: it leaves the state *computed* thereby.
        """
        periods = self.env["evaluation.run"]._ended_periods()
        Cron = self.env["ir.cron"]
        Cron._commit_progress(remaining=len(periods))
        for period in periods:
            self._end_month(period)
            if not Cron._commit_progress(1):
                break

    @api.model
    def _end_month(self, period):
        self.env["evaluation.criterion"]._remind_reviewers(period)
        cards = self.search(
            [
                ("period_id", "=", period.id),
                ("state", "=", "computed"),
                ("computed_on", ">=", fields.Date.add(period.date_to, days=1)),
            ]
        )
        if cards:
            cards._start()
            cards._mail_later("month")
