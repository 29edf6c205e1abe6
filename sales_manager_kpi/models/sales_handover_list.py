from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .sales_handover_item import BY_HAND

ACCEPT_ACTIVITY = "sales_manager_kpi.mail_activity_type_handover_accept"
WAITING_ACTIVITY = "sales_manager_kpi.mail_activity_type_handover_waiting"
LIST_FIELDS = {"snapshot_at", "accepted_at", "accepted_by_id", "reminded_at"}


class SalesHandoverList(models.AbstractModel):
    """What has a list of open work that passes, and somebody who accepts it.

    The model has ``item_ids``, names the way back to itself in ``_handover_inverse``,
    and says in ``_handover_taker`` who takes over.
    """

    _name = "sales.handover.list"
    _inherit = ["sales.handover.sources"]
    _description = "Handover List"
    _handover_inverse = None
    _handover_waiting = WAITING_ACTIVITY

    snapshot_at = fields.Datetime(string="List Made On", readonly=True, copy=False)
    accepted_at = fields.Datetime(string="Accepted On", readonly=True, copy=False)
    accepted_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False
    )
    reminded_at = fields.Datetime(
        readonly=True,
        copy=False,
        help="When whoever takes over, and the director, were told that nobody "
        "accepted the handover in time.",
    )
    item_count = fields.Integer(string="Open Work", compute="_compute_item_count")
    open_item_count = fields.Integer(
        string="Still Open", compute="_compute_open_item_count"
    )
    can_accept = fields.Boolean(compute="_compute_can_accept")

    @api.depends("item_ids")
    def _compute_item_count(self):
        for one in self:
            one.item_count = len(one.item_ids)

    @api.depends("item_ids.is_open")
    def _compute_open_item_count(self):
        for one in self:
            one.open_item_count = len(one.item_ids.filtered("is_open"))

    @api.depends("accepted_at")
    @api.depends_context("uid")
    def _compute_can_accept(self):
        for one in self:
            one.can_accept = (
                one._handover_taker() == self.env.user
                and not one.accepted_at
                and one._is_acceptable()
            )

    # ------------------------------------------------------------------
    # What only the system writes
    # ------------------------------------------------------------------

    @api.model
    def _list_fields(self):
        """Names of the fields of a list that only the system writes."""
        return LIST_FIELDS

    @api.model
    def default_get(self, fields_list):
        """Defaults as usual; a context cannot accept a list."""
        fixed = self._list_fields()
        return super().default_get([name for name in fields_list if name not in fixed])

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_list_fields(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_list_fields(vals)
        return super().write(vals)

    @api.model
    def _refuse_list_fields(self, vals):
        if not self.env.su and not self._list_fields().isdisjoint(vals):
            raise AccessError(
                self.env._("Use the buttons to accept a handover or to take it back.")
            )

    # ------------------------------------------------------------------
    # The list
    # ------------------------------------------------------------------

    def _take_snapshot(self):
        """Put on the lists what is open now; may be repeated.

        What is on a list already is brought up to date, with its note kept; what is
        finished leaves it, unless there is a note.
        """
        lists = self.sudo()  # sudo: the list is the system's; notes are people's
        items = lists._found_items()
        found = {
            lists._item_key(vals): vals
            for method in lists._handover_sources().values()
            for vals in method()
        }
        known = {lists._item_key(item): item for item in items}
        for key, item in known.items():
            if key in found:
                item.write(found[key])
        gone = items.filtered(
            lambda item: not item.note and lists._item_key(item) not in found
        )
        gone.unlink()
        # sudo: as above
        self.env["sales.handover.item"].sudo().create(
            [vals for key, vals in found.items() if key not in known]
        )
        lists.write({"snapshot_at": fields.Datetime.now()})

    def _found_items(self):
        return self.item_ids.filtered(lambda item: item.kind != BY_HAND)

    def _item_key(self, item):
        """Of an item or of the values of one."""
        inverse = item[self._handover_inverse]
        list_id = inverse if isinstance(inverse, int) else inverse.id
        return (list_id, item["kind"], item["res_model"], item["res_id"])

    def _is_list_closed(self):
        """Whether the list is evidence that nobody changes."""
        raise NotImplementedError

    # ------------------------------------------------------------------
    # Acceptance
    # ------------------------------------------------------------------

    def _handover_taker(self):
        """Who takes over, and nobody else accepts."""
        raise NotImplementedError

    def _is_acceptable(self):
        """Whether there is something to accept now."""
        raise NotImplementedError

    def action_accept_handover(self):
        """Accept the list: from here on it is known what passed.

        :raise AccessError: for anybody but who takes over
        :raise UserError: where it is accepted already, not yet decided, or over
        """
        self.check_access("read")
        for one in self:
            if one._handover_taker() != self.env.user:
                raise AccessError(
                    self.env._(
                        "Only %(user)s accepts this handover.",
                        user=one._handover_taker().name,
                    )
                )
            if one.accepted_at:
                raise UserError(self.env._("This handover is accepted already."))
            if not one._is_acceptable():
                raise UserError(
                    self.env._(
                        "There is nothing to accept before it is decided, or after "
                        "it is over."
                    )
                )
        # sudo: who takes over accepts, and changes nothing else
        self.sudo().write(
            {"accepted_at": fields.Datetime.now(), "accepted_by_id": self.env.uid}
        )
        lists = self.sudo()  # sudo: the questions are the system's
        lists.activity_feedback([ACCEPT_ACTIVITY], user_id=self.env.uid)
        lists.activity_unlink([self._handover_waiting])

    def action_open_items(self):
        """Open the list of what passes."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.sales_handover_item_action"
        )
        action["domain"] = [(self._handover_inverse, "=", self.id)]
        action["context"] = {f"default_{self._handover_inverse}": self.id}
        return action

    # ------------------------------------------------------------------
    # Asking people
    # ------------------------------------------------------------------

    def _handover_watcher(self):
        """Who hears that nobody accepted: one user, or nobody."""
        raise NotImplementedError

    def _remind_of_handover(self):
        """Remind who takes over, and tell the director; once for each list."""
        lists = self.sudo()  # sudo: the reminder and the note of it are the system's
        for one in lists:
            one._ask(
                self._handover_waiting, one._handover_watcher(), one._handover_today()
            )
            one._notify_taker()
        lists.reminded_at = fields.Datetime.now()

    def _notify_taker(self):
        taker = self._handover_taker()
        if not taker.active:
            return
        speaker = self.with_context(lang=taker.lang)
        speaker.message_notify(
            partner_ids=taker.partner_id.ids,
            subject=speaker.env._("Handover to accept: %s", speaker.display_name),
            body=speaker.env._(
                "You have taken over this work and not accepted it yet. Read the list "
                "of what is open, and accept it."
            ),
        )

    def _ask(self, type_xmlid, users, day):
        """Give each of ``users`` one activity of this kind; not twice."""
        self.ensure_one()
        kind = self.env.ref(type_xmlid)
        # sudo: asking people to do something is not writing in anybody's name
        asked = self.sudo().activity_ids.filtered(
            lambda activity: activity.activity_type_id == kind
        )
        # sudo: as above
        self.env["mail.activity"].sudo().create(
            [
                {
                    "activity_type_id": kind.id,
                    "summary": self._question(kind, user),
                    "user_id": user.id,
                    "res_model_id": self.env["ir.model"]._get_id(self._name),
                    "res_id": self.id,
                    "automated": True,
                    "date_deadline": day,
                }
                for user in users - asked.user_id
            ]
        )

    def _question(self, kind, user):
        """What an activity asks of ``user``, in their language."""
        words = kind.with_context(lang=user.lang).summary
        return f"{words} · {self.with_context(lang=user.lang).display_name}"
