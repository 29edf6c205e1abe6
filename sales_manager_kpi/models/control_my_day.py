from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .payment_promise import FOLLOW_UP
from .sales_my_day import MOST, asked, source

LEFT = ("late", "ready", "part", "waiting")


class SalesMyDay(models.AbstractModel):
    """Money that is expected or overdue, and goods that were promised."""

    # Control has files of its own.
    _inherit = "sales.my.day"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _sources(self):
        return {
            **super()._sources(),
            "payments": source(self.env._("Payments"), "res.partner", "fa-money"),
            "invoices": source(
                self.env._("Invoices without order"), "account.move", "fa-file-o"
            ),
            "shipments": source(
                self.env._("Shipments"), "sale.order.control", "fa-truck"
            ),
        }

    @api.model
    def _actions(self):
        return {
            **super()._actions(),
            "promise": {
                "name": self.env._("Promised to pay"),
                "icon": "fa-handshake-o",
                "asks": [
                    asked(
                        "amount", self.env._("Amount"), "amount", **{"from": "amount"}
                    ),
                    asked("promised_on", self.env._("To be paid on"), "date"),
                    asked("note", self.env._("Who said so"), "text", required=False),
                ],
            },
            "tell": {"name": self.env._("Tell the customer"), "icon": "fa-envelope-o"},
        }

    @api.model
    def _asking_types(self):
        return [*super()._asking_types(), FOLLOW_UP]

    @api.model
    def _put_off(self, items, day):
        """Whether promised money came is asked once: by the customer's payments."""
        asked = [i for i in items if i["about"][0] == "payment.promise"]
        customers = [i["res_id"] for i in items if i["source"] == "payments"]
        if asked and customers:
            promises = self.env["payment.promise"].search_fetch(
                [
                    ("id", "in", [item["about"][1] for item in asked]),
                    ("partner_id", "in", customers),
                ],
                ["partner_id"],
            )
            about = {one.id: ("res.partner", one.partner_id.id) for one in promises}
            for item in asked:
                item["about"] = about.get(item["about"][1], item["about"])
        return super()._put_off(items, day)

    # ------------------------------------------------------------------
    # Money
    # ------------------------------------------------------------------

    def _items_payments(self, day):
        """One for each customer: what its orders owe, with taxes, and what it promised.

        Who promised to pay on a later day is left alone until then.
        """
        if not self._has_role("manager"):
            return []
        rows = self.env["sale.order.control"]._read_group(
            self._mine("user_id", "owner_id")
            & Domain("open_amount", ">", 0)
            & self._until("next_due_on", day),
            ["partner_id", "owner_id", "user_id"],
            ["overdue_amount:sum", "order_id:array_agg", "open_amount:sum"]
            + ["next_due_on:min", "__count"],
        )
        promised = self._promised({row[0].id for row in rows}) if rows else {}
        # asked where nothing is overdue: then what is due on the day itself
        orders = [order for row in rows if not row[3] for order in row[4]]
        parts = self.env["sale.order.control"]._due_by(orders, day.company, day.date)
        found = {}
        for partner, owner, user, overdue, orders, owed, due, count in rows:
            row = found.setdefault(partner, [0.0, due, 0, self._for(owner, user)])
            part = sum(parts.get(order, 0.0) for order in orders)
            row[0] += overdue or (min(part, owed) if part > 0 else owed)
            row[1] = min(row[1], due)
            row[2] += count
        items = []
        for partner, (amount, due, count, for_id) in found.items():
            on = promised.get(partner)
            if on and on > day.date:
                continue
            items.append(
                self._item(
                    "payments",
                    partner,
                    self._payment_title(day, due, on),
                    detail=self.env._("%s orders, with taxes", count)
                    if count > 1
                    else self.env._("1 order, with taxes"),
                    partner_id=partner.id,
                    due=on or due,
                    amount=amount,
                    for_id=for_id,
                    actions=["promise", "log_contact", "plan", "later", "open"],
                )
            )
        return sorted(items, key=lambda item: -item["amount"])[:MOST]

    def _payment_title(self, day, due, promised):
        if promised:
            return self.env._("Promised to pay on %s", self._date_words(promised))
        if due < day.date:
            return self.env._("Payment overdue for %s days", (day.date - due).days)
        return self.env._("Payment expected today")

    def _promised(self, customer_ids):
        """``{customer: the day of its last open promise}``, in one query."""
        return dict(
            self.env["payment.promise"]._read_group(
                Domain("company_id", "=", self.env.company.id)
                & Domain("partner_id", "in", list(customer_ids))
                & Domain("state", "=", "open"),
                ["partner_id"],
                ["promised_on:max"],
            )
        )

    def _wanted_invoices(self, day):
        return self.env["account.move"], self._if_role(
            "manager",
            self._mine("credited_user_id", scope="invoices")
            & self._until("invoice_date_due", day)
            & Domain("move_type", "=", "out_invoice")
            & Domain("state", "=", "posted")
            & Domain("payment_state", "in", ("not_paid", "partial"))
            & Domain("invoice_line_ids", "not any", [("sale_line_ids", "!=", False)]),
        )

    def _items_invoices(self, day):
        """Invoices that belong to no order, due and not paid; with taxes."""
        moves = self._wanted(
            *("invoices", day),
            ["name", "partner_id", "invoice_date_due", "amount_residual_signed"]
            + ["credited_user_id"],
            order="amount_residual_signed desc, id",
        )
        return [
            self._item(
                "invoices",
                move,
                self._payment_title(day, move.invoice_date_due, None),
                detail=move.name,
                partner_id=move.partner_id.id,
                due=move.invoice_date_due,
                amount=move.amount_residual_signed,
                for_id=self._for(move.credited_user_id, scope="invoices"),
                actions=["promise", "log_contact", "plan", "later", "open"],
            )
            for move in moves
        ]

    def _act_promise(self, record, values):
        """Write down what the customer promised; judged by what comes in.

        What a deputy hears is the principal's, whose customer it is.
        """
        amount = values.get("amount")
        if isinstance(amount, bool) or not isinstance(amount, (int, float)):
            raise UserError(self.env._("Write down how much was promised."))
        note = values.get("note")
        company, customer = self.env.company, self._customer(record)
        owner = customer.commercial_partner_id.user_id
        self.env["payment.promise"].create(
            {
                "partner_id": customer.id,
                "user_id": self._for(owner) or self.env.uid,
                "company_id": company.id,
                "currency_id": company.currency_id.id,
                "amount": amount,
                "promised_on": self._date(values, "promised_on"),
                "note": note if isinstance(note, str) else False,
            }
        )

    # ------------------------------------------------------------------
    # Goods
    # ------------------------------------------------------------------

    def _items_shipments(self, day):
        """Orders promised by the day that have not left: what is left, with taxes."""
        if not self._has_role("manager"):
            return []
        rows = self.env["sale.order.control"].search_fetch(
            self._mine("user_id", "owner_id")
            & Domain("shipment_state", "in", LEFT)
            & (self._until("promised_on", day) | Domain("is_late", "=", True)),
            ["order_id", "partner_id", "user_id", "owner_id", "promised_on"]
            + ["expected_on", "agreed_amount", "shipped_share", "is_ready", "is_late"],
            order="agreed_amount desc, id",
            limit=MOST,
        )
        return [
            self._item(
                "shipments",
                row,
                self.env._("Shipment late")
                if row.is_late
                else self.env._("Shipment promised today"),
                detail=f"{row.order_id.name}: {self._shipment_words(row)}",
                partner_id=row.partner_id.id,
                due=row.promised_on,
                overdue=row.is_late,
                amount=row.agreed_amount * (1 - min(row.shipped_share, 1.0)),
                for_id=self._for(row.user_id, row.owner_id),
                about=("sale.order", row.order_id.id),
                actions=["tell", "log_contact", "plan", "later", "open"],
            )
            for row in rows
        ]

    def _shipment_words(self, row):
        if row.is_ready:
            return self.env._("lies ready")
        if row.expected_on:
            return self.env._("expected on %s", self._date_words(row.expected_on))
        return self.env._("no day yet")

    def _act_tell(self, record, values):
        """Open the mail about the shipment."""
        return record.action_tell_customer()
