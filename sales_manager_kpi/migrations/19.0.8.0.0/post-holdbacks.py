"""The numbers of the invoices whose pay is held, and when promotions were lost."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Seals stay as they are: they were made of the ids that are kept now."""
    if not version:
        return
    cr.execute("UPDATE bonus_holdback SET move_key = move_id WHERE move_id IS NOT NULL")
    cr.execute(
        """
        UPDATE promotion_use
           SET taken_back_on = write_date::date
         WHERE state = 'reversed' AND turnover <> 0
        """
    )
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["bonus.statement"]._recall_invoices()
