from odoo import api, fields, models
from odoo.exceptions import UserError

from .customer_figure import STATES

MANAGER = "sales_manager_kpi.group_manager"


class ResPartner(models.Model):
    """Figures, contacts and history on the form of a customer."""

    # The customer base has files of its own.
    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    customer_figure_ids = fields.One2many(
        comodel_name="customer.figure",
        inverse_name="partner_id",
        string="Customer Figures",
        copy=False,
        groups=MANAGER,
    )
    customer_figure_id = fields.Many2one(
        comodel_name="customer.figure",
        string="Figures in This Company",
        compute="_compute_customer_figure",
        groups=MANAGER,
    )
    customer_completeness = fields.Float(
        string="Data Complete", compute="_compute_customer_figure", groups=MANAGER
    )
    customer_missing_words = fields.Char(
        string="Missing Data", compute="_compute_customer_figure", groups=MANAGER
    )
    customer_life_state = fields.Selection(
        selection=STATES,
        string="Customer State",
        compute="_compute_customer_figure",
        groups=MANAGER,
    )
    customer_last_contact_at = fields.Datetime(
        string="Last Contact with Us",
        compute="_compute_customer_figure",
        groups=MANAGER,
    )
    customer_next_contact_on = fields.Date(
        string="Next Contact Due", compute="_compute_customer_figure", groups=MANAGER
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "uid", "lang")
    def _compute_customer_figure(self):
        """Of those whose figures the user may read; the others show nothing."""
        figures = self.env["customer.figure"].search(
            [
                ("partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "=", self.env.company.id),
            ]
        )
        found = {figure.partner_id.id: figure for figure in figures}
        for partner in self:
            customer = partner.commercial_partner_id._origin
            figure = found.get(customer.id, figures.browse())
            partner.customer_figure_id = figure
            partner.customer_completeness = figure.completeness
            partner.customer_missing_words = figure.missing_words
            partner.customer_life_state = figure.life_state
            partner.customer_last_contact_at = figure.last_contact_at
            partner.customer_next_contact_on = figure.next_contact_on

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_open_sales_history(self):
        """Open turnover, margin and returns by year, month and product."""
        action = self.action_open_turnover()
        measures = ["amount", "quantity"]
        if self.env.user.has_group("sales_manager_kpi.group_cost"):
            measures.insert(1, "margin")
        action.update(
            name=self.env._("Sales history of %s", self.commercial_partner_id.name),
            view_mode="pivot,graph,list",
            views=[(False, "pivot"), (False, "graph"), (False, "list")],
            context={
                "pivot_row_groupby": ["date:year", "date:month", "product_id"],
                "pivot_column_groupby": ["is_return"],
                "pivot_measures": measures,
                "graph_groupbys": ["date:month"],
                "graph_measure": "amount",
            },
        )
        return action

    def action_open_customer_contacts(self):
        """Open what was spoken with this customer, and when."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.customer_contact_action"
        )
        action["domain"] = [("partner_id", "=", self.commercial_partner_id.id)]
        action["context"] = {}
        return action

    def action_open_customer_figure(self):
        """Open the figures of this customer in this company, of today.

        :raise UserError: where the company has no branches, or it is not one's customer
        """
        self.ensure_one()
        company = self.env.company
        if not self.env["sales.branch"]._exist(company):
            raise UserError(
                self.env._(
                    "%s has no branches yet. An administrator opens them first.",
                    company.name,
                )
            )
        # sudo: figures are the system's; whether one may look at them comes next
        Figure = self.env["customer.figure"].sudo()
        figure = Figure._refresh(self.commercial_partner_id, company).sudo(False)
        if not figure.has_access("read"):
            raise UserError(
                self.env._(
                    "The figures of %(customer)s are for its owner and the directors.",
                    customer=self.commercial_partner_id.display_name,
                )
            )
        return figure._get_records_action(name=self.env._("Customer"))

    def action_log_contact(self):
        """Note a call or a visit with this customer."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.customer_contact_log_action"
        )
        action["context"] = {"default_partner_id": self.id}
        return action
