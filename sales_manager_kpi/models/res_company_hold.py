from odoo import fields, models


class ResCompany(models.Model):
    """How long goods are held for a customer."""

    # The area of supply has files of its own.
    _inherit = "res.company"  # pylint: disable=consider-merging-classes-inherited

    sales_manager_kpi_location_id = fields.Many2one(
        comodel_name="stock.location",
        string="Root of Branch Locations",
        copy=False,
        readonly=True,
        help="Holds and showrooms lie below it, outside every warehouse.",
    )
    sales_manager_kpi_hold_days = fields.Integer(
        string="Working Days of a Hold",
        required=True,
        default=2,
        help="Goods are held until the end of the so many-th working day of the branch "
        "after today. 0: until the end of today.",
    )
    sales_manager_kpi_hold_extensions = fields.Integer(
        string="Extensions by a Manager",
        required=True,
        default=1,
        help="How often a manager may extend a hold, each time by as many days.",
    )
    sales_manager_kpi_hold_extensions_director = fields.Integer(
        string="Extensions by a Director",
        required=True,
        default=3,
        help="How often a hold may be extended at all, whoever directs the branch.",
    )
    sales_manager_kpi_hold_reorders = fields.Boolean(
        string="Replenish Held Goods",
        help="Reordering rules treat held goods as sold. Otherwise nothing is bought "
        "for them until the customer orders.",
    )

    _sales_manager_kpi_hold_range = models.Constraint(
        "CHECK (sales_manager_kpi_hold_days BETWEEN 0 AND 60 "
        "AND sales_manager_kpi_hold_extensions BETWEEN 0 AND 60 "
        "AND sales_manager_kpi_hold_extensions_director BETWEEN 0 AND 60)",
        "The working days of a hold and the extensions lie between 0 and 60.",
    )
