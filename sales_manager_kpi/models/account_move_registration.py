from odoo import api, fields, models
from odoo.fields import Domain


class AccountMove(models.Model):
    """Invoices are looked at when posted; what puts an error right says so."""

    # The area of registration has files of its own.
    _inherit = "account.move"  # pylint: disable=consider-merging-classes-inherited

    is_registration_error = fields.Boolean(
        string="Registration Error",
        copy=False,
        help="This credit note puts right a sale that was entered wrongly.",
    )

    registration_event_count = fields.Integer(
        compute="_compute_registration_event_count",
        groups="sales_manager_kpi.group_manager",
        help="What rules found in this invoice and in the orders behind it.",
    )
    registration_warning = fields.Text(
        compute="_compute_registration_warning",
        groups="account.group_account_invoice,sales_manager_kpi.group_manager",
        help="What the orders behind this draft lack to be invoiced.",
    )

    @api.depends("line_ids.sale_line_ids")
    @api.depends_context("uid")
    def _compute_registration_event_count(self):
        """Those that the user may read, in one query."""
        orders = {move: move._registration_orders() for move in self}
        some = self.env["sale.order"].union(*orders.values())
        rows = self.env["registration.event"]._read_group(
            Domain("move_id", "in", self.ids) | Domain("order_id", "in", some.ids),
            ["move_id", "order_id"],
            ["__count"],
        )
        for move in self:
            move.registration_event_count = sum(
                count
                for about, order, count in rows
                if about == move._origin or order in orders[move]
            )

    @api.depends("state", "move_type", "line_ids.sale_line_ids")
    @api.depends_context("lang")
    def _compute_registration_warning(self):
        """As on the orders, of rules that warn or block when it is posted."""
        self.registration_warning = False
        drafts = self.filtered(
            lambda move: move.state == "draft" and move.move_type == "out_invoice"
        )
        orders = {move: move._registration_orders() for move in drafts}
        some = self.env["sale.order"].union(*orders.values())
        found = some._registration_findings("invoice")
        for move, own in orders.items():
            lines = [
                rule._words(words)
                for order in own
                for rule, words in found.get(order, ())
                if rule.effect != "record"
            ]
            move.registration_warning = "\n".join(dict.fromkeys(lines)) or False

    def action_open_registration_events(self):
        """Open what was found about this invoice and the orders behind it."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.registration_event_action"
        )
        orders = self._registration_orders()
        domain = ["|", ("move_id", "=", self.id), ("order_id", "in", orders.ids)]
        return {**action, "domain": domain, "context": {}}

    def _post(self, soft=True):
        rules = self.env["registration.rule"]
        if not any(rules._ids_by_moment(company.id) for company in self.company_id):
            return super()._post(soft=soft)
        invoices = self.filtered(lambda move: move.move_type == "out_invoice")
        orders = invoices._registration_orders()
        found = orders._registration_findings("invoice")
        orders._registration_refuse(found)
        posted = super()._post(soft=soft)
        (posted & invoices)._registration_posted(found)
        (posted - invoices)._registration_credited()
        return posted

    def button_draft(self):
        posted = self.filtered(
            lambda move: move.state == "posted" and move.move_type == "out_invoice"
        )
        result = super().button_draft()
        for move in posted:
            orders = move._registration_orders()
            orders._registration_after(
                "reset",
                self.env._("%s was reset to draft.", move.name),
                lambda order, move=move: move._registration_links(),
            )
        return result

    def _registration_orders(self):
        # sudo: who posts may not read the orders behind
        lines = self.sudo().line_ids.sale_line_ids
        return lines.order_id.sudo(False)

    def _registration_links(self):
        """What an event about this invoice says instead of its order."""
        return {
            "res_model": "account.move",
            "res_id": self.id,
            "document_name": self.name,
            "move_id": self.id,
        }

    def _registration_posted(self, found):
        """Keep what was found, and how soon invoices followed their deliveries."""
        by_order = {
            order: move for move in self for order in move._registration_orders()
        }
        late = self._registration_lags()
        rows = {order: list(some) for order, some in found.items() if order in by_order}
        for order, finding in late.items():
            rows.setdefault(order, []).append(finding)
        self.env["sale.order"]._registration_record(
            rows, lambda order: by_order[order]._registration_links()
        )

    def _registration_lags(self):
        """Keep the lag of each invoice; ``{order: (rule, words)}`` of late ones."""
        spans, rules = {}, {}
        for move in self:
            rule = self.env["registration.rule"]._of(
                move.company_id, "invoice", code="delivery_lag"
            )[:1]
            # sudo: as above
            orders = rule._governed(move._registration_orders().sudo()) if rule else ()
            left = [
                done.date
                for done in (orders.order_line.move_ids if orders else ())
                if done.state == "done" and done.location_dest_id.usage == "customer"
            ]
            if left:
                rules[move] = rule, orders
                spans[move] = (
                    move.company_id,
                    orders[0]._registration_branch(),
                    max(left),
                    fields.Datetime.now(),
                )
        late, values = {}, []
        for move, hours in self.env["registration.lag"]._hours(spans).items():
            rule, orders = rules[move]
            values.append(move._prepare_registration_lag(rule, orders[0], hours))
            if hours > rule.norm_hours:
                words = self.env._(
                    "%(invoice)s came %(hours).1f working hours after the delivery.",
                    invoice=move.name,
                    hours=hours,
                )
                late[orders[0]] = rule, words
        if values:
            # sudo: written by the system, whoever posts
            self.env["registration.lag"].sudo().create(values)
        return late

    def _prepare_registration_lag(self, rule, order, hours):
        return {
            **order._prepare_registration_lag(rule, hours),
            "kind": "invoice",
            "order_id": order.id,
            "move_id": self.id,
            "document_name": self.name,
            "credited_user_id": self.credited_user_id.id
            or order.credited_user_id.id
            or order.user_id.id,
        }

    def _registration_credited(self):
        """Credit notes for a registration error are events of their order."""
        refunds = self.filtered(
            lambda move: move.move_type == "out_refund" and move.is_registration_error
        )
        for move in refunds:
            orders = (move | move.reversed_entry_id)._registration_orders()
            orders._registration_after(
                "credit_error",
                self.env._("%s puts a registration error right.", move.name),
                lambda order, move=move: move._registration_links(),
            )
