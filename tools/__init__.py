"""What ./dev calls: Odoo, PostgreSQL, the private mail servers, tests.

Only the standard library is imported here, because these modules run before the
virtual environment exists.
"""
