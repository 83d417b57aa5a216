"""Copies of sent messages in the Sent folder of a mailbox. No Odoo in here."""
