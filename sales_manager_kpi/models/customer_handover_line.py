from odoo import api, fields, models
from odoo.tools import float_round

from .sales_credit import WHOLE

QUOTATION_STATES = ("draft", "sent")


class CustomerHandoverLine(models.Model):
    """One customer of a handover, and what became of it."""

    _name = "customer.handover.line"
    _description = "Customer Handover: Customer"
    _order = "handover_id, id"

    handover_id = fields.Many2one(
        comodel_name="customer.handover",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="handover_id.company_id", store=True, precompute=True
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        ondelete="cascade",
        domain="[('parent_id', '=', False)]",
    )
    state = fields.Selection(
        string="Status",
        selection=[
            ("todo", "To do"),
            ("done", "Done"),
            ("skipped", "Skipped: owner changed later"),
        ],
        default="todo",
        required=True,
        readonly=True,
    )
    old_user_id = fields.Many2one(
        comodel_name="res.users", string="Old Owner", readonly=True
    )
    quotation_count = fields.Integer(
        string="Open Quotations", compute="_compute_open_counts"
    )
    order_count = fields.Integer(string="Open Orders", compute="_compute_open_counts")

    _partner_uniq = models.UniqueIndex(
        "(handover_id, partner_id)", "This customer is in the handover already."
    )

    @api.depends("partner_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.partner_id.display_name

    @api.depends("partner_id", "state")
    def _compute_open_counts(self):
        counts = {}
        for company, lines in self.grouped("company_id").items():
            # sudo: the preview counts documents the director may not open
            for partner, state, count in (
                self.env["sale.order"]
                .sudo()
                ._read_group(
                    lines._open_orders_domain(company),
                    ["partner_id", "state"],
                    ["__count"],
                )
            ):
                key = (company, partner.commercial_partner_id, state == "sale")
                counts[key] = counts.get(key, 0) + count
        for line in self:
            key = (line.company_id, line.partner_id)
            line.quotation_count = counts.get((*key, False), 0)
            line.order_count = counts.get((*key, True), 0)

    def write(self, vals):
        if not self.env.su:
            self.handover_id._check_drafts()
        result = super().write(vals)
        if not self.env.su and "handover_id" in vals:
            self.handover_id._check_drafts()
        return result

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            vals_list = [
                {**vals, "state": "todo", "old_user_id": False} for vals in vals_list
            ]
        lines = super().create(vals_list)
        if not self.env.su:
            lines.handover_id._check_drafts()
        return lines

    @api.ondelete(at_uninstall=False)
    def _unlink_except_started(self):
        if not self.env.su:
            self.handover_id._check_drafts()

    def _open_orders_domain(self, company):
        """Quotations, and confirmed orders that are not invoiced in full."""
        return [
            ("company_id", "=", company.id),
            ("partner_id.commercial_partner_id", "in", self.partner_id.ids),
            "|",
            ("state", "in", QUOTATION_STATES),
            "&",
            ("state", "=", "sale"),
            ("invoice_status", "!=", "invoiced"),
        ]

    def _remember_owners(self):
        """Keep who owns the customers when a handover begins to wait for its day."""
        rows = self.env["customer.assignment"]._owners_at(
            self.partner_id, self.handover_id.company_id, self.handover_id._today()
        )
        for line in self:
            row = rows.get(line.partner_id.id)
            line.old_user_id = row and row.user_id

    def _changed_since(self):
        """Lines whose customer got another owner since the handover was started.

        After its day, or while it waited: whoever decided later decided with more.
        """
        later = self._changed_later()
        rows = self._rows_by_partner()
        return later | self.filtered(
            lambda line: (
                line.old_user_id
                and line.partner_id.id in rows
                and rows[line.partner_id.id].user_id != line.old_user_id
            )
        )

    def _changed_later(self):
        """Lines whose customer got another owner after the handover's day."""
        rows = self.env["customer.assignment"].search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("date_from", ">", min(self.handover_id.mapped("date_from"))),
            ]
        )
        later = {(row.partner_id, row.company_id): row.date_from for row in rows}
        return self.filtered(
            lambda line: (
                later.get(
                    (line.partner_id, line.company_id), line.handover_id.date_from
                )
                > line.handover_id.date_from
            )
        )

    def _rows_by_partner(self):
        handover = self.handover_id
        if not handover:
            return {}
        return self.env["customer.assignment"]._owners_at(
            self.partner_id, handover.company_id, handover.date_from
        )

    # ------------------------------------------------------------------
    # Quotations and orders
    # ------------------------------------------------------------------

    def _hand_over_documents(self, old_rows):
        """Keep, move or split what is open; only called by the handover itself."""
        handover = self.handover_id
        if not self:
            return
        documents = self.env["sale.order"].search(
            self._open_orders_domain(handover.company_id)
        )
        quotations = documents.filtered(lambda o: o.state in QUOTATION_STATES)
        self._apply_choice(handover.quotations, quotations, old_rows)
        self._apply_choice(handover.orders, documents - quotations, old_rows)

    def _apply_choice(self, choice, documents, old_rows):
        if choice == "move":
            self._move(documents)
        elif choice == "split":
            self._split(documents, old_rows)
        else:
            self._keep(documents.filtered(lambda o: not o.credit_kind), old_rows)

    def _new_branch(self):
        handover = self.handover_id
        if handover.branch_id:
            return handover.branch_id
        found = self.env["sales.branch"]._branch_by_user(
            handover.to_user_id, handover.company_id, handover.date_from
        )
        return found.get(handover.to_user_id.id, self.env["sales.branch"])

    def _move(self, documents):
        """The new owner's from now on; a quotation finds its credit when confirmed."""
        new_user = self.handover_id.to_user_id
        documents.sales_credit_ids.unlink()
        branch = self._new_branch()
        documents._store_credit(
            {
                order.id: (new_user.id, branch.id, "single")
                if order.state == "sale"
                else (False, False, None)
                for order in documents
            }
        )
        documents.with_context(mail_auto_subscribe_no_notify=True).write(
            {"user_id": new_user.id}
        )

    def _keep(self, documents, old_rows):
        """A quotation stays the old owner's, whoever owns the customer then."""
        stamps = {}
        for order in documents:
            row = old_rows.get(order.partner_id.commercial_partner_id.id)
            if row and row.user_id:
                stamps[order.id] = (row.user_id.id, row.branch_id.id, "single")
        documents._store_credit(stamps)

    def _split(self, documents, old_rows):
        handover = self.handover_id
        new_user, branch = handover.to_user_id, self._new_branch()
        share = int(float_round(handover.share_new * WHOLE / 100, 0))
        stamps, vals_list = {}, []
        for order in documents:
            row = old_rows.get(order.partner_id.commercial_partner_id.id)
            if not row or row.user_id in (new_user, self.env["res.users"]):
                continue
            stamps[order.id] = (row.user_id.id, row.branch_id.id, "shared")
            for sequence, (user, own_branch, part) in enumerate(
                ((row.user_id, row.branch_id, WHOLE - share), (new_user, branch, share))
            ):
                vals_list.append(
                    {
                        "order_id": order.id,
                        "user_id": user.id,
                        "branch_id": own_branch.id,
                        "share_bp": part,
                        "sequence": sequence,
                        "reason": handover.reason,
                    }
                )
        documents.browse(stamps).sales_credit_ids.unlink()
        self.env["sales.credit"].create(vals_list)
        documents._store_credit(stamps)
