from odoo import api, models


class ResourceCalendarLeaves(models.Model):
    """Leaves of sales people ask for a substitute at once, also those of HR."""

    _inherit = "resource.calendar.leaves"

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        self.env["sales.absence"]._follow_leaves(leaves)
        return leaves

    def write(self, vals):
        result = super().write(vals)
        if not {"date_from", "date_to", "resource_id", "time_type"}.isdisjoint(vals):
            self.env["sales.absence"]._follow_leaves(self)
        return result

    def unlink(self):
        ids, people = self.ids, self.resource_id.user_id
        result = super().unlink()
        if people:
            self.env["sales.absence"]._forget_leaves(ids, people)
        return result
