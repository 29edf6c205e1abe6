"""What is left after the addon is uninstalled: Odoo, and nothing of ours."""

import os

from tools import databases
from tools.paths import ADDON, state
from tools.ui import run, step

# Odoo must still do its work in a database that we left.
SELL_SOMETHING = """
partner = env["res.partner"].create({"name": "Afterwards"})
product = env["product.product"].create({"name": "Cloth", "invoice_policy": "order"})
order = env["sale.order"].create({
    "partner_id": partner.id,
    "order_line": [(0, 0, {"product_id": product.id, "price_unit": 10})],
})
order.action_confirm()
print("sold", order.state)
"""
LEFT = f"""
    SELECT 'record ' || name FROM ir_model_data WHERE module = '{ADDON}'
     UNION ALL
    SELECT 'parameter ' || key FROM ir_config_parameter WHERE key LIKE '{ADDON}%'
     UNION ALL
    SELECT 'table ' || tablename FROM pg_tables
     WHERE schemaname = 'public' AND tablename NOT LIKE 'sales_team%'
       AND (tablename LIKE 'sales\\_%' OR tablename LIKE 'customer\\_%'
            OR tablename LIKE 'evaluation\\_%' OR tablename LIKE 'service\\_gap%'
            OR tablename LIKE 'discount\\_%' OR tablename = 'sale_price_trace'
            OR tablename LIKE 'trade\\_bonus%' OR tablename LIKE 'promotion\\_%'
            OR tablename LIKE 'supply\\_%' OR tablename LIKE 'stock\\_hold%'
            OR tablename LIKE 'showroom\\_%' OR tablename = 'sale_order_source')
     UNION ALL
    SELECT 'column ' || table_name || '.' || column_name
      FROM information_schema.columns
     WHERE table_schema = 'public'
       AND (column_name LIKE 'credited\\_%' OR column_name LIKE 'credit\\_kind'
            OR column_name LIKE 'first\\_confirmation\\_%'
            OR column_name IN ('recognition_cost', 'acting_for_id', 'confirmed_by_id',
                               'substitution_id', 'discount_verdict')
            OR column_name LIKE '%{ADDON}%')
"""


def prepare(source):
    """A copy of ``source`` for `problems` to use up."""
    name = f"{databases.RUN}uninstalled_{os.getpid()}"
    databases.copy(source, name)
    return name


def problems(workshop, name):
    """Uninstall in the database and tell what is wrong afterwards."""
    try:
        with step("Uninstalling the addon"):
            return _uninstall(workshop, name)
    finally:
        databases.drop(name)


def _uninstall(workshop, name):
    config = workshop.config(name, state() / "uninstall.conf", log_level="warn")
    command = [workshop.python, workshop.odoo.launcher, "module", "uninstall"]
    run([*command, "-c", config, "-d", name, ADDON], "uninstalling")
    found = [f"left behind: {row[0]}" for row in databases.query(LEFT, name)]
    if "sold sale" not in workshop.odoo.shell(name, SELL_SOMETHING):
        found.append("Odoo does not sell any more once the addon is gone")
    return found
