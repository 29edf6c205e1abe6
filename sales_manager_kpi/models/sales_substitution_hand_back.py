import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .sales_handover_list import ACCEPT_ACTIVITY, WAITING_ACTIVITY
from .sales_substitution_handover import CRON

_logger = logging.getLogger(__name__)

BACK_ACTIVITY = "sales_manager_kpi.mail_activity_type_hand_back"
TEMPLATE = "sales_manager_kpi.mail_template_hand_back"
BACK_FIELDS = {"handed_back_at", "accepted_back_at", "hand_back_mailed_at"}


class SalesSubstitutionHandBack(models.AbstractModel):
    """The part of ``sales.substitution`` that hands the work back.

    Rights and responsibility are back by the clock. This closes the list, keeps what
    else was done, tells the principal and the director, and waits for the principal.
    """

    _name = "sales.substitution.hand.back"
    _inherit = ["sales.substitution.handover", "sales.substitution.deeds"]
    _description = "Hand-Back by a Deputy"

    handed_back_at = fields.Datetime(
        string="Handed Back On",
        readonly=True,
        copy=False,
        help="When the report of what happened was made.",
    )
    accepted_back_at = fields.Datetime(
        string="Taken Back On", readonly=True, copy=False
    )
    hand_back_mailed_at = fields.Datetime(readonly=True, copy=False)
    can_take_back = fields.Boolean(compute="_compute_can_take_back")

    @api.model
    def _list_fields(self):
        return super()._list_fields() | BACK_FIELDS

    @api.depends("handed_back_at", "accepted_back_at")
    @api.depends_context("uid")
    def _compute_can_take_back(self):
        for substitution in self:
            substitution.can_take_back = (
                substitution.principal_id == self.env.user
                and bool(substitution.handed_back_at)
                and not substitution.accepted_back_at
            )

    def _is_list_closed(self):
        return bool(self.handed_back_at) or self.state == "revoked"

    def _hand_back(self):
        """Make the report of what happened; called when it is over."""
        todo = self.filtered(lambda s: not s.handed_back_at)
        # sudo: the report is the system's, whoever ended it
        for substitution in todo.sudo():
            substitution.item_ids._close()
            substitution._ask(
                BACK_ACTIVITY,
                substitution.principal_id,
                substitution._handover_today(),
            )
        if not todo:
            return
        todo._keep_deeds()
        done = todo.sudo()  # sudo: as above
        done.write({"handed_back_at": fields.Datetime.now()})
        done.activity_unlink([ACCEPT_ACTIVITY, WAITING_ACTIVITY])
        cron = self.env.ref(CRON, raise_if_not_found=False)
        if cron:
            cron.sudo()._trigger()  # sudo: sets the mails going

    def action_take_back(self):
        """Take the work back.

        :raise AccessError: for anybody but the principal
        :raise UserError: before it was handed back, or once it is taken back
        """
        self.check_access("read")
        for substitution in self:
            if substitution.principal_id != self.env.user:
                raise AccessError(
                    self.env._(
                        "Only %(user)s takes this work back.",
                        user=substitution.principal_id.name,
                    )
                )
            if not substitution.handed_back_at or substitution.accepted_back_at:
                raise UserError(
                    self.env._(
                        "Work is taken back once, after the substitution has ended."
                    )
                )
        # sudo: the principal takes back, and changes nothing else
        own = self.sudo()
        own.accepted_back_at = fields.Datetime.now()
        own.activity_feedback([BACK_ACTIVITY], user_id=self.env.uid)

    # ------------------------------------------------------------------
    # The report
    # ------------------------------------------------------------------

    def _hand_back_gaps(self):
        """What customers did not get in time while the deputy was responsible.

        :return: ``[{"name", "partner", "hours", "excused"}]``: what was due, the
            customer's name, working hours late, and whether it is excused
        """
        self.ensure_one()
        # sudo: the report is read by who hands back, takes back and directs
        gaps = self.env["service.gap"].sudo()
        gaps = gaps.search([("substitution_id", "=", self.id)], order="due_at, id")
        return [
            {
                "name": gap.note or gap.display_name,
                "partner": gap.partner_id.display_name,
                "hours": gap.work_hours,
                "excused": gap.state == "excused",
            }
            for gap in gaps
        ]

    def _hand_back_readers(self):
        """Who gets the report: the principal and the director."""
        self.ensure_one()
        director = self.branch_id.director_id or self.appointed_by_id
        users = self.principal_id | (director - self.deputy_id)
        return users.filtered(lambda user: user.active and user.email)

    def _mail_hand_back(self):
        """Mail the report, to each in their own language."""
        template = self.env.ref(TEMPLATE, raise_if_not_found=False)
        for substitution in self:
            for user in substitution._hand_back_readers() if template else ():
                substitution._mail_to(template, user)
        # sudo: the system's own note of it
        self.sudo().hand_back_mailed_at = fields.Datetime.now()

    def _mail_to(self, template, user):
        """What goes wrong with one mail must not keep the others from being sent."""
        try:
            with self.env.cr.savepoint():
                template.with_context(
                    reader_id=user.partner_id.id,
                    reader_name=user.name,
                    reader_lang=user.lang,
                ).send_mail(self.id, force_send=False)
        except Exception:  # pylint: disable=broad-except
            _logger.warning("No report of %s for user %s", self, user.id, exc_info=True)

    def _document_name(self):
        name = self.env._("Handover %(name)s", name=self.display_name)
        if self.handed_back_at:
            name = self.env._("Hand-back %(name)s", name=self.display_name)
        return name.replace("/", "-")

    def action_open_deeds(self):
        """Open what was done in the period."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.sales_handover_deed_action"
        )
        action["domain"] = [("substitution_id", "=", self.id)]
        return action
