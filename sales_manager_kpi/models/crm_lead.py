from odoo import models


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "sales.acting.note.mixin"]
    _substitution_scope = "leads"
