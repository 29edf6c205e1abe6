from odoo import models


class SalesMyMonth(models.AbstractModel):
    """What the reader's own month pays as it stands; of nobody else."""

    _inherit = "sales.my.month"  # pylint: disable=consider-merging-classes-inherited

    def _pay(self, period, user):
        """The reader's own pay by the figures of now; False for anybody else's month.

        A closed month has a statement, which says what counts.
        """
        if user != self.env.user or period.state != "open" or not user.active:
            return False
        return self.env["bonus.run"]._own_month(period.company_id, period) or False
