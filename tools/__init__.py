"""The environment of the addon: Odoo, Python, PostgreSQL, tests and pictures."""
