from odoo import api, fields, models
from odoo.fields import Domain


class MailActivity(models.Model):
    _inherit = "mail.activity"

    is_stood_in_for = fields.Boolean(
        string="Of Those I Stand In For",
        compute="_compute_is_stood_in_for",
        search="_search_is_stood_in_for",
        export_string_translation=False,
        help="Activities of an absent colleague on documents that you work with.",
    )

    @api.depends_context("uid")
    def _compute_is_stood_in_for(self):
        theirs = self.filtered_domain(self._stood_in_for_domain())
        theirs.is_stood_in_for = True
        (self - theirs).is_stood_in_for = False

    @api.model
    def _search_is_stood_in_for(self, operator, value):
        return self._stood_in_for_domain() if operator == "in" else NotImplemented

    @api.model
    def _stood_in_for_domain(self):
        """Of principals, on models of the areas in which the user stands in."""
        Substitution = self.env["sales.substitution"]
        principals = {}
        if Substitution._acting():
            for model, scope in Substitution._models_with_activities():
                for some in Substitution._acting(scope).values():
                    for principal_id in some:
                        principals.setdefault(principal_id, []).append(model)
        return Domain.OR(
            Domain("user_id", "=", principal_id) & Domain("res_model", "in", names)
            for principal_id, names in principals.items()
        )
