"""What a record shows of a message: text, files, pictures, notes. No Odoo in here."""
