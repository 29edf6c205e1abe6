from odoo import fields, models


class SalesExportLog(models.Model):
    """Who exported customers or results, with which filter, and how many."""

    _name = "sales.export.log"
    _description = "Export Log"
    _order = "create_date desc, id desc"
    _rec_name = "res_model"

    create_date = fields.Datetime(string="Exported On", readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users", required=True, index=True, readonly=True
    )
    res_model = fields.Char(string="Records", required=True, readonly=True)
    domain = fields.Char(string="Filter", readonly=True)
    field_names = fields.Char(string="Columns", readonly=True)
    record_count = fields.Integer(string="Number", readonly=True)
