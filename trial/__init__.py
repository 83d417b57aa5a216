"""The trial: what Odoo did beside what the router would have done. No Odoo in here."""
