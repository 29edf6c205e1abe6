from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

BY_HAND = "other"
# What people write; everything else is the system's.
NOTES = {"note"}
BY_HAND_FIELDS = NOTES | {
    "name",
    "partner_id",
    "date_due",
    "substitution_id",
    "handover_id",
    "kind",
}


class SalesHandoverItem(models.Model):
    """One piece of open work that passes to somebody else.

    To a deputy for a while (``substitution_id``), or to a new owner for good
    (``handover_id``). It keeps what it looked like when it passed; how it stands now is
    read from its document until the list is closed, and kept then.
    """

    _name = "sales.handover.item"
    _inherit = ["sales.handover.status"]
    _description = "Open Work Handed Over"
    _order = "date_due, id"

    substitution_id = fields.Many2one(
        comodel_name="sales.substitution", index="btree_not_null", ondelete="cascade"
    )
    handover_id = fields.Many2one(
        comodel_name="customer.handover", index="btree_not_null", ondelete="cascade"
    )
    company_id = fields.Many2one(
        comodel_name="res.company", compute="_compute_list", store=True, index=True
    )
    branch_id = fields.Many2one(
        comodel_name="sales.branch",
        compute="_compute_list",
        store=True,
        index="btree_not_null",
    )
    from_user_id = fields.Many2one(
        comodel_name="res.users",
        string="From",
        compute="_compute_list",
        store=True,
        index="btree_not_null",
    )
    to_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Taken Over By",
        compute="_compute_list",
        store=True,
        index="btree_not_null",
    )
    kind = fields.Selection(
        selection=[
            ("quotation", "Quotation"),
            ("order", "Order"),
            ("due", "Due payment"),
            ("activity", "Activity"),
            ("lead", "Lead"),
            (BY_HAND, "Added by hand"),
        ],
        required=True,
        default=BY_HAND,
        index=True,
    )
    res_model = fields.Char(string="Document Model", readonly=True)
    res_id = fields.Many2oneReference(
        string="Document", model_field="res_model", readonly=True
    )
    name = fields.Char(required=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", index="btree_not_null"
    )
    date_due = fields.Date(string="Due")
    amount = fields.Monetary(
        currency_field="company_currency_id",
        readonly=True,
        help="In the currency of the company. Orders untaxed, payments what is open.",
    )
    amount_document = fields.Monetary(
        currency_field="currency_id",
        readonly=True,
        help="In the currency of the document.",
    )
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    status_start = fields.Selection(
        selection="_selection_status",
        string="When Handed Over",
        default="todo",
        required=True,
        readonly=True,
    )
    status_end = fields.Selection(
        selection="_selection_status",
        string="When Handed Back",
        readonly=True,
        copy=False,
        help="Kept when the list was closed.",
    )
    reference_end = fields.Char(readonly=True, copy=False)
    closed_at = fields.Datetime(readonly=True, copy=False)
    done_at = fields.Datetime(readonly=True, copy=False)
    note = fields.Text(help="What whoever takes over should know about it.")

    _one_list = models.Constraint(
        "CHECK (num_nonnulls(substitution_id, handover_id) = 1)",
        "Open work is on the list of a substitution or of a handover, on one of them.",
    )
    _substitution_document_uniq = models.UniqueIndex(
        "(substitution_id, res_model, res_id, kind) WHERE substitution_id IS NOT NULL",
        "This is on the list already.",
    )
    _handover_document_uniq = models.UniqueIndex(
        "(handover_id, res_model, res_id, kind) WHERE handover_id IS NOT NULL",
        "This is on the list already.",
    )

    @api.depends(
        "substitution_id.company_id",
        "substitution_id.branch_id",
        "substitution_id.principal_id",
        "substitution_id.deputy_id",
        "handover_id.company_id",
        "handover_id.branch_id",
        "handover_id.from_user_id",
        "handover_id.to_user_id",
    )
    def _compute_list(self):
        for item in self:
            handover_list = item._list()
            item.company_id = handover_list.company_id
            item.branch_id = handover_list.branch_id
            item.from_user_id = item.substitution_id.principal_id or (
                item.handover_id.from_user_id
            )
            item.to_user_id = item.substitution_id.deputy_id or (
                item.handover_id.to_user_id
            )

    def _list(self):
        return self.substitution_id or self.handover_id

    # ------------------------------------------------------------------
    # Who writes what
    # ------------------------------------------------------------------

    @api.model
    def default_get(self, fields_list):
        """Defaults as usual; a context gives an item neither document nor status."""
        defaults = super().default_get(fields_list)
        if self.env.su:
            return defaults
        fixed = {"kind": BY_HAND, "status_start": "todo"}
        return {
            name: fixed.get(name, value)
            for name, value in defaults.items()
            if name in BY_HAND_FIELDS or name in fixed
        }

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                self._refuse(set(vals) - BY_HAND_FIELDS)
                self._refuse(set(vals.get("kind", BY_HAND).split()) - {BY_HAND})
        items = super().create(vals_list)
        if not self.env.su:
            items._check_list_open()
        return items

    def write(self, vals):
        if not self.env.su:
            by_hand = all(item.kind == BY_HAND for item in self)
            allowed = {"name", "partner_id", "date_due"} if by_hand else set()
            self._refuse(set(vals) - NOTES - allowed)
            self._check_list_open()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_found(self):
        """What the system found stays: it says who is responsible for it."""
        if self.env.su:
            return
        self._check_list_open()
        if any(item.kind != BY_HAND for item in self):
            raise UserError(
                self.env._(
                    "Only what was added by hand is taken off the list. "
                    "Write a note instead."
                )
            )

    @api.model
    def _refuse(self, names):
        if names:
            raise AccessError(
                self.env._(
                    "What is on the list is found by the system. Write notes, or add "
                    "something by hand with a name, a customer and a day."
                )
            )

    def _check_list_open(self):
        # sudo: whoever may write an item may not read its whole list
        for handover_list in (self.sudo().substitution_id, self.sudo().handover_id):
            if any(some._is_list_closed() for some in handover_list):
                raise UserError(
                    self.env._("This list is closed. It is kept as evidence.")
                )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_open_record(self):
        """Open the document of this item.

        :raise UserError: where there is none, or it is gone
        :raise AccessError: where the user may not read it
        """
        self.ensure_one()
        record = self._document()
        if not record:
            raise UserError(self.env._("There is no document to open."))
        record.check_access("read")
        return record.get_formview_action()

    def _document(self):
        """What a reader opens: of an activity, what it is about."""
        if not self.res_model or self.res_model not in self.env:
            return None
        record = self.env[self.res_model].browse(self.res_id).exists()
        if record and self.res_model == "mail.activity":
            activity = record.sudo()  # sudo: only where it leads to
            return self.env[activity.res_model].browse(activity.res_id).exists()
        return record

    def action_done(self):
        """Tick off what was added by hand.

        :raise AccessError: for anybody but whoever took it over
        """
        self.check_access("read")
        if any(item.to_user_id != self.env.user for item in self):
            raise AccessError(self.env._("Whoever took it over ticks it off."))
        if any(item.kind != BY_HAND for item in self):
            raise UserError(
                self.env._("This follows its document. Open that, and finish it there.")
            )
        self._check_list_open()
        # sudo: the taker does not edit the list, but says what is done
        self.sudo().done_at = fields.Datetime.now()

    # ------------------------------------------------------------------
    # Closing
    # ------------------------------------------------------------------

    def _close(self):
        """Keep how the items stand now; called by the system."""
        items = self.filtered(lambda item: not item.status_end)
        items.invalidate_recordset(["status", "reference"])
        now = fields.Datetime.now()
        for item in items.sudo():  # sudo: the end of an item is the system's
            item.write(
                {
                    "status_end": item.status,
                    "reference_end": item.reference,
                    "closed_at": now,
                }
            )

    @api.model
    def _cron_close_done(self):
        """Keep the end of what a permanent handover passed on and is finished."""
        items = self.search([("handover_id", "!=", False), ("status_end", "=", False)])
        items.filtered(lambda item: not item.is_open)._close()

    @api.model
    def _search_is_open(self, operator, value):
        if operator != "in":
            return NotImplemented
        live = self.search([("status_end", "=", False)]).filtered("is_open")
        closed = list(self._done_statuses())
        is_open = Domain("id", "in", live.ids) | (
            Domain("status_end", "!=", False) & Domain("status_end", "not in", closed)
        )
        return is_open if True in value else ~is_open

    @api.model
    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        overdue = Domain("is_open", "=", True) & Domain("date_due", "<", today)
        return overdue if True in value else ~overdue
