from odoo import api, fields, models
from odoo.exceptions import UserError


class SalesHandoverDeed(models.Model):
    """Something that was done with a principal's work while a deputy stood in.

    Kept when it is handed back, and never changed.
    """

    _name = "sales.handover.deed"
    _description = "Done While Standing In"
    _order = "done_at, id"

    substitution_id = fields.Many2one(
        comodel_name="sales.substitution",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="substitution_id.company_id", store=True, index=True
    )
    kind = fields.Selection(
        selection=[
            ("quotation", "Quotation made"),
            ("confirmed", "Order confirmed"),
            ("invoice", "Invoice made"),
            ("payment", "Payment received"),
            ("message", "Message"),
            ("activity", "Activity done"),
        ],
        required=True,
    )
    res_model = fields.Char(string="Document Model", required=True)
    res_id = fields.Many2oneReference(
        string="Document", model_field="res_model", required=True
    )
    name = fields.Char(required=True)
    partner_id = fields.Many2one(comodel_name="res.partner", string="Customer")
    done_at = fields.Datetime(string="On")
    times = fields.Integer(default=1, help="How often, for messages and activities.")
    amount = fields.Monetary(
        currency_field="company_currency_id",
        help="In the currency of the company. Orders untaxed, payments what was paid.",
    )
    amount_document = fields.Monetary(
        currency_field="currency_id", help="In the currency of the document."
    )
    currency_id = fields.Many2one(comodel_name="res.currency")
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    is_on_list = fields.Boolean(
        string="On the List", help="Its document was on the handover list."
    )

    @api.depends("name", "kind")
    def _compute_display_name(self):
        words = dict(self._fields["kind"]._description_selection(self.env))
        for deed in self:
            deed.display_name = f"{words.get(deed.kind)}: {deed.name}"

    def action_open_record(self):
        """Open the document.

        :raise UserError: where it is gone
        :raise AccessError: where the user may not read it
        """
        self.ensure_one()
        record = self.env[self.res_model].browse(self.res_id).exists()
        if not record:
            raise UserError(self.env._("There is no document to open."))
        record.check_access("read")
        return record.get_formview_action()
