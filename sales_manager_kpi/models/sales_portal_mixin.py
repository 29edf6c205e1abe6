from odoo import api, models
from odoo.tools import consteq


class SalesPortalMixin(models.AbstractModel):
    """Documents that customers see in the portal: those of their company.

    Portal users have no rights on them at all, which hold what is nobody else's to
    read; a page shows what its template names. So a page goes on as the system, for
    whom is checked here.
    """

    _name = "sales.portal.mixin"
    _description = "Documents in the Portal of Customers"
    _inherit = "portal.mixin"

    @api.model
    def _portal_own_domain(self, user):
        """Those of the company that ``user`` belongs to, as far as they are shown."""
        return [("commercial_partner_id", "=", user.commercial_partner_id.id)]

    def _portal_shown(self):
        """Those of ``self`` that customers may see at all; all, unless extended."""
        return self

    @api.model
    def _portal_find(self, res_id, access_token=None):
        """The document, in sudo, if the user or the key may see it; else none."""
        user = self.env.user
        # sudo: asked for one id; who may see it is decided here
        found = self.sudo().browse(res_id).exists()
        if not found:
            return found
        if access_token and found.access_token:
            if consteq(found.access_token, access_token):
                return found._portal_shown()
        if user._is_public():
            return found.browse()
        if user.share:
            return found._portal_shown().filtered_domain(self._portal_own_domain(user))
        readable = self.browse(res_id)._filtered_access("read")
        return readable.sudo()  # sudo: what follows is the same page for everybody
