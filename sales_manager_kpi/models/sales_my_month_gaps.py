from odoo import models

from .sales_month_screen import tile


class SalesMyMonth(models.AbstractModel):
    """The customers of one manager who wait longer than they should."""

    _inherit = "sales.my.month"  # pylint: disable=consider-merging-classes-inherited

    def _open_gaps(self, data, user):
        """Open service gaps that ``user`` answers for; False but in the running month.

        With the rights of the reader: the list behind it has as many rows.
        """
        if not data["period"]["is_current"]:
            return False
        domain = [
            ("company_id", "=", self.env.company.id),
            ("user_id", "=", user.id),
            ("state", "=", "open"),
        ]
        return tile(domain, count=self.env["service.gap"].search_count(domain))
