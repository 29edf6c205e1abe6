from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError

CHECKED = "registration_checked"
EDITS = ("product_uom_qty", "price_unit", "discount")


class Checked:
    """What the rules found at confirmation; no client can send one."""

    def __init__(self, found):
        self.found = found


def checked_of(env):
    """The findings of this confirmation, if there are any."""
    checked = env.context.get(CHECKED)
    return checked if isinstance(checked, Checked) else None


class SaleOrder(models.Model):
    """Orders are looked at by the rules of registration when they move on."""

    # The area of registration has files of its own.
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    requested_at = fields.Datetime(
        string="Customer Asked On",
        copy=False,
        help="When the customer asked for it, to see how soon it was entered.",
    )
    registration_checked_on = fields.Date(
        readonly=True,
        copy=False,
        help="The day of the first confirmation under rules of registration.",
    )
    registration_event_ids = fields.One2many(
        comodel_name="registration.event",
        inverse_name="order_id",
        string="Registration Events",
        readonly=True,
        copy=False,
        groups="sales_manager_kpi.group_manager",
    )
    registration_event_count = fields.Integer(
        compute="_compute_registration_event_count",
        groups="sales_manager_kpi.group_manager",
    )
    registration_warning = fields.Text(compute="_compute_registration_warning")

    _registration_checked_idx = models.Index(
        "(credited_user_id, registration_checked_on) "
        "WHERE registration_checked_on IS NOT NULL"
    )

    @api.depends("registration_event_ids")
    def _compute_registration_event_count(self):
        counts = dict(
            self.env["registration.event"]._read_group(
                [("order_id", "in", self.ids)], ["order_id"], ["__count"]
            )
        )
        for order in self:
            order.registration_event_count = counts.get(order, 0)

    @api.depends(
        *("state", "client_order_ref", "commitment_date", "payment_term_id"),
        *("partner_shipping_id", "sales_contract_id", "requested_at", "order_line"),
    )
    @api.depends_context("lang")
    def _compute_registration_warning(self):
        """What is missing for the next steps, where rules warn or block."""
        self.registration_warning = False
        saved = self.filtered("id")
        for moments, states in (
            (("quote", "confirm"), ("draft", "sent")),
            (("ship", "invoice"), ("sale",)),
        ):
            orders = saved.filtered(lambda order, states=states: order.state in states)
            for order, rows in orders._registration_findings(*moments).items():
                order.with_env(self.env).registration_warning = "\n".join(
                    dict.fromkeys(
                        rule._words(words)
                        for rule, words in rows
                        if rule.effect != "record"
                    )
                )

    def action_open_registration_events(self):
        """Open what was found about this order."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.registration_event_action"
        )
        return {**action, "domain": [("order_id", "=", self.id)], "context": {}}

    # ------------------------------------------------------------------
    # What the rules find
    # ------------------------------------------------------------------

    def _registration_findings(self, *moments):
        """``{order: [(rule, words)]}``; no query where no rule holds."""
        found = defaultdict(list)
        for company, orders in self.grouped("company_id").items():
            for rule in self.env["registration.rule"]._of(company, *moments):
                for order, words in rule._found(orders).items():
                    found[order].append((rule, words))
        return found

    def _registration_refusal(self, rows):
        """Why these findings forbid to go on, in words; False where none does."""
        words = [rule._words(words) for rule, words in rows if rule.effect == "block"]
        if not words:
            return False
        # sudo: the number of the order, for whoever ships or invoices it
        name = self.sudo().name
        return "\n".join([self.env._("%s is not complete:", name), *words])

    def _registration_refuse(self, found):
        """
        :raise UserError: where a rule that blocks found something
        """
        for order, rows in found.items():
            message = order._registration_refusal(rows)
            if message:
                raise UserError(message)

    def _registration_record(self, found, extra=None):
        """Keep what was found; ``extra(order)`` adds values of another document."""
        self.env["registration.event"]._record(
            [
                (order, rule, words, extra(order) if extra else {})
                for order, rows in found.items()
                for rule, words in rows
            ]
        )

    def _has_registration_rules(self, *moments):
        ids = self.env["registration.rule"]._ids_by_moment
        return any(
            moment in ids(company.id)
            for company in self.company_id
            for moment in moments
        )

    # ------------------------------------------------------------------
    # Moments of an order
    # ------------------------------------------------------------------

    def action_quotation_send(self):
        drafts = self.filtered(lambda order: order.state in ("draft", "sent"))
        drafts._registration_refuse(drafts._registration_findings("quote"))
        return super().action_quotation_send()

    def action_confirm(self):
        """Confirm as usual, looked at once for all orders where rules hold."""
        orders = self
        if self._has_registration_rules("confirm"):
            found = self._registration_findings("confirm")
            orders = self.with_context(**{CHECKED: Checked(found)})
        return super(SaleOrder, orders).action_confirm()

    def _confirmation_error_message(self):
        message = super()._confirmation_error_message()
        checked = checked_of(self.env)
        if message or not checked:
            return message
        return self._registration_refusal(checked.found.get(self, ()))

    @api.constrains("state")
    def _check_registration_on_state(self):
        """Writing or importing a state is no way around the rules."""
        if checked_of(self.env):
            return
        for state, moment in (("sent", "quote"), ("sale", "confirm")):
            orders = self.filtered(lambda order, state=state: order.state == state)
            orders._registration_refuse(orders._registration_findings(moment))

    def _recognize_confirmation(self):
        result = super()._recognize_confirmation()
        if self._has_registration_rules("confirm"):
            self._registration_confirmed()
        return result

    def _registration_confirmed(self):
        """Keep what was found at confirmation, and how soon orders were entered."""
        checked = checked_of(self.env)
        found = checked.found if checked else self._registration_findings("confirm")
        self._registration_record(
            {order: rows for order, rows in found.items() if order in self}
        )
        new = self.filtered(lambda order: not order.registration_checked_on)
        new._registration_keep_lags()
        Branch = self.env["sales.branch"]
        for company, orders in new.grouped("company_id").items():
            # sudo: a stamp is the system's, whoever confirms
            orders.sudo().write(
                {"registration_checked_on": Branch._company_local_date(company)}
            )

    def _registration_keep_lags(self):
        rows = []
        for company, orders in self.grouped("company_id").items():
            for rule in self.env["registration.rule"]._of(
                company, "confirm", code="request_lag"
            )[:1]:
                # sudo: hours of what is confirmed, whoever does
                for order, hours in (
                    rule._governed(orders.sudo())._request_hours().items()
                ):
                    rows.append(order._prepare_registration_lag(rule, hours))
        if rows:
            # sudo: written by the system
            self.env["registration.lag"].sudo().create(rows)

    def _prepare_registration_lag(self, rule, hours):
        Branch = self.env["sales.branch"]
        return {
            "rule_id": rule.id,
            "kind": "order",
            "company_id": self.company_id.id,
            "branch_id": self._registration_branch().id,
            "credited_user_id": (self.credited_user_id or self.user_id).id,
            "document_name": self.name,
            "order_id": self.id,
            "day": Branch._company_local_date(self.company_id),
            "hours": hours,
            "norm_hours": rule.norm_hours,
            "is_in_time": hours <= rule.norm_hours,
        }

    def write(self, vals):
        state = vals.get("state")
        reset = self.browse()
        if state == "draft":
            reset = self.filtered(
                lambda o: o.state in ("sale", "cancel") and o.first_confirmation_date
            )
        sent = self.browse()
        if state == "sent":
            sent = self.filtered(lambda o: o.state == "draft")
        result = super().write(vals)
        reset._registration_after("reset", self.env._("Reset to draft."))
        sent._registration_record(sent._registration_findings("quote"))
        return result

    def _registration_after(self, code, words, extra=None):
        """Something was corrected: keep it, or refuse it.

        :param words: what was done; a text, or a text for each order
        """
        found = defaultdict(list)
        for company, orders in self.grouped("company_id").items():
            for rule in self.env["registration.rule"]._of(company, "after", code=code):
                # sudo: see registration.rule._found
                for order in rule._governed(orders.sudo()):
                    said = words if isinstance(words, str) else words[order]
                    found[order].append((rule, said))
        self._registration_refuse(found)
        self._registration_record(found, extra)


class SaleOrderLine(models.Model):
    """Lines that a person changes after confirmation."""

    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    def write(self, vals):
        before = self._registration_before(vals)
        result = super().write(vals)
        if before:
            self._registration_compare(before)
        return result

    def _registration_before(self, vals):
        """Values of lines that this call may change; computations are no edits."""
        names = [name for name in EDITS if name in vals]
        if not names or self.env.su or checked_of(self.env):
            return {}
        if self.env.context.get("sale_write_from_compute"):
            return {}
        lines = self.filtered(lambda line: line.order_id.state == "sale")
        if not lines.order_id._has_registration_rules("after"):
            return {}
        return {line: {name: line[name] for name in names} for line in lines}

    def _registration_compare(self, before):
        changed = defaultdict(list)
        for line, old in before.items():
            for name, value in old.items():
                if line[name] != value:
                    changed[line.order_id].append(
                        self.env._(
                            "%(product)s: %(field)s %(old)s → %(new)s",
                            product=line.product_id.display_name or line.name,
                            field=line._fields[name]._description_string(self.env),
                            old=value,
                            new=line[name],
                        )
                    )
        orders = self.order_id.filtered(lambda order: order in changed)
        orders._registration_after(
            "edited", {order: "; ".join(some) for order, some in changed.items()}
        )
