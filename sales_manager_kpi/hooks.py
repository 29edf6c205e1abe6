def post_init_hook(env):
    """Bring years of documents in: owners, credit and cost of what is already there."""
    env["customer.assignment"]._rebuild()
    env["sales.credit.fill"]._fill()
    env["sales.credit.fill"]._fill_cost()


def uninstall_hook(env):
    """Leave Odoo as it was: what we own goes with our tables and columns."""
