from typing import NamedTuple

from odoo import api, models


class Kind(NamedTuple):
    """What a report is made of: rows of a model, or sums of them by some fields."""

    model: str
    group: str  # the field that parts the report in blocks
    columns: tuple  # names of fields; of sums, by what they are summed in a block
    totals: tuple = ()  # of the columns, those that are added up
    sums: bool = False  # not each row, but figures named in `_sums`
    day: str = ""  # the field that the period is about; none: as it stands today
    users: tuple = ("user_id",)
    branch: str = "branch_id"
    domain: tuple = ()
    order: str = ""


KINDS = {
    "sales": Kind(
        model="sales.fact.report",
        group="user_id",
        columns=("partner_id",),
        sums=True,
        day="date",
        domain=(("status", "=", "counted"),),
    ),
    "orders": Kind(
        model="sale.order.control",
        group="user_id",
        columns=(
            *("order_id", "partner_id", "agreed_amount", "invoiced_amount"),
            *("paid_amount", "shipped_share", "shipment_state", "promised_on"),
            *("expected_on", "late_days", "late_reason"),
        ),
        totals=("agreed_amount", "invoiced_amount", "paid_amount"),
        day="order_id.date_order",
        users=("user_id", "owner_id"),
        order="order_id",
    ),
    "contracts": Kind(
        model="sales.contract.duty",
        group="user_id",
        columns=(
            *("contract_id", "partner_id", "side", "kind", "date_from", "date_to"),
            *("target_amount", "fact_amount", "target_share", "fact_share"),
            *("days_late", "standing", "breached_on"),
        ),
        domain=(("contract_id.state", "=", "active"),),
        order="contract_id, sequence",
    ),
    "payment": Kind(
        model="sale.order.control",
        group="user_id",
        columns=(
            *("order_id", "partner_id", "agreed_amount", "invoiced_amount"),
            *("paid_amount", "open_amount", "next_due_on", "overdue_amount"),
            *("overdue_days", "payment_state"),
        ),
        totals=(
            *("agreed_amount", "invoiced_amount", "paid_amount", "open_amount"),
            "overdue_amount",
        ),
        users=("user_id", "owner_id"),
        domain=(("open_amount", "!=", 0.0),),
        order="overdue_days desc, order_id",
    ),
    "shipment": Kind(
        model="sale.order.control.line",
        group="partner_id",
        columns=(
            *("order_id", "product_id", "ordered_qty", "shipped_qty"),
            *("product_uom_id", "agreed_on", "expected_on", "shipped_on"),
            *("is_late", "is_on_time"),
        ),
        day="agreed_on",
        users=("user_id", "owner_id"),
        order="agreed_on, order_id",
    ),
    "claims": Kind(
        model="customer.claim",
        group="fault_area",
        columns=(
            *("name", "commercial_partner_id", "subject", "kind_id", "severity"),
            *("opened_at", "state", "verdict", "responsible_user_id"),
            *("claimed_company_amount", "accepted_company_amount"),
        ),
        totals=("claimed_company_amount", "accepted_company_amount"),
        day="opened_at",
        order="opened_at",
    ),
    "causes": Kind(
        model="customer.claim",
        group="fault_area",
        columns=("kind_id",),
        sums=True,
        day="opened_at",
    ),
    "registration": Kind(
        model="registration.event",
        group="credited_user_id",
        columns=(
            *("day", "document_name", "partner_id", "rule_id", "note"),
            *("severity", "fixed_at", "counts", "dispute_state"),
        ),
        day="day",
        users=("credited_user_id",),
        order="day, id",
    ),
    "customers": Kind(
        model="customer.figure",
        group="user_id",
        columns=(
            *("partner_id", "class_id", "abc", "life_state", "turnover"),
            *("turnover_before", "margin", "returned", "last_order_on"),
            *("days_late", "next_contact_on", "completeness"),
        ),
        totals=("turnover", "turnover_before", "margin", "returned"),
        order="turnover desc, partner_id",
    ),
}


class SalesReportKind(models.AbstractModel):
    """The figures of reports that add up rows."""

    _name = "sales.report.kind"
    _description = "Kind of Scheduled Report"

    @api.model
    def _kind(self, report):
        return KINDS[report]

    @api.model
    def _sums(self, report):
        """``[(label, aggregate, further conditions)]``, one query for each."""
        if report == "causes":
            return [
                (self.env._("Claims"), "__count", []),
                (self.env._("Weight"), "weight:sum", []),
                (
                    self.env._("Justified"),
                    "__count",
                    [("verdict", "in", ("justified", "partly"))],
                ),
                (self.env._("Claimed"), "claimed_company_amount:sum", []),
                (self.env._("Accepted"), "accepted_company_amount:sum", []),
            ]
        invoice = ("basis", "=", "invoice")
        return [
            (self.env._("Ordered"), "amount:sum", [("basis", "=", "order")]),
            (self.env._("Shipped"), "amount:sum", [("basis", "=", "delivery")]),
            (self.env._("Invoiced"), "amount:sum", [invoice]),
            (
                self.env._("Of which credit notes"),
                "amount:sum",
                [invoice, ("is_return", "=", True)],
            ),
            (self.env._("Margin"), "margin:sum", [invoice]),
            (self.env._("Paid"), "amount:sum", [("basis", "=", "payment")]),
        ]
