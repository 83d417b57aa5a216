"""How an account is: facts in, findings out. No Odoo in here."""
