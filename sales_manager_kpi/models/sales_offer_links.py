from odoo import api, fields, models

MANAGER = "sales_manager_kpi.group_manager"
ACTION = "sales_manager_kpi.sales_offer_action"


class ResPartner(models.Model):
    """The offers of a customer."""

    # The area of offers has files of its own.
    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    sales_offer_count = fields.Integer(
        string="Offers", compute="_compute_sales_offer_count", groups=MANAGER
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_sales_offer_count(self):
        counts = dict(
            self.env["sales.offer"]._read_group(
                [("commercial_partner_id", "in", self.commercial_partner_id.ids)],
                ["commercial_partner_id"],
                ["__count"],
            )
        )
        for partner in self:
            partner.sales_offer_count = counts.get(partner.commercial_partner_id, 0)

    def action_open_sales_offers(self):
        """Open the offers of this customer's company."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(ACTION)
        customer = self.commercial_partner_id
        return {
            **action,
            "domain": [("commercial_partner_id", "=", customer.id)],
            "context": {"default_partner_id": self.id},
        }


class CrmLead(models.Model):
    """The offers made on an opportunity."""

    _inherit = "crm.lead"  # pylint: disable=consider-merging-classes-inherited

    sales_offer_count = fields.Integer(
        string="Offers", compute="_compute_sales_offer_count", groups=MANAGER
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_sales_offer_count(self):
        counts = dict(
            self.env["sales.offer"]._read_group(
                [("lead_id", "in", self.ids)], ["lead_id"], ["__count"]
            )
        )
        for lead in self:
            lead.sales_offer_count = counts.get(lead._origin, 0)

    def action_open_sales_offers(self):
        """Open the offers of this opportunity, or a new one where there is none."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(ACTION)
        return {
            **action,
            "domain": [("lead_id", "=", self.id)],
            "context": {
                "default_lead_id": self.id,
                "default_partner_id": self.partner_id.id,
                "default_campaign_id": self.campaign_id.id,
                "default_source_id": self.source_id.id,
                "default_medium_id": self.medium_id.id,
            },
        }
