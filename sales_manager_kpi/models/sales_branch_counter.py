from odoo import fields, models


class SalesBranch(models.Model):
    """The counter of a branch: how long visitors may wait."""

    # The counter has files of its own.
    _inherit = "sales.branch"  # pylint: disable=consider-merging-classes-inherited

    counter_waiting_norm = fields.Integer(
        string="Waiting Norm (minutes)",
        default=10,
        tracking=True,
        help="Visitors should be served within so many minutes. 0: no norm.",
    )

    _counter_waiting_norm_range = models.Constraint(
        "CHECK (counter_waiting_norm BETWEEN 0 AND 1440)",
        "Visitors wait between 0 minutes, which is no norm, and a day.",
    )
