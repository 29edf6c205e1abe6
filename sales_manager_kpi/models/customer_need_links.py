from odoo import api, fields, models

MANAGER = "sales_manager_kpi.group_manager"
NAMED = 5  # needs on the card


class ResPartner(models.Model):
    """What a customer needs, on its form."""

    # Needs have files of their own.
    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    customer_need_ids = fields.One2many(
        comodel_name="customer.need",
        inverse_name="partner_id",
        string="Needs",
        copy=False,
        groups=MANAGER,
    )
    customer_need_count = fields.Integer(
        string="Number of Needs",
        compute="_compute_customer_need_count",
        groups=MANAGER,
    )

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends("customer_need_ids")
    def _compute_customer_need_count(self):
        customers = self.commercial_partner_id
        counts = dict(
            self.env["customer.need"]._read_group(
                [("partner_id", "in", customers.ids)], ["partner_id"], ["__count"]
            )
        )
        for partner in self:
            partner.customer_need_count = counts.get(partner.commercial_partner_id, 0)

    def action_open_customer_needs(self):
        """Open the needs of this customer, of those the user may see."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.customer_need_action"
        )
        customer = self.commercial_partner_id
        action["domain"] = [("partner_id", "=", customer.id)]
        action["context"] = {"default_partner_id": customer.id}
        return action

    def action_propose_needs(self):
        """Write down what was bought more than once in 24 months, as supposed needs.

        :raise UserError: where there is nothing new
        """
        return self.env["customer.need"]._action_propose(self)

    def action_propose_needs_year(self):
        """The same of the last 12 months.

        :raise UserError: where there is nothing new
        """
        return self.env["customer.need"]._action_propose(self, 12)


class CustomerFigure(models.Model):
    """What a customer needs now, on the card."""

    # Needs have files of their own.
    _inherit = "customer.figure"  # pylint: disable=consider-merging-classes-inherited

    def _needs_words(self):
        """What is needed this season; None where nothing is known."""
        needs = self.env["customer.need"].search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("is_in_season", "=", True),
            ],
            limit=NAMED,
        )
        things = [(need.product_id or need.categ_id).display_name for need in needs]
        return ", ".join(things) or None

    def _card_rows(self):
        words = self._needs_words()
        rows = [(self.env._("Needs now"), words)] if words else []
        return super()._card_rows() + rows
