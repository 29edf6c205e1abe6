from odoo import models


class MergePartnerAutomatic(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Give the merged customer one chain of owners that ends with today's."""
        # The partner kept may be chosen by core, so look where the rows went.
        partners = self.env["res.partner"].browse(partner_ids)
        guarded = partners._guarded_owners()
        result = super()._merge(
            partner_ids, dst_partner=dst_partner, extra_checks=extra_checks
        )
        kept = partners.exists()
        for owner, _customer in guarded.values():
            if kept.user_id != owner:
                kept._refuse_taking_over(owner)
        self.env["customer.assignment"]._link_chain(kept.ids)
        kept._follow_salesperson()
        return result
