from odoo import api, fields, models


class SalesHandoverStatus(models.AbstractModel):
    """How handed-over work stands, read from its documents.

    A kind of work brings one method in ``_status_methods`` and its words in
    ``_selection_status``; what is finished it adds to ``_done_statuses``.
    """

    _name = "sales.handover.status"
    _description = "How Handed-Over Work Stands"

    status = fields.Selection(
        selection="_selection_status",
        compute="_compute_status",
        help="As it is now; once the list is closed, as it was then.",
    )
    reference = fields.Char(
        string="What Came of It",
        compute="_compute_status",
        help="Deliveries and payments that followed.",
    )
    is_open = fields.Boolean(
        string="Open", compute="_compute_status", search="_search_is_open"
    )
    is_overdue = fields.Boolean(
        string="Overdue", compute="_compute_status", search="_search_is_overdue"
    )
    happened = fields.Char(string="What Happened", compute="_compute_happened")

    @api.model
    def _selection_status(self):
        """``[(code, word)]`` of every status; areas add theirs."""
        words = {
            "draft": self.env._("Draft"),
            "sent": self.env._("Sent"),
            "ordered": self.env._("Ordered"),
            "to_ship": self.env._("To deliver"),
            "part_shipped": self.env._("Delivered in part"),
            "to_invoice": self.env._("To invoice"),
            "completed": self.env._("Delivered and invoiced"),
            "to_pay": self.env._("To pay"),
            "part_paid": self.env._("Paid in part"),
            "overdue": self.env._("Overdue"),
            "paid": self.env._("Paid"),
            "reversed": self.env._("Reversed"),
            "planned": self.env._("Planned"),
            "in_progress": self.env._("In progress"),
            "won": self.env._("Won"),
            "lost": self.env._("Lost"),
            "todo": self.env._("To do"),
            "done": self.env._("Done"),
            "cancelled": self.env._("Cancelled"),
            "deleted": self.env._("Deleted"),
        }
        return list(words.items())

    @api.model
    def _done_statuses(self):
        """Codes that leave nothing to do."""
        return {
            "ordered",
            "completed",
            "paid",
            "reversed",
            "won",
            "lost",
            "done",
            "cancelled",
            "deleted",
        }

    @api.depends("status_end", "reference_end", "kind", "res_id", "done_at")
    def _compute_status(self):
        live = self.filtered(lambda item: not item.status_end)._live_statuses()
        done = self._done_statuses()
        today = fields.Date.context_today(self)
        for item in self:
            item.status, item.reference = live.get(item.id) or (
                item.status_end or item.status_start,
                item.reference_end,
            )
            item.is_open = item.status not in done
            due = item.date_due
            item.is_overdue = item.is_open and bool(due) and due < today

    @api.depends_context("lang")
    @api.depends("status_start", "status", "reference")
    def _compute_happened(self):
        words = dict(self._selection_status())
        for item in self:
            start, now = words.get(item.status_start), words.get(item.status)
            text = now if start == now else f"{start} → {now}"
            item.happened = f"{text} ({item.reference})" if item.reference else text

    def _live_statuses(self):
        """``{item id: (code, names)}``, in one reading of each kind."""
        found = {}
        for kind, items in self.grouped("kind").items():
            method = self._status_methods().get(kind)
            if not method:
                continue
            by_document = method(items)
            for item in items:
                key = item.res_id or item.id
                found[item.id] = by_document.get(key, ("deleted", ""))
        return found

    @api.model
    def _status_methods(self):
        """``{kind: method(items)}``, which gives ``{document id: (code, names)}``.

        Documents that are not in the answer are gone.
        """
        return {
            "quotation": self._status_quotations,
            "order": self._status_orders,
            "due": self._status_dues,
            "activity": self._status_activities,
            "lead": self._status_leads,
            "other": self._status_by_hand,
        }

    @api.model
    def _documents(self, items):
        # sudo: how work stands that its reader was handed over; nothing else of it
        Document = self.env[items[0].res_model].sudo()
        return Document.with_context(active_test=False).search(
            [("id", "in", [item.res_id for item in items])]
        )

    @api.model
    def _status_quotations(self, items):
        return {
            order.id: ("ordered" if order.state == "sale" else order_status(order), "")
            for order in self._documents(items)
        }

    @api.model
    def _status_orders(self, items):
        return {
            order.id: (order_status(order), _names(deliveries(order)))
            for order in self._documents(items)
        }

    @api.model
    def _status_dues(self, items):
        today = fields.Date.context_today(self)
        return {
            move.id: (payment_status(move, today), _names(payments(move)))
            for move in self._documents(items)
        }

    @api.model
    def _status_activities(self, items):
        today = fields.Date.context_today(self)
        return {
            activity.id: (activity_status(activity, today), "")
            for activity in self._documents(items)
        }

    @api.model
    def _status_leads(self, items):
        words = {"won": "won", "lost": "lost"}
        return {
            lead.id: (words.get(lead.won_status, "in_progress"), "")
            for lead in self._documents(items)
        }

    @api.model
    def _status_by_hand(self, items):
        return {item.id: ("done" if item.done_at else "todo", "") for item in items}


def order_status(order):
    """How far a quotation or an order is."""
    if order.state != "sale":
        return "cancelled" if order.state == "cancel" else order.state
    if order.delivery_status in ("pending", "started", "partial"):
        return "part_shipped" if order.delivery_status == "partial" else "to_ship"
    billed = order.invoice_status in ("invoiced", "upselling")
    return "completed" if billed else "to_invoice"


def payment_status(move, today):
    """How far the payment of an invoice is."""
    if move.state != "posted":
        return "cancelled" if move.state == "cancel" else "draft"
    if move.payment_state in ("paid", "in_payment", "reversed"):
        return "reversed" if move.payment_state == "reversed" else "paid"
    if not move.amount_residual:
        return "paid"
    if open_maturity(move) and open_maturity(move) < today:
        return "overdue"
    return "part_paid" if move.payment_state == "partial" else "to_pay"


def open_maturity(move):
    """The first day on which something of an invoice that is still open was due."""
    terms = move.line_ids.filtered(
        lambda line: line.display_type == "payment_term" and not line.reconciled
    )
    days = [line.date_maturity for line in terms if line.date_maturity]
    return min(days, default=move.invoice_date_due)


def activity_status(activity, today):
    """How an activity stands."""
    if not activity.active:
        return "done"
    return "overdue" if activity.date_deadline < today else "planned"


def deliveries(order):
    """What was delivered of an order."""
    return order.picking_ids.filtered(lambda picking: picking.state == "done")


def payments(move):
    """The entries that paid an invoice."""
    terms = move.line_ids.filtered(lambda line: line.display_type == "payment_term")
    return terms.matched_credit_ids.credit_move_id.move_id


def _names(records):
    return ", ".join(name for name in records.mapped("name") if name)
