from odoo import fields, models


class ServiceGapDay(models.Model):
    """A customer on a working day on which a service gap touched them.

    What continuity of service counts: a customer on a day counts once, however many
    gaps there were. Written by the sweep alone.
    """

    _name = "service.gap.day"
    _description = "Customer and Day of a Service Gap"
    _order = "date desc, partner_id, id"
    _rec_name = "partner_id"

    gap_id = fields.Many2one(
        comodel_name="service.gap",
        string="Service Gap",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    date = fields.Date(
        string="Day",
        required=True,
        readonly=True,
        help="In the time zone of the branch.",
    )
    company_id = fields.Many2one(
        related="gap_id.company_id", store=True, precompute=True
    )
    user_id = fields.Many2one(related="gap_id.user_id", store=True, precompute=True)
    principal_id = fields.Many2one(related="gap_id.principal_id")
    branch_id = fields.Many2one(related="gap_id.branch_id", store=True, precompute=True)
    kind = fields.Selection(related="gap_id.kind")
    state = fields.Selection(related="gap_id.state")

    _day_uniq = models.UniqueIndex(
        "(gap_id, partner_id, date)", "This day of the service gap is known already."
    )
    _user_date_idx = models.Index("(company_id, user_id, date)")
