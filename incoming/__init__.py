"""Reading a mailbox by IMAP or POP3 through a connection that Odoo opened. No Odoo in here."""

from .base import Envelope, Fetched, MailboxError
from .imap import ImapFolder, find_junk_folder
from .new_messages import ImapNews, News, PopNews
from .pop3 import Pop3Mailbox

__all__ = [
    "Envelope",
    "Fetched",
    "ImapFolder",
    "ImapNews",
    "MailboxError",
    "News",
    "Pop3Mailbox",
    "PopNews",
    "find_junk_folder",
]
