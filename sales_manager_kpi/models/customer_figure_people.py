from odoo import api, models, tools


class CustomerFigure(models.Model):
    """Whose a customer is, and of which class, as of now."""

    # Who has a customer has a file of its own.
    _inherit = "customer.figure"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    @tools.ormcache()
    def _are_kept(self):
        """Whether there are any figures at all; cached, for the inert case."""
        domain = [("active", "in", (True, False))]
        # sudo: only the fact that there is one
        return bool(self.sudo().search_count(domain, limit=1))

    @api.model_create_multi
    def create(self, vals_list):
        if vals_list and not self._are_kept():
            self.env.registry.clear_cache()
        return super().create(vals_list)

    @api.model
    def _follow_people(self, partner_ids):
        """The chains of these customers changed."""
        if not partner_ids or not self._are_kept():
            return
        # sudo: figures are the system's, whoever may give a customer away
        figures = self.sudo().search([("partner_id", "in", list(partner_ids))])
        for company, own in figures.grouped("company_id").items():
            own._renew_people(company)
        if figures:
            figures._renew_data()
            figures._renew_contacts()

    def _renew_people(self, company):
        """Owner, branch, territory and class of today; in sudo, in two queries."""
        today = self.env["sales.branch"]._company_local_date(company)
        owners = self.env["customer.assignment"]._owners_at(
            self.partner_id, company, today
        )
        classes = self.env["customer.class.member"]._classes_at(
            self.partner_id, company, today
        )
        nobody, nothing = self.env["customer.assignment"], self.env["customer.class"]
        for figure in self:
            row = owners.get(figure.partner_id.id, nobody)
            figure.write(
                {
                    "user_id": row.user_id.id,
                    "branch_id": row.branch_id.id,
                    "territory_id": row.territory_id.id,
                    "class_id": classes.get(figure.partner_id.id, nothing).id,
                }
            )
