from odoo import models


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "sales.acting.note.mixin"]
    _substitution_scope = "leads"
    _substitution_follows = "partner_id.commercial_partner_id.user_id"

    def _prepare_customer_values(self, partner_name, is_company=False, parent_id=False):
        """A customer made of a principal's lead is the principal's too."""
        values = super()._prepare_customer_values(
            partner_name, is_company=is_company, parent_id=parent_id
        )
        principal = self._acted_for()
        if principal:
            values["user_id"] = principal.id
        return values

    def _merge_opportunity(
        self, user_id=False, team_id=False, auto_unlink=True, max_length=5
    ):
        """Merge as usual, but never a principal's lead into somebody else's."""
        guarded = self._guarded_owners()
        result = super()._merge_opportunity(
            user_id=user_id,
            team_id=team_id,
            auto_unlink=auto_unlink,
            max_length=max_length,
        )
        for owner, _customer in guarded.values():
            if result.user_id != owner:
                result._refuse_taking_over(owner)
        return result
