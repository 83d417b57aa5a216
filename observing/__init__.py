"""What a mail server says of itself on a connection that is open anyway. No Odoo in here."""

from .connection import Seen, see_imap, see_pop3, see_smtp, starttls_certificate

__all__ = ["Seen", "see_imap", "see_pop3", "see_smtp", "starttls_certificate"]
