from functools import partial

from odoo import api, models

from .supply_retry import tried_again


class StockRule(models.Model):
    """The scheduler reserves goods like everybody else, and may come second."""

    # The area of supply has files of its own.
    _inherit = "stock.rule"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _run_scheduler_tasks(self, use_new_cursor=False, company_id=False):
        """As core; again where somebody was just taking goods that may be held.

        Only the job, which commits as it goes: a request is tried again by Odoo.
        """
        run = partial(
            super()._run_scheduler_tasks,
            use_new_cursor=use_new_cursor,
            company_id=company_id,
        )
        locks = use_new_cursor and self.env["sales.branch"]._hold_locations()
        if locks and tried_again(self.env, run):
            return None
        # without holds as ever; else a last time, to say what is in the way
        return run()
