from odoo import api, models
from odoo.exceptions import UserError


class BonusPartMixin(models.AbstractModel):
    """What a scheme is made of changes only while the scheme is a draft."""

    _name = "bonus.part.mixin"
    _description = "Part of a Pay Scheme"
    # Fields that change nobody's pay.
    _harmless = frozenset()

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts.scheme_id._check_open_to_change()
        return parts

    def write(self, vals):
        # these follow from what the part belongs to
        for name in {"scheme_id", "company_id"} & vals.keys():
            if self._fields[name].related and not self.env.su:
                raise UserError(
                    self.env._("A part of a scheme stays with it. Make another one.")
                )
        if not vals.keys() <= self._harmless:
            self.scheme_id._check_open_to_change()
        result = super().write(vals)
        if not {"scheme_id", "component_id"}.isdisjoint(vals):
            self.scheme_id._check_open_to_change()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_force(self):
        self.scheme_id._check_open_to_change()
