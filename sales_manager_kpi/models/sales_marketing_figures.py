from collections import Counter

from odoo import api, fields, models
from odoo.fields import Domain

POSTED = Domain("state", "=", "posted") & Domain(
    "move_type", "in", ("out_invoice", "out_refund")
)


class SalesMarketingAction(models.Model):
    """What an action brought: the leads, orders and invoices of its campaign.

    Of its company alone, in company currency. A lead without a company is that of its
    sales team, else of its salesperson, else of the campaign: of one company, or of
    none. The sums are those of all managers, so
    they are for who is responsible and who directs; the lists behind them show what
    the reader may see. Computed for all actions of a list together.
    """

    # The figures have a file of their own.
    _inherit = "sales.marketing.action"  # pylint: disable=consider-merging-classes-inherited

    target_ids = fields.One2many(
        comodel_name="sales.marketing.target",
        inverse_name="action_id",
        string="Target Customers",
        copy=True,
    )
    assignment_ids = fields.One2many(
        comodel_name="sales.assignment",
        inverse_name="marketing_action_id",
        string="Assignments",
        readonly=True,
    )
    target_count = fields.Integer(string="Targets", compute="_compute_counts")
    attended_count = fields.Integer(string="Came", compute="_compute_counts")
    assignment_count = fields.Integer(string="Tasks", compute="_compute_counts")
    has_figures = fields.Boolean(compute="_compute_figures")
    lead_count = fields.Integer(string="Leads", compute="_compute_figures")
    order_count = fields.Integer(string="Orders", compute="_compute_figures")
    ordered_amount = fields.Monetary(
        string="Ordered",
        compute="_compute_figures",
        help="Confirmed orders of the campaign, untaxed, each at the rate of its day.",
    )
    invoiced_amount = fields.Monetary(
        string="Turnover",
        compute="_compute_figures",
        help="Posted invoices less credit notes of the campaign, untaxed.",
    )
    cost_per_lead = fields.Monetary(
        compute="_compute_figures", help="Empty where it brought no lead."
    )
    return_rate = fields.Float(
        string="Turnover per Cost",
        compute="_compute_figures",
        digits=(16, 2),
        help="Turnover for each unit of cost. Empty where it cost nothing.",
    )
    has_return = fields.Boolean(compute="_compute_figures")

    @api.depends("target_ids.state", "assignment_ids")
    def _compute_counts(self):
        targets = {
            action.id: (number, sum(state == "attended" for state in states))
            for action, number, states in self.env[
                "sales.marketing.target"
            ]._read_group(
                [("action_id", "in", self.ids)],
                ["action_id"],
                ["__count", "state:array_agg"],
            )
        }
        assignments = dict(
            self.env["sales.assignment"]._read_group(
                [("marketing_action_id", "in", self.ids)],
                ["marketing_action_id"],
                ["__count"],
            )
        )
        for action in self:
            number, came = targets.get(action.id, (0, 0))
            action.target_count, action.attended_count = number, came
            action.assignment_count = assignments.get(action._origin, 0)

    @api.depends("campaign_id", "cost_amount", "company_id", "user_id")
    @api.depends_context("uid")
    def _compute_figures(self):
        shown = self.filtered(lambda row: row.id and row._may_work(self.env.user))
        leads, orders, invoices = shown._campaign_sums()
        for action in self:
            key = action.campaign_id.id, action.company_id.id
            seen = action in shown
            action.has_figures = seen
            action.lead_count = leads.get(key, 0) if seen else 0
            number, ordered = orders.get(key, (0, 0.0)) if seen else (0, 0.0)
            action.order_count, action.ordered_amount = number, ordered
            invoiced = invoices.get(key, 0.0) if seen else 0.0
            action.invoiced_amount = invoiced
            cost = action.cost_amount if seen else 0.0
            action.cost_per_lead = (
                cost / action.lead_count if action.lead_count else 0.0
            )
            action.has_return = bool(cost)
            action.return_rate = invoiced / cost if cost else 0.0

    def _campaign_sums(self):
        """``{(campaign id, company id): leads, (orders, amount), turnover}``, thrice.

        Three queries, whatever the number of actions.
        """
        campaigns = self.campaign_id
        if not campaigns:
            return {}, {}, {}
        own = Domain("campaign_id", "in", campaigns.ids) & Domain(
            "company_id", "in", self.company_id.ids
        )
        # sudo: sums of everybody, for who answers for the action; see the class
        everything = self.sudo().with_context(active_test=False)
        leads = everything._lead_counts()
        orders = everything.env["sale.order"].search_fetch(
            own & Domain("state", "=", "sale"),
            ["campaign_id", "company_id", "amount_untaxed", "currency_rate"],
        )
        ordered = {}
        for order in orders:
            key = order.campaign_id.id, order.company_id.id
            number, amount = ordered.get(key, (0, 0.0))
            untaxed = order.amount_untaxed / (order.currency_rate or 1.0)
            untaxed = order.company_id.currency_id.round(untaxed)
            ordered[key] = number + 1, amount + untaxed
        invoices = {
            (campaign.id, company.id): amount
            for campaign, company, amount in everything.env["account.move"]._read_group(
                own & POSTED,
                ["campaign_id", "company_id"],
                ["amount_untaxed_signed:sum"],
            )
        }
        return leads, ordered, invoices

    def _lead_counts(self):
        """``{(campaign id, company id): leads}``, in sudo and one query."""
        groups = self.env["crm.lead"]._read_group(
            [
                ("campaign_id", "in", self.campaign_id.ids),
                ("company_id", "in", [*self.company_id.ids, False]),
            ],
            ["campaign_id", "company_id", "team_id", "user_id"],
            ["__count"],
        )
        counts = Counter()
        for campaign, company, team, user, number in groups:
            # in the same order as in _leads_domain
            place = company or team.company_id or user.company_id or campaign.company_id
            counts[campaign.id, place.id] += number
        return counts

    # ------------------------------------------------------------------
    # Behind the figures
    # ------------------------------------------------------------------

    def _open_of_campaign(self, xmlid, domain):
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id(xmlid)
        campaign = Domain("campaign_id", "=", self.campaign_id.id or -1)
        action["domain"] = list(campaign & domain)
        action["context"] = {
            "default_campaign_id": self.campaign_id.id,
            "default_source_id": self.source_id.id,
            "default_medium_id": self.medium_id.id,
            "active_test": False,
        }
        return action

    def action_open_leads(self):
        """Open the leads of the campaign that the reader may see."""
        return self._open_of_campaign("crm.crm_lead_all_leads", self._leads_domain())

    def _leads_domain(self):
        """Leads of the company of the action, in the order of _lead_counts."""
        company = self.company_id.id
        found = Domain.FALSE
        if self.campaign_id.company_id.id == company:
            found = Domain("user_id", "=", False)
        found |= Domain("user_id.company_id", "=", company)
        found &= Domain("team_id", "=", False) | Domain(
            "team_id.company_id", "=", False
        )
        found |= Domain("team_id.company_id", "=", company)
        found &= Domain("company_id", "=", False)
        return found | Domain("company_id", "=", company)

    def action_open_orders(self):
        """Open the confirmed orders of the campaign that the reader may see."""
        return self._open_of_campaign(
            "sale.action_orders",
            Domain("company_id", "=", self.company_id.id)
            & Domain("state", "=", "sale"),
        )

    def action_open_invoices(self):
        """Open the invoices and credit notes that the turnover was summed of."""
        return self._open_of_campaign(
            "account.action_move_out_invoice_type",
            Domain("company_id", "=", self.company_id.id) & POSTED,
        )

    def action_open_assignments(self):
        """Open the assignments of this action."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Assignments"),
            "res_model": "sales.assignment",
            "domain": [("marketing_action_id", "=", self.id)],
            "views": [(False, "list"), (False, "form")],
            "context": {"default_marketing_action_id": self.id},
        }
