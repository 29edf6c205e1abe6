from odoo import api, fields, models

MANAGER = "sales_manager_kpi.group_manager"


class BranchVisitLinkMixin(models.AbstractModel):
    """A document that came of a visit at the counter."""

    _name = "branch.visit.link.mixin"
    _description = "Came of a Visit"

    branch_visit_id = fields.Many2one(
        comodel_name="branch.visit",
        string="Visit of the Branch",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups=MANAGER,
    )

    @api.model_create_multi
    def create(self, vals_list):
        documents = super().create(vals_list)
        given = [vals.get("branch_visit_id") for vals in vals_list]
        if any(given) or self.env.context.get("default_branch_visit_id"):
            # sudo: whose visit it is decides whether it may be named
            documents.sudo().branch_visit_id.with_env(self.env).check_access("read")
        return documents

    def write(self, vals):
        if visit_id := vals.get("branch_visit_id"):
            self.env["branch.visit"].browse(visit_id).check_access("read")
        return super().write(vals)


class SaleOrder(models.Model):
    """Quotations that came of a visit; a confirmed one is what came of it."""

    # Visits have files of their own.
    _name = "sale.order"
    _inherit = ["sale.order", "branch.visit.link.mixin"]  # pylint: disable=consider-merging-classes-inherited

    def _action_confirm(self):
        result = super()._action_confirm()
        if any(map(self.env["sales.branch"]._exist, self.company_id)):
            # sudo: the visit may be of a branch where whoever confirms does not work
            visits = self.sudo().branch_visit_id
            before = ("quotation", "hold")
            visits.filtered(lambda visit: visit.outcome in before).outcome = "order"
        return result


class ShowroomLoan(models.Model):
    """Samples that a visitor took along."""

    # Visits have files of their own.
    _name = "showroom.loan"
    _inherit = ["showroom.loan", "branch.visit.link.mixin"]  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _typed_fields(self):
        return super()._typed_fields() | {"branch_visit_id"}


class CrmLead(models.Model):
    """Leads that began at the counter."""

    # Visits have files of their own.
    _name = "crm.lead"
    _inherit = ["crm.lead", "branch.visit.link.mixin"]  # pylint: disable=consider-merging-classes-inherited


class CustomerClaim(models.Model):
    """Claims that somebody told at the counter."""

    # Visits have files of their own.
    _name = "customer.claim"
    _inherit = ["customer.claim", "branch.visit.link.mixin"]  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _typed_fields(self):
        return super()._typed_fields() | {"branch_visit_id"}


class ResPartner(models.Model):
    """How often a customer came by."""

    # Visits have files of their own.
    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    branch_visit_count = fields.Integer(
        string="Visits", compute="_compute_branch_visit_count", groups=MANAGER
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_branch_visit_count(self):
        customers = self.commercial_partner_id
        counts = dict(
            self.env["branch.visit"]._read_group(
                [("commercial_partner_id", "in", customers.ids)],
                ["commercial_partner_id"],
                ["__count"],
            )
        )
        for partner in self:
            partner.branch_visit_count = counts.get(partner.commercial_partner_id, 0)

    def action_open_branch_visits(self):
        """Open the visits of this customer, of those the user may see."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.branch_visit_action"
        )
        action["domain"] = [
            ("commercial_partner_id", "=", self.commercial_partner_id.id)
        ]
        action["context"] = {"default_partner_id": self.id}
        return action
