from odoo import api, models
from odoo.tools import SQL

BATCH = 100_000
AFTER = "sales_manager_kpi.control_after"


class SaleOrderControl(models.Model):
    """Every night all rows are put right: days pass, and not all has a hook."""

    # The nightly work has a file of its own.
    _inherit = "sale.order.control"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _cron_reconcile(self):
        """Go over all confirmed orders by their ids, and on from where it stopped."""
        Cron, Parameter = self.env["ir.cron"], self.env["ir.config_parameter"]
        after = int(Parameter.get_param(AFTER) or 0)
        last = self._last_order_id()
        Cron._commit_progress(remaining=max(0, last - after))
        while after < last:
            upto = self._reconcile_batch(after)
            Parameter.set_param(AFTER, str(upto))
            done, after = upto - after, upto
            if not Cron._commit_progress(done) and after < last:
                return
        Parameter.set_param(AFTER, "0")
        self._after_reconciled()

    @api.model
    def _reconcile_batch(self, after, size=BATCH):
        """Put the next orders right, and return the id of the last of them."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT MAX(id) FROM (SELECT id FROM sale_order WHERE id > %s
                                   ORDER BY id LIMIT %s) AS batch
                """,
                after,
                size,
            )
        )
        upto = rows[0][0] or after
        self._project(
            SQL("SELECT id FROM sale_order WHERE id > %s AND id <= %s", after, upto)
        )
        return upto

    @api.model
    def _last_order_id(self):
        self.env["sale.order"].flush_model(["state"])
        rows = self.env.execute_query(SQL("SELECT MAX(id) FROM sale_order"))
        return rows[0][0] or 0

    @api.model
    def _after_reconciled(self):
        """All rows are right: what is done with them once a night."""
