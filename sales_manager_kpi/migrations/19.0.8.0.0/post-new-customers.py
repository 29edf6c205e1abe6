from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Months that are closed already keep who is new in them as of the update.

    From now on it stays, as what is closed from now on does.
    """
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    periods = env["sales.period"].search(
        [("state", "!=", "open")], order="company_id, date_from"
    )
    for period in periods:
        bases = [basis for basis in (period.frozen_bases or "").split(",") if basis]
        period._step({"frozen_new_customers": period._freeze_new_customers(bases)})
