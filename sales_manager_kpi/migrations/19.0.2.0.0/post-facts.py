from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Lines keep the category they have today."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["sales.credit.fill"]._fill_category()
