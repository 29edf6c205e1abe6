from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty

READ = "sales_manager_kpi.mail_activity_type_decision_read"


class SalesDraftDecision(models.Model):
    """The steps of a draft decision: shown, another version, settled, withdrawn."""

    # The steps have a file of their own.
    _inherit = "sales.draft.decision"  # pylint: disable=consider-merging-classes-inherited

    version_ids = fields.One2many(
        comodel_name="sales.draft.decision.version",
        inverse_name="decision_id",
        string="Versions",
        readonly=True,
    )

    def action_open(self):
        """Show it to those it is for, and ask them to read and sign it.

        :raise AccessError: for whose it is not, or who does not direct the branches
        :raise UserError: without a text, with a day that is over, or without readers
        """
        for decision in self:
            decision._begin("draft")
            decision._check_writer()
            decision._check_branches()
            decision._check_showable()
            decision._show()
        return True

    def _check_showable(self):
        if is_html_empty(self.body):
            raise UserError(self.env._("Write the text before you show it."))
        if self.comment_until < self._today():
            raise UserError(
                self.env._("The day it is to be read by is over. Choose a later one.")
            )

    def _show(self):
        self._keep_attachments()  # they stay as they are from now on
        version, text_hash = self.version + 1, self._fingerprint()
        title, body, files = self._text_parts()
        # sudo: what was shown is kept by the system
        self.env["sales.draft.decision.version"].sudo().create(
            {
                "decision_id": self.id,
                "version": version,
                "title": title,
                "body": body,
                "files": files,
                "attachment_ids": self._copied_files().ids,
                "text_hash": text_hash,
                "user_id": self.env.uid,
            }
        )
        self._set(
            {
                "state": "open",
                "version": version,
                "text_hash": text_hash,
                "opened_at": fields.Datetime.now(),
            }
        )
        if not self._address():
            raise UserError(
                self.env._(
                    "Nobody works there who could read it. Choose other branches or "
                    "roles."
                )
            )

    def _copied_files(self):
        # sudo: the files as they are shown, kept with the version
        return self.attachment_ids.sudo().copy({"res_model": False, "res_id": False})

    def action_revise(self):
        """Take it back to change the text; shown again, it is signed again.

        :raise AccessError: for whose it is not
        """
        for decision in self:
            decision._begin("open")
            decision._check_writer()
            decision._set({"state": "draft", "text_hash": False})
            decision._stop_asking()
        return True

    def action_settle(self):
        """Decide: the final text, and what was done with the comments, are told.

        :raise AccessError: for whose it is not
        :raise UserError: without a final text, or where comments have no answer
        """
        for decision in self:
            decision._begin("open")
            decision._check_writer()
            if is_html_empty(decision.final_text):
                raise UserError(self.env._("Write the final decision first."))
            commented = any(row.comment for row in decision.sudo().reading_ids)
            # sudo above: whether somebody commented
            if commented and not (decision.outcome or "").strip():
                raise UserError(
                    self.env._(
                        "There are comments. Say what was done with them before you "
                        "settle it."
                    )
                )
            decision._close("settled")
            decision._tell_readers()
        return True

    def action_withdraw(self):
        """Open the question why it is withdrawn."""
        return self._ask_answer("withdraw")

    def _withdraw(self, reason):
        """
        :raise AccessError: for whose it is not
        :raise UserError: without a reason
        """
        self._begin("draft", "open")
        self._check_writer()
        self._set({"withdraw_reason": self._said(reason)})
        self._close("withdrawn")

    def _close(self, state):
        self._set(
            {
                "state": state,
                "closed_by_id": self.env.uid,
                "closed_at": fields.Datetime.now(),
            }
        )
        self._stop_asking()

    def _tell_readers(self):
        # sudo: telling is the system's
        mine = self.sudo()
        mine.message_post(
            body=self.env._("%s was settled. Open it to read how.", self.name),
            partner_ids=mine._asked().user_id.partner_id.ids,
            message_type="notification",
            subtype_xmlid="mail.mt_note",
        )

    def _stop_asking(self):
        """Who has not read it need not any more, unless the day is over already."""
        # sudo: reminding and asking are the system's
        mine = self.sudo()
        mine.activity_unlink([READ])
        waiting = mine.addressee_ids.filtered(
            lambda row: not row.is_signed and row.due_on >= self._today()
        )
        waiting.write({"is_void": True})

    def _today(self):
        return self.env["sales.branch"]._company_local_date(self.company_id)
