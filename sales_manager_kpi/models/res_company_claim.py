from odoo import fields, models


class ResCompany(models.Model):
    """How fast claims are decided, and the address that customers write to."""

    # Claims have files of their own.
    _inherit = "res.company"  # pylint: disable=consider-merging-classes-inherited

    sales_manager_kpi_claim_hours = fields.Float(
        string="Working Hours to Decide a Claim",
        required=True,
        default=40.0,
        help="Working hours of the branch from opening to the verdict, where the kind "
        "of the claim does not say otherwise.",
    )
    sales_manager_kpi_claim_alias_id = fields.Many2one(
        comodel_name="mail.alias",
        string="Address for Claims",
        ondelete="set null",
        copy=False,
        groups="base.group_system",
        help="Mails to this address open claims of this company.",
    )

    _sales_manager_kpi_claim_hours_range = models.Constraint(
        "CHECK (sales_manager_kpi_claim_hours > 0 "
        "AND sales_manager_kpi_claim_hours <= 2000)",
        "A claim is decided within more than 0 and up to 2000 working hours.",
    )

    def _set_claim_alias(self, name):
        """Open claims from mails to ``name`` in the company's mail domain, or stop."""
        self.ensure_one()
        # sudo: whoever may change the settings sets the address
        company = self.sudo()
        alias = company.sales_manager_kpi_claim_alias_id
        if not name:
            alias.unlink()
        elif alias:
            alias.alias_name = name
        else:
            company.sales_manager_kpi_claim_alias_id = alias.create(
                {
                    "alias_name": name,
                    "alias_domain_id": company.alias_domain_id.id,
                    "alias_model_id": self.env["ir.model"]._get_id("customer.claim"),
                    "alias_defaults": repr({"company_id": company.id}),
                    "alias_contact": "everyone",
                }
            )
