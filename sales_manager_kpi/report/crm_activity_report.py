from odoo import models


class CrmActivityReport(models.Model):
    _name = "crm.activity.report"
    _inherit = ["crm.activity.report", "sales.substituted.mixin"]
    _substitution_scope = "leads"
