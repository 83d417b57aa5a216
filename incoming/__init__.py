"""Reading a mailbox by IMAP or POP3 through a connection that Odoo opened. No Odoo in here."""

from .base import MessageRef, Fetched, MailboxError
from .imap import ImapFolder, find_junk_folder
from .new_messages import ImapNewMessages, NewMessage, PopNewMessages
from .pop3 import Pop3Mailbox

__all__ = [
    "Fetched",
    "ImapFolder",
    "ImapNewMessages",
    "MailboxError",
    "MessageRef",
    "NewMessage",
    "Pop3Mailbox",
    "PopNewMessages",
    "find_junk_folder",
]
