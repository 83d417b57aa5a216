"""The router: bytes in, decision out. Pure Python: no Odoo, no database, no network."""
