from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

MANAGER = "sales_manager_kpi.group_manager"


class CrmLead(models.Model):
    """From a lead to the first order of a customer.

    Who is a new customer says ``sales.new.customers`` alone: a lead brought one when
    its customer became new on the day it was made, or later.
    """

    # The playbook has files of its own.
    _inherit = "crm.lead"  # pylint: disable=consider-merging-classes-inherited

    first_order_id = fields.Many2one(
        comodel_name="sale.order",
        compute="_compute_first_order_id",
        groups=MANAGER,
        help="The first confirmed order of the customer since the lead was made.",
    )
    new_customer_on = fields.Date(
        compute="_compute_new_customer_on",
        groups=MANAGER,
        help="When the customer counted as new, on the basis of the company's plans.",
    )
    is_new_customer = fields.Boolean(
        string="New Customer",
        compute="_compute_new_customer_on",
        search="_search_is_new_customer",
        groups=MANAGER,
    )

    @api.depends("partner_id")
    def _compute_first_order_id(self):
        self.first_order_id = False
        leads = self.filtered(lambda lead: lead.partner_id and lead.create_date)
        if not leads:
            return
        # sudo: which order came first, for who may read the lead
        secret = leads.sudo()
        customers = secret.partner_id.commercial_partner_id
        # sudo: as above
        orders = (
            self.env["sale.order"]
            .sudo()
            .search_fetch(
                [
                    ("partner_id.commercial_partner_id", "in", customers.ids),
                    ("state", "=", "sale"),
                    (
                        "date_order",
                        ">=",
                        min(lead._playbook_start() for lead in secret),
                    ),
                ],
                ["partner_id", "company_id", "date_order"],
                order="date_order, id",
            )
        )
        by_customer = defaultdict(orders.browse)
        for order in orders:
            key = order.partner_id.commercial_partner_id, order.company_id
            by_customer[key] |= order
        for lead in secret:
            key = lead.partner_id.commercial_partner_id, lead._playbook_company()
            start = lead._playbook_start()
            since = by_customer[key].filtered(
                lambda order, start=start: order.date_order >= start
            )
            lead.sudo(False).first_order_id = since[:1].sudo(False)

    @api.depends("partner_id")
    def _compute_new_customer_on(self):
        self.new_customer_on = self.is_new_customer = False
        # sudo: as above
        leads = self.sudo().filtered(lambda lead: lead.partner_id and lead.create_date)
        for lead, day in leads._new_customer_days().items():
            lead.sudo(False).new_customer_on = day
            lead.sudo(False).is_new_customer = True

    def _new_customer_days(self):
        """``{lead: day}`` of those that brought a new customer; in sudo.

        Two queries for each company of leads whose customers ordered at all.
        """
        found = {}
        buying = self._bought_since()
        for company, leads in buying.grouped(lambda r: r._playbook_company()).items():
            days = self._company_new_days(company, min(leads.mapped("create_date")))
            for lead in leads:
                day = days.get(lead.partner_id.commercial_partner_id.id)
                if day and day >= lead._made_on(company):
                    found[lead] = day
        return found

    def _bought_since(self):
        """Those whose customers have an order or an invoice since: others need no look
        at the facts."""
        strangers = self.filtered(lambda lead: not lead.first_order_id)
        customers = strangers.partner_id.commercial_partner_id
        if not customers:
            return self
        rows = self.env["account.move"]._read_group(
            [
                ("commercial_partner_id", "in", customers.ids),
                ("move_type", "=", "out_invoice"),
                ("state", "=", "posted"),
            ],
            ["commercial_partner_id"],
        )
        billed = {customer.id for (customer,) in rows}
        return self - strangers.filtered(
            lambda lead: lead.partner_id.commercial_partner_id.id not in billed
        )

    def _made_on(self, company):
        Branch = self.env["sales.branch"]
        return Branch._company_local_date(company, self.create_date)

    @api.model
    def _company_new_days(self, company, since):
        """``{customer id: day}`` of who became new since a moment, whoseever."""
        Branch = self.env["sales.branch"]
        if not Branch._exist(company):
            return {}
        today = Branch._company_local_date(company)
        # sudo: who is new must not depend on who reads it; see sales.new.customers
        facts = self.env["sales.fact.report"].sudo()
        by_user = facts._new_customers(
            company,
            Branch._company_local_date(company, since),
            today,
            company.sudo().sales_manager_kpi_plan_basis,  # sudo: a setting
        )
        return {
            partner_id: day
            for own in by_user.values()
            for partner_id, day in own.items()
        }

    @api.model
    def _search_is_new_customer(self, operator, value):
        if operator != "in":
            return NotImplemented
        # sudo: ids only, of what the search itself may read
        leads = self.sudo().with_context(active_test=False)
        oldest = leads.search(
            [("partner_id", "!=", False)], order="create_date, id", limit=1
        )
        found = set()
        for company in self.env.companies if oldest else ():
            days = self._company_new_days(company, oldest.create_date)
            some = leads.search(
                [("partner_id.commercial_partner_id", "in", list(days))]
            )
            for lead in some:
                customer = lead.partner_id.commercial_partner_id
                if lead._playbook_company() == company and (
                    days[customer.id] >= lead._made_on(company)
                ):
                    found.add(lead.id)
        new = Domain("id", "in", list(found))
        return Domain.OR(new if asked else ~new for asked in value)
