from odoo import api, fields, models


class CustomerContactDue(models.Model):
    """A contact that the cadence asked for: due on a day, made in time or not.

    Written by the system. While it is open it moves with the contacts it waits for; a
    contact ends it, and so does another owner once it is overdue.
    """

    _name = "customer.contact.due"
    _description = "Due Contact with a Customer"
    _inherit = ["append.only.mixin"]
    _order = "due_on desc, id desc"
    _rec_name = "partner_id"

    figure_id = fields.Many2one(
        comodel_name="customer.figure",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    partner_id = fields.Many2one(
        related="figure_id.partner_id", store=True, index=True, string="Customer"
    )
    company_id = fields.Many2one(related="figure_id.company_id", store=True, index=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Owner",
        readonly=True,
        index="btree_not_null",
        help="Whose contact it is: who owned the customer while it was due.",
    )
    branch_id = fields.Many2one(
        comodel_name="sales.branch", readonly=True, index="btree_not_null"
    )
    asked_from = fields.Date(
        required=True, readonly=True, help="The day of the last contact, or of asking."
    )
    every_days = fields.Integer(
        string="Cadence", required=True, readonly=True, help="In working days."
    )
    due_on = fields.Date(readonly=True, required=True, index=True)
    ended_on = fields.Date(
        readonly=True, help="The day of the contact, or of another owner."
    )
    contact_id = fields.Many2one(
        comodel_name="customer.contact",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    is_in_time = fields.Boolean(
        string="In Time", compute="_compute_is_in_time", store=True
    )

    _open_uniq = models.UniqueIndex("(figure_id) WHERE ended_on IS NULL")

    @api.depends("contact_id", "ended_on", "due_on")
    def _compute_is_in_time(self):
        for due in self:
            due.is_in_time = bool(
                due.contact_id and due.ended_on and due.ended_on <= due.due_on
            )
