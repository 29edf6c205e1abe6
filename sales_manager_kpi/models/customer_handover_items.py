import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.instants import instant
from .sales_handover_list import ACCEPT_ACTIVITY

_logger = logging.getLogger(__name__)

ACCEPT_HOURS = 8  # of the branch's working time, from the day or from the decision
FAR = timedelta(days=30)  # no branch is closed for longer
AT_ONCE = 50  # reminders in one run; the rest an hour later


class CustomerHandoverItems(models.AbstractModel):
    """The part of ``customer.handover`` that lists what is open with the customers."""

    _name = "customer.handover.items"
    _inherit = ["sales.handover.list"]
    _description = "Open Work of a Customer Handover"
    _handover_inverse = "handover_id"
    _handover_waiting = "sales_manager_kpi.mail_activity_type_customer_handover_waiting"

    item_ids = fields.One2many(
        comodel_name="sales.handover.item",
        inverse_name="handover_id",
        string="Handover List",
        copy=False,
    )
    accept_until = fields.Datetime(
        readonly=True,
        copy=False,
        help="One working day of the new owner's branch after the customers pass. "
        "Then the new owner is reminded and the director told.",
    )

    @api.model
    def _list_fields(self):
        return super()._list_fields() | {"accept_until"}

    def _handover_in_scope(self, scope):
        return self

    @api.model
    def _handover_key(self, line):
        return (line.company_id.id, line.partner_id.id)

    def _handover_index(self):
        by_customer = self.line_ids.grouped(self._handover_key)
        return {key: lines.handover_id for key, lines in by_customer.items()}

    def _handover_paths(self, owners, customer):
        return [customer]

    def _handover_givers(self):
        lines = self.line_ids
        return self.from_user_id | lines.old_user_id | lines.partner_id.user_id

    def _handover_taker(self):
        return self.to_user_id

    def _handover_takes(self, record):
        return True

    def _is_acceptable(self):
        return self.state in ("scheduled", "running", "done")

    def _is_list_closed(self):
        return self.state == "cancelled"

    def _list_open_work(self):
        """List what is open before anything moves, and ask the new owner to accept."""
        self._take_snapshot()
        for handover in self.sudo():  # sudo: asks the new owner
            handover.accept_until = handover._acceptance_end()
            handover._ask(
                ACCEPT_ACTIVITY,
                handover.to_user_id,
                handover._handover_day(handover.accept_until),
            )

    def _acceptance_end(self):
        """The moment until which the new owner has time to accept, naive UTC."""
        branch = self.branch_id or self.env["sales.branch"]._branch_by_user(
            self.to_user_id, self.company_id, self.date_from
        ).get(self.to_user_id.id, self.branch_id)
        Time = self.env["service.gap.time"]
        tz = branch.tz or branch._company_tz(self.company_id)
        start = max(instant(self.date_from, 0, tz), fields.Datetime.now())
        clocks = Time._clocks(self.company_id, branch, start, start + FAR)
        end = branch and clocks[branch.id].after(start, ACCEPT_HOURS)
        return end or start + timedelta(days=1)

    def _handover_watcher(self):
        """Who directs the new branch, or who prepared the handover."""
        director = self.branch_id._directors_now().get(self.branch_id)
        asked = (director or self.create_uid) | self.create_uid
        return (asked - self.to_user_id).filtered("active")[:1]

    @api.model
    def _remind_of_acceptance(self):
        """Remind of the handovers that nobody accepted in time; part of a job."""
        late = self.search(
            [
                ("state", "in", ("running", "done")),
                ("accepted_at", "=", False),
                ("reminded_at", "=", False),
                ("accept_until", "<=", fields.Datetime.now()),
            ],
            limit=AT_ONCE,
            order="accept_until, id",
        )
        for handover in late:
            try:
                with self.env.cr.savepoint():
                    handover._remind_of_handover()
            except UserError as error:
                # the others must not wait for one; it is tried again next time
                _logger.warning("Reminder of %s waits: %s", handover, error)

    def _forget_acceptance(self):
        """Nothing is handed over, so nothing is asked."""
        self.sudo().activity_unlink([ACCEPT_ACTIVITY])  # sudo: the system's question

    def _document_name(self):
        name = self.env._("Handover %(name)s", name=self.display_name)
        return name.replace("/", "-")
