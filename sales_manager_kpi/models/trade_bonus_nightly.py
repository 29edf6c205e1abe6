import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import split_every

BATCH = 100
_logger = logging.getLogger(__name__)


class TradeBonusPeriod(models.Model):
    """The nightly run: periods that are over are calculated, in batches that resume."""

    # The area of trade bonuses has files of its own.
    _inherit = "trade.bonus.period"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _cron_calculate(self):
        """Calculate what is over and open still; what fails does not stop the rest.

        Each batch is committed: a run that was broken off goes on with the others.
        """
        cron = self.env["ir.cron"]
        agreement_ids = self._due().agreement_id.ids
        cron._commit_progress(remaining=len(agreement_ids))
        for ids in split_every(BATCH, agreement_ids):
            self._calculate_due(ids)
            if not cron._commit_progress(len(ids)):
                break

    @api.model
    def _due(self, agreement_ids=None):
        """Open periods that are over, of agreements in force."""
        domain = [
            ("state", "=", "open"),
            ("date_to", "<", fields.Date.context_today(self)),
            ("is_correction", "=", False),
            ("agreement_state", "in", ("active", "closed")),
        ]
        if agreement_ids is not None:
            domain.append(("agreement_id", "in", agreement_ids))
        return self.search(domain, order="agreement_id, date_from, id")

    @api.model
    def _calculate_due(self, agreement_ids):
        """Calculate these agreements together; one by one where that fails.

        Agreements of which somebody has a period in hand wait for the next night.
        """
        due = self._due(agreement_ids)
        free = due.try_lock_for_update()
        due = due.filtered(
            lambda row: row.agreement_id not in (due - free).agreement_id
        )
        if not due._try_to_calculate():
            for rows in due.grouped("agreement_id").values():
                rows._try_to_calculate(tell=True)

    def _try_to_calculate(self, tell=False):
        """Whether it worked; nothing is changed where it did not.

        :param tell: say in the agreement why not, once
        """
        if not self:
            return True
        try:
            with self.env.cr.savepoint():
                self.action_calculate()
        except UserError as error:
            self.env.invalidate_all()
            _logger.info("Bonuses %s: %s", self.agreement_id.ids, error)
            if tell:
                self._tell_failure(str(error))
            return False
        return True

    def _tell_failure(self, words):
        """Post it unless it is what was said last."""
        agreement = self.agreement_id
        said = agreement.message_ids[:1].body or ""
        body = self.env._("Not calculated this night: %s", words)
        if words not in said:
            agreement.message_post(body=body, subtype_xmlid="mail.mt_note")
