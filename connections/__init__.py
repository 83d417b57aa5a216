"""What a mail server says of itself, and what keeps an account from it. No Odoo in here."""

from .connection import see_imap, see_pop3, see_smtp, starttls_certificate
from .trouble import port_trouble, trouble_of
from .words import is_passing, meaning_of
