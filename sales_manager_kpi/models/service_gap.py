from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
}
ABSENCE_ACTIVITY = "sales_manager_kpi.mail_activity_type_uncovered"


class ServiceGap(models.Model):
    """What a customer was owed and did not get in time, and who answered for it.

    Written by ``service.gap.sweep`` alone; people read it, talk about it, and a
    director excuses it. A gap is one person's: where responsibility passes while
    something stays overdue, the next one begins a gap of their own (``turn``).
    """

    _name = "service.gap"
    _description = "Service Gap"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "state desc, due_at desc, id desc"
    _mail_post_access = "read"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    branch_id = fields.Many2one(
        comodel_name="sales.branch",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="By whose working hours it is counted, and whose director may excuse it.",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="Empty where an absence left all customers alone.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="Who owned the customer when it fell due, or stood in then.",
    )
    principal_id = fields.Many2one(
        comodel_name="res.users",
        string="Stood In For",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    substitution_id = fields.Many2one(
        comodel_name="sales.substitution",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    kind = fields.Selection(
        selection=[
            ("answer", "Answer to a customer"),
            ("activity", "Planned activity"),
            ("shipment", "Promised delivery"),
            ("absence", "Absence without a deputy"),
        ],
        required=True,
        readonly=True,
    )
    res_model = fields.Char(string="Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", required=True, readonly=True
    )
    reference = fields.Char(
        required=True,
        readonly=True,
        help="The obligation itself: the message, the activity and its deadline, the "
        "promise, the absence.",
    )
    turn = fields.Integer(
        readonly=True,
        help="How often responsibility passed on while this stayed overdue.",
    )
    note = fields.Char(string="What Was Owed", readonly=True)
    due_at = fields.Datetime(string="Overdue Since", required=True, readonly=True)
    date = fields.Date(
        string="Day",
        required=True,
        readonly=True,
        help="The day it fell due in the time zone of the branch; it counts in this "
        "month.",
    )
    opened_at = fields.Datetime(
        string="Found On", readonly=True, help="When it was first seen; counts nowhere."
    )
    closed_at = fields.Datetime(
        string="Ended On",
        readonly=True,
        help="When the customer got it, or it passed to somebody else.",
    )
    state = fields.Selection(
        string="Status",
        selection=[("open", "Open"), ("closed", "Closed"), ("excused", "Excused")],
        required=True,
        default="open",
        readonly=True,
        tracking=True,
    )
    work_hours = fields.Float(
        compute="_compute_work_hours",
        help="Working hours of the branch since the deadline, public holidays left "
        "out; live while open.",
    )
    swept_hours = fields.Float(
        string="Counted Hours",
        readonly=True,
        help="Working hours as counted last; final once closed.",
    )
    partner_count = fields.Integer(
        string="Customers Hit", readonly=True, help="How many customers it touched."
    )
    day_ids = fields.One2many(
        comodel_name="service.gap.day",
        inverse_name="gap_id",
        string="Customers and Days",
        readonly=True,
    )
    excuse_reason = fields.Char(readonly=True, tracking=True)
    excused_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, ondelete="restrict"
    )
    excused_for_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        ondelete="restrict",
        help="The director for whom somebody stood in.",
    )
    excused_at = fields.Datetime(readonly=True)
    can_excuse = fields.Boolean(compute="_compute_can_excuse")
    notified_at = fields.Datetime(readonly=True)

    _open_uniq = models.UniqueIndex(
        "(company_id, kind, reference) WHERE state = 'open'",
        "There is an open service gap for this already.",
    )
    _turn_uniq = models.UniqueIndex(
        "(company_id, reference, kind, turn)",
        "This service gap is known already.",
    )
    _user_date_idx = models.Index("(company_id, user_id, date)")
    _closed_has_end = models.Constraint(
        "CHECK (state <> 'closed' OR closed_at IS NOT NULL)",
        "A closed service gap says when it ended.",
    )
    _excused_has_reason = models.Constraint(
        "CHECK (state <> 'excused' OR excuse_reason IS NOT NULL)",
        "A service gap is excused with a reason.",
    )

    # ------------------------------------------------------------------
    # Computed
    # ------------------------------------------------------------------

    @api.depends("kind", "partner_id", "user_id", "note")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for gap in self:
            # sudo: the name of a customer whose gap the reader may see
            whom = gap.partner_id.sudo().name or gap.user_id.name
            gap.display_name = f"{labels.get(gap.kind, gap.kind)} · {whom}"

    @api.depends("state", "kind", "swept_hours", "due_at", "branch_id")
    def _compute_work_hours(self):
        """Counted until now for what is open, in one call per calendar."""
        live = self.filtered(lambda g: g.state == "open" and g.kind != "absence")
        for gap in self - live:
            gap.work_hours = gap.swept_hours
        now = fields.Datetime.now()
        for company, gaps in live.grouped("company_id").items():
            clocks = self.env["service.gap.time"]._clocks(
                company, gaps.branch_id, min(gaps.mapped("due_at")), now
            )
            for gap in gaps:
                gap.work_hours = clocks[gap.branch_id.id].hours(gap.due_at, now)

    @api.depends("state", "branch_id", "user_id", "principal_id")
    @api.depends_context("uid")
    def _compute_can_excuse(self):
        for gap in self:
            gap.can_excuse = gap.state != "excused" and not gap._excuse_refusal()

    # ------------------------------------------------------------------
    # Obligations
    # ------------------------------------------------------------------

    @api.model
    def _obligation_kinds(self):
        """Kinds of obligation that are looked after, in this order.

        An area adds its own: a ``selection_add`` on ``kind``, its name here, and on
        ``service.gap.sweep`` a method ``_overdue_<kind>(window)`` that returns
        obligations, set-based (see ``service.gap.obligations``); or, for what is no
        single customer's, ``_wanted_<kind>(window, start)`` with the gaps themselves.
        """
        return ["answer", "activity", "shipment", "absence"]

    def action_open_record(self):
        """Open what the obligation is about, with the rights of the reader."""
        self.ensure_one()
        self.check_access("read")
        if self.kind == "absence" or self.res_model not in self.env:
            raise UserError(self.env._("An absence has no document to open."))
        if not self.env[self.res_model].browse(self.res_id).exists():
            raise UserError(self.env._("The document is not there any more."))
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [[False, "form"]],
        }

    # ------------------------------------------------------------------
    # Excusing
    # ------------------------------------------------------------------

    def action_ask_reason(self):
        """Open the wizard that excuses these gaps with one reason."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.service_gap_excuse_action"
        )
        action["context"] = {"default_gap_ids": self.ids}
        return action

    def _excuse(self, reason):
        """Excuse these gaps: they stay, and count for nobody.

        :raise AccessError: for who does not direct the branch, and for whoever answers
            for the gap, or stands in for them
        :raise UserError: without a reason, or where one is excused already
        """
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why: everybody concerned will read it."))
        self.check_access("read")
        for gap in self:
            if gap.state == "excused":
                raise UserError(
                    self.env._("“%s” is excused already.", gap.display_name)
                )
            refusal = gap._excuse_refusal()
            if refusal:
                raise AccessError(refusal)
        now = fields.Datetime.now()
        for branch, gaps in self.grouped("branch_id").items():
            # sudo: gaps are the system's rows; who may excuse them was checked above
            gaps.sudo().write(
                {
                    "state": "excused",
                    "excuse_reason": reason,
                    "excused_by_id": self.env.uid,
                    "excused_for_id": branch._stands_in_for(self.env.user).id,
                    "excused_at": now,
                }
            )
        self._forget_activities()

    def _excuse_refusal(self):
        """Why the current user may not excuse this gap; None where they may."""
        self.ensure_one()
        user = self.env.user
        acting = self.env["sales.substitution"]._acting(None, user)
        represented = {user.id, *acting.get(self.company_id.id, ())}
        if not represented.isdisjoint((self.user_id + self.principal_id).ids):
            return self.env._(
                "Nobody excuses a service gap of their own, or of whom they stand in "
                "for. Ask the commercial director."
            )
        if user.has_group("sales_manager_kpi.group_commercial_director"):
            return None
        if self.branch_id._is_directed_by(user):
            return None
        return self.env._(
            "The director of branch %(branch)s excuses service gaps there.",
            branch=self.branch_id.name,
        )

    def _forget_activities(self):
        """Nothing is left to do about these gaps."""
        kind = self.env.ref(ABSENCE_ACTIVITY)
        # sudo: the activity is the system's, and done with
        self.env["mail.activity"].sudo().search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("activity_type_id", "=", kind.id),
            ]
        ).unlink()
