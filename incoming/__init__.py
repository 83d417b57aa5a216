"""Reading a mailbox by IMAP or POP3 through a connection that Odoo opened. No Odoo in here."""

from .base import CONNECTION_ERRORS, Fetched, MailboxError, MessageRef
from .imap import ImapFolder, find_junk_folder
from .new_messages import ImapNewMessages, NewMessage, PopNewMessages
from .pop3 import Pop3Mailbox

__all__ = [
    "CONNECTION_ERRORS",
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
