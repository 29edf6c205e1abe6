from odoo import api, fields, models
from odoo.fields import Domain

from .customer_handover_line import QUOTATION_STATES
from .sales_handover_status import (
    activity_status,
    open_maturity,
    order_status,
    payment_status,
)


class SalesHandoverSources(models.AbstractModel):
    """Where the open work comes from that passes to somebody else.

    An area brings its kind of work by one method in ``_handover_sources``, and the
    kind's statuses in ``sales.handover.status``. A method is called on any number of
    lists at once, asks once for all of them, and gives values of
    ``sales.handover.item``.
    """

    _name = "sales.handover.sources"
    _description = "Open Work That Passes"

    def _handover_sources(self):
        """``{kind: method}`` in the order of the list."""
        return {
            "quotation": self._handover_quotations,
            "order": self._handover_orders,
            "due": self._handover_dues,
            "activity": self._handover_activities,
            "lead": self._handover_leads,
        }

    # ------------------------------------------------------------------
    # What a list tells about itself
    # ------------------------------------------------------------------

    def _handover_in_scope(self, scope):
        """The lists on which work of the area ``scope`` passes."""
        raise NotImplementedError

    def _handover_index(self):
        """``{(company id, id of an owner or of a customer): lists}``."""
        raise NotImplementedError

    def _handover_paths(self, owners, customer):
        """Where a document names what the index knows.

        :param list owners: paths to its owner
        :param str customer: path to its commercial partner
        """
        raise NotImplementedError

    def _handover_givers(self):
        """Who hands over."""
        raise NotImplementedError

    def _handover_takes(self, record):
        """Whether ``record`` was there when the list was due."""
        raise NotImplementedError

    def _handover_today(self):
        """The day it is where the list belongs."""
        return self._handover_day(fields.Datetime.now())

    def _handover_day(self, moment):
        self.ensure_one()
        if self.branch_id:
            return self.branch_id._local_date(moment)
        return self.env["sales.branch"]._company_local_date(self.company_id, moment)

    # ------------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------------

    def _handover_pairs(self, model, domain, scope, owners, customer, company):
        """``[(list, document)]`` of ``model`` within ``domain``, in one query.

        Documents of no company belong to every company.

        :param str company: path to the company of a document
        """
        lists = self._handover_in_scope(scope)
        if not lists:
            return []
        index = lists._handover_index()
        companies = sorted({company_id for company_id, _key in index})
        keys = sorted({key for _company_id, key in index})
        paths = lists._handover_paths(owners, customer)
        # sudo: what is open of somebody, whoever appoints; read by its own rules
        records = (
            self.env[model]
            .sudo()
            .search(
                Domain(domain)
                & Domain(company, "in", [*companies, False])
                & Domain.OR(Domain(path, "in", keys) for path in paths)
            )
        )
        pairs = []
        for record in records:
            at = record[company].ids or companies
            found = {
                (company_id, key)
                for path in paths
                for key in record.mapped(path).ids
                for company_id in at
            }
            some = self.browse().union(*(index[k] for k in found if k in index))
            pairs += [(one, record) for one in some]
        return pairs

    def _handover_open(self, *args):
        """As ``_handover_pairs``, of what was there when the list was due."""
        return [
            (one, record)
            for one, record in self._handover_pairs(*args)
            if one._handover_takes(record)
        ]

    def _handover_vals(self, kind, record, **vals):
        self.ensure_one()
        return {
            self._handover_inverse: self.id,
            "kind": kind,
            "res_model": record._name,
            "res_id": record.id,
            "name": record.display_name,
            **vals,
        }

    # ------------------------------------------------------------------
    # Quotations and orders
    # ------------------------------------------------------------------

    def _handover_quotations(self):
        pairs = self._handover_sale_orders([("state", "in", QUOTATION_STATES)])
        return [
            one._handover_order_vals("quotation", order, order.validity_date)
            for one, order in pairs
        ]

    def _handover_orders(self):
        """Confirmed, and not delivered or not invoiced in full."""
        pairs = self._handover_sale_orders(
            [
                ("state", "=", "sale"),
                "|",
                ("invoice_status", "not in", ("invoiced", "upselling")),
                ("delivery_status", "in", ("pending", "started", "partial")),
            ]
        )
        return [
            one._handover_order_vals(
                "order",
                order,
                order.commitment_date and one._handover_day(order.commitment_date),
            )
            for one, order in pairs
        ]

    def _handover_sale_orders(self, domain):
        return self._handover_open(
            "sale.order",
            domain,
            "orders",
            ["user_id"],
            "partner_id.commercial_partner_id",
            "company_id",
        )

    def _handover_order_vals(self, kind, order, day):
        amount = order.amount_untaxed / (order.currency_rate or 1.0)
        return self._handover_vals(
            kind,
            order,
            name=order.name,
            partner_id=order.partner_id.id,
            date_due=day,
            amount=self.company_id.currency_id.round(amount),
            amount_document=order.amount_untaxed,
            currency_id=order.currency_id.id,
            status_start=order_status(order),
        )

    # ------------------------------------------------------------------
    # Due payments
    # ------------------------------------------------------------------

    def _handover_dues(self):
        """Posted invoices with something to pay."""
        pairs = self._handover_open(
            "account.move",
            [
                ("move_type", "in", ("out_invoice", "out_receipt")),
                ("state", "=", "posted"),
                ("payment_state", "in", ("not_paid", "partial")),
                ("amount_residual", ">", 0),
            ],
            "invoices",
            ["invoice_user_id"],
            "commercial_partner_id",
            "company_id",
        )
        return [one._handover_due_vals(move) for one, move in pairs]

    def _handover_due_vals(self, move):
        return self._handover_vals(
            "due",
            move,
            name=move.name,
            partner_id=move.partner_id.id,
            date_due=open_maturity(move),
            amount=move.amount_residual_signed,
            amount_document=move.amount_residual,
            currency_id=move.currency_id.id,
            status_start=payment_status(move, self._handover_today()),
        )

    # ------------------------------------------------------------------
    # Activities: contacts due, and whatever else was planned
    # ------------------------------------------------------------------

    @api.model
    def _handover_activity_models(self):
        """``{model: (area, paths to owners, to the customer, to the company)}``.

        Activities on anything else are nobody's but their owner's.
        """
        return {
            "res.partner": (
                "orders",
                ["user_id", "commercial_partner_id.user_id"],
                "commercial_partner_id",
                "company_id",
            ),
            "sale.order": (
                "orders",
                ["user_id"],
                "partner_id.commercial_partner_id",
                "company_id",
            ),
            "account.move": (
                "invoices",
                ["invoice_user_id"],
                "commercial_partner_id",
                "company_id",
            ),
            "crm.lead": (
                "leads",
                ["user_id"],
                "partner_id.commercial_partner_id",
                "company_id",
            ),
        }

    def _handover_activities(self):
        """What the givers planned on their customers, documents and leads."""
        ways = self._handover_activity_models()
        # sudo: see _handover_pairs
        activities = (
            self.env["mail.activity"]
            .sudo()
            .search(
                [
                    ("user_id", "in", self._handover_givers().ids),
                    ("res_model", "in", list(ways)),
                ]
            )
        )
        vals_list = []
        for model, some in activities.grouped("res_model").items():
            by_document = some.grouped("res_id")
            domain = [("id", "in", list(by_document))]
            for one, document in self._handover_pairs(model, domain, *ways[model]):
                vals_list += one._handover_activity_vals(
                    document, by_document[document.id]
                )
        return vals_list

    def _handover_activity_vals(self, document, activities):
        today = self._handover_today()
        givers = self._handover_givers()
        partner = document if document._name == "res.partner" else document.partner_id
        return [
            self._handover_vals(
                "activity",
                activity,
                name=" · ".join(
                    (
                        activity.summary or activity.activity_type_id.name or "",
                        document.display_name,
                    )
                ),
                partner_id=partner.id,
                date_due=activity.date_deadline,
                status_start=activity_status(activity, today),
            )
            for activity in activities
            if activity.user_id in givers
            and self._handover_takes(activity)
            and self._handover_falls_within(activity)
        ]

    def _handover_falls_within(self, activity):
        """Whether an activity is due while the work is with somebody else."""
        return True

    # ------------------------------------------------------------------
    # Leads
    # ------------------------------------------------------------------

    def _handover_leads(self):
        pairs = self._handover_open(
            "crm.lead",
            [("won_status", "=", "pending")],
            "leads",
            ["user_id"],
            "partner_id.commercial_partner_id",
            "company_id",
        )
        return [one._handover_lead_vals(lead) for one, lead in pairs]

    def _handover_lead_vals(self, lead):
        currency = self.company_id.currency_id  # a lead has its company's
        return self._handover_vals(
            "lead",
            lead,
            name=lead.name,
            partner_id=lead.partner_id.id,
            date_due=lead.date_deadline,
            amount=lead.expected_revenue,
            amount_document=lead.expected_revenue,
            currency_id=currency.id,
            status_start="in_progress",
        )
