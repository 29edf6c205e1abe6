import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .sales_handover_list import ACCEPT_ACTIVITY, WAITING_ACTIVITY

_logger = logging.getLogger(__name__)

CRON = "sales_manager_kpi.ir_cron_substitution_handover"
# Who begins at once gets this long before the director hears of it.
GRACE = timedelta(hours=4)


class SalesSubstitutionHandover(models.AbstractModel):
    """The part of ``sales.substitution`` that hands the work over.

    The list is made when the deputy is appointed, and made again at the first moment,
    when it becomes final: what begins later is the deputy's own responsibility.
    """

    _name = "sales.substitution.handover"
    _inherit = ["sales.handover.list"]
    _description = "Handover to a Deputy"
    _handover_inverse = "substitution_id"

    item_ids = fields.One2many(
        comodel_name="sales.handover.item",
        inverse_name="substitution_id",
        string="Handover List",
    )

    # ------------------------------------------------------------------
    # What the list tells about itself
    # ------------------------------------------------------------------

    def _handover_in_scope(self, scope):
        return self.filtered(f"scope_{scope}")

    def _handover_index(self):
        return self.grouped(lambda s: (s.company_id.id, s.principal_id.id))

    def _handover_paths(self, owners, customer):
        return owners

    def _handover_givers(self):
        return self.principal_id

    def _handover_taker(self):
        return self.deputy_id

    def _handover_takes(self, record):
        start = self.start_at
        made = record.create_date  # none where SQL wrote it, in former versions
        # a moment has no fractions of a second here, the table's has
        return not start or not made or made < start + timedelta(seconds=1)

    def _handover_falls_within(self, activity):
        return activity.date_deadline <= self.date_to

    def _is_acceptable(self):
        return self.state in ("standby", "appointed", "active")

    # ------------------------------------------------------------------
    # What happens when
    # ------------------------------------------------------------------

    def _after_appointed(self):
        """Make the lists, and ask the deputies to accept them."""
        result = super()._after_appointed()
        self._take_snapshot()
        for substitution in self.sudo():  # sudo: asks the deputy
            substitution._ask(
                ACCEPT_ACTIVITY,
                substitution.deputy_id,
                max(substitution.date_from, substitution._handover_today()),
            )
        self._trigger_handover()
        return result

    def _after_adopted(self):
        """The list is final now."""
        result = super()._after_adopted()
        self._take_snapshot()
        self._trigger_handover()
        return result

    def _after_revoked(self, running):
        """Hand back what was in force; stop asking for the rest."""
        result = super()._after_revoked(running)
        running._hand_back()
        # sudo: the questions are the system's
        (self - running).sudo().activity_unlink([ACCEPT_ACTIVITY, WAITING_ACTIVITY])
        return result

    def write(self, vals):
        result = super().write(vals)
        if not {"start_at", "stop_at"}.isdisjoint(vals):
            self._trigger_handover()
        return result

    def _trigger_handover(self):
        """Do the paperwork at the moments at which something begins or ends."""
        now = fields.Datetime.now()
        moments = [*self.mapped("start_at"), *self.mapped("stop_at")]
        moments += [start + GRACE for start in self.mapped("start_at") if start]
        moments = [moment for moment in moments if moment and moment >= now]
        cron = self.env.ref(CRON, raise_if_not_found=False)
        if cron and moments:
            cron.sudo()._trigger(at=moments)  # sudo: sets a job going, reads nothing

    @api.model
    def _paperwork(self):
        """``{method: domain}`` of what the clock asks for, in its order."""
        now = fields.Datetime.now()
        appointed = Domain("decision", "=", "appointed")
        begun = Domain("start_at", "<=", now)
        late = (Domain("appointed_at", "<", now - GRACE) & begun) | Domain(
            "start_at", "<=", now - GRACE
        )
        running = appointed & begun & Domain("stop_at", ">", now)
        return {
            "_begin_handover": running,
            "_remind_of_handover": running
            & late
            & Domain("accepted_at", "=", False)
            & Domain("reminded_at", "=", False),
            "_hand_back": Domain("decision", "in", ("appointed", "revoked"))
            & begun
            & Domain("stop_at", "<=", now)
            & Domain("handed_back_at", "=", False),
            "_mail_hand_back": Domain("handed_back_at", "!=", False)
            & Domain("hand_back_mailed_at", "=", False),
        }

    @api.model
    def _cron_handover(self):
        """Finish the paperwork: nobody's rights depend on when this runs."""
        Cron = self.env["ir.cron"]
        for method, domain in self._paperwork().items():
            todo = self.search(domain, order="id")
            Cron._commit_progress(remaining=len(todo))
            for substitution in todo:
                try:
                    with self.env.cr.savepoint():
                        getattr(substitution, method)()
                except UserError as error:
                    # the others must not wait for one; it is tried again next time
                    _logger.warning("%s of %s waits: %s", method, substitution, error)
                if not Cron._commit_progress(1):
                    return

    def _begin_handover(self):
        """The list becomes final where it was made before the first moment."""
        for substitution in self:
            made = substitution.snapshot_at
            if not made or made < substitution.start_at:
                substitution._take_snapshot()

    def _handover_watcher(self):
        """The director; whoever appointed where the director is one of the two."""
        director = self.branch_id._directors_now().get(self.branch_id)
        if not director or director in (self.principal_id, self.deputy_id):
            return self.appointed_by_id
        return director
