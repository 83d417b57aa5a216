"""./dev score: every message of tests/mails, here and in plain Odoo."""
