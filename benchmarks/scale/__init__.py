"""A seeded wholesale company of any size on plain Odoo, before the addon is there.

Structural records (users, warehouses, rates) and one specimen of every document are
made by Odoo itself; the bulk is copied from the specimens by set-based SQL, so that
every stored column is filled as Odoo fills it.
"""
