from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain


class SalesSubstitutedMixin(models.AbstractModel):
    """Records of a principal that the deputy works with.

    Access is a record rule of its own on ``is_acted_for``: core's rules stay, and the
    query stays as fast, since the condition becomes ``owner IN (…)``.
    """

    _name = "sales.substituted.mixin"
    _description = "Records a Deputy Works With"
    # The area of substitution, and the ways to the owner and the company.
    _substitution_scope = None
    _substitution_owner = "user_id"
    _substitution_company = "company_id"

    is_acted_for = fields.Boolean(
        compute="_compute_is_acted_for",
        search="_search_is_acted_for",
        export_string_translation=False,
    )

    # By user: without it a third user would inherit the deputy's answer.
    @api.depends(lambda self: self._substitution_depends())
    @api.depends_context("uid")
    def _compute_is_acted_for(self):
        acting = self.env["sales.substitution"]._acting(self._substitution_scope)
        everywhere = {user_id for some in acting.values() for user_id in some}
        for record in self:
            owners = set(record.mapped(self._substitution_owner).ids)
            company_path = self._substitution_company
            companies = record.mapped(company_path) if company_path else ()
            if companies:
                theirs = {u for c in companies.ids for u in acting.get(c, ())}
            else:
                theirs = everywhere
            record.is_acted_for = not owners.isdisjoint(theirs)

    @api.model
    def _substitution_depends(self):
        paths = (self._substitution_owner, self._substitution_company)
        return tuple(path for path in paths if path and self._substitution_scope)

    @api.model
    def _search_is_acted_for(self, operator, value):
        if operator != "in":
            return NotImplemented
        acting = self.env["sales.substitution"]._acting(self._substitution_scope)
        return Domain.OR(
            Domain(self._substitution_owner, "in", list(principals))
            & self._substitution_company_domain(company_id)
            for company_id, principals in acting.items()
        )

    @api.model
    def _substitution_company_domain(self, company_id):
        """Records of the company, and those of no company in particular."""
        path = self._substitution_company
        return Domain(path, "in", [company_id, False]) if path else Domain.TRUE

    def write(self, vals):
        self._check_owner_stays(vals)
        return super().write(vals)

    def _check_owner_stays(self, vals):
        """Whoever stands in does not take over: that would rewrite credit and pay."""
        owner = self._substitution_owner
        if self.env.su or owner not in vals:
            return
        if self.env.user.has_group("sales_manager_kpi.group_commercial_director"):
            return
        for record in self:
            if record[owner].id != (vals[owner] or False) and record.is_acted_for:
                raise AccessError(
                    self.env._(
                        "You stand in for %(principal)s: %(record)s stays theirs. "
                        "Lasting moves are made by a handover.",
                        principal=record[owner].name,
                        record=record.display_name,
                    )
                )
