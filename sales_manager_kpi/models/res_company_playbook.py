from odoo import fields, models


class ResCompany(models.Model):
    """How fast a lead is worked."""

    # The playbook has files of its own.
    _inherit = "res.company"  # pylint: disable=consider-merging-classes-inherited

    sales_manager_kpi_lead_hours = fields.Float(
        string="Working Hours to Work a Lead",
        required=True,
        default=8.0,
        help="Working hours of the branch from the assignment of a lead to the first "
        "contact, or the first step done.",
    )
    sales_manager_kpi_prospect_turn = fields.Integer(
        readonly=True,
        copy=False,
        export_string_translation=False,
        help="Counts up whenever prospects are entered or become leads, so that two "
        "who do it at once take turns.",
    )

    _sales_manager_kpi_lead_hours_range = models.Constraint(
        "CHECK (sales_manager_kpi_lead_hours > 0 "
        "AND sales_manager_kpi_lead_hours <= 2000)",
        "A lead is worked within more than 0 and up to 2000 working hours.",
    )
