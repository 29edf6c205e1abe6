from odoo import api, fields, models

MANAGER = "sales_manager_kpi.group_manager"


class CustomerClaimLinkMixin(models.AbstractModel):
    """A document of Odoo that customers claim about, with a button to the claims."""

    _name = "customer.claim.link.mixin"
    _description = "Document with Claims"
    # The field of a claim that points at documents of this model.
    _claim_field = None

    claim_count = fields.Integer(
        string="Claims", compute="_compute_claim_count", groups=MANAGER
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_claim_count(self):
        counts = dict(
            self.env["customer.claim"]._read_group(
                [(self._claim_field, "in", self._claim_documents().ids)],
                [self._claim_field],
                ["__count"],
            )
        )
        for document in self:
            document.claim_count = counts.get(document._claim_documents(), 0)

    def _claim_documents(self):
        """What the field of the claim points at."""
        return self

    def action_open_claims(self):
        """Open the claims about this, of those the user may see."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.customer_claim_action"
        )
        action["domain"] = [(self._claim_field, "=", self._claim_documents().id)]
        action["context"] = self._claim_defaults()
        return action

    def _claim_defaults(self):
        return {
            f"default_{self._claim_field}": self.id,
            "default_company_id": self.company_id.id,
        }

    def action_claim(self):
        """Open an empty claim about this."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "customer.claim",
            "views": [(False, "form")],
            "context": self._claim_defaults(),
        }


class SaleOrder(models.Model):
    """Orders that customers claim about, or that replace what was wrong."""

    # Claims have files of their own.
    _name = "sale.order"
    _inherit = [  # pylint: disable=consider-merging-classes-inherited
        "sale.order",
        "customer.claim.link.mixin",
        "customer.claim.remedy.mixin",
    ]
    _claim_field = "order_id"


class StockPicking(models.Model):
    """Deliveries that customers claim about, and goods that come back."""

    # Claims have files of their own.
    _name = "stock.picking"
    _inherit = [  # pylint: disable=consider-merging-classes-inherited
        "stock.picking",
        "customer.claim.link.mixin",
        "customer.claim.remedy.mixin",
    ]
    _claim_field = "picking_id"

    def _action_done(self):
        result = super()._action_done()
        claims = self._remedies() | self.sudo().sale_id._remedies()  # sudo: as above
        if claims:
            claims._settle()
        return result


class AccountMove(models.Model):
    """Invoices that customers claim about, and credit notes that settle it."""

    # Claims have files of their own.
    _name = "account.move"
    _inherit = [  # pylint: disable=consider-merging-classes-inherited
        "account.move",
        "customer.claim.link.mixin",
        "customer.claim.remedy.mixin",
    ]
    _claim_field = "move_id"

    def _post(self, soft=True):
        posted = super()._post(soft=soft)
        claims = posted._remedies()
        if claims:
            claims._settle()
        return posted


class ResPartner(models.Model):
    """What the company of a customer claimed."""

    # Claims have files of their own.
    _name = "res.partner"
    _inherit = ["res.partner", "customer.claim.link.mixin"]  # pylint: disable=consider-merging-classes-inherited
    _claim_field = "commercial_partner_id"

    def _claim_documents(self):
        return self.commercial_partner_id

    def _claim_defaults(self):
        return {"default_partner_id": self.id}
