"""Outgoing mail: who it is from, through which session, and what refusals mean. No Odoo in here."""
