from odoo import api, models

STRUCTURE = {"parent_id", "type", "active", "is_company", "country_id"}


class ResPartner(models.Model):
    """What is written on a customer shows in its figures at once."""

    # The customer base has files of its own.
    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        children = partners.filtered("parent_id")
        if children:
            children._follow_in_figures()
        return partners

    def write(self, vals):
        asked = self.env["customer.data.rule"]._asked_fields()
        if not asked or (asked | STRUCTURE).isdisjoint(vals):
            return super().write(vals)
        before = self.commercial_partner_id
        result = super().write(vals)
        (before | self)._follow_in_figures()
        return result

    def _follow_in_figures(self):
        """Renew what is known of these customers, where figures are kept of any."""
        if not self.env["customer.data.rule"]._asked_fields():
            return
        # sudo: figures are the system's, whoever may write the customer
        figures = self.env["customer.figure"].sudo()
        if figures._are_kept():
            figures._follow_partners(self.commercial_partner_id)


class CustomerAssignment(models.Model):
    """Another owner is another owner of the figures, from the same moment."""

    # The customer base has files of its own.
    _inherit = "customer.assignment"  # pylint: disable=consider-merging-classes-inherited

    def _link_chain(self, partner_ids):
        """Every change of who comes when passes here."""
        result = super()._link_chain(partner_ids)
        self.env["customer.figure"]._follow_people(partner_ids)
        return result

    def write(self, vals):
        result = super().write(vals)
        if not {"user_id", "branch_id", "territory_id"}.isdisjoint(vals):
            self.env["customer.figure"]._follow_people(self.partner_id.ids)
        return result


class CustomerClassMember(models.Model):
    """Another class is another class of the figures, from the same moment."""

    # The customer base has files of its own.
    _inherit = "customer.class.member"  # pylint: disable=consider-merging-classes-inherited

    def _link_chain(self, partner_ids):
        """Every change of which comes when passes here."""
        result = super()._link_chain(partner_ids)
        self.env["customer.figure"]._follow_people(partner_ids)
        return result

    def write(self, vals):
        result = super().write(vals)
        if "class_id" in vals:
            self.env["customer.figure"]._follow_people(self.partner_id.ids)
        return result
