"""Odoo, PostgreSQL, databases and a browser: what the tests and the demo run on."""
