from odoo import api, fields, models
from odoo.exceptions import AccessError

NAME = "remedied_claim_id"


class CustomerClaimRemedyMixin(models.AbstractModel):
    """A document of Odoo that puts a claim right; which one, the system writes."""

    _name = "customer.claim.remedy.mixin"
    _description = "Remedy of a Claim"

    remedied_claim_id = fields.Many2one(
        comodel_name="customer.claim",
        string="Remedy of Claim",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="sales_manager_kpi.group_manager",
    )

    @api.model
    def default_get(self, fields_list):
        """Defaults as usual; a context cannot make a document a remedy."""
        return super().default_get([name for name in fields_list if name != NAME])

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_remedy(*vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_remedy(vals)
        return super().write(vals)

    @api.model
    def _refuse_remedy(self, *vals_list):
        if not self.env.su and any(NAME in vals for vals in vals_list):
            raise AccessError(
                self.env._("Use the buttons of the claim to make its remedy.")
            )

    def _remedies(self):
        """The claims that these documents put right; in sudo.

        Costs no query: the column is read with the document.
        """
        # sudo: who moves the goods or books the note need not see the claim
        return self.sudo().remedied_claim_id
