from odoo import api, fields, models

from .sales_report_kind import KINDS, Kind

MANAGER = "sales_manager_kpi.group_manager"

KINDS["market"] = Kind(
    model="market.note",
    group="competitor_id",
    columns=(
        *("noted_on", "kind", "subject", "product_id", "categ_id", "their_product"),
        *("price", "price_currency_id", "uom_id", "product_price", "list_price"),
        *("quantity_terms", "source", "reliability", "partner_id", "user_id"),
    ),
    day="noted_on",
    order="noted_on, id",
)


class SalesReportSchedule(models.Model):
    """New market notes, mailed to who buys and who directs."""

    # The market has files of its own.
    _inherit = "sales.report.schedule"  # pylint: disable=consider-merging-classes-inherited

    report = fields.Selection(
        selection_add=[("market", "Market notes")], ondelete={"market": "cascade"}
    )


class ResPartner(models.Model):
    """What was learned of the market from a customer."""

    # The market has files of its own.
    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    market_note_count = fields.Integer(
        string="Market Notes", compute="_compute_market_note_count", groups=MANAGER
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_market_note_count(self):
        counts = dict(
            self.env["market.note"]._read_group(
                [("partner_id", "in", self._market_people().ids)],
                ["partner_id"],
                ["__count"],
            )
        )
        totals = {}
        for person, count in counts.items():
            customer = person.commercial_partner_id
            totals[customer] = totals.get(customer, 0) + count
        for partner in self:
            partner.market_note_count = totals.get(partner.commercial_partner_id, 0)

    def _market_people(self):
        """The companies of these and all who belong to them."""
        customers = self.commercial_partner_id
        return self.search([("commercial_partner_id", "in", customers.ids)])

    def action_open_market_notes(self):
        """Open what was learned from this customer."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.market_note_action"
        )
        action["domain"] = [("partner_id", "child_of", self.commercial_partner_id.id)]
        action["context"] = {"default_partner_id": self.id}
        return action
