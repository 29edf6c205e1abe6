import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

_logger = logging.getLogger(__name__)

AT_ONCE = 500
BATCH = 200


class CustomerHandover(models.Model):
    """Customers passing from one owner to another on a day, with what is open.

    Kept as a record: it is prepared and previewed, waits for its day, works through
    many customers in batches that can go on after an interruption, and says afterwards
    what happened to each customer.
    """

    _name = "customer.handover"
    _description = "Customer Handover"
    _inherit = ["customer.handover.items", "mail.thread", "mail.activity.mixin"]
    _order = "date_from desc, id desc"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name", store=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    state = fields.Selection(
        string="Status",
        selection=[
            ("draft", "Draft"),
            ("scheduled", "Waiting for its day"),
            ("running", "Running"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    from_user_id = fields.Many2one(
        comodel_name="res.users",
        string="From",
        domain="[('share', '=', False)]",
        context={"active_test": False},  # who left hands over most
        help="Take over the customers this manager owns. Empty: choose customers.",
    )
    to_user_id = fields.Many2one(
        comodel_name="res.users",
        string="To",
        required=True,
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    branch_id = fields.Many2one(
        comodel_name="sales.branch",
        string="To Branch",
        check_company=True,
        help="Empty: the branch the new owner belongs to on that day.",
    )
    date_from = fields.Date(
        string="From Day", required=True, default=fields.Date.context_today
    )
    reason = fields.Char(required=True)
    quotations = fields.Selection(
        selection=[
            ("move", "Move to the new owner"),
            ("keep", "Keep with the old owner"),
            ("split", "Split"),
        ],
        string="Open Quotations",
        required=True,
        default="move",
    )
    orders = fields.Selection(
        selection=[
            ("keep", "Keep with the old owner"),
            ("move", "Move to the new owner"),
            ("split", "Split"),
        ],
        string="Open Orders",
        required=True,
        default="keep",
        help="Confirmed and not fully invoiced. Their credit stays where it is unless "
        "you move or split it.",
    )
    share_new = fields.Float(
        string="New Owner's Share (%)", default=50.0, digits=(5, 2)
    )
    line_ids = fields.One2many(
        comodel_name="customer.handover.line",
        inverse_name="handover_id",
        string="Customers",
    )
    customer_count = fields.Integer(compute="_compute_counts")
    done_count = fields.Integer(string="Handed Over", compute="_compute_counts")
    skipped_count = fields.Integer(string="Skipped", compute="_compute_counts")
    order_count = fields.Integer(
        string="Open Quotations and Orders", compute="_compute_counts"
    )

    _share_inside = models.Constraint(
        "CHECK (share_new > 0 AND share_new < 100)",
        "The new owner's share lies between 0 % and 100 %. "
        "To give all or nothing, choose move or keep.",
    )

    @api.depends("from_user_id", "to_user_id", "date_from")
    def _compute_name(self):
        for handover in self:
            handover.name = self.env._(
                "%(old)s → %(new)s",
                old=handover.from_user_id.name or self.env._("Chosen customers"),
                new=handover.to_user_id.name or "…",
            )

    @api.depends("line_ids.state")
    def _compute_counts(self):
        for handover in self:
            lines = handover.line_ids
            states = lines.mapped("state")
            handover.customer_count = len(lines)
            handover.done_count = states.count("done")
            handover.skipped_count = states.count("skipped")
            handover.order_count = sum(
                line.quotation_count + line.order_count for line in lines
            )

    @api.constrains("from_user_id", "to_user_id", "branch_id")
    def _check_users(self):
        for handover in self:
            if handover.from_user_id == handover.to_user_id and not handover.branch_id:
                raise ValidationError(
                    self.env._(
                        "%(user)s has these customers already. Choose somebody else, "
                        "or the branch they move to.",
                        user=handover.to_user_id.name,
                    )
                )
            if not handover.to_user_id.active:
                raise ValidationError(
                    self.env._(
                        "%(user)s is archived and cannot take over customers.",
                        user=handover.to_user_id.name,
                    )
                )
            # sudo: which companies a colleague may enter
            if handover.company_id not in handover.to_user_id.sudo().company_ids:
                raise ValidationError(
                    self.env._(
                        "%(user)s has no access to company %(company)s. "
                        "Give the access first.",
                        user=handover.to_user_id.name,
                        company=handover.company_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        handovers = super().create(vals_list)
        # Looked at afterwards, since a context may give defaults as well.
        if not self.env.su and any(h.state != "draft" for h in handovers):
            raise AccessError(
                self.env._("A handover begins as a draft. Start it afterwards.")
            )
        return handovers

    def write(self, vals):
        if not self.env.su:
            if "state" in vals:
                raise AccessError(
                    self.env._("Use the buttons to start or cancel a handover.")
                )
            if any(handover.state != "draft" for handover in self):
                raise UserError(
                    self.env._("This handover has been started. Make a new one.")
                )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_started(self):
        if any(handover.state not in ("draft", "cancelled") for handover in self):
            raise UserError(
                self.env._("A handover that was started is kept as evidence.")
            )

    # ------------------------------------------------------------------
    # Preparing
    # ------------------------------------------------------------------

    def action_load_customers(self):
        """Fill the preview with the customers the old owner has on the chosen day."""
        self.ensure_one()
        self._check_draft()
        if not self.from_user_id:
            raise UserError(
                self.env._("Choose whose customers, or add customers by hand.")
            )
        rows = self.env["customer.assignment"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("user_id", "=", self.from_user_id.id),
                ("date_from", "<=", self.date_from),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", self.date_from),
            ]
        )
        known = self.line_ids.partner_id
        self.env["customer.handover.line"].create(
            [
                {"handover_id": self.id, "partner_id": partner.id}
                for partner in rows.partner_id - known
            ]
        )

    def action_start(self):
        """Hand over now, or on the day chosen where that lies ahead.

        Up to 500 customers are done at once, more in batches in the background.

        :raise AccessError: for customers of a branch the user does not direct
        """
        for handover in self:
            handover._check_draft()
            if not handover.line_ids:
                raise UserError(
                    self.env._("Load or add the customers to hand over first.")
                )
            handover._check_decider()
            # sudo: from here the system works, on exactly what was checked
            handover.sudo()._start()

    def action_cancel(self):
        """Give up a handover that has not begun."""
        for handover in self:
            if handover.state not in ("draft", "scheduled"):
                raise UserError(self.env._("This handover has begun already."))
            handover._check_decider()
        self.sudo().state = "cancelled"  # sudo: the state is the system's to write
        self._forget_acceptance()

    def action_open_lines(self):
        """Open the customers of this handover."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.customer_handover_line_action"
        )
        action["domain"] = [("handover_id", "=", self.id)]
        return action

    def _check_drafts(self):
        for handover in self:
            handover._check_draft()

    def _check_draft(self):
        if self.state != "draft":
            raise UserError(
                self.env._("This handover has been started. Make a new one.")
            )

    def _check_decider(self):
        """Directors decide for the customers of branches they direct."""
        user = self.env.user
        Substitution = self.env["sales.substitution"]
        keeps = {self.quotations, self.orders} == {"keep"}
        if self.to_user_id in Substitution._selves() and not keeps:
            raise AccessError(
                self.env._(
                    "Nobody gives credit to themselves. Keep quotations and orders "
                    "with the old owner, or ask another director to start this."
                )
            )
        if user.has_group("sales_manager_kpi.group_commercial_director"):
            return
        owners = self.env["customer.assignment"]._owners_at(
            self.line_ids.partner_id,
            self.company_id,
            fields.Date.context_today(self),
        )
        branches = self.env["sales.branch"].union(
            *(r.branch_id for r in owners.values())
        )
        directed = branches.filtered(lambda branch: branch._is_directed_by(user))
        foreign = self.line_ids.partner_id.filtered(
            lambda p: (
                p.id in owners
                and owners[p.id].branch_id not in directed
                and owners[p.id].user_id
            )
        )
        if foreign:
            raise AccessError(
                self.env._(
                    "%(customers)s belong to branches you do not direct. Ask their "
                    "director or the commercial director.",
                    customers=", ".join(foreign[:5].mapped("display_name")),
                )
            )

    # ------------------------------------------------------------------
    # Working
    # ------------------------------------------------------------------

    def _today(self):
        if self.branch_id:
            return self.branch_id._local_today()
        return self.env["sales.branch"]._company_local_date(self.company_id)

    def _start(self):
        self._list_open_work()
        if self.date_from > self._today():
            self.line_ids._remember_owners()
            self.state = "scheduled"
            return
        self.state = "running"
        if len(self.line_ids) > AT_ONCE:
            self.env.ref("sales_manager_kpi.ir_cron_customer_handover")._trigger()
        else:
            self._work(self.line_ids)
            self._finish()

    def _work(self, lines):
        """Hand over the customers of ``lines``."""
        todo = lines.filtered(lambda line: line.state == "todo")
        later = todo._changed_since()
        later.write({"state": "skipped"})
        todo -= later
        old_rows = todo._rows_by_partner()
        # Kept apart: a row that begins on the same day is changed in place.
        old_owners = {row.partner_id.id: row.user_id.id for row in old_rows.values()}
        todo._hand_over_documents(old_rows)
        self.env["customer.assignment"]._assign(
            dict.fromkeys(todo.partner_id.ids, self.to_user_id.id),
            self.company_id,
            self.date_from,
            "handover",
            reason=self.reason,
            branch=self.branch_id,
        )
        for line in todo:
            line.write(
                {"state": "done", "old_user_id": old_owners.get(line.partner_id.id)}
            )
        # After the rows, so that following the salesperson finds nothing left to write.
        todo.partner_id.with_company(self.company_id).write(
            {"user_id": self.to_user_id.id}
        )

    def _finish(self):
        if not any(line.state == "todo" for line in self.line_ids):
            self.state = "done"
            self.message_post(
                body=self.env._(
                    "%(done)s customers handed over, %(skipped)s skipped.",
                    done=self.done_count,
                    skipped=self.skipped_count,
                )
            )

    @api.model
    def _cron_hand_over(self):
        """Go on with running handovers and begin those whose day has come."""
        for handover in self.search([("state", "=", "scheduled")]):
            if handover.date_from <= handover._today():
                handover._take_snapshot()
                handover.state = "running"
        Line = self.env["customer.handover.line"]
        domain = [("handover_id.state", "=", "running"), ("state", "=", "todo")]
        Cron = self.env["ir.cron"]
        Cron._commit_progress(remaining=Line.search_count(domain))
        self._remind_of_acceptance()
        failed = self.browse()
        while lines := Line.search(
            [*domain, ("handover_id", "not in", failed.ids)],
            limit=BATCH,
            order="handover_id, id",
        ):
            handover = lines[0].handover_id
            batch = lines.filtered(lambda line, h=handover: line.handover_id == h)
            try:
                with self.env.cr.savepoint():
                    handover._work(batch)
                    handover._finish()
            except UserError as error:
                # The others must not wait for one; it is tried again next time.
                _logger.warning("Handover %s waits: %s", handover.id, error)
                failed |= handover
            if not Cron._commit_progress(len(batch)):
                break
