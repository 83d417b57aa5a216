"""./dev bench: messages per second, beside plain Odoo."""
