"""Reading a mailbox by IMAP or POP3 through a connection that Odoo opened. No Odoo in here."""

from .base import CONNECTION_ERRORS, MailboxError, Refused
from .folders import find_junk_folder
from .imap import ImapFolder, introduce
from .new_messages import ImapNewMessages, PopNewMessages
from .pop3 import Pop3Mailbox
