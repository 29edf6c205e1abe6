from decimal import Decimal

from odoo import api, models

from ..engine import pay
from ..engine.trade_bonus import ZERO
from .bonus_run import Result


class BonusStatement(models.Model):
    """Statements of people whom no scheme pays, as who left."""

    # They have a file of their own.
    _inherit = "bonus.statement"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _others(self, period, user_ids):
        """``{user id: Result}`` of people without a scheme, as who left."""
        users = self.env["res.users"].browse(user_ids)
        if not users:
            return {}
        homes = self.env["evaluation.run"]._members(period, users)
        carried = self.env["bonus.run"]._carried(period, users)
        Branch, Scheme = self.env["sales.branch"], self.env["bonus.scheme"]
        return {
            user.id: Result(
                *(user.id, Scheme, homes.get(user.id, Branch), [], []),
                pay.settle([], ZERO, ZERO, carried.get(user.id, ZERO)),
                inputs={
                    "scheme": False,
                    "branch": homes.get(user.id, Branch).id,
                    "carried": str(carried.get(user.id, ZERO)),
                },
            )
            for user in users
        }

    @api.model
    def _others_kept(self, kept):
        """The same of what was kept: ``{user id: Result}``."""
        Branch, Scheme = self.env["sales.branch"], self.env["bonus.scheme"]
        return {
            user_id: Result(
                *(user_id, Scheme, Branch.browse(inputs["branch"] or ()), [], []),
                pay.settle([], ZERO, ZERO, Decimal(inputs["carried"])),
            )
            for user_id, inputs in kept.items()
        }
